"""What a published complaint guideline must hold, for processes that ask for it.

A process asks with the property `ruleset: complaint-guideline`. The assessors look for how to
complain, the steps, who is responsible and by when; the law adds reasons and the right to review.
"""

import re
from collections.abc import Iterator

from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.completeness import has_owner
from engine.bpmn.lint.runnable.parts import executable
from engine.bpmn.model import Node, Process, Scope
from engine.text import Text

FAMILY = Family("guideline", "guideline", Text("แนวทางจัดการเรื่องร้องเรียน", "Complaint guideline"))
FAMILIES = [FAMILY]

RULESET = "complaint-guideline"
NOTICES = ("sendTask", "serviceTask", "intermediateThrowEvent", "endEvent")
THAI = re.compile(r"[\u0e01-\u0e4e]")
LATIN = re.compile(r"[A-Za-z]")
# The letter that refuses with reasons and the right to review; `refusalLetter` names another.
REFUSAL, REFUSAL_LETTER = "NOT_ACCEPTED", "L3"
WHY_PRINTED = Text(
    "แนวทางที่เผยแพร่พิมพ์จากแผนผังนี้โดยตรง สิ่งที่ขาดในแผนผังจึงขาดในแนวทาง",
    "The published guideline is printed from this diagram; what is missing here is missing there.",
)


def _processes(subject: Subject) -> Iterator[Process]:
    for process in executable(subject):
        if RULESET in re.split(r"[,\s]+", process.properties.get("ruleset", "")):
            yield process


def _tasks(subject: Subject) -> Iterator[tuple[Process, Node]]:
    for process in _processes(subject):
        for node in process.body.walk():
            if node.tag == "userTask":
                yield process, node


def _told_nodes(subject: Subject) -> Iterator[Node]:
    """Every step that people read of; a gateway that only merges says nothing."""
    for process in _processes(subject):
        for scope in process.body.scopes():
            for node in scope.nodes.values():
                if not (node.is_gateway and len(scope.outgoing(node.id)) < 2):
                    yield node


def _is_bilingual(text: Text) -> bool:
    return bool(THAI.search(text.th)) and bool(LATIN.search(text.en))


@FAMILY.rule(
    "guideline-name",
    Text("ไม่มีชื่อ{language}", "It has no {language} name."),
    WHY_PRINTED,
    Text(
        "ตั้งชื่อไทยที่ name และอังกฤษที่คุณสมบัติ name_en",
        "Give the Thai name, and the English one as property name_en.",
    ),
)
def guideline_name(subject: Subject) -> Iterator[Hit]:
    for process in _processes(subject):
        parts = [
            (process.id, process.name),
            *((lane.id, lane.name) for lane in process.lanes.values()),
        ]
        for element, name in [
            *parts,
            *((n.id, n.name) for n in process.body.walk() if _speaks(process, n)),
        ]:
            if not _is_bilingual(name):
                yield at(element, language=_missing(name))


def _speaks(process: Process, node: Node) -> bool:
    if not node.is_gateway:
        return True
    return any(len(scope.outgoing(node.id)) > 1 for scope in process.body.scopes())


def _missing(text: Text) -> Text:
    if THAI.search(text.th):
        return Text("ภาษาอังกฤษ", "English")
    return Text("ภาษาไทย", "Thai")


@FAMILY.rule(
    "guideline-sentence",
    Text("ไม่มีคำอธิบายสำหรับประชาชน{language}", "It has no {language} sentence for citizens."),
    WHY_PRINTED,
    Text(
        "เขียนหนึ่งประโยคที่ documentation และ documentation_en",
        "Write one sentence as documentation and documentation_en.",
    ),
)
def guideline_sentence(subject: Subject) -> Iterator[Hit]:
    for node in _told_nodes(subject):
        if not _is_bilingual(node.documentation):
            yield at(node.id, language=_missing(node.documentation))


