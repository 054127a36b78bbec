"""Expressions: each one compiles, and each fixed timer can be reached by a clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from engine import feel
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable import methods
from engine.bpmn.lint.runnable.parts import nodes_of, scopes_of, written
from engine.bpmn.lint.runnable.times import problem_of
from engine.bpmn.model import EventDefinition, Node
from engine.feel.grammar import juel
from engine.ground.text import Text

FAMILY = Family("runnable", "expressions", Text("นิพจน์และเวลา", "Expressions and timers"))

MOST_INSTANCES = 1000


class Place(NamedTuple):
    """One place that may hold an expression."""

    element: str
    slot: str
    text: str
    always: bool = False  # an expression even without a leading "="


def places(subject: Subject) -> Iterator[Place]:
    """Every place of the executable processes that may hold FEEL."""
    for scope in scopes_of(subject):
        for node in scope.nodes.values():
            yield from _of_node(node)
        for flow in scope.flows.values():
            yield Place(flow.id, "conditionExpression", flow.condition, True)


def _of_node(node: Node) -> Iterator[Place]:
    extensions = node.extensions
    for slot in ("assignee", "candidate_groups", "candidate_users", "due_date", "follow_up_date"):
        yield Place(node.id, slot, getattr(extensions, slot))
    yield Place(node.id, "priority", extensions.priority)
    yield Place(node.id, "retries", extensions.job_retries)
    yield Place(node.id, "type", extensions.job_type)
    yield Place(node.id, "separateFrom", extensions.properties.get("separateFrom", ""))
    yield Place(node.id, "script", extensions.script, True)
    for side, lines in (("input", extensions.inputs), ("output", extensions.outputs)):
        for line in lines:
            yield Place(node.id, f"{side} {line.target}", line.source)
    for event in node.events:
        yield Place(node.id, event.timer, event.expression, event.kind == "conditional")
        yield Place(node.id, "correlationKey", event.correlation_key, True)
        yield Place(node.id, "name", event.name)
    if node.loop is not None:
        yield Place(node.id, "inputCollection", node.loop.collection, True)
        standard = node.loop.kind == "standard"
        slot = "loopCondition" if standard else "completionCondition"
        yield Place(node.id, slot, node.loop.condition, True)
        yield Place(node.id, "loopCardinality", node.loop.cardinality, True)
        yield Place(node.id, "outputElement", node.loop.output_element, True)


def expression_of(place: Place) -> str:
    """The FEEL text of a place, "" where it holds a literal or nothing."""
    slot = feel.parse_slot(place.text)
    if slot.is_expression:
        return slot.text
    return slot.text.strip() if place.always else ""


@FAMILY.rule(
    "expression-syntax",
    Text("นิพจน์ใน {slot} ผิด: {problem}", "The expression in {slot} is wrong: {problem}."),
    Text(
        "นิพจน์ที่พิมพ์ผิดต้องพบตอนติดตั้ง ไม่ใช่ตอนมีเรื่องจริง",
        "A typing error is found when deploying, not by a case.",
    ),
    Text("แก้ที่คอลัมน์ {at}: {expression}", "Correct it at column {at}: {expression}"),
)
def expression_syntax(subject: Subject) -> Iterator[Hit]:
    for place in places(subject):
        text = expression_of(place)
        if not text:
            if feel.parse_slot(place.text).is_expression:
                yield at(place.element, slot=place.slot, problem=EMPTY, at=1, expression=place.text)
            continue
        try:
            feel.compile(text)
        except feel.FeelSyntaxError as error:
            yield at(
                place.element,
                column=error.column,
                slot=place.slot,
                problem=error.problem,
                at=error.column,
                expression=text,
            )


EMPTY = Text("ว่างเปล่า", "it is empty")


def _problems(subject: Subject) -> Iterator[tuple[Place, feel.Problem]]:
    functions, known = subject.known.functions, subject.known.variables
    for place in places(subject):
        text = expression_of(place)
        for problem in feel.check(text, known, functions or ()) if text else ():
            unknowable = functions is None and problem.code == "unknown-function"
            if problem.code != "syntax" and not unknowable:
                yield place, problem


def _hits(subject: Subject, kind: str) -> Iterator[Hit]:
    for place, problem in _problems(subject):
        if KINDS.get(problem.code, "pointless") == kind:
            facts = {"slot": place.slot, "problem": problem.text, "at": problem.column}
            yield at(place.element, column=problem.column, expression=expression_of(place), **facts)


KINDS = {
    "unknown-name": "name",
    **dict.fromkeys(
        (
            "unknown-function",
            "arity",
            "negation",
            "pattern",
            "invalid",
            "date-order",
            "buddhist-year",
            "range-order",
        ),
        "broken",
    ),
}


@FAMILY.rule(
    "expression-call",
    Text("นิพจน์ใน {slot} เรียกใช้ไม่ได้: {problem}", "The expression in {slot} cannot work: {problem}."),
    Text(
        "ฟังก์ชันที่ไม่มีหรือเรียกผิดให้ค่าว่าง (null) เสมอ",
        "A function that is unknown or called wrongly always gives null.",
    ),
    Text("แก้ที่คอลัมน์ {at}: {expression}", "Correct it at column {at}: {expression}"),
)
def expression_call(subject: Subject) -> Iterator[Hit]:
    yield from _hits(subject, "broken")


@FAMILY.rule(
    "expression-method",
    Text(
        "นิพจน์ใน {slot} เรียกเมท็อด {method}() ซึ่งตัวแปรของเรื่องไม่มี",
        "The expression in {slot} calls the method {method}(), which no variable of a case has.",
    ),
    Text(
        "ตัวแปรเป็นข้อมูล ไม่ใช่วัตถุของ Java การเรียกเมท็อดให้ค่าว่าง (null) เสมอ",
        "Variables are data, no Java objects: such a call always gives null.",
    ),
    Text("เขียนเป็น FEEL: {way}", "Write FEEL: {way}"),
)
def expression_method(subject: Subject) -> Iterator[Hit]:
    for place in places(subject):
        for method, way in methods.called(expression_of(place)):
            yield at(place.element, slot=place.slot, method=method, way=way)


@FAMILY.rule(
    "expression-juel",
    Text(
        "นิพจน์ใน {slot} เป็น JUEL ของ Camunda 7 ที่ไม่มีคำตรงกันใน FEEL: {expression}",
        "The expression in {slot} is JUEL of Camunda 7 that FEEL cannot say: {expression}",
    ),
    Text(
        "คำอย่าง empty, eq, div ไม่ใช่คำของ FEEL ส่วนที่อ่านไม่ได้จะว่าง (null) เสมอ",
        "Words such as empty, eq or div are not FEEL's; what cannot be read is always null.",
    ),
    Text("เขียนเป็น FEEL ที่ขึ้นต้นด้วย =", "Write it as FEEL that begins with `=`."),
)
def expression_juel(subject: Subject) -> Iterator[Hit]:
    for place in places(subject):
        if place.text.strip()[:2] in ("${", "#{") and juel.is_left(expression_of(place)):
            yield at(place.element, slot=place.slot, expression=expression_of(place))


@FAMILY.rule(
    "expression-pointless",
    Text("นิพจน์ใน {slot} ไม่มีผล: {problem}", "The expression in {slot} has no effect: {problem}."),
    Text(
        "การเทียบค่าต่างชนิดไม่มีวันเป็นจริง",
        "Values of different kinds are never equal, and cannot be computed with.",
    ),
    Text("แก้ที่คอลัมน์ {at}: {expression}", "Correct it at column {at}: {expression}"),
    severity="warning",
)
def expression_pointless(subject: Subject) -> Iterator[Hit]:
    yield from _hits(subject, "pointless")


@FAMILY.rule(
    "expression-name",
    Text("นิพจน์ใน {slot}: {problem}", "The expression in {slot}: {problem}."),
    Text(
        "ชื่อที่ไม่มีแบบฟอร์ม ตาราง หรือขั้นตอนใดให้ค่า จะว่าง (null) เสมอ",
        "A name that no form, table or step gives a value is always null.",
    ),
    Text("แก้ที่คอลัมน์ {at}: {expression}", "Correct it at column {at}: {expression}"),
    severity="warning",
)
def expression_name(subject: Subject) -> Iterator[Hit]:
    yield from _hits(subject, "name")


@FAMILY.rule(
    "expression-embedded",
    Text(
        "{slot} เปิด ${{ แต่ไม่ปิด จะไม่ถูกคำนวณ",
        "{slot} opens ${{ and never closes it; it is not evaluated.",
    ),
    Text("นิพจน์ที่ไม่ปิดเป็นเพียงข้อความ", "What is never closed is plain text."),
    Text(
        'ปิดด้วย }} หรือเขียนเป็น FEEL เช่น ="ข้อความ " + x',
        'Close it with }}, or write FEEL such as ="text " + x.',
    ),
)
def expression_embedded(subject: Subject) -> Iterator[Hit]:
    for place in places(subject):
        slot = feel.parse_slot(place.text)
        if not slot.is_expression and ("${" in slot.text or "#{" in slot.text):
            yield at(place.element, slot=place.slot)


@FAMILY.rule(
    "timer-value",
    Text("เวลา “{value}” ใช้ไม่ได้: {problem}", "The time {value!r} cannot be used: {problem}."),
    Text(
        "ค่าเวลาที่ผิดไม่มีวันถึง ถึงผิดวัน หรือถึงไม่รู้จบ เช่น ปี พ.ศ. เวลาที่ไม่ระบุเขต หรือรอบเวลาศูนย์วินาที",
        "A wrong time never comes, comes on another day or never ends: a Buddhist year, a time "
        "without a zone, rounds of zero seconds.",
    ),
    Text(
        "ใช้ ISO 8601 เช่น P15D, 2026-03-02, R3/P7D",
        "Use ISO 8601 such as P15D, 2026-03-02 or R3/P7D.",
    ),
)
def timer_value(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        for event in node.events:
            value = _fixed(event) if event.kind == "timer" and event.expression else None
            problem = problem_of(event.timer, value) if value is not None else None
            if problem is not None:
                yield at(node.id, value=value, problem=problem)


def _fixed(event: EventDefinition) -> str | None:
    """The timer's value where it does not depend on the case."""
    slot = feel.parse_slot(event.expression)
    if not slot.is_expression:
        return slot.text.strip()
    try:
        expression = feel.compile(slot.text)
    except feel.FeelSyntaxError:
        return None  # said by its own rule
    if expression.names or not expression.functions <= CONSTANT_FUNCTIONS:
        return None
    value = feel.to_json(expression.evaluate({}, feel.Environment(now=datetime.now(UTC))))
    return value if isinstance(value, str) else str(value)


