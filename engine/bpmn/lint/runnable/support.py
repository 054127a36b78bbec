"""The allow-list: which constructs this engine runs as BPMN says, and nothing else."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, written
from engine.bpmn.lint.tree import children, is_true, number_of, tag_of, text_of
from engine.bpmn.model import Node, Scope
from engine.ground.text import Text

FAMILY = Family("runnable", "support", Text("สิ่งที่ระบบทำงานได้", "What the engine runs"))

WHY = Text(
    "ทุกสิ่งที่วาดต้องทำงานตามความหมายของมาตรฐาน หรือถูกปฏิเสธโดยระบุชื่อ ไม่มีสิ่งใดถูกละเลยเงียบ ๆ",
    "All that is drawn runs with the standard's meaning or is refused by name; nothing is ignored.",
)
SUPPORTED = {
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask",
    "manualTask", "task", "callActivity", "subProcess", "transaction",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
EVENTS = {
    "startEvent": {"message", "timer", "signal"},
    "endEvent": {
        "message", "signal", "error", "escalation", "terminate", "compensate", "cancel",
    },
    "intermediateCatchEvent": {"message", "timer", "signal", "link", "conditional"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link", "compensate"},
    "boundaryEvent": {
        "timer", "message", "signal", "error", "escalation", "conditional", "compensate", "cancel",
    },
}  # fmt: skip
HANDLERS = {"message", "timer", "error", "escalation", "signal", "conditional", "compensate"}
WAYS_OUT = {
    "adHocSubProcess": Text(
        "วาดลำดับงานให้ชัด หรือใช้เกตเวย์เลือกหลายทาง",
        "Draw the order, or use an inclusive gateway.",
    ),
    "complexGateway": Text(
        "ใช้เกตเวย์เลือกหลายทางหรือเกตเวย์ขนาน",
        "Use inclusive or parallel gateways.",
    ),
    "conditional": Text(
        "ก่อนเริ่มเรื่องยังไม่มีข้อมูลให้ตรวจ ใช้ข้อความหรือเวลาเริ่มแทน",
        "Before a case begins there are no data to look at: start with a message or a timer.",
    ),
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
    if not subject.known.runs:
        yield from _pictured(subject)


@FAMILY.rule(
    "picture-only",
    Text(
        "แฟ้มนี้เป็นภาพประกอบ ไม่มีกระบวนงานที่ตั้งให้ทำงานได้ (isExecutable)",
        "This file is a picture: none of its processes is marked as executable.",
    ),
    Text(
        "แฟ้มอื่นที่ติดตั้งพร้อมกันมีกระบวนงานที่ทำงานได้ แฟ้มนี้จึงเก็บไว้ตามเดิมทุกไบต์",
        "Another file of the deployment runs; this one is kept beside it, byte for byte.",
    ),
    Text("ไม่ต้องแก้ หากตั้งใจให้เป็นภาพ", "Nothing to do if a picture is meant."),
    severity="info",
)
def picture_only(subject: Subject) -> Iterator[Hit]:
    if subject.known.runs:
        yield from _pictured(subject)


def _pictured(subject: Subject) -> Iterator[Hit]:
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
    for element in written(subject, *drawn):
        if tag_of(element) not in SUPPORTED:
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
    "instantiating",
    Text(
        "{kind} ใช้เริ่มกระบวนงาน (instantiate) ไม่ได้", "A {kind} cannot start a process (instantiate)."
    ),
    WHY,
    Text("ใช้เหตุการณ์เริ่มต้นแบบข้อความ", "Use message start events."),
)
def instantiating(subject: Subject) -> Iterator[Hit]:
    for element in written(subject, "receiveTask", "eventBasedGateway"):
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
    for activity in written(subject, *words.ACTIVITIES):
        for slot in ("startQuantity", "completionQuantity"):
            value = number_of(activity, slot, 1)
            if value is not None and value > 1:
                yield at(activity, slot=slot, value=value)


@FAMILY.rule(
    "resource-unread",
    Text("{name} ไม่ถูกใช้", "The {name} is not used."),
    Text(
        "หากละเลยผู้รับผิดชอบที่ระบุไว้ งานจะไปถึงผู้อื่น",
        "Ignoring who is named here would offer the work to others.",
    ),
    Text(
        "ระบุใน assignmentDefinition หรือบทบาทของเลน แล้วลบออก",
        "Say it in the assignmentDefinition or the lane's role, and remove it.",
    ),
)
def resource_unread(subject: Subject) -> Iterator[Hit]:
    for element in written(subject, *RESOURCES):
        yield at(element, name=tag_of(element))


RESOURCES = ("potentialOwner", "humanPerformer", "performer", "resourceRole")


@FAMILY.rule(
    "timer-cycle-place",
    Text("{place}ใช้รอบเวลา (timeCycle)", "A {place} has a timeCycle."),
    Text(
        "เหตุการณ์นี้เกิดได้ครั้งเดียว จึงไม่มีรอบถัดไป",
        "It happens once, so that there are no further rounds.",
    ),
    Text("ใช้ timeDate หรือ timeDuration", "Use a timeDate or a timeDuration."),
)
def timer_cycle_place(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        cycles = any(event.timer == "timeCycle" for event in node.events)
        if node.tag == "intermediateCatchEvent" and cycles:
            yield at(node.id, place=words.name_of(node.tag))


@FAMILY.rule(
    "reference-elsewhere",
    Text(
        "{slot} อ้างถึง “{target}” ในแฟ้มอื่น ซึ่งไม่ถูกอ่าน",
        "{slot} refers to {target!r} in another file, which is not read.",
    ),
    Text(
        "เหตุการณ์จะกลายเป็นเหตุการณ์ที่ไม่มีเหตุ",
        "The event would become one without a trigger.",
    ),
    Text("ประกาศไว้ในแฟ้มนี้", "Declare it in this file."),
)
def reference_elsewhere(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    events = (*words.EVENTS, "receiveTask", "sendTask")
    for event in written(subject, *events):
        for part in (event, *(p for p in event if tag_of(p))):
            found = [(slot, part.get(slot, "")) for slot in DEFINED if part.get(slot)]
            if tag_of(part) == "eventDefinitionRef":
                found = [("eventDefinitionRef", text_of(part))]
            for slot, target in found:
                if tree.is_foreign(target, part) and tree.find(target, part) is None:
                    yield at(event, slot=slot, target=target)


DEFINED = ("messageRef", "signalRef", "errorRef", "escalationRef", "attachedToRef")


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
    for association in written(subject, "dataInputAssociation", "dataOutputAssociation"):
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
    for element in written(subject, "dataStoreReference", "dataObject", "property"):
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
