"""What can be refused, and how a refusal reads to a person."""

import ast
import inspect
import textwrap

from engine.ground.findings import Finding
from engine.ground.text import Text


class Refusal(Exception):
    """The request cannot be carried out."""

    # An expected refusal becomes one line for a person; anything else is a bug and stays loud.
    # A subclass says it in English in its docstring, in Thai in `thai`; both may name {facts}.
    thai = "ไม่สามารถดำเนินการตามคำขอได้"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.text = Text(type(self).thai, _sentence(type(self))).format(**facts)
        super().__init__(self.text.en)


def _sentence(kind: type[Refusal]) -> str:
    """The first line of a refusal's docstring.

    `python -OO` drops docstrings; the sentence is then read from the source.
    """
    words = kind.__doc__
    if words is None:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        words = ast.get_docstring(tree) if isinstance(tree, ast.ClassDef) else None
    return (words or kind.__name__).strip().splitlines()[0]


class EngineError(Refusal):
    """The engine cannot do this."""

    thai = "ระบบงานไม่สามารถทำรายการนี้ได้"


class DeploymentRejected(EngineError):
    """The files cannot be deployed: {summary}"""

    thai = "ติดตั้งแฟ้มไม่ได้: {summary}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        first = [finding for finding in findings if finding.severity == "error"][:3]
        super().__init__(summary="; ".join(finding.line("en") for finding in first))
        thai = "; ".join(finding.line("th") for finding in first)
        self.text = Text(self.thai.format(summary=thai), self.text.en)


class DefinitionNotFound(EngineError):
    """There is no deployed process definition {key!r}."""

    thai = "ไม่พบกระบวนงาน {key} ที่ติดตั้งไว้"


class DefinitionRetired(EngineError):
    """The process {key!r} is retired: no new case of it begins."""

    thai = "กระบวนงาน {key} เลิกใช้แล้ว เริ่มเรื่องใหม่ไม่ได้"


class InstanceNotFound(EngineError):
    """There is no process instance {instance_id!r}."""

    thai = "ไม่พบเรื่องที่ดำเนินการ {instance_id}"


class InstanceNotRunning(EngineError):
    """The process instance has already ended."""

    thai = "เรื่องนี้สิ้นสุดแล้ว จึงทำรายการนี้ไม่ได้"


class TaskNotFound(EngineError):
    """The task is unknown or no longer open."""

    thai = "ไม่พบงานนี้ หรืองานนี้เสร็จสิ้นไปแล้ว"


class TaskClosed(TaskNotFound):
    """The task is no longer open; somebody has completed it, or the case has moved on."""

    thai = "งานนี้เสร็จสิ้นไปแล้ว หรือเรื่องได้เดินต่อไปแล้ว"


class TaskAlreadyClaimed(EngineError):
    """Another officer has claimed this task."""

    thai = "เจ้าหน้าที่คนอื่นรับงานนี้ไปแล้ว"


class NotAllowed(EngineError):
    """You may not do this."""

    thai = "ท่านไม่มีสิทธิทำรายการนี้"


class FourEyes(NotAllowed):
    """Whoever did the step {element!r} may not also do this one."""

    thai = "ผู้ที่ทำขั้นตอน “{element}” แล้ว จะทำขั้นตอนนี้ด้วยไม่ได้"


class ConcurrentUpdate(EngineError):
    """Someone else changed this case first; reload and try again."""

    thai = "มีผู้อื่นแก้ไขเรื่องนี้ก่อนหน้า โปรดโหลดหน้าใหม่แล้วลองอีกครั้ง"


class StartUnclear(EngineError):
    """Name the start event at which {key!r} begins: one of {starts}."""

    thai = "โปรดระบุจุดเริ่มของกระบวนงาน “{key}”: {starts}"


class MigrationRefused(EngineError):
    """The case cannot move to {target}: {reason}"""

    thai = "ย้ายเรื่องนี้ไปยัง {target} ไม่ได้: {reason}"


class MessageNotAwaited(EngineError):
    """No case is waiting for the message {name!r}."""

    thai = "ไม่มีเรื่องใดรอข้อความ “{name}” อยู่"


class MessageUnclear(EngineError):
    """The message {name!r} is awaited in several applications ({applications}); name one."""

    thai = "ข้อความ “{name}” มีผู้รออยู่ในหลายชุดแนวทาง ({applications}) โปรดระบุชุดแนวทาง"


class VariablesInvalid(EngineError):
    """The variable {name!r} cannot be stored: {reason}."""

    thai = "บันทึกค่าตัวแปร {name} ไม่ได้: {reason}"
