"""What is kept elsewhere of a signed head: one line of JSON, enough to check the record against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from engine.ground.canonical import dumps, loads
from engine.ground.errors import EngineError
from engine.record import signed_heads
from engine.record.signed_heads import Head
from engine.store.work import Work


class HeadsUnreadable(EngineError):
    """{file}, line {row}, does not hold a signed head as docs/reference/record.md describes it."""

    thai = "แฟ้ม {file} บรรทัดที่ {row} ไม่ใช่ตราประทับตามรูปแบบใน docs/reference/record.md"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A signed head, with the position and the lines of the leaves that it added to the log."""

    head: Head
    first: int
    entries: tuple[str, ...]

    def line(self) -> str:
        facts = {**self.head.as_data(), "first": self.first, "entries": list(self.entries)}
        return dumps(facts) + "\n"


def witnessed(work: Work, *, after: int = 0) -> Iterator[Witnessed]:
    """The signed heads over more than so many leaves, oldest first."""
    heads = signed_heads.heads(work)
    first = 0
    for head in heads:
        if head.size > after:
            yield Witnessed(head, first, tuple(signed_heads.entries(work, first, head.size)))
        first = head.size


def read_lines(
    file: str, lines: Iterable[str], *, damaged: Callable[[int], None] | None = None
) -> Iterator[Witnessed]:
    """Read the lines of `heads.jsonl`, or of saved mails: what does not begin with `{` is passed
    over. `damaged` is told the number of a line that cannot be read, and the next one follows.

    Raises:
        HeadsUnreadable: a line is damaged, and nobody is to be told.
    """
    for row, line in enumerate(lines, start=1):
        if not line.lstrip().startswith("{"):
            continue
        try:
            data = loads(line)
            entries = tuple(str(entry) for entry in data["entries"])
            yield Witnessed(Head.from_data(data), int(data["first"]), entries)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            if damaged is None:
                raise HeadsUnreadable(file=file, row=row) from error
            damaged(row)
