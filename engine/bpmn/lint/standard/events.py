"""Events: which trigger or result each kind may have, where."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.tree import (
    Element,
    children,
    id_of,
    is_event_subprocess,
    is_inside,
    is_true,
    scope_of,
    tag_of,
    text_of,
)
from engine.ground.text import Text

FAMILY = Family("standard", "events", Text("เหตุการณ์", "Events"))

STARTS = {"message", "timer", "conditional", "signal"}
HANDLERS = STARTS | {"error", "escalation", "compensate"}
ENDS = {"message", "error", "escalation", "cancel", "compensate", "signal", "terminate"}
CATCHES = {"message", "timer", "conditional", "link", "signal"}
THROWS = {"message", "escalation", "compensate", "link", "signal"}


def _disallowed(subject: Subject, events: Iterator[Element], allowed: set[str]) -> Iterator[Hit]:
    for event in events:
        for kind in subject.tree.kinds(event):
            if kind not in allowed:
                yield at(event, kind=words.name_of(kind))


@FAMILY.rule(
    "start-trigger",
    Text("เหตุการณ์เริ่มต้นของกระบวนงานใช้ “{kind}” ไม่ได้", "A process cannot start with {kind}."),
    Text(
        "กระบวนงานเริ่มได้เอง หรือด้วยข้อความ เวลา เงื่อนไข สัญญาณ (§10.5.2 ตาราง 10.84)",
        "A process starts by itself or with a message, "
        "timer, condition or signal (§10.5.2, table 10.84).",
    ),
    Text("เลือกเหตุที่อนุญาต", "Choose an allowed trigger."),
)
def start_trigger(subject: Subject) -> Iterator[Hit]:
    starts = (
        start
        for start in subject.tree.all("startEvent")
        if (scope := scope_of(start)) is not None and tag_of(scope) == "process"
    )
    yield from _disallowed(subject, starts, STARTS)


@FAMILY.rule(
    "subprocess-start-trigger",
    Text("เหตุการณ์เริ่มต้นของกระบวนการย่อยมีเหตุกระตุ้น", "The start event of a subprocess has a trigger."),
    Text(
        "กระบวนการย่อยเริ่มเมื่อเส้นมาถึง จึงเริ่มแบบไม่มีเหตุเท่านั้น (§10.5.2)",
        "A subprocess starts when its flow arrives; only a plain start is allowed (§10.5.2).",
    ),
    Text(
        "ใช้จุดเริ่มแบบไม่มีเหตุ หรือตั้งเป็นกระบวนการย่อยที่เริ่มด้วยเหตุการณ์",
        "Use a plain start, or make it an event subprocess.",
    ),
)
def subprocess_start_trigger(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all(*words.SUBPROCESSES):
        if not is_event_subprocess(scope):
            starts = children(scope, "startEvent")
            yield from (at(start) for start in starts if subject.tree.kinds(start))


@FAMILY.rule(
    "event-subprocess-start",
    Text(
        "กระบวนการย่อยที่เริ่มด้วยเหตุการณ์มีจุดเริ่ม {count} จุด",
        "An event subprocess has {count} start events.",
    ),
    Text("ต้องมีจุดเริ่มเดียว (§10.3.5)", "It has exactly one (§10.3.5)."),
    Text("เหลือจุดเริ่มเดียว", "Keep exactly one start event."),
)
def event_subprocess_start(subject: Subject) -> Iterator[Hit]:
    for scope in filter(is_event_subprocess, subject.tree.all(*words.SUBPROCESSES)):
        count = len(children(scope, "startEvent"))
        if count != 1:
            yield at(scope, count=count)


@FAMILY.rule(
    "event-subprocess-trigger",
    Text(
        "จุดเริ่มของกระบวนการย่อยที่เริ่มด้วยเหตุการณ์ต้องมีเหตุที่ใช้ได้ (พบ {kind})",
        "The start of an event subprocess needs a fitting trigger (found: {kind}).",
    ),
    Text(
        "ใช้ข้อความ เวลา ข้อผิดพลาด การยกระดับ การชดเชย เงื่อนไข หรือสัญญาณ (§10.5.2 ตาราง 10.86)",
        "Message, timer, error, escalation, compensation, "
        "condition or signal (§10.5.2, table 10.86).",
    ),
    Text("กำหนดเหตุให้จุดเริ่ม", "Give the start event its trigger."),
)
def event_subprocess_trigger(subject: Subject) -> Iterator[Hit]:
    for scope in filter(is_event_subprocess, subject.tree.all(*words.SUBPROCESSES)):
        for start in children(scope, "startEvent"):
            kinds = subject.tree.kinds(start) or ["none"]
            yield from (at(start, kind=words.name_of(k)) for k in kinds if k not in HANDLERS)


@FAMILY.rule(
    "start-interrupting",
    Text(
        "จุดเริ่มแบบ {kind} ต้องขัดจังหวะเสมอ (isInterrupting)",
        "A start with {kind} is always interrupting.",
    ),
    Text(
        "ข้อผิดพลาดและการชดเชยหยุดขอบเขตที่เกิดเสมอ (§10.5.2)",
        "Errors and compensation always end what they happen in (§10.5.2).",
    ),
    Text("ตั้ง isInterrupting เป็น true", "Set isInterrupting to true."),
)
def start_interrupting(subject: Subject) -> Iterator[Hit]:
    for start in subject.tree.all("startEvent"):
        if not is_true(start, "isInterrupting", default=True):
            kinds = [k for k in subject.tree.kinds(start) if k in ("error", "compensate")]
            yield from (at(start, kind=words.name_of(kind)) for kind in kinds)


@FAMILY.rule(
    "start-not-interrupting-place",
    Text(
        "isInterrupting=false ใช้ได้เฉพาะในกระบวนการย่อยที่เริ่มด้วยเหตุการณ์",
        "isInterrupting=false only belongs to event subprocesses.",
    ),
    Text(
        "จุดเริ่มอื่นไม่มีสิ่งใดให้ขัดจังหวะ (§10.5.2)", "Any other start has nothing to interrupt (§10.5.2)."
    ),
    Text("ลบ isInterrupting", "Remove isInterrupting."),
)
def start_not_interrupting_place(subject: Subject) -> Iterator[Hit]:
    for start in subject.tree.all("startEvent"):
        scope = scope_of(start)
        ordinary = scope is not None and not is_event_subprocess(scope)
        if ordinary and not is_true(start, "isInterrupting", default=True):
            yield at(start)


@FAMILY.rule(
    "end-result",
    Text("เหตุการณ์สิ้นสุดใช้ “{kind}” ไม่ได้", "An end event cannot be a {kind}."),
    Text(
        "เหตุการณ์สิ้นสุดส่งผลออกไป จึงรอเวลา เงื่อนไข หรือจุดเชื่อมไม่ได้ (§10.5.3 ตาราง 10.88)",
        "An end event has a result; it cannot wait for a timer "
        "or condition, nor be a link (§10.5.3, table 10.88).",
    ),
    Text(
        "เลือกผลที่อนุญาต หรือใช้เหตุการณ์ระหว่างทาง",
        "Choose an allowed result, or use an intermediate event.",
    ),
)
def end_result(subject: Subject) -> Iterator[Hit]:
    yield from _disallowed(subject, subject.tree.all("endEvent"), ENDS)


@FAMILY.rule(
    "cancel-end-place",
    Text(
        "จุดสิ้นสุดแบบยกเลิกอยู่นอกกระบวนการย่อยแบบธุรกรรม",
        "A cancel end event stands outside of a transaction.",
    ),
    Text(
        "การยกเลิกใช้ได้ในธุรกรรมเท่านั้น (§10.5.3)", "Cancel only exists inside a transaction (§10.5.3)."
    ),
    Text("ย้ายเข้าในธุรกรรมหรือเปลี่ยนชนิด", "Move it into a transaction or change its kind."),
)
def cancel_end_place(subject: Subject) -> Iterator[Hit]:
    transactions = list(subject.tree.all("transaction"))
    for end in subject.tree.all("endEvent"):
        inside = any(is_inside(end, transaction) for transaction in transactions)
        if "cancel" in subject.tree.kinds(end) and not inside:
            yield at(end)


@FAMILY.rule(
    "catch-trigger",
    Text(
        "เหตุการณ์รอรับระหว่างทางใช้ “{kind}” ไม่ได้",
        "An intermediate catch event cannot wait for {kind}.",
    ),
    Text(
        "รอได้เฉพาะข้อความ เวลา เงื่อนไข จุดเชื่อม และสัญญาณ (§10.5.4 ตาราง 10.89)",
        "It waits for a message, timer, condition, link or signal (§10.5.4, table 10.89).",
    ),
    Text("เลือกเหตุที่รอได้ หรือใช้เหตุการณ์ขอบ", "Choose one of these, or use a boundary event."),
)
def catch_trigger(subject: Subject) -> Iterator[Hit]:
    yield from _disallowed(subject, subject.tree.all("intermediateCatchEvent"), CATCHES)


@FAMILY.rule(
    "catch-empty",
    Text("{where} ไม่ได้บอกว่ารอเหตุใด", "This {where} does not say what it waits for."),
    Text("เหตุการณ์รอรับต้องมีเหตุ (§10.5.4)", "A catching event has a trigger (§10.5.4)."),
    Text("กำหนดเหตุ เช่น ข้อความหรือเวลา", "Give it a trigger such as a message or a timer."),
)
def catch_empty(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all("intermediateCatchEvent", "boundaryEvent"):
        if not subject.tree.kinds(event) and not children(event, "eventDefinitionRef"):
            yield at(event, where=words.name_of(tag_of(event)))


@FAMILY.rule(
    "timer-several",
    Text("ตัวจับเวลามี {slots} พร้อมกัน", "The timer has {slots} at once."),
    Text(
        "ตัวจับเวลาระบุวันเวลา ระยะเวลา หรือรอบเวลาอย่างใดอย่างหนึ่ง (§10.5.5 ตาราง 10.101)",
        "A timer has a date, a duration or a cycle, just one of them (§10.5.5, table 10.101).",
    ),
    Text("เหลืออย่างเดียว", "Keep one of them."),
)
def timer_several(subject: Subject) -> Iterator[Hit]:
    for definition in subject.tree.all("timerEventDefinition"):
        given = children(definition, "timeDate", "timeDuration", "timeCycle")
        if len(given) > 1:
            event = definition.getparent()
            slots = ", ".join(map(tag_of, given))
            yield at(definition if event is None else event, slots=slots)


@FAMILY.rule(
    "definition-not-root",
    Text(
        "อ้างถึงรายละเอียดเหตุการณ์ “{target}” ซึ่งเป็นของเหตุการณ์อื่น",
        "It refers to the event definition {target!r}, which belongs to another event.",
    ),
    Text(
        "อ้างได้เฉพาะรายละเอียดเหตุการณ์ที่อยู่ระดับบนสุดของแฟ้ม (§10.5.1)",
        "Only an event definition at the root of the file can be referred to (§10.5.1).",
    ),
    Text("ย้ายขึ้นไประดับบนสุด หรือเขียนไว้ในเหตุการณ์นี้", "Move it to the root, or write it in this event."),
)
def definition_not_root(subject: Subject) -> Iterator[Hit]:
    tree = subject.tree
    for event in tree.all(*words.EVENTS):
        for reference in children(event, "eventDefinitionRef"):
            target = tree.find(text_of(reference), reference)
            if target is not None and target.getparent() is not tree.root:
                yield at(event, target=id_of(target))


@FAMILY.rule(
    "throw-result",
    Text("เหตุการณ์ส่งระหว่างทางใช้ “{kind}” ไม่ได้", "An intermediate throw event cannot throw {kind}."),
    Text(
        "ส่งได้เฉพาะข้อความ การยกระดับ การชดเชย จุดเชื่อม และสัญญาณ (§10.5.4 ตาราง 10.90)",
        "It throws a message, escalation, compensation, link or signal (§10.5.4, table 10.90).",
    ),
    Text(
        "เลือกผลที่อนุญาต ข้อผิดพลาดให้ใช้เหตุการณ์สิ้นสุด", "Choose one of these; an error needs an end event."
    ),
)
def throw_result(subject: Subject) -> Iterator[Hit]:
    events = subject.tree.all("intermediateThrowEvent", "implicitThrowEvent")
    yield from _disallowed(subject, events, THROWS)


@FAMILY.rule(
    "parallel-multiple",
    Text("parallelMultiple ต้องมีอย่างน้อยสองเหตุ", "parallelMultiple needs at least two triggers."),
    Text(
        "หมายถึงต้องเกิดทุกเหตุก่อน จึงต้องมีมากกว่าหนึ่ง (§10.5.1)",
        "It means that all of several triggers must happen (§10.5.1).",
    ),
    Text("ลบ parallelMultiple หรือเพิ่มเหตุ", "Remove parallelMultiple or add a trigger."),
)
def parallel_multiple(subject: Subject) -> Iterator[Hit]:
    for event in subject.tree.all(*words.CATCHING):
        if is_true(event, "parallelMultiple") and len(subject.tree.kinds(event)) < 2:
            yield at(event)


@FAMILY.rule(
    "start-missing",
    Text("มีเหตุการณ์สิ้นสุดแต่ไม่มีเหตุการณ์เริ่มต้น", "There is an end event but no start event."),
    Text(
        "เมื่อมีจุดสิ้นสุดต้องมีจุดเริ่มอย่างน้อยหนึ่งจุด (§10.5.3)",
        "Where there is an end there is a start (§10.5.3).",
    ),
    Text("เพิ่มเหตุการณ์เริ่มต้น", "Add a start event."),
)
def start_missing(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.scopes():
        if tag_of(scope) == "adHocSubProcess" or is_event_subprocess(scope):
            continue
        started = children(scope, "startEvent") or _starts_itself(scope)
        if children(scope, "endEvent") and not started:
            yield at(scope)


def _starts_itself(scope: Element) -> bool:
    starters = children(scope, "receiveTask", "eventBasedGateway")
    return any(is_true(node, "instantiate") for node in starters)


@FAMILY.rule(
    "end-missing",
    Text("มีเหตุการณ์เริ่มต้นแต่ไม่มีเหตุการณ์สิ้นสุด", "There is a start event but no end event."),
    Text(
        "เมื่อมีจุดเริ่มต้องมีจุดสิ้นสุดอย่างน้อยหนึ่งจุด (§10.5.2)",
        "Where there is a start there is an end (§10.5.2).",
    ),
    Text("เพิ่มเหตุการณ์สิ้นสุดที่ปลายทุกทาง", "Add an end event at the end of every path."),
)
def end_missing(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.scopes():
        if tag_of(scope) == "adHocSubProcess":
            continue
        if children(scope, "startEvent") and not children(scope, "endEvent"):
            yield at(scope)
