"""What a check of the record finds: where it differs, in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the record and what follows from it part."""

    subject: str  # the case's instance id, or the key of another table's row
    table: str
    seq: int  # number within the case, or position in the log
    what: Text

    @property
    def place(self) -> str:
        return "/".join(part for part in (self.subject, self.table, str(self.seq)) if part)


@dataclass(slots=True)
class Report:
    """What a replay or a verification found; whole if there is no difference."""

    instances: int = 0
    commands: int = 0
    events: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.differences

    def differ(self, subject: str, table: str, seq: int, what: Text) -> None:
        what = Text(_printable(what.th), _printable(what.en))
        self.differences.append(Difference(_printable(subject), _printable(table), seq, what))

    def add(self, other: Report) -> None:
        """Count another case's report in."""
        self.instances += other.instances
        self.commands += other.commands
        self.events += other.events
        self.differences += other.differences


def _printable(text: object) -> str:
    """What was found may hold anything: bytes that are no text are spelled out."""
    return str(text).encode("utf-8", "backslashreplace").decode()
