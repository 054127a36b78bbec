"""What an element refers to outside of its file: forms, decisions, called processes."""

from collections.abc import Iterator

from engine import feel
from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable, nodes_of, written
from engine.bpmn.lint.tree import id_of, tag_of
from engine.ground.text import Text

FAMILY = Family("runnable", "bindings", Text("สิ่งที่อ้างถึง", "What is referred to"))
WHY = Text(
    "สิ่งที่อ้างถึงต้องติดตั้งพร้อมกันหรือมีอยู่แล้ว มิฉะนั้นเรื่องจะหยุดกลางทาง",
    "What is referred to is deployed together or before; otherwise a case stops on its way.",
)
DEPLOY = Text("เพิ่มแฟ้มนั้น หรือแก้รหัส", "Add that file, or correct the id.")


@FAMILY.rule(
    "form-unknown",
    Text("ไม่พบแบบฟอร์ม “{form}”", "The form {form!r} does not exist."),
    WHY,
    DEPLOY,
)
def form_unknown(subject: Subject) -> Iterator[Hit]:
    known = subject.known.forms
    for _, node in nodes_of(subject):
        form = node.extensions.form
        if known is not None and form and form not in known:
            yield at(node.id, form=form)


@FAMILY.rule(
    "decision-unknown",
    Text("ไม่พบตารางตัดสินใจ “{decision}”", "The decision {decision!r} does not exist."),
    WHY,
    DEPLOY,
)
def decision_unknown(subject: Subject) -> Iterator[Hit]:
    known = subject.known.decisions
    for _, node in nodes_of(subject):
        decision = node.extensions.decision
        if known is not None and decision and not _computed(decision) and decision not in known:
            yield at(node.id, decision=decision)


@FAMILY.rule(
    "process-unknown",
    Text("ไม่พบกระบวนงาน “{process}”", "The process {process!r} does not exist."),
    WHY,
    DEPLOY,
)
def process_unknown(subject: Subject) -> Iterator[Hit]:
    known = subject.known.processes
    for _, node in nodes_of(subject):
        called = node.extensions.called_process
        if node.tag != "callActivity" or not called or _computed(called) or known is None:
            continue
        if called not in known:
            yield at(node.id, process=called)


@FAMILY.rule(
    "global-task",
    Text(
        "“{called}” เป็นงานส่วนกลาง ซึ่งเรียกไม่ได้",
        "{called!r} is a global task, which cannot be called.",
    ),
    Text(
        "งานเรียกกระบวนงานเรียกได้เฉพาะกระบวนงานที่มีขั้นตอนของตนเอง",
        "A call activity calls a process with steps of its own.",
    ),
    Text("วาดงานนั้นในแผนผัง หรือทำเป็นกระบวนงาน", "Draw the task here, or make it a process."),
)
def global_task(subject: Subject) -> Iterator[Hit]:
    for call in written(subject, "callActivity"):
        target = subject.tree.find(call.get("calledElement"), call)
        if target is not None and tag_of(target) in words.GLOBAL_TASKS:
            yield at(call, called=id_of(target))


@FAMILY.rule(
    "reference-computed",
    Text(
        "{slot} เป็นนิพจน์ ระบบต้องรู้ค่าตั้งแต่ติดตั้ง",
        "{slot} is an expression; it must be known when deployed.",
    ),
    Text(
        "แบบฟอร์ม ตาราง และกระบวนงานที่ใช้ถูกตรึงไว้กับเรื่องตั้งแต่ติดตั้ง",
        "A case's forms, tables and processes are pinned when its process is deployed.",
    ),
    Text(
        "เขียนรหัสตรง ๆ แล้วแยกทางด้วยเกตเวย์",
        "Write the id itself; choose between several with a gateway.",
    ),
)
def reference_computed(subject: Subject) -> Iterator[Hit]:
    for _, node in nodes_of(subject):
        extensions = node.extensions
        slots = {
            "formId": extensions.form,
            "decisionId": extensions.decision,
            "processId": extensions.called_process,
        }
        yield from (at(node.id, slot=name) for name, value in slots.items() if _computed(value))


def _computed(value: str) -> bool:
    return feel.parse_slot(value).is_expression


@FAMILY.rule(
    "calls-itself",
    Text("กระบวนงานเรียกตัวเองซ้ำ: {path}", "The process calls itself: {path}."),
    Text("การเรียกวนไม่มีวันจบ", "Such calls never end."),
    Text("ใช้เส้นวนกลับแทนการเรียก", "Use a loop in the diagram instead."),
)
def calls_itself(subject: Subject) -> Iterator[Hit]:
    calls = {
        process.id: [(n.id, n.extensions.called_process) for n in process.body.walk()]
        for process in executable(subject)
    }
    for process in calls:
        for node_id, called in calls[process]:
            path = _path(calls, called, process)
            if path:
                yield at(node_id, path=" → ".join([process, *path]))


def _path(calls: dict[str, list[tuple[str, str]]], start: str, goal: str) -> list[str]:
    """The calls that lead from one process to another, [] if none do."""
    pending, seen = [[start]], {start}
    while pending:
        path = pending.pop()
        if path[-1] == goal:
            return path
        for _, called in calls.get(path[-1], ()):
            if called and called not in seen:
                seen.add(called)
                pending.append([*path, called])
    return []