@FAMILY.rule(
    "guideline-role",
    Text("ไม่มีผู้รับผิดชอบ", "Nobody is responsible."),
    Text(
        "แนวทางต้องระบุส่วนงานที่รับผิดชอบทุกขั้นตอน (ตัวชี้วัด ITA)",
        "The guideline names who is responsible for each step (ITA indicator).",
    ),
    Text(
        "กำหนด role ของเลน หรือ candidateGroups",
        "Give the lane a role, or the task candidateGroups.",
    ),
)
def guideline_role(subject: Subject) -> Iterator[Hit]:
    yield from (at(n.id) for p, n in _tasks(subject) if not has_owner(p, n))


@FAMILY.rule(
    "guideline-form",
    Text("ไม่มีแบบฟอร์ม", "It has no form."),
    Text(
        "ผลของแต่ละขั้นตอนต้องบันทึกในแบบเดียวกันทุกเรื่อง",
        "Each step's result is recorded alike in every case.",
    ),
    Text("ผูกแบบฟอร์ม", "Link a form."),
)
def guideline_form(subject: Subject) -> Iterator[Hit]:
    yield from (at(node.id) for _, node in _tasks(subject) if not node.extensions.form)


@FAMILY.rule(
    "guideline-deadline",
    Text("ไม่มีกำหนดเวลา (sla)", "It has no deadline (sla)."),
    Text(
        "แนวทางต้องบอกระยะเวลาของแต่ละขั้นตอน (ตัวชี้วัด ITA)",
        "The guideline tells the time for each step (ITA indicator).",
    ),
    Text("กำหนดคุณสมบัติ sla เป็นรหัสกำหนดเวลา", "Set the property sla to the key of a deadline."),
)
def guideline_deadline(subject: Subject) -> Iterator[Hit]:
    yield from (at(n.id) for _, n in _tasks(subject) if not n.extensions.properties.get("sla"))


@FAMILY.rule(
    "guideline-timer",
    Text("เวลา “{value}” เขียนตายตัวในแผนผัง", "The time {value!r} is fixed in the diagram."),
    Text(
        "กำหนดเวลาเป็นของสำนักงาน คิดวันหยุดและการหยุดนับ จึงขอจากนาฬิกาของเรื่อง",
        "Deadlines are the office's, with its holidays and pauses; the diagram asks for them.",
    ),
    Text('ใช้ =due("รหัสกำหนดเวลา")', 'Use =due("key of a deadline").'),
    severity="warning",
)
def guideline_timer(subject: Subject) -> Iterator[Hit]:
    for process in _processes(subject):
        for node in process.body.walk():
            for event in node.events:
                if event.kind == "timer" and "due(" not in event.expression:
                    yield at(node.id, value=event.expression)


# -- endings --------------------------------------------------------------------------------------


def _outcome(node: Node) -> str:
    return node.extensions.properties.get("outcome", "")


def _letter(node: Node) -> str:
    return node.extensions.headers.get("letter", "") if node.tag in NOTICES else ""


def _endings(process: Process) -> Iterator[tuple[Scope, Node]]:
    """Ends that close the case: those with an outcome."""
    for scope in process.body.scopes():
        for node in scope.nodes.values():
            if node.tag == "endEvent" and _outcome(node):
                yield scope, node


def _is_part(process: Process) -> bool:
    """Whether it closes no case itself: a process that others call."""
    return not any(True for _ in _endings(process))


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
    for process in _processes(subject):
        main = _main_path(process.body)
        for node in process.body.nodes.values():
            plain = node.tag == "endEvent" and not node.events and node.id in main
            if plain and not _outcome(node) and not _is_part(process):
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
    for process in _processes(subject):
        if _is_part(process) and process.id not in subject.known.called:
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
    for process in _processes(subject):
        for scope, end in _endings(process):
            telling = {n.id for n in scope.nodes.values() if _letter(n) and _tells(scope, n, end)}
            path = _path_around(scope, end, telling)
            if path:
                yield at(end.id, path=" → ".join(path))


