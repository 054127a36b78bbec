"""Fixed values: of the kind that their slot takes, and no longer than can be kept."""

from collections.abc import Callable, Iterator

from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, scopes_of
from engine.bpmn.model import Node
from engine.bpmn.running.host import StepFailed
from engine.bpmn.slot_values import (
    LONGEST_GROUP,
    LONGEST_JOB_TYPE,
    LONGEST_NAME,
    LONGEST_PROCESS_ID,
    LONGEST_USER,
    MOST,
    MOST_RETRIES,
    Given,
)
from engine.bpmn.slots import slot
from engine.feel import FeelSyntaxError
from engine.ground.text import Text

FAMILY = Family("runnable", "values", Text("ค่าที่กำหนดไว้", "Fixed values"))

LONGEST_ID = LONGEST_NAME - 5  # a start event with several triggers is kept with their number


@FAMILY.rule(
    "value-kind",
    Text("{problem}", "{problem}."),
    Text(
        "ค่าผิดชนิดทำให้ขั้นตอนดำเนินการต่อไม่ได้ทุกครั้ง",
        "A value of another kind stops the step every time.",
    ),
    Text("แก้ค่า หรือใช้นิพจน์ที่ให้ค่าชนิดนั้น", "Correct the value, or use an expression that gives one."),
)
def value_kind(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        for check in _checks(node):
            try:
                check()
            except StepFailed as failed:
                yield at(node.id, problem=failed.reason)


def _checks(node: Node) -> Iterator[Callable[[], object]]:
    """What a turn would ask of this node's slots, of those that hold no expression."""
    written = node.extensions
    if node.tag == "userTask":
        yield lambda: _fixed(node, "assignee", written.assignee).text(LONGEST_USER)
        yield lambda: _fixed(node, "candidateGroups", written.candidate_groups).names(LONGEST_GROUP)
        yield lambda: _fixed(node, "candidateUsers", written.candidate_users).names(LONGEST_USER)
        yield lambda: _fixed(node, "dueDate", written.due_date).moment()
        if (priority := _fixed(node, "priority", written.priority)).value is not None:
            yield lambda: priority.whole(-MOST)
    if (retries := _fixed(node, "retries", written.job_retries)).value is not None:
        yield lambda: retries.whole(0, MOST_RETRIES)


def _fixed(node: Node, name: str, text: str) -> Given:
    try:
        written = slot(text)
    except FeelSyntaxError:
        return Given(node, name, None)  # said by its own rule
    return Given(node, name, None if written.expression is not None else written.text or None)


@FAMILY.rule(
    "too-long",
    Text(
        "{what} ยาว {count} ตัวอักษร เกิน {limit}", "{what} has {count} letters; {limit} are allowed."
    ),
    Text("ยาวกว่าที่ฐานข้อมูลเก็บได้", "It is longer than the database keeps."),
    Text("ใช้ชื่อที่สั้นลง", "Take a shorter one."),
)
def too_long(subject: Subject) -> Iterator[Hit]:
    for element, what, text, limit in _named(subject):
        if len(text) > limit:
            yield at(element, what=what, count=len(text), limit=limit)


_ID, _ROLE = Text("รหัส", "The id"), Text("บทบาท", "The role")
_TYPE, _NAME = Text("ชนิดของงาน", "The job type"), Text("ชื่อ", "The name")


def _named(subject: Subject) -> Iterator[tuple[str, Text, str, int]]:
    """Every id and name that is kept in a column of its own."""
    for process in executable(subject):
        yield process.id, _ID, process.id, LONGEST_PROCESS_ID
        for lane in process.lanes.values():
            yield lane.id, _ROLE, lane.role, LONGEST_GROUP
        # An incident of a start names the process and its start event.
        left = LONGEST_NAME - len(process.id) - 1
        for node in process.body.nodes.values():
            if node.tag == "startEvent" and len(node.id) <= LONGEST_ID:
                yield node.id, _ID, node.id, left
    for scope in scopes_of(subject):
        for flow in scope.flows.values():
            yield flow.id, _ID, flow.id, LONGEST_ID
    for _, node in nodes_of(subject):
        yield node.id, _ID, node.id, LONGEST_ID
        yield node.id, _TYPE, node.extensions.job_type, LONGEST_JOB_TYPE
        for event in node.events:
            yield node.id, _NAME, event.name, LONGEST_NAME
