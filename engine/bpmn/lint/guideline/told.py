"""What the printed guideline tells of each step: name, sentence, who, by which form, by when."""

import re
from collections.abc import Iterator

from engine.bpmn.lint.guideline.parts import asking, user_tasks
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.completeness import has_owner
from engine.bpmn.model import Node, Process
from engine.ground.text import Text

FAMILY = Family("guideline", "told", Text("สิ่งที่แนวทางบอก", "What the guideline tells"))

THAI = re.compile(r"[\u0e01-\u0e4e]")
LATIN = re.compile(r"[A-Za-z]")
ASKS_THE_OFFICE = re.compile(r"^\s*[=$].*\b(due|remind|escalate|rounds)\(")
WHY_PRINTED = Text(
    "แนวทางที่เผยแพร่พิมพ์จากแผนผังนี้โดยตรง สิ่งที่ขาดในแผนผังจึงขาดในแนวทาง",
    "The published guideline is printed from this diagram; what is missing here is missing there.",
)


def _described_nodes(subject: Subject) -> Iterator[Node]:
    """Every step that people read of; a gateway that only merges says nothing."""
    for process in asking(subject):
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
    for process in asking(subject):
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
    for node in _described_nodes(subject):
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
    yield from (at(n.id) for p, n in user_tasks(subject) if not has_owner(p, n))


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
    yield from (at(node.id) for _, node in user_tasks(subject) if not node.extensions.form)


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
    yield from (at(n.id) for _, n in user_tasks(subject) if not n.extensions.properties.get("sla"))


@FAMILY.rule(
    "guideline-timer",
    Text("เวลา “{value}” เขียนตายตัวในแผนผัง", "The time {value!r} is fixed in the diagram."),
    Text(
        "กำหนดเวลาเป็นของสำนักงาน คิดวันหยุดและการหยุดนับ จึงขอจากนาฬิกาของเรื่อง",
        "Deadlines are the office's, with its holidays and pauses; the diagram asks for them.",
    ),
    Text(
        'ใช้ =due("รหัสกำหนดเวลา") หรือ remind, escalate, rounds',
        'Use =due("key of a deadline"), or remind, escalate, rounds.',
    ),
)
def guideline_timer(subject: Subject) -> Iterator[Hit]:
    for process in asking(subject):
        for node in process.body.walk():
            for event in node.events:
                if event.kind == "timer" and not ASKS_THE_OFFICE.search(event.expression):
                    yield at(node.id, value=event.expression)
