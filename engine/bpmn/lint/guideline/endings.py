"""How cases end: with an outcome, and never without telling the complainant."""

from collections.abc import Iterator

from engine.bpmn.lint.guideline.parts import asking, endings, is_part, letter_of, outcome_of
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.model import Node, Scope
from engine.ground.text import Text

FAMILY = Family("guideline", "endings", Text("การจบเรื่อง", "How cases end"))

# The letter that refuses with reasons and the right to review; `refusalLetter` names another.
REFUSAL, REFUSAL_LETTER = "NOT_ACCEPTED", "L3"


@FAMILY.rule(
    "guideline-outcome",
    Text("จุดสิ้นสุดของเรื่องไม่มีผล (outcome)", "An end of the case has no outcome."),
    Text(
        "ทุกเรื่องปิดด้วยผลที่นับในรายงานได้",
        "Every case is closed with an outcome that the reports count.",
    ),
    Text("กำหนดคุณสมบัติ outcome", "Set the property outcome."),
)
def guideline_outcome(subject: Subject) -> Iterator[Hit]:
    for process in asking(subject):
        main = _main_path(process.body)
        for node in process.body.nodes.values():
            plain = node.tag == "endEvent" and not node.events and node.id in main
            if plain and not outcome_of(node) and not is_part(process):
                yield at(node.id)


def _main_path(scope: Scope) -> set[str]:
    """What the case itself passes; a reminder that runs beside a step closes nothing."""
    found: set[str] = set()
    pending = [node.id for node in scope.nodes.values() if node.tag == "startEvent"]
    while pending:
        current = pending.pop()
        if current in found:
            continue
        found.add(current)
        pending += [flow.target for flow in scope.outgoing(current)]
        pending += [
            node.id
            for node in scope.nodes.values()
            if node.attached_to == current and node.interrupting
        ]
    return found


@FAMILY.rule(
    "guideline-part",
    Text(
        "ไม่มีจุดสิ้นสุดใดมีผล (outcome) และไม่มีกระบวนงานใดเรียกกระบวนงานนี้",
        "No end has an outcome, and no process of these files calls this one.",
    ),
    Text(
        "กระบวนงานที่ไม่ปิดเรื่องเองเป็นส่วนหนึ่งของกระบวนงานอื่น",
        "A process that closes no case is a part of another one.",
    ),
    Text(
        "กำหนด outcome ที่จุดสิ้นสุด หรือเรียกจากกระบวนงานหลัก",
        "Give its ends an outcome, or call it from the main process.",
    ),
    severity="info",
)
def guideline_part(subject: Subject) -> Iterator[Hit]:
    for process in asking(subject):
        if is_part(process) and process.id not in subject.known.called:
            yield at(process.id)


@FAMILY.rule(
    "guideline-notice",
    Text(
        "มีทางมาถึงจุดสิ้นสุดนี้โดยไม่แจ้งผลแก่ผู้ร้อง: {path}",
        "This end can be reached without telling the complainant: {path}.",
    ),
    Text(
        "ทุกเรื่องจบด้วยการแจ้งผลแก่ผู้ร้อง หนังสือที่ส่งก่อนรู้ผล เช่น แจ้งรับเรื่อง ไม่นับ",
        "Every case ends by telling its result; a letter "
        "sent before the result was known does not count.",
    ),
    Text("เพิ่มงานส่งหนังสือแจ้งผลก่อนจุดสิ้นสุด", "Add a send task with the letter before this end."),
)
def guideline_notice(subject: Subject) -> Iterator[Hit]:
    for process in asking(subject):
        for scope, end in endings(process):
            telling = {n.id for n in scope.nodes.values() if letter_of(n) and _tells(scope, n, end)}
            path = _path_around(scope, end, telling)
            if path:
                yield at(end.id, path=" → ".join(path))


def _tells(scope: Scope, notice: Node, end: Node) -> bool:
    """Whether the result is settled when the notice goes out: no other outcome can follow it."""
    outcomes = {outcome_of(scope.nodes[name]) for name in _reached(scope, notice.id)} - {""}
    return outcomes == {outcome_of(end)}


def _reached(scope: Scope, start: str) -> set[str]:
    found, pending = {start}, [start]
    while pending:
        current = pending.pop()
        followers = [flow.target for flow in scope.outgoing(current)]
        followers += [n.id for n in scope.nodes.values() if n.attached_to == current]
        for name in followers:
            if name not in found and name in scope.nodes:
                found.add(name)
                pending.append(name)
    return found


def _path_around(scope: Scope, end: Node, blocked: set[str]) -> list[str]:
    """The shortest way from the scope's start to an end that avoids some nodes, [] if none does."""
    if end.id in blocked:
        return []
    starts = [node.id for node in scope.nodes.values() if node.tag == "startEvent"]
    came_from: dict[str, str] = dict.fromkeys(starts, "")
    pending = list(starts)
    while pending:
        current = pending.pop(0)
        if current == end.id:
            return _traced(came_from, current)
        following = [flow.target for flow in scope.outgoing(current)]
        following += [node.id for node in scope.nodes.values() if node.attached_to == current]
        for name in following:
            if name not in came_from and name not in blocked:
                came_from[name] = current
                pending.append(name)
    return []


def _traced(came_from: dict[str, str], last: str) -> list[str]:
    path = [last]
    while came_from[path[-1]]:
        path.append(came_from[path[-1]])
    return path[::-1]


@FAMILY.rule(
    "guideline-refusal",
    Text(
        "ไม่รับพิจารณาโดยไม่ส่งหนังสือ {letter}: {path}", "A refusal without the letter {letter}: {path}."
    ),
    Text(
        "คำสั่งไม่รับต้องมีเหตุผลและแจ้งสิทธิอุทธรณ์ (วิ.ปกครอง ม.37 และ ม.40)",
        "A refusal gives its reasons and the right to review "
        "(Administrative Procedure Act, ss. 37 and 40).",
    ),
    Text("ส่งหนังสือนั้นก่อนจุดสิ้นสุด", "Send that letter before this end."),
)
def guideline_refusal(subject: Subject) -> Iterator[Hit]:
    for process in asking(subject):
        letter = process.properties.get("refusalLetter", REFUSAL_LETTER)
        for scope, end in endings(process):
            if outcome_of(end) != REFUSAL:
                continue
            sent = {node.id for node in scope.nodes.values() if letter_of(node) == letter}
            path = _path_around(scope, end, sent)
            if path:
                yield at(end.id, letter=letter, path=" → ".join(path))