def _tells(scope: Scope, notice: Node, end: Node) -> bool:
    """Whether the result is settled when the notice goes out: no other outcome can follow it."""
    outcomes = {_outcome(scope.nodes[name]) for name in _reached(scope, notice.id)} - {""}
    return outcomes == {_outcome(end)}


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
    for process in _processes(subject):
        letter = process.properties.get("refusalLetter", REFUSAL_LETTER)
        for scope, end in _endings(process):
            if _outcome(end) != REFUSAL:
                continue
            sent = {node.id for node in scope.nodes.values() if _letter(node) == letter}
            path = _path_around(scope, end, sent)
            if path:
                yield at(end.id, letter=letter, path=" → ".join(path))


# -- who acts and who reviews ---------------------------------------------------------------------


def _separated(process: Process, node: Node) -> list[Node]:
    """The steps whose doer may not do this one, as far as the diagram names them."""
    text = node.extensions.properties.get("separateFrom", "")
    named = set(re.findall(r"\w+", text))
    return [other for other in process.body.walk() if other.id in named]


@FAMILY.rule(
    "guideline-separate-unknown",
    Text(
        "separateFrom อ้าง “{step}” ซึ่งไม่มีในกระบวนงาน",
        "separateFrom names {step!r}, which is no step of the process.",
    ),
    Text("ชื่อที่ผิดทำให้ไม่มีการแยกหน้าที่จริง", "With a wrong name nobody is kept apart."),
    Text("แก้เป็นรหัสของขั้นตอน", "Name the id of a step."),
)
def guideline_separate_unknown(subject: Subject) -> Iterator[Hit]:
    for process, node in _tasks(subject):
        known = {other.id for other in process.body.walk()}
        for step in _named_steps(node.extensions.properties.get("separateFrom", "")):
            if step not in known:
                yield at(node.id, step=step)


def _named_steps(text: str) -> list[str]:
    if not text.strip().startswith("="):
        return [part.strip() for part in text.split(",") if part.strip()]
    lists = re.findall(r"\[([^\]]*)\]", text)
    return [name for part in lists for name in re.findall(r'"([^"]+)"', part)]


@FAMILY.rule(
    "guideline-same-lane",
    Text(
        "ผู้ทำขั้นตอน “{step}” กับผู้ตรวจอยู่เลนเดียวกัน",
        "Whoever does {step!r} and whoever reviews it are in one lane.",
    ),
    Text("ผู้ปฏิบัติกับผู้ทบทวนต้องเป็นคนละฝ่าย", "Acting and reviewing belong to different roles."),
    Text("ย้ายขั้นตอนตรวจไปอีกเลน", "Move the review to another lane."),
)
def guideline_same_lane(subject: Subject) -> Iterator[Hit]:
    for process, node in _tasks(subject):
        for other in _separated(process, node):
            if other.tag == "userTask" and other.lane and other.lane == node.lane:
                yield at(node.id, step=other.id)


@FAMILY.rule(
    "guideline-unreviewed",
    Text(
        "ไม่มีขั้นตอนใดแยกผู้ตรวจออกจากผู้ทำ (separateFrom)",
        "No step keeps reviewer and doer apart (separateFrom).",
    ),
    Text("ผลการพิจารณาต้องผ่านสายตาคนที่สอง", "A result is seen by a second pair of eyes."),
    Text("กำหนด separateFrom ที่ขั้นตอนพิจารณา", "Set separateFrom on the step that reviews."),
    severity="warning",
)
def guideline_unreviewed(subject: Subject) -> Iterator[Hit]:
    for process in _processes(subject):
        tasks = [node for node in process.body.walk() if node.tag == "userTask"]
        apart = any(node.extensions.properties.get("separateFrom") for node in tasks)
        if tasks and not apart and not _is_part(process):
            yield at(process.id)
