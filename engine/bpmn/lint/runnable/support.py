"""The allow-list: which constructs this engine runs as BPMN says, and nothing else."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, scopes_of
from engine.bpmn.lint.tree import children, is_true, number_of, process_of, tag_of
from engine.bpmn.model import Node, Scope
from engine.text import Text

FAMILY = Family("runnable", "support", Text("สิ่งที่ระบบทำงานได้", "What the engine runs"))

WHY = Text(
    "ทุกสิ่งที่วาดต้องทำงานตามความหมายของมาตรฐาน หรือถูกปฏิเสธโดยระบุชื่อ ไม่มีสิ่งใดถูกละเลยเงียบ ๆ",
    "All that is drawn runs with the standard's meaning or is refused by name; nothing is ignored.",
)
SUPPORTED = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
    "manualTask", "task", "callActivity", "subProcess",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
EVENTS = {
    "startEvent": {"message", "timer"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"message", "timer", "signal", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation"},
}
HANDLERS = {"message", "timer", "error", "escalation", "signal"}
WAYS_OUT = {
    "transaction": Text(
        "ใช้กระบวนการย่อยธรรมดากับเหตุการณ์ขอบแบบข้อผิดพลาด",
        "Use a plain subprocess with an error boundary event.",
    ),
    "adHocSubProcess": Text(
        "วาดลำดับงานให้ชัด หรือใช้เกตเวย์เลือกหลายทาง",
        "Draw the order, or use an inclusive gateway.",
    ),
    "complexGateway": Text(
        "ใช้เกตเวย์เลือกหลายทางหรือเกตเวย์ขนาน",
        "Use inclusive or parallel gateways.",
    ),
    "conditional": Text(
        "ให้ขั้นตอนที่ทำให้เงื่อนไขเป็นจริงส่งข้อความหรือสัญญาณ",
        "Let the step that makes the condition true send a message or signal.",
    ),
    "compensate": Text(
        "วาดขั้นตอนที่ยกเลิกผลงานเป็นลำดับงานปกติ",
        "Draw the undoing steps as a normal path.",
    ),
    "cancel": Text("ใช้ข้อผิดพลาดแทนการยกเลิก", "Use an error instead of cancel."),
    "signal": Text("เริ่มด้วยข้อความแทน", "Start with a message instead."),
}
REDRAW = Text("วาดด้วยสัญลักษณ์ที่ระบบรองรับ", "Draw it with what is supported.")


@FAMILY.rule(
    "no-process",
    Text("ไม่มีกระบวนงานที่ตั้งให้ทำงานได้ (isExecutable)", "No process is marked as executable."),
    Text(
        "แฟ้มที่มีแต่ภาพ การสนทนา หรือการประสานงาน ไม่มีสิ่งใดให้ระบบทำ",
        "A file that only holds pictures, conversations or "
        "choreographies gives the engine nothing to do.",
    ),
    Text('ตั้ง isExecutable="true" ที่กระบวนงาน', 'Set isExecutable="true" on the process.'),
)
def no_process(subject: Subject) -> Iterator[Hit]:
    if not any(True for _ in executable(subject)):
        first = next(subject.tree.all("process", *words.COLLABORATIONS), None)
        yield at(first if first is not None else "")


@FAMILY.rule(
    "empty-process",
    Text("กระบวนงานไม่มีขั้นตอน", "The process has no steps."),
    WHY,
    Text("วาดขั้นตอน", "Draw its steps."),
)
def empty_process(subject: Subject) -> Iterator[Hit]:
    yield from (at(p.id) for p in executable(subject) if not p.body.nodes)


@FAMILY.rule(
    "unsupported-element",
    Text("ยังไม่รองรับ {kind}", "A {kind} cannot be run."),
    WHY,
    Text("{way}", "{way}"),
)
def unsupported_element(subject: Subject) -> Iterator[Hit]:
    drawn = (*words.FLOW_NODES, "implicitThrowEvent")
    for element in subject.tree.all(*drawn):
        process = process_of(element)
        if process is None or not is_true(process, "isExecutable") or tag_of(element) in SUPPORTED:
            continue
        way = WAYS_OUT.get(tag_of(element), REDRAW)
        yield at(element, kind=words.name_of(tag_of(element)), way=way)


@FAMILY.rule(
    "unsupported-event",
    Text("{place} แบบ {kind} ยังไม่รองรับ", "A {place} with {kind} cannot be run."),
    WHY,
    Text("{way}", "{way}"),
)
def unsupported_event(subject: Subject) -> Iterator[Hit]:
    for scope, node in nodes_of(subject):
        for event in node.events:
            if node.is_event and event.kind not in _allowed(subject, scope, node):
                place, kind = words.name_of(node.tag), words.name_of(event.kind)
                way = WAYS_OUT.get(event.kind, REDRAW)
                yield at(node.id, place=place, kind=kind, way=way)


def _allowed(subject: Subject, scope: Scope, node: Node) -> set[str]:
    holder = subject.tree.by_id.get(scope.id)
    if node.tag == "startEvent" and holder is not None and is_true(holder, "triggeredByEvent"):
        return HANDLERS
    return EVENTS.get(node.tag, set())


@FAMILY.rule(
    "multiple-event",
    Text("{place} รอหลายเหตุพร้อมกัน", "A {place} waits for several triggers."),
    WHY,
    Text(
        "ใช้เกตเวย์รอเหตุการณ์ หรือหลายเหตุการณ์ขอบ",
        "Use an event-based gateway, or several boundary events.",
    ),
)
def multiple_event(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        catches = node.tag in words.CATCHING
        if node.parallel_multiple or (catches and len(node.events) > 1):
            yield at(node.id, place=words.name_of(node.tag))


@FAMILY.rule(
    "compensation-activity",
    Text("ยังไม่รองรับกิจกรรมชดเชย", "A compensation activity cannot be run."),
    WHY,
    Text("วาดขั้นตอนนี้ในลำดับงานปกติ", "Draw it in the normal flow."),
)
def compensation_activity(subject: Subject) -> Iterator[Hit]:
    yield from (at(node.id) for _, node in nodes_of(subject) if node.for_compensation)


@FAMILY.rule(
    "several-starts",
    Text("มีเหตุการณ์เริ่มต้น {count} จุด", "There are {count} start events."),
    Text("เรื่องหนึ่งเริ่มจากจุดเดียว", "A case starts in one place."),
    Text("เหลือจุดเดียวแล้วแยกด้วยเกตเวย์", "Keep one and split behind it with a gateway."),
)
def several_starts(subject: Subject) -> Iterator[Hit]:
    for scope in scopes_of(subject):
        starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
        if len(starts) > 1:
            yield from (at(node.id, count=len(starts)) for node in starts)


@FAMILY.rule(
    "no-start",
    Text("ไม่รู้ว่าเริ่มที่ใด", "It is not clear where this begins."),
    Text("เรื่องหนึ่งเริ่มจากจุดเดียวที่เห็นได้", "A case starts in one place that can be seen."),
    Text("เพิ่มเหตุการณ์เริ่มต้น", "Add a start event."),
)
def no_start(subject: Subject) -> Iterator[Hit]:
    for scope in scopes_of(subject):
        if any(node.tag == "startEvent" for node in scope.nodes.values()) or not scope.nodes:
            continue
        first = [node for node in scope.nodes.values() if _is_first(scope, node)]
        if len(first) != 1:
            yield at(scope.id)


def _is_first(scope: Scope, node: Node) -> bool:
    aside = node.attached_to or node.triggered_by_event or node.for_compensation
    return not aside and node.tag != "boundaryEvent" and not scope.incoming(node.id)


@FAMILY.rule(
    "instantiating",
    Text(
        "{kind} ใช้เริ่มกระบวนงาน (instantiate) ไม่ได้", "A {kind} cannot start a process (instantiate)."
    ),
    WHY,
    Text("ใช้เหตุการณ์เริ่มต้นแบบข้อความ", "Use message start events."),
)
def instantiating(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.all("receiveTask", "eventBasedGateway"):
        if is_true(element, "instantiate"):
            yield at(element, kind=words.name_of(tag_of(element)))


@FAMILY.rule(
    "quantity",
    Text("{slot} เป็น {value} แต่รองรับเฉพาะ 1", "{slot} is {value}; only 1 can be run."),
    WHY,
    Text(
        "กำหนดเป็น 1 แล้วใช้เกตเวย์ขนานหรือการทำซ้ำ",
        "Set it to 1; use parallel gateways or multiple instances.",
    ),
)
def quantity(subject: Subject) -> Iterator[Hit]:
    for activity in subject.tree.all(*words.ACTIVITIES):
        for slot in ("startQuantity", "completionQuantity"):
            value = number_of(activity, slot, 1)
            if value is not None and value > 1:
                yield at(activity, slot=slot, value=value)


@FAMILY.rule(
    "data-not-moved",
    Text(
        "เส้นข้อมูลแปลงหรือกำหนดค่า ซึ่งระบบไม่ทำ",
        "A data association computes something, which is not carried out.",
    ),
    Text(
        "วัตถุข้อมูลและคลังข้อมูลในแผนผังเป็นภาพประกอบ ข้อมูลของเรื่องเป็นตัวแปร",
        "Data objects and stores are pictures here; a case's data are its variables.",
    ),
    Text("ใช้ ioMapping หรืองานคำนวณ", "Use an ioMapping or a script task."),
)
def data_not_moved(subject: Subject) -> Iterator[Hit]:
    for association in subject.tree.all("dataInputAssociation", "dataOutputAssociation"):
        if children(association, "transformation", "assignment"):
            yield at(association)


@FAMILY.rule(
    "data-is-picture",
    Text(
        "{kind} เป็นภาพประกอบ ระบบไม่อ่านหรือเขียน",
        "The {kind} is a picture; nothing is read from it or written to it.",
    ),
    Text("ข้อมูลของเรื่องเป็นตัวแปร", "A case's data are its variables."),
    Text("ไม่ต้องแก้ หากตั้งใจให้เป็นภาพ", "Nothing to do if a picture is meant."),
    severity="info",
)
def data_is_picture(subject: Subject) -> Iterator[Hit]:
    for element in subject.tree.all("dataStoreReference", "dataObject"):
        yield at(element, kind=words.name_of(tag_of(element)))


@FAMILY.rule(
    "passes-through",
    Text("{kind} ผ่านไปทันทีโดยไม่ถามใคร", "A {kind} is passed at once; nobody is asked."),
    Text(
        "งานทั่วไปและงานนอกระบบไม่มีผู้กดว่าเสร็จในระบบ",
        "Plain and manual tasks have nobody who completes them here.",
    ),
    Text("ใช้งานของเจ้าหน้าที่ (user task) หากต้องรอคนทำ", "Use a user task if somebody must do it."),
    severity="info",
)
def passes_through(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.tag in ("task", "manualTask"):
            yield at(node.id, kind=words.name_of(node.tag))