CONSTANT_FUNCTIONS = frozenset({"duration", "date", "date and time", "time", "string"})


@FAMILY.rule(
    "instances-many",
    Text("จำนวนรอบ {count} เกิน {limit}", "{count} instances are more than {limit}."),
    Text(
        "การสร้างงานจำนวนมหาศาลพร้อมกันทำให้ระบบหยุด",
        "A vast number of instances stops the server for all.",
    ),
    Text("ลดจำนวน หรือแบ่งเป็นหลายเรื่อง", "Use fewer, or several cases."),
)
def instances_many(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        text = node.loop.cardinality if node.loop is not None else ""
        number = _number(text)
        if number is not None and number > MOST_INSTANCES:
            yield at(node.id, count=f"{number:,.0f}", limit=f"{MOST_INSTANCES:,}")


@FAMILY.rule(
    "instances-unusable",
    Text(
        "จำนวนรอบ “{value}” ไม่ใช่จำนวนเต็มบวก",
        "The number of instances {value!r} is not a positive whole number.",
    ),
    Text("จำนวนรอบต้องเป็นจำนวนเต็ม", "The number of instances is a whole number."),
    Text("กำหนดจำนวน หรือใช้รายการ", "Give a number, or use a collection."),
)
def instances_unusable(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        text = node.loop.cardinality if node.loop is not None else ""
        number = _number(text)
        if number is not None and (number < 0 or number != int(number)):
            yield at(node.id, value=text)


def _number(text: str) -> float | None:
    """The value of a cardinality that does not depend on the case."""
    slot = feel.parse_slot(text)
    if not slot.text.strip():
        return None
    try:
        expression = feel.compile(slot.text)
    except feel.FeelSyntaxError:
        return None
    if expression.names or expression.functions:
        return None
    value = feel.to_json(expression.evaluate({}))
    try:
        return float(str(value))
    except ValueError:
        return -1.0


@FAMILY.rule(
    "instances-source",
    Text(
        "ไม่มีรายการหรือจำนวนรอบที่ระบบอ่านได้",
        "There is no collection or number of instances that can be read.",
    ),
    Text(
        "รายการอยู่ใน inputCollection (หรือ camunda:collection) เป็น FEEL",
        "The collection is FEEL in inputCollection (or camunda:collection).",
    ),
    Text("กำหนด inputCollection", "Give the inputCollection."),
)
def instances_source(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        loop = node.loop
        if (
            loop is not None
            and loop.kind != "standard"
            and not (loop.collection or loop.cardinality)
        ):
            yield at(node.id)


@FAMILY.rule(
    "instances-events",
    Text("behavior “{behavior}” ยังไม่รองรับ", "The behavior {behavior!r} cannot be run."),
    Text(
        "ระบบจบกิจกรรมเมื่อทุกรอบเสร็จ (All)", "An activity ends here when all its instances have (All)."
    ),
    Text("ลบ behavior แล้วใช้ completionCondition", "Remove it and use a completionCondition."),
)
def instances_events(subject: Subject) -> Iterator[Hit]:
    for loop in written(subject, "multiInstanceLoopCharacteristics"):
        if loop.get("behavior", "All") != "All":
            yield at(loop, behavior=loop.get("behavior"))
