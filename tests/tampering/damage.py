"""A row that is changed, emptied, made unreadable or removed; and whether a check tells of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine.store.tables import Json
from tests.tampering.installation import Installation

NOTHING, GARBAGE, OTHER = "nothing", "garbage", "other"


def worse(installation: Installation, stored: Any, kind: str, column: sa.Column[Any]) -> Any:
    """A damaged value; none if there is no such damage on this database."""
    is_sqlite = installation.office.engine.database.dialect.name == "sqlite"
    if kind == NOTHING:
        return None if stored is not None and not column.primary_key else KEEP
    if kind == GARBAGE:  # PostgreSQL has no way to keep what its column cannot hold, but in JSON
        if isinstance(column.type, Json):
            return '{"a": [1, 2'
        if not is_sqlite or column.primary_key:
            return KEEP
        return b"\xff\xfe\x00" if column.type.python_type is not bytes else "ข้อความ"
    if isinstance(column.type, Json):
        return '{"other": true}'
    if isinstance(stored, bool) or isinstance(column.type, sa.Boolean):
        return not stored
    if isinstance(stored, int):
        return stored + 1000  # the next one is taken
    if isinstance(stored, bytes):
        return stored[: len(stored) // 2]
    if isinstance(stored, date):
        return date(2031, 2, 3)
    if isinstance(column.type, sa.Date) and stored is not None:
        return "2031-02-03"
    return f"{stored[: len(stored) // 2]}x" if isinstance(stored, str) else KEEP


KEEP = object()


def damage(
    installation: Installation, table: sa.Table, kind: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row of a table, and what of it is damaged in this way: all columns but those of its key."""
    (row, *_) = installation.rows(table)
    columns = [column for column in table.columns if not column.primary_key]
    worst = {column.name: worse(installation, row[column.name], kind, column) for column in columns}
    return row, {name: value for name, value in worst.items() if value is not KEEP}


# What a change in these tables contradicts is told at the rows of others.
TOLD_AT = {
    "deployment_file": ("deployment",),
    "process_definition": ("deployment",),
    "process_instance": ("command", "history_event"),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A row of a table that gets other values, or is removed where there are none."""

    table: sa.Table
    row: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def places(self) -> tuple[str, ...]:
        return TOLD_AT.get(self.table.name, (self.table.name,))

    def made(self, installation: Installation) -> contextlib.AbstractContextManager[None]:
        if self.values:
            return installation.damaged(self.table, self.row, self.values)
        return installation.without(self.table, self.row)

    def is_told(self, installation: Installation, found: set[tuple[str, str]]) -> bool:
        """Whether something is found that was not before, at a row that speaks of it."""
        added = found - installation.known
        return any(f"{name}/" in place for place, _ in added for name in self.places)

    def is_told_alone(self, installation: Installation) -> bool:
        """The same where nothing else that is damaged could hide it, at whatever place."""
        with self.made(installation):
            return bool(installation.check() - installation.known)

    def __str__(self) -> str:
        return f"{self.table.name}: {', '.join(self.values) or 'the row'}"


def together(damages: Sequence[Damage]) -> list[list[Damage]]:
    """Damages that one check can tell apart, made at the same time: a check reads everything each
    time, and there are some hundred and fifty of them."""
    batches: list[list[Damage]] = []
    for damage in damages:
        here = set(damage.places)
        free = (b for b in batches if all(here.isdisjoint(each.places) for each in b))
        batch = next(free, None)
        if batch is None:
            batches.append([damage])
        else:
            batch.append(damage)
    return batches


@contextlib.contextmanager
def made(installation: Installation, damages: Sequence[Damage]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for damage in damages:
            stack.enter_context(damage.made(installation))
        yield


def silent(installation: Installation, damages: Sequence[Damage]) -> list[str]:
    """Those that no check tells of."""
    untold: list[Damage] = []
    for batch in together(damages):
        with made(installation, batch):
            found = installation.check()
        untold += [damage for damage in batch if not damage.is_told(installation, found)]
    return [str(damage) for damage in untold if not damage.is_told_alone(installation)]
