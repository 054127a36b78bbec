"""How large a process may be; beyond, nothing else is examined."""

from collections.abc import Iterator

from engine.bpmn.lint import words
from engine.bpmn.lint.registry import Family, Hit, Subject, at
from engine.bpmn.lint.runnable.parts import executable
from engine.bpmn.lint.tree import tag_of
from engine.ground.text import Text

FAMILY = Family("runnable", "limits", Text("ขนาด", "Size"))

MOST_STEPS, DEEPEST = 2000, 20


@FAMILY.rule(
    "size",
    Text(
        "กระบวนงานมี {count} ขั้นตอน เกิน {limit}",
        "The process has {count} steps; {limit} are allowed.",
    ),
    Text(
        "กระบวนงานใหญ่ขนาดนี้ไม่มีผู้อ่านได้และทำให้ระบบช้า",
        "Nobody can read so large a process, and it slows the server.",
    ),
    Text("แบ่งด้วยงานเรียกกระบวนงาน", "Split it with call activities."),
)
def size(subject: Subject) -> Iterator[Hit]:
    for process in executable(subject):
        count = sum(1 for _ in process.body.walk())
        if count > MOST_STEPS:
            yield at(process.id, count=f"{count:,}", limit=f"{MOST_STEPS:,}")


@FAMILY.rule(
    "nesting",
    Text("กระบวนการย่อยซ้อนกันเกิน {limit} ชั้น", "Subprocesses are nested more than {limit} deep."),
    Text("การซ้อนลึกอ่านไม่ได้และทำให้ระบบล้มได้", "Deep nesting cannot be read and may break programs."),
    Text("ลดชั้น หรือใช้งานเรียกกระบวนงาน", "Flatten it, or use call activities."),
)
def nesting(subject: Subject) -> Iterator[Hit]:
    for scope in subject.tree.all(*words.SUBPROCESSES):
        depth = sum(1 for parent in scope.iterancestors() if tag_of(parent) in words.SUBPROCESSES)
        if depth == DEEPEST:
            yield at(scope, limit=DEEPEST)
