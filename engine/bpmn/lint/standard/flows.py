"""Sequence flows: where they may begin and end, and when they may carry a condition."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    Tree,
    child,
    children,
    id_of,
    is_event_subprocess,
    is_true,
    process_of,
    scope_of,
    tag_of,
    text_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "flows", Text("เส้นลำดับงาน", "Sequence flows"))

FREE_OF_CONDITIONS = ("parallelGateway", "eventBasedGateway", *words.EVENTS)
DECIDING = ("exclusiveGateway", "inclusiveGateway", "complexGateway")


def _ends(tree: Tree) -> Iterator[tuple[Element, Element, Element]]:
    """Each flow whose both ends exist and are flow nodes."""
    for flow in tree.all("sequenceFlow"):
        source, target = tree.source(flow), tree.target(flow)
        if source is None or target is None:
            continue
        if tag_of(source) in words.FLOW_NODES and tag_of(target) in words.FLOW_NODES:
            yield flow, source, target


@FAMILY.rule(
    "flow-crosses-scope",
    Text(
        "เส้นจาก “{source}” ไป “{target}” ข้ามขอบเขตพูลหรือกระบวนการย่อย",
        "The flow from {source!r} to {target!r} crosses the edge of a pool or subprocess.",
    ),
    Text(
        "เส้นลำดับงานอยู่ภายในพูลหรือกระบวนการย่อยเดียวกันเท่านั้น (BPMN 2.0.2 §7.5.1)",
        "A sequence flow stays inside one pool and one subprocess (BPMN 2.0.2 §7.5.1).",
    ),
    Text(
        "ระหว่างพูลให้ใช้เส้นข้อความ ส่วนกระบวนการย่อยให้ต่อเส้นเข้าออกที่กรอบของมัน",
        "Between pools use a message flow; for a subprocess connect to its frame.",
    ),
)
def flow_crosses_scope(subject: Subject) -> Iterator[Hit]:
    for flow, source, target in _ends(subject.tree):
        scope = scope_of(flow)
        if scope_of(source) is not scope_of(target) or scope_of(source) is not scope:
            yield at(flow, source=id_of(source), target=id_of(target))


@FAMILY.rule(
    "flow-into-start",
    Text("มีเส้น “{flow}” เข้าสู่เหตุการณ์เริ่มต้น", "The flow {flow!r} leads into a start event."),
    Text("ไม่มีสิ่งใดเกิดก่อนเหตุการณ์เริ่มต้น (§10.5.2)", "Nothing comes before a start event (§10.5.2)."),
    Text("ต่อเส้นไปยังขั้นตอนถัดจากจุดเริ่ม", "Lead the flow to the step after the start."),
)
def flow_into_start(subject: Subject) -> Iterator[Hit]:
    for start in subject.tree.all("startEvent"):
        yield from (at(start, flow=id_of(flow)) for flow in subject.tree.incoming(start))


@FAMILY.rule(
    "flow-out-of-end",
    Text("มีเส้น “{flow}” ออกจากเหตุการณ์สิ้นสุด", "The flow {flow!r} leaves an end event."),
    Text("ไม่มีสิ่งใดเกิดหลังเหตุการณ์สิ้นสุด (§10.5.3)", "Nothing comes after an end event (§10.5.3)."),
    Text("ใช้เหตุการณ์ระหว่างทางแทน หรือลบเส้น", "Use an intermediate event or remove the flow."),
)
def flow_out_of_end(subject: Subject) -> Iterator[Hit]:
    for end in subject.tree.all("endEvent"):
        yield from (at(end, flow=id_of(flow)) for flow in subject.tree.outgoing(end))


@FAMILY.rule(
    "flow-event-subprocess",
    Text(
        "กระบวนการย่อยที่เริ่มด้วยเหตุการณ์มีเส้นเข้าหรือออก",
        "An event subprocess has a flow into or out of it.",
    ),
    Text(
        "กระบวนการย่อยชนิดนี้เริ่มเมื่อเกิดเหตุการณ์ ไม่ใช่เมื่อมีเส้นมาถึง (§10.3.5)",
        "It starts when its event happens, not when a flow arrives (§10.3.5).",
    ),
    Text("ลบเส้นออก", "Remove the flow."),
)
def flow_event_subprocess(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.all(*words.SUBPROCESSES):
        if is_event_subprocess(node) and (tree.incoming(node) or tree.outgoing(node)):
            yield at(node)


@FAMILY.rule(
    "flow-condition-place",
    Text("เส้นที่ออกจาก {kind} มีเงื่อนไข", "A flow out of a {kind} carries a condition."),
    Text(
        "เงื่อนไขอยู่ได้บนเส้นที่ออกจากกิจกรรม หรือจากเกตเวย์ที่ตัดสินใจ (§8.4.13)",
        "Conditions stand on flows out of activities and of deciding gateways (§8.4.13).",
    ),
    Text(
        "ลบเงื่อนไข หรือวางเกตเวย์เลือกทางเดียวคั่น",
        "Remove the condition or put an exclusive gateway between.",
    ),
)
def flow_condition_place(subject: Subject) -> Iterator[Hit]:
    for flow, source, _ in _ends(subject.tree):
        if text_of(child(flow, "conditionExpression")) and tag_of(source) in FREE_OF_CONDITIONS:
            yield at(flow, kind=words.name_of(tag_of(source)))


@FAMILY.rule(
    "flow-condition-alone",
    Text("เส้นเดียวที่ออกจากกิจกรรมมีเงื่อนไข", "The only flow out of an activity carries a condition."),
    Text(
        "ถ้าเงื่อนไขไม่เป็นจริงจะไม่มีทางไปต่อ จึงต้องมีเส้นอื่นอย่างน้อยหนึ่งเส้น (§8.4.13)",
        "If it is false there is no way on; at least one other flow is needed (§8.4.13).",
    ),
    Text("เพิ่มเส้นเริ่มต้น (default) หรือลบเงื่อนไข", "Add a default flow or remove the condition."),
)
def flow_condition_alone(subject: Subject) -> Iterator[Hit]:
    for flow, source, _ in _ends(subject.tree):
        conditional = text_of(child(flow, "conditionExpression"))
        if conditional and tag_of(source) in words.ACTIVITIES and _only(subject.tree, source):
            yield at(flow)


def _only(tree: Tree, source: Element) -> bool:
    return len(tree.outgoing(source)) == 1


@FAMILY.rule(
    "default-foreign",
    Text(
        "เส้นเริ่มต้น “{flow}” ไม่ได้ออกจากองค์ประกอบนี้",
        "The default flow {flow!r} does not leave this element.",
    ),
    Text(
        "เส้นเริ่มต้นต้องเป็นหนึ่งในเส้นขาออกขององค์ประกอบ",
        "The default is one of the element's own outgoing flows.",
    ),
    Text("เลือกเส้นขาออกของตนเอง", "Choose one of its own outgoing flows."),
)
def default_foreign(subject: Subject) -> Iterator[Hit]:
    for node, flow in _defaults(subject.tree):
        if flow.get("sourceRef") != id_of(node):
            yield at(node, flow=id_of(flow))


@FAMILY.rule(
    "default-conditional",
    Text(
        "เส้นเริ่มต้น “{flow}” มีเงื่อนไข ซึ่งจะไม่ถูกใช้",
        "The default flow {flow!r} carries a condition, which is never used.",
    ),
    Text(
        "เส้นเริ่มต้นใช้เมื่อเงื่อนไขอื่นไม่จริงทั้งหมด จึงไม่มีเงื่อนไขของตนเอง (§10.6.1)",
        "The default is taken when all other conditions "
        "are false; it has none of its own (§10.6.1).",
    ),
    Text("ลบเงื่อนไขออกจากเส้นเริ่มต้น", "Remove the condition."),
)
def default_conditional(subject: Subject) -> Iterator[Hit]:
    for node, flow in _defaults(subject.tree):
        if text_of(child(flow, "conditionExpression")):
            yield at(node, flow=id_of(flow))


@FAMILY.rule(
    "default-alone",
    Text("มีเส้นเริ่มต้นแต่ไม่มีเส้นที่มีเงื่อนไข", "There is a default flow but no flow with a condition."),
    Text(
        "เส้นเริ่มต้นมีความหมายเมื่อมีเส้นที่มีเงื่อนไขให้เลือกด้วย (§8.4.13)",
        "A default only means something beside conditional flows (§8.4.13).",
    ),
    Text(
        "เพิ่มเส้นที่มีเงื่อนไข หรือเอาเครื่องหมายเส้นเริ่มต้นออก",
        "Add a conditional flow or remove the default mark.",
    ),
)
def default_alone(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node, flow in _defaults(tree):
        others = [other for other in tree.outgoing(node) if other is not flow]
        conditional = any(child(o, "conditionExpression") is not None for o in others)
        needs = tag_of(node) in words.ACTIVITIES and not conditional
        if flow.get("sourceRef") == id_of(node) and (needs or not others):
            yield at(node)


@FAMILY.rule(
    "default-beside",
    Text(
        "มีเส้นเริ่มต้นพร้อมกับเส้น “{flow}” ซึ่งไม่มีเงื่อนไข",
        "There is a default flow beside {flow!r}, which has no condition.",
    ),
    Text(
        "เส้นที่ไม่มีเงื่อนไขไปเสมอ แต่เส้นเริ่มต้นไปเมื่อไม่มีเงื่อนไขใดจริง จึงไม่ชัดว่าเมื่อใดไปทั้งสองเส้น (§13.2.1)",
        "A flow without a condition is always taken and a default only when no condition holds; "
        "beside each other it is not clear when both are (§13.2.1).",
    ),
    Text(
        "ใส่เงื่อนไขให้เส้นนั้น หรือแยกด้วยเกตเวย์ขนาน",
        "Give it a condition, or split with a parallel gateway.",
    ),
)
def default_beside(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node, flow in _defaults(tree):
        others = [other for other in tree.outgoing(node) if other is not flow]
        free = [other for other in others if child(other, "conditionExpression") is None]
        if tag_of(node) in words.ACTIVITIES and len(free) < len(others):
            yield from (at(node, flow=id_of(other)) for other in free)


def _defaults(tree: Tree) -> Iterator[tuple[Element, Element]]:
    for node in tree.all(*words.ACTIVITIES, *DECIDING):
        flow = tree.find(node.get("default"), node)
        if flow is not None and tag_of(flow) == "sequenceFlow":
            yield node, flow


@FAMILY.rule(
    "flow-lists",
    Text(
        "รายการเส้น ({slot}) ระบุ “{flow}” แต่เส้นนั้นไม่ได้ต่อกับองค์ประกอบนี้",
        "Its list {slot} names {flow!r}, which is not connected to it.",
    ),
    Text(
        "รายการเส้นเข้าออกต้องตรงกับปลายของเส้น",
        "The lists of incoming and outgoing flows must agree with the flows themselves.",
    ),
    Text(
        "บันทึกแฟ้มจากโปรแกรมวาดผังอีกครั้ง หรือแก้รายการให้ตรง",
        "Save the file from the modeler again or correct the list.",
    ),
)
def flow_lists(subject: Subject) -> Iterator[Hit]:
    for node in subject.tree.nodes():
        for slot, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            for part in children(node, slot):
                flow = subject.tree.find(text_of(part), node)
                if (
                    flow is not None
                    and tag_of(flow) == "sequenceFlow"
                    and flow.get(end) != id_of(node)
                ):
                    yield at(node, slot=slot, flow=id_of(flow))


@FAMILY.rule(
    "flow-unlisted",
    Text(
        "เส้น “{flow}” ไม่อยู่ในรายการ {slot} ขององค์ประกอบ",
        "The flow {flow!r} is missing in the list {slot}.",
    ),
    Text(
        "เมื่อองค์ประกอบมีรายการเส้น รายการนั้นต้องครบ มิฉะนั้นโปรแกรมอื่นจะอ่านแผนผังต่างไป",
        "Where an element lists its flows the list is whole; other programs read it.",
    ),
    Text("บันทึกแฟ้มจากโปรแกรมวาดผังอีกครั้ง", "Save the file from the modeler again."),
    severity="warning",
)
def flow_unlisted(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.nodes():
        for slot, flows in (("incoming", tree.incoming(node)), ("outgoing", tree.outgoing(node))):
            listed = {text_of(part).rpartition(":")[2] for part in children(node, slot)}
            if not children(node, "incoming", "outgoing"):
                continue
            yield from (at(node, slot=slot, flow=id_of(f)) for f in flows if id_of(f) not in listed)


@FAMILY.rule(
    "flow-doubled",
    Text(
        "มีเส้นจาก “{source}” ไป “{target}” มากกว่าหนึ่งเส้น",
        "Several flows lead from {source!r} to {target!r}.",
    ),
    Text(
        "เส้นซ้ำทำให้ขั้นตอนถัดไปทำงานซ้ำโดยไม่ตั้งใจ",
        "A doubled flow runs the next step twice, which is hardly ever meant.",
    ),
    Text("เหลือไว้เส้นเดียว", "Keep one of them."),
    severity="warning",
)
def flow_doubled(subject: Subject) -> Iterator[Hit]:
    seen: set[tuple[str, str, str]] = set()
    for flow, source, target in _ends(subject.tree):
        key = (id_of(source), id_of(target), text_of(child(flow, "conditionExpression")))
        if key in seen:
            yield at(flow, source=key[0], target=key[1])
        seen.add(key)


@FAMILY.rule(
    "flow-immediate",
    Text(
        "เส้นตั้ง isImmediate เป็น false ในกระบวนงานที่ทำงานได้",
        "A flow of an executable process says isImmediate=false.",
    ),
    Text(
        "ในกระบวนงานที่ทำงานได้ไม่มีสิ่งใดแทรกระหว่างสองขั้นตอน (§8.4.13)",
        "In an executable process nothing comes between two steps (§8.4.13).",
    ),
    Text("ลบ isImmediate", "Remove isImmediate."),
    severity="warning",
)
def flow_immediate(subject: Subject) -> Iterator[Hit]:
    for flow in subject.tree.all("sequenceFlow"):
        process = process_of(flow)
        runs = process is not None and is_true(process, "isExecutable")
        if runs and not is_true(flow, "isImmediate", default=True):
            yield at(flow)


def _exempt_from_incoming(node: Element, kinds: list[str]) -> bool:
    if tag_of(node) in ("startEvent", "boundaryEvent") or is_true(node, "isForCompensation"):
        return True
    return is_event_subprocess(node) or (
        tag_of(node) == "intermediateCatchEvent" and "link" in kinds
    )


def _exempt_from_outgoing(node: Element, kinds: list[str]) -> bool:
    if tag_of(node) == "endEvent" or is_true(node, "isForCompensation"):
        return True
    if is_event_subprocess(node) or (tag_of(node) == "boundaryEvent" and "compensate" in kinds):
        return True
    return tag_of(node) == "intermediateThrowEvent" and "link" in kinds


def _scope_has(scope: Element | None, tag: str) -> bool:
    return scope is not None and bool(children(scope, tag))


@FAMILY.rule(
    "event-unconnected",
    Text("{kind}นี้ไม่มี{missing}", "This {kind} has no {missing}."),
    Text(
        "เหตุการณ์ระหว่างทางอยู่กลางทางเสมอ แม้ไม่ได้วาดจุดเริ่มหรือจุดสิ้นสุด (§10.5.4)",
        "An intermediate event stands between two steps, even where no start or end is drawn "
        "(§10.5.4).",
    ),
    Text("ต่อเส้น หรือใช้เหตุการณ์เริ่มต้นหรือสิ้นสุด", "Connect it, or use a start or an end event."),
)
def event_unconnected(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for event in tree.all("intermediateCatchEvent", "intermediateThrowEvent"):
        kinds, scope, kind = tree.kinds(event), scope_of(event), words.name_of(tag_of(event))
        lost = not tree.incoming(event) and not _exempt_from_incoming(event, kinds)
        if lost and not _scope_has(scope, "startEvent"):
            yield at(event, kind=kind, missing=Text("เส้นเข้า", "incoming flow"))
        stuck = not tree.outgoing(event) and not _exempt_from_outgoing(event, kinds)
        if stuck and not _scope_has(scope, "endEvent"):
            yield at(event, kind=kind, missing=Text("เส้นออก", "outgoing flow"))


@FAMILY.rule(
    "node-without-incoming",
    Text(
        "ไม่มีเส้นเข้าสู่ {kind} นี้ จึงไม่มีทางมาถึง", "No flow leads to this {kind}; nothing ever reaches it."
    ),
    Text(
        "เมื่อมีเหตุการณ์เริ่มต้น ทุกขั้นตอนอื่นต้องมีเส้นเข้า (§10.5.2)",
        "Where a start event is used, every other step has an incoming flow (§10.5.2).",
    ),
    Text("ต่อเส้นเข้า หรือลบขั้นตอนนี้", "Connect it or remove it."),
)
def node_without_incoming(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.nodes():
        lonely = not tree.incoming(node) and _scope_has(scope_of(node), "startEvent")
        alone = tag_of(node) in ("endEvent", "intermediateThrowEvent") and not tree.incoming(node)
        if (lonely or alone) and not _exempt_from_incoming(node, tree.kinds(node)):
            yield at(node, kind=words.name_of(tag_of(node)))


@FAMILY.rule(
    "node-without-outgoing",
    Text(
        "ไม่มีเส้นออกจาก {kind} นี้ งานจะค้างหรือจบเงียบ ๆ",
        "No flow leaves this {kind}; the work ends here in silence.",
    ),
    Text(
        "เมื่อมีเหตุการณ์สิ้นสุด ทุกขั้นตอนอื่นต้องมีเส้นออก (§10.5.3)",
        "Where an end event is used, every other step has an outgoing flow (§10.5.3).",
    ),
    Text("ต่อเส้นไปยังขั้นตอนถัดไปหรือเหตุการณ์สิ้นสุด", "Connect it to the next step or to an end event."),
)
def node_without_outgoing(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for node in tree.nodes():
        lonely = not tree.outgoing(node) and _scope_has(scope_of(node), "endEvent")
        alone = tag_of(node) in ("startEvent", "boundaryEvent") and not tree.outgoing(node)
        if (lonely or alone) and not _exempt_from_outgoing(node, tree.kinds(node)):
            yield at(node, kind=words.name_of(tag_of(node)))
