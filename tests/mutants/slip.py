"""One small slip: what is written, what is written instead, who would suffer, who should notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Slip(NamedTuple):
    """`old` occurs once in its file; `tests` are files or nodes of pytest, apart by blanks."""

    old: str
    new: str
    who: str
    tests: str


# The slips of each file, by its path from the root of the tree.
Slips = Mapping[str, Sequence[Slip]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A slip in its place; the number stands for it on the command line."""

    number: int
    file: str
    slip: Slip

    @property
    def room(self) -> str:
        """`engine/feel`, `engine/bpmn/running`, `office/people`, `forms`, `web`, `webhooks`."""
        parts = self.file.split("/")[:-1]
        if parts[0] not in ("engine", "office"):
            return parts[0]
        return "/".join(parts[: 3 if parts[1] == "bpmn" else 2])

    def is_in(self, room: str) -> bool:
        """`engine` holds `engine/feel`, `web` does not hold `webhooks`; no name holds all."""
        return room in ("", self.room) or self.room.startswith(f"{room}/")


def mutants(*tables: Slips) -> list[Mutant]:
    """All slips, numbered in their order."""
    found = [(file, slip) for table in tables for file, slips in table.items() for slip in slips]
    return [Mutant(number, file, slip) for number, (file, slip) in enumerate(found, start=1)]
