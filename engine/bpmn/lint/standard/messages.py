"""Message flows and pools: who may talk to whom."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import Element, Tree, child, id_of, number_of, process_of, tag_of
from engine.ground.text import Text

FAMILY = Family("standard", "messages", Text("เส้นข้อความและพูล", "Message flows and pools"))

SENDERS = ("intermediateThrowEvent", "endEvent", "implicitThrowEvent")
RECEIVERS = ("startEvent", "intermediateCatchEvent", "boundaryEvent")


def _ends(tree: Tree) -> Iterator[tuple[Element, Element, Element]]:
    for flow in tree.all("messageFlow"):
        source, target = tree.source(flow), tree.target(flow)
        if source is not None and target is not None:
            yield flow, source, target


def _pool(tree: Tree, element: Element) -> Element | None:
    if tag_of(element) == "participant":
        return element
    process = process_of(element)
    if process is None:
        return None
    for pool in tree.all("participant"):
        if tree.find(pool.get("processRef"), pool) is process:
            return pool
    return None


@FAMILY.rule(
    "message-flow-same-pool",
    Text("เส้นข้อความเชื่อมสองจุดในพูลเดียวกัน", "The message flow stays inside one pool."),
    Text(
        "เส้นข้อความแสดงการสื่อสารระหว่างผู้เกี่ยวข้องคนละฝ่าย (§9.4)",
        "Message flows are for communication between two pools (§9.4).",
    ),
    Text("ภายในพูลใช้เส้นลำดับงาน", "Inside a pool use sequence flows."),
)
def message_flow_same_pool(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for flow, source, target in _ends(tree):
        pool = _pool(tree, source)
        same = pool is not None and pool is _pool(tree, target)
        process = process_of(source)
        if same or (process is not None and process is process_of(target)):
            yield at(flow)


@FAMILY.rule(
    "message-flow-end",
    Text(
        "เส้นข้อความต่อกับ {kind} “{end}” ไม่ได้", "A message flow cannot connect to the {kind} {end!r}."
    ),
    Text(
        "ต่อได้กับพูล กิจกรรม หรือเหตุการณ์ที่ส่งหรือรับข้อความ (§9.4)",
        "It connects pools, activities, and events that send or receive messages (§9.4).",
    ),
    Text("ต่อกับพูล กิจกรรม หรือเหตุการณ์ข้อความ", "Connect it to a pool, an activity or a message event."),
)
def message_flow_end(subject: Subject) -> Iterator[Hit]:
    for flow, source, target in _ends(subject.tree):
        for end, allowed in ((source, SENDERS), (target, RECEIVERS)):
            if not _may_carry(subject.tree, end, allowed):
                yield at(flow, kind=words.name_of(tag_of(end)), end=id_of(end))


def _may_carry(tree: Tree, end: Element, events: tuple[str, ...]) -> bool:
    if tag_of(end) == "participant" or tag_of(end) in words.ACTIVITIES:
        return True
    if tag_of(end) not in events:
        return False
    kinds = tree.kinds(end)
    # A picture that is not meant to run may leave the kind of an event open.
    return not kinds or "message" in kinds


@FAMILY.rule(
    "message-flow-plain-event",
    Text(
        "เส้นข้อความต่อกับ {kind} “{end}” ที่ไม่ใช่เหตุการณ์ข้อความ",
        "The message flow connects to the {kind} {end!r}, which has no message.",
    ),
    Text(
        "เหตุการณ์ที่ส่งหรือรับข้อความต้องเป็นแบบข้อความ (§9.4)",
        "An event that sends or receives a message is a message event (§9.4).",
    ),
    Text("เปลี่ยนเหตุการณ์เป็นแบบข้อความ", "Make it a message event."),
)
def message_flow_plain_event(subject: Subject) -> Iterator[Hit]:
    for flow, source, target in _ends(subject.tree):
        for end, events in ((source, SENDERS), (target, RECEIVERS)):
            if tag_of(end) in events and not subject.tree.kinds(end):
                yield at(flow, kind=words.name_of(tag_of(end)), end=id_of(end))


@FAMILY.rule(
    "message-flow-task-side",
    Text("เส้นข้อความกลับทิศกับ {kind} “{end}”", "The message flow runs against the {kind} {end!r}."),
    Text(
        "งานส่งไม่รับข้อความ งานรับไม่ส่งข้อความ (§10.3.3)",
        "A send task receives nothing, a receive task sends nothing (§10.3.3).",
    ),
    Text("กลับทิศเส้นหรือเปลี่ยนชนิดงาน", "Turn the flow round or change the task."),
)
def message_flow_task_side(subject: Subject) -> Iterator[Hit]:
    for flow, source, target in _ends(subject.tree):
        wrong = [end for end in (source,) if tag_of(end) == "receiveTask"]
        wrong += [end for end in (target,) if tag_of(end) == "sendTask"]
        for end in wrong:
            yield at(flow, kind=words.name_of(tag_of(end)), end=id_of(end))


@FAMILY.rule(
    "message-flow-message",
    Text(
        "ข้อความของเส้นไม่ตรงกับข้อความของ “{end}”",
        "The flow's message is not the one of {end!r}.",
    ),
    Text(
        "เส้นข้อความกับผู้ส่งและผู้รับหมายถึงข้อความเดียวกัน (§9.4)",
        "A message flow, its sender and its receiver mean one message (§9.4).",
    ),
    Text("ใช้ข้อความเดียวกัน", "Use one message."),
)
def message_flow_message(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for flow, source, target in _ends(tree):
        message = tree.find(flow.get("messageRef"), flow)
        for end in (source, target):
            named = {end.get("messageRef"), *(d.get("messageRef") for d in tree.definitions(end))}
            meant = [found for name in named if (found := tree.find(name, end)) is not None]
            if message is not None and meant and message not in meant:
                yield at(flow, end=id_of(end))


@FAMILY.rule(
    "message-flow-poolless",
    Text("ปลายทั้งสองของเส้นข้อความไม่อยู่ในพูลใด", "Neither end of the message flow lies in a pool."),
    Text("เส้นข้อความอยู่ระหว่างพูล (§9.4)", "Message flows run between pools (§9.4)."),
    Text("เพิ่มพูลให้กระบวนงาน", "Give the processes their pools."),
)
def message_flow_poolless(subject: Subject) -> Iterator[Hit]:
    # One pool may stay undrawn (§9.3), so one end without a pool is fine.
    for flow, *ends in _ends(subject.tree):
        if all(_pool(subject.tree, end) is None for end in ends):
            yield at(flow)


@FAMILY.rule(
    "pool-multiplicity",
    Text(
        "จำนวนผู้มีส่วนร่วมต่ำสุด {minimum} สูงสุด {maximum} ไม่ถูกต้อง",
        "The participant multiplicity {minimum}..{maximum} is impossible.",
    ),
    Text(
        "ค่าต่ำสุดไม่ติดลบ ค่าสูงสุดอย่างน้อยหนึ่งและไม่น้อยกว่าค่าต่ำสุด (§9.3.1)",
        "The minimum is not negative; the maximum is at least one and the minimum (§9.3.1).",
    ),
    Text("แก้จำนวน", "Correct the numbers."),
)
def pool_multiplicity(subject: Subject) -> Iterator[Hit]:
    for part in subject.tree.all("participantMultiplicity"):
        minimum, maximum = number_of(part, "minimum", 0), number_of(part, "maximum", 1)
        if minimum is None or maximum is None:
            continue
        if minimum < 0 or maximum < 1 or maximum < minimum:
            yield at(part, minimum=minimum, maximum=maximum)


@FAMILY.rule(
    "pool-shared-process",
    Text("กระบวนงาน “{process}” อยู่ในหลายพูล", "The process {process!r} is drawn in several pools."),
    Text(
        "ในผังความร่วมมือหนึ่ง กระบวนงานหนึ่งเป็นของผู้มีส่วนร่วมฝ่ายเดียว",
        "Within one collaboration a process belongs to one participant.",
    ),
    Text("แยกเป็นคนละกระบวนงาน", "Give each pool its own process."),
)
def pool_shared_process(subject: Subject) -> Iterator[Hit]:
    for collaboration in subject.tree.all(*words.COLLABORATIONS):
        seen: set[str] = set()
        for pool in collaboration:
            process = pool.get("processRef") if tag_of(pool) == "participant" else None
            if process in seen:
                yield at(pool, process=process)
            if process:
                seen.add(process)


@FAMILY.rule(
    "task-message-operation",
    Text(
        "ข้อความของ {kind} ไม่ใช่ข้อความของ operation ที่อ้าง",
        "The message of this {kind} is not the one of its operation.",
    ),
    Text(
        "เมื่อระบุทั้งข้อความและ operation ทั้งสองต้องหมายถึงข้อความเดียวกัน (§10.3.3)",
        "Where both a message and an operation are given they mean the same message (§10.3.3).",
    ),
    Text(
        "ใช้ข้อความเดียวกับ operation หรือลบอย่างใดอย่างหนึ่ง",
        "Use the operation's message, or remove one of the two.",
    ),
)
def task_message_operation(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for element in tree.all("sendTask", "receiveTask", "messageEventDefinition"):
        reference = element.get("operationRef") or _child_text(element, "operationRef")
        operation = tree.find(reference, element)
        message = tree.find(element.get("messageRef"), element)
        if operation is None or message is None or tag_of(operation) != "operation":
            continue
        slots = ("inMessageRef", "outMessageRef")
        named = [tree.find(_child_text(operation, slot), operation) for slot in slots]
        if not any(found is message for found in named):
            yield at(element, kind=words.name_of(tag_of(element)))


def _child_text(element: Element, tag: str) -> str:
    part = child(element, tag)
    return (part.text or "").strip() if part is not None else ""
