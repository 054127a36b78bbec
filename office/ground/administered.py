"""Rows by which the agency is run (accounts with their roles, units, tokens, the calendar): every
change of one is an entry in the chain of administration, whichever door it came by.

A change is noticed where the session writes it, not where somebody thinks of telling. An entry has
the row as it is from then on, and what of it was otherwise; the check of the record compares the
newest entry with the row. Secrets stand in it as a hash.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.ground.canonical import digest
from engine.store.tables import AdministrationEvent, Base
from engine.store.work import Work
from engine.turn import administration
from engine.turn.commitments import moment

BEGAN, SETTINGS = "administration_began", "settings"
SEPARATOR = "/"  # between the parts of a key
ADDED, CHANGED, REMOVED = "added", "changed", "removed"
State = dict[str, Any]
Parts = Callable[[Work, str], State]


@dataclass(frozen=True, slots=True)
class Kind:
    """A table that is followed, and those whose rows count as parts of one of its own."""

    name: str
    model: type[Base]
    parts: Mapping[type[Base], str]  # other tables, and which column names the row they belong to
    read_parts: Parts

    def key_of(self, row: Any) -> str:
        column = self.parts.get(type(row))
        columns = [column] if column else _key_columns(self.model)
        return SEPARATOR.join(str(getattr(row, name)) for name in columns)

    def state(self, work: Work, key: str) -> State | None:
        """A row as it is now; none if there is none."""
        row = work.session.get(self.model, _typed(self.model, key), populate_existing=True)
        return None if row is None else {**_columns(row), **self.read_parts(work, key)}

    def keys(self, work: Work) -> list[str]:
        columns = [getattr(self.model, name) for name in _key_columns(self.model)]
        rows = work.session.execute(sa.select(*columns).order_by(*columns))
        return [SEPARATOR.join(map(str, row)) for row in rows]


KINDS: dict[str, Kind] = {}
_BY_MODEL: dict[type[Any], Kind] = {}


def follow(
    name: str,
    model: type[Base],
    parts: Mapping[type[Base], str] | None = None,
    read_parts: Parts = lambda _work, _key: {},
) -> None:
    """Follow the rows of a table; `parts` are tables whose rows belong to one of them, and
    `read_parts` says what these are for one."""
    kind = KINDS[name] = Kind(name, model, parts or {}, read_parts)
    _BY_MODEL.update(dict.fromkeys([model, *kind.parts], kind))


def touch(work: Work, name: str, key: str) -> None:
    """A row of this kind was changed by a statement, which the session does not notice."""
    touched: dict[tuple[str, str], None] = work.kept("administered", "touched", dict)
    if not touched:
        work.before_commit(lambda: _note(work, touched))
    touched[name, key] = None


def followed(work: Work) -> set[str]:
    """The kinds whose rows have all been entered."""
    query = sa.select(AdministrationEvent.subject).where(AdministrationEvent.type == BEGAN)
    return set(work.session.scalars(query))


def begin_following(work: Work) -> bool:
    """Enter what there is when the chain begins: from then on nothing comes without an entry.
    Whether it begins with this."""
    work.one_at_a_time(administration.CHAIN)
    known = followed(work)
    for name in sorted(KINDS.keys() - known):
        if sa.inspect(work.connection).has_table(KINDS[name].model.__tablename__):
            administration.note(work, BEGAN, name)
            for key in KINDS[name].keys(work):
                touch(work, name, key)
    return not known


def note_settings(work: Work, shown: Mapping[str, str]) -> None:
    """With which settings the product runs from now on, if they are not those of the last time."""
    query = sa.select(AdministrationEvent).where(AdministrationEvent.type == SETTINGS)
    last = work.session.scalar(query.order_by(AdministrationEvent.seq.desc()).limit(1))
    if last is None or last.data.get("state") != dict(shown):
        known = {} if last is None else last.data.get("state", {})
        was = {name: known[name] for name in _otherwise(known, dict(shown))}
        administration.note(work, SETTINGS, data={"state": dict(shown), "was": was})


def newest_states(work: Work, kind: Kind) -> dict[str, tuple[int, str, State]]:
    """Of each row of a kind its newest entry: number, type and state."""
    types = [f"{kind.name}_{what}" for what in (ADDED, CHANGED, REMOVED)]
    query = sa.select(AdministrationEvent).where(AdministrationEvent.type.in_(types))
    found = {}
    for event in work.session.scalars(query.order_by(AdministrationEvent.seq)):
        found[event.subject] = event.seq, event.type, event.data.get("state", {})
    return found


def _follow(session: Session, _context: Any) -> None:
    known = session.info.get("work")
    work: Work | None = None if known is None else known()
    if work is None or work.is_readonly:
        return
    for row in itertools.chain(session.new, session.deleted, session.dirty):
        kind = _BY_MODEL.get(type(row))
        if kind is not None:
            touch(work, kind.name, kind.key_of(row))


sa.event.listen(Session, "after_flush", _follow)


def _note(work: Work, touched: dict[tuple[str, str], None]) -> None:
    work.session.flush()  # what is compared is what is written
    for name, key in list(touched):
        kind = KINDS[name]
        before, now = _newest(work, kind, key), kind.state(work, key)
        if now == before:
            continue
        what = REMOVED if now is None else ADDED if before is None else CHANGED
        known = before or {}
        was = {column: known[column] for column in _otherwise(known, now or {})}
        data = {"state": now or {}, **({"was": was} if was and now else {})}
        administration.note(work, f"{name}_{what}", key, data)
    touched.clear()


def _newest(work: Work, kind: Kind, key: str) -> State | None:
    types = [f"{kind.name}_{what}" for what in (ADDED, CHANGED, REMOVED)]
    query = sa.select(AdministrationEvent).where(
        AdministrationEvent.subject == key, AdministrationEvent.type.in_(types)
    )
    event = work.session.scalar(query.order_by(AdministrationEvent.seq.desc()).limit(1))
    if event is None or event.type.endswith(REMOVED):
        return None
    state: State = event.data["state"]
    return state


def _otherwise(before: State, now: State) -> Iterable[str]:
    return [column for column in before if before[column] != now.get(column)]


def _columns(row: Any) -> State:
    keys = _key_columns(type(row))
    return {
        column.key: _plain(column.key, getattr(row, column.key))
        for column in sa.inspect(type(row)).column_attrs
        if column.key not in keys
    }


def _plain(column: str, value: Any) -> Any:
    """A value as JSON has it; what opens a door, as a hash."""
    if isinstance(value, bytes) or (value and column.endswith(("hash", "secret"))):
        raw = value if isinstance(value, bytes) else str(value).encode()
        return digest("samnuan secret 1", raw)
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value


def _key_columns(model: type[Any]) -> list[str]:
    return [str(column.name) for column in sa.inspect(model).primary_key]


def _typed(model: type[Any], key: str) -> Any:
    """A key as the session looks it up; the last part may have the separator in it."""
    columns = sa.inspect(model).primary_key
    parts = key.split(SEPARATOR, len(columns) - 1)
    typed = [
        int(p) if c.type.python_type is int else p for c, p in zip(columns, parts, strict=True)
    ]
    return typed[0] if len(typed) == 1 else tuple(typed)
