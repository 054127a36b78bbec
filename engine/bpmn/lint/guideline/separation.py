"""Whoever acts does not review: the separation of duties that the diagram names."""

import re
from collections.abc import Iterator

from engine.bpmn.lint.guideline.parts import asking, is_part, user_tasks
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.model import Node, Process
from engine.ground.text import Text

FAMILY = Family("guideline", "separation", Text("การแยกหน้าที่", "Separation of duties"))


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
    for process, node in user_tasks(subject):
        known = {other.id for other in process.body.walk()}
        if process.id in subject.known.called:
            known.update(subject.known.tasks)  # it runs in the case of the process that calls it
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
    for process, node in user_tasks(subject):
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
    for process in asking(subject):
        tasks = [node for node in process.body.walk() if node.tag == "userTask"]
        apart = any(node.extensions.properties.get("separateFrom") for node in tasks)
        if tasks and not apart and not is_part(process):
            yield at(process.id)
