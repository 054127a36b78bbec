"""Names of variables, messages and codes: they can be found again by who looks for them."""

from collections.abc import Iterator

from engine import feel
from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of
from engine.bpmn.model import EventDefinition, Node, Scope
from engine.bpmn.slots import constant
from engine.ground.text import Text

FAMILY = Family("runnable", "naming", Text("ชื่อ", "Names"))

CODED = ("error", "escalation")


@FAMILY.rule(
    "name-unusable",
    Text("{slot} “{name}” ใช้ไม่ได้: {problem}", "{slot} {name!r} cannot be used: {problem}."),
    Text(
        "ค่าที่เก็บในชื่อเช่นนี้ไม่มีใครอ่านพบ และข้อความเช่นนี้ไม่มีใครได้รับ",
        "Nobody finds a value under such a name, and nobody is reached by such a message.",
    ),
    Text("แก้ชื่อ", "Correct the name."),
)
def name_unusable(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        for slot, name in _variables(node):
            problem = _of_variable(name, slot.endswith("put target"))
            if problem is not None:
                yield at(node.id, slot=slot, name=name, problem=problem)
        for event in node.events:
            if event.name and not feel.parse_slot(event.name).is_expression:
                problem = _of_text(event.name)
                if problem is not None:
                    yield at(node.id, slot=f"{event.kind} name", name=event.name, problem=problem)
        if _of_text(node.extensions.job_type) is not None:
            yield at(node.id, slot="type", name=node.extensions.job_type, problem=BLANKS)


def _variables(node: Node) -> Iterator[tuple[str, str]]:
    extensions = node.extensions
    yield "resultVariable", extensions.result_variable
    for side, lines in (("input", extensions.inputs), ("output", extensions.outputs)):
        yield from ((f"{side} target", line.target or " ") for line in lines)
    if node.loop is not None:
        yield "inputElement", node.loop.element
        yield "outputCollection", node.loop.output_collection


BLANKS = Text("มีช่องว่างหน้าหรือหลัง หรือว่างทั้งหมด", "there are blanks around it, or nothing else")
NO_FEEL = Text("เป็นนิพจน์ ต้องเป็นชื่อ", "it is an expression, not a name")
DOTS = Text("มีจุด ซึ่งใช้ได้เฉพาะปลายทางของ ioMapping", "dots belong into mapping targets alone")
EMPTY_PART = Text("มีส่วนที่ว่างระหว่างจุด", "there is nothing between two of its dots")
UNREADABLE = Text("FEEL อ่านเป็นชื่อเดียวไม่ได้", "FEEL cannot read it as one name")
CONTROL = Text("มีอักขระควบคุม", "it holds control characters")


def _of_variable(name: str, dotted: bool) -> Text | None:
    if feel.parse_slot(name).is_expression or name.lstrip().startswith("="):
        return NO_FEEL
    if "." in name and not dotted:
        return DOTS
    if "." in name and not all(part.strip() for part in name.split(".")):
        return EMPTY_PART
    parts = name.split(".") if name else []
    told = next(filter(None, map(_of_text, parts)), None)
    return told or (None if all(map(_is_readable, parts)) else UNREADABLE)


def _is_readable(name: str) -> bool:
    """Whether an expression that says the name means this variable, and not a sum of others."""
    try:
        return feel.compile(name).names == {name} or name == "item"
    except feel.FeelSyntaxError:
        return False


def _of_text(name: str) -> Text | None:
    if name != name.strip() and not feel.parse_slot(name).is_expression:
        return BLANKS
    return CONTROL if any(ord(letter) < 32 for letter in name) else None


@FAMILY.rule(
    "code-computed",
    Text("รหัสที่รอรับเป็นนิพจน์ “{name}”", "The code that is caught is an expression: {name!r}."),
    Text(
        "ผู้รับต้องรู้รหัสตั้งแต่ติดตั้ง เฉพาะผู้ส่งที่คำนวณได้",
        "Whoever catches says the code when deployed; only who throws may compute it.",
    ),
    Text("เขียนรหัสตรง ๆ หรือเว้นว่างเพื่อรับทุกรหัส", "Write the code itself, or none to catch them all."),
)
def code_computed(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        for event in node.events if node.tag in words.CATCHING else ():
            if event.kind in CODED and feel.parse_slot(event.name).is_expression:
                yield at(node.id, name=event.name)


@FAMILY.rule(
    "start-computed",
    Text(
        "จุดเริ่มใช้นิพจน์ “{expression}” ที่คำนวณตอนติดตั้งไม่ได้",
        "The start event uses {expression!r}, which cannot be computed when deployed.",
    ),
    Text(
        "ก่อนเริ่มเรื่องยังไม่มีตัวแปร และฟังก์ชันของหน่วยงานต้องมีเรื่อง",
        "Before a case begins there are no variables, and functions of the office need a case.",
    ),
    Text("เขียนค่าตรง ๆ", "Write the value itself."),
)
def start_computed(subject: Subject) -> Iterator[Hit]:
    for process in executable(subject):
        for node, event in _triggers(process.body):
            for text in (event.name, event.expression if event.kind == "timer" else ""):
                if _is_moving(text):
                    yield at(node.id, expression=text)


def _triggers(body: Scope) -> Iterator[tuple[Node, EventDefinition]]:
    for node in body.nodes.values():
        if node.tag == "startEvent":
            yield from ((node, event) for event in node.events)


def _is_moving(text: str) -> bool:
    try:
        return feel.parse_slot(text).is_expression and constant(text) is None
    except feel.FeelSyntaxError:
        return False  # said by its own rule


@FAMILY.rule(
    "instances-output",
    Text("มี {given} แต่ไม่มี {missing}", "There is {given} without {missing}."),
    Text("ผลของแต่ละรอบต้องมีทั้งค่าและที่เก็บ", "Each round's result needs a value and a place."),
    Text("กำหนดทั้งสองอย่าง หรือลบออก", "Give both, or remove it."),
)
def instances_output(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        loop = node.loop
        if loop is None or bool(loop.output_element) == bool(loop.output_collection):
            continue
        both = ("outputElement", "outputCollection")
        given, missing = both if loop.output_element else both[::-1]
        yield at(node.id, given=given, missing=missing)


# ── errors that nobody catches ─────────────────────────────────────────────────────────────────


@FAMILY.rule(
    "error-uncaught",
    Text("ไม่มีผู้รับข้อผิดพลาด “{code}”", "Nobody catches the error {code!r}."),
    Text(
        "ข้อผิดพลาดที่ไม่มีผู้รับทำให้เรื่องหยุด รอผู้ดูแลระบบ",
        "An error that nobody catches stops the case, and its administrator is told.",
    ),
    Text(
        "วางเหตุการณ์ขอบหรือกระบวนการย่อยที่รับข้อผิดพลาดนี้ หรือจบด้วยวิธีอื่น",
        "Let a boundary event or an event subprocess catch it, or end in another way.",
    ),
    severity="warning",
)
def error_uncaught(subject: Subject) -> Iterator[Hit]:
    for process in executable(subject):
        if process.id not in subject.known.called:
            yield from _uncaught(process.body, frozenset())


def _uncaught(scope: Scope, caught: frozenset[str]) -> Iterator[Hit]:
    """The error ends of a scope that no code in `caught` meets, "" being all of them."""
    handlers = [node for node in scope.nodes.values() if node.triggered_by_event]
    here = caught | frozenset(code for node in handlers for code in _started_by(node))
    for node in scope.nodes.values():
        codes = [e.name for e in node.events if e.kind == "error" and node.tag == "endEvent"]
        computed = any(feel.parse_slot(code).is_expression for code in codes)
        if codes and not computed and not here & {codes[0], ""}:
            yield at(node.id, code=codes[0])
        if node.scope is not None:
            around = caught if node.triggered_by_event else here | _guards(scope, node.id)
            yield from _uncaught(node.scope, around)


def _started_by(handler: Node) -> Iterator[str]:
    for node in handler.scope.nodes.values() if handler.scope is not None else ():
        if node.tag == "startEvent":
            yield from (event.name for event in node.events if event.kind == "error")


def _guards(scope: Scope, host: str) -> frozenset[str]:
    attached = (node for node in scope.nodes.values() if node.attached_to == host)
    return frozenset(e.name for node in attached for e in node.events if e.kind == "error")
