"""What an event waits for: several triggers at once, and conditions on the data of the case."""

from collections.abc import Iterator

from engine import feel
from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import nodes_of
from engine.bpmn.model import Node
from engine.ground.text import Text

FAMILY = Family("runnable", "triggers", Text("สิ่งที่เหตุการณ์รอ", "What events wait for"))

ALONE = {"compensate", "cancel", "link"}


@FAMILY.rule(
    "multiple-event",
    Text(
        "{place} รอ {kind} พร้อมเหตุอื่นไม่ได้", "A {place} cannot wait for {kind} among other triggers."
    ),
    Text(
        "การชดเชย การยกเลิก และจุดเชื่อม ไม่ใช่สิ่งที่เกิดก่อนหลังกัน จึงรอคู่กับเหตุอื่นไม่ได้",
        "Compensation, cancellation and links do not race with other triggers.",
    ),
    Text("แยกเป็นคนละเหตุการณ์", "Draw an event for each."),
)
def multiple_event(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        if node.tag in words.CATCHING and len(node.events) > 1:
            kinds = dict.fromkeys(event.kind for event in node.events if event.kind in ALONE)
            place = words.name_of(node.tag)
            yield from (at(node.id, place=place, kind=words.name_of(kind)) for kind in kinds)


@FAMILY.rule(
    "parallel-multiple-place",
    Text(
        "{place} ที่รอทุกเหตุ (parallelMultiple) ใช้ที่นี่ไม่ได้",
        "A {place} that waits for all of its triggers (parallelMultiple) cannot be run here.",
    ),
    Text(
        "เหตุที่เริ่มเรื่องหรือเกิดซ้ำได้ ไม่บอกว่าเหตุใดเป็นของรอบใด",
        "Where triggers start cases or come again, nothing says which belong together.",
    ),
    Text(
        "รับเหตุแรกก่อน แล้วรอเหตุอื่นด้วยเกตเวย์ขนานหรือเหตุการณ์ระหว่างทาง",
        "Take the first trigger, then wait for the others behind a parallel gateway.",
    ),
)
def parallel_multiple_place(subject: Subject) -> Iterator[Hit]:
    for scope, node in nodes_of(subject):
        starts = node.tag == "startEvent" and scope.id in subject.model.processes
        if node.parallel_multiple and (starts or not node.interrupting):
            yield at(node.id, place=words.name_of(node.tag))


def _conditions(subject: Subject) -> Iterator[tuple[Node, str]]:
    for _, node in nodes_of(subject):
        for event in node.events:
            if event.kind == "conditional":
                yield node, feel.parse_slot(event.expression).text.strip()


@FAMILY.rule(
    "event-condition-empty",
    Text("เหตุการณ์ไม่ได้บอกเงื่อนไขที่รอ", "The event does not say which condition it waits for."),
    Text("เงื่อนไขเป็น FEEL จากตัวแปรของเรื่อง", "The condition is FEEL over the case's variables."),
    Text("กำหนดเงื่อนไข", "Give the condition."),
)
def event_condition_empty(subject: Subject) -> Iterator[Hit]:
    yield from (at(node.id) for node, text in _conditions(subject) if not text)


# These give another value with time, when no step of the case makes it look again.
MOVING = frozenset({"now", "today"})


@FAMILY.rule(
    "event-condition-moving",
    Text(
        "เงื่อนไขที่รอใช้ {function}() ซึ่งเปลี่ยนไปเองโดยเรื่องไม่รู้",
        "The awaited condition uses {function}(), which changes without the case noticing.",
    ),
    Text(
        "เงื่อนไขตรวจใหม่เมื่อข้อมูลของเรื่องเปลี่ยน เวลาและข้อมูลภายนอกไม่ปลุกเรื่อง",
        "A condition is looked at when the case's data change; time and the office do not wake it.",
    ),
    Text("ใช้ตัวจับเวลา ข้อความ หรือสัญญาณ", "Use a timer, a message or a signal."),
)
def event_condition_moving(subject: Subject) -> Iterator[Hit]:
    outside = MOVING | set(subject.known.functions or ())
    for node, text in _conditions(subject):
        try:
            called = feel.compile(text).functions if text else frozenset()
        except feel.FeelSyntaxError:
            continue  # said by its own rule
        yield from (at(node.id, function=name) for name in sorted(called & outside))


@FAMILY.rule(
    "loop-endless",
    Text(
        "การวนซ้ำไม่มีเงื่อนไขและไม่มีจำนวนรอบสูงสุด",
        "The loop has neither a condition nor a maximum of rounds.",
    ),
    Text("การวนที่ไม่มีทางจบไม่มีวันปิดเรื่อง", "A loop without an end never lets the case close."),
    Text("กำหนด loopCondition หรือ loopMaximum", "Give a loopCondition or a loopMaximum."),
)
def loop_endless(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        loop = node.loop
        if loop is not None and loop.kind == "standard" and not (loop.condition or loop.maximum):
            yield at(node.id)
