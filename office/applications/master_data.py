"""Units, roles and statuses: seeded from the guideline's files, edited in the tables afterwards."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

import sqlalchemy as sa

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from office.applications import shipped
from office.ground import reference
from office.ground.account_tables import AppliedTable, UnitName
from office.ground.tables import Role, Status, Unit

STATUSES = "statuses.csv"
YES = frozenset({"1", "true", "yes", "ใช่"})


def seed(work: Work, files: Mapping[str, bytes], application: str = "") -> None:
    """Add rows that are not there yet; what was edited in a table stays as it was edited."""
    for name, read in readers(application).items():
        content = files.get(name)
        for position, row in enumerate(rows_of(content or b"")):
            fresh = read(row, position)
            if kept_row(work, fresh) is None:
                work.session.add(fresh)
        known_as = applied_name(name, application)
        if content is not None and work.session.get(AppliedTable, known_as) is None:
            # A database of before: from here on, what a file changes is known.
            work.session.add(AppliedTable(name=known_as, content=content, applied_at=work.now))
    for role in work.session.scalars(sa.select(Role)):
        _complete(role)
    work.session.flush()  # accounts refer to roles and units
    reference.forget(work)


def _complete(role: Role) -> None:
    """What the table of an older release did not say yet."""
    shipped = _shipped_role(role.key)
    if role.pages is None:
        role.pages = shipped.get("pages", "")
    if role.second_factor is None:
        role.second_factor = _is_yes(shipped.get("second_factor"))
    if role.two_persons is None:
        role.two_persons = _is_yes(shipped.get("two_persons"))


def units(work: Work, *, on: date | None = None) -> list[Unit]:
    """The units in order, those that exist on a day or all."""
    known = reference.units(work).values()
    return [unit for unit in known if on is None or _exists(unit, on)]


def unit_options(work: Work) -> list[dict[str, str]]:
    """The units of today as a form offers them."""
    today = work.now.astimezone(BANGKOK).date()
    return [
        {"value": unit.key, "label": unit.abbreviation, "label_en": unit.name_en}
        for unit in units(work, on=today)
    ]


def unit_text(work: Work, key: str | None, *, at: datetime | None = None) -> Text:
    """A unit's abbreviation, as people call it, or called it at a moment; its key when it is not in
    the table."""
    unit: Unit | UnitName | None = reference.units(work).get(key) if key else None
    if unit is None:
        return Text(key or "", key or "")
    if at is not None:
        unit = next(
            (each for each in reference.former_names(work, str(key)) if at < each.until), unit
        )
    return Text(unit.abbreviation, unit.name_en or unit.abbreviation)


def group_text(work: Work, group: str, *, at: datetime | None = None) -> Text:
    """A role, with its unit when it is bound to one, in words; of a moment, as it was then."""
    key, _, unit_key = group.partition("@")
    role = reference.roles(work).get(key)
    name = Text(role.name_th, role.name_en) if role else Text(key, key)
    if not unit_key:
        return name
    unit = unit_text(work, unit_key, at=at)
    return Text(f"{name.th} {unit.th}", f"{name.en}, {unit.en}")


def status_text(work: Work, application: str, key: str) -> Text:
    """A status of an application's cases as officers read it."""
    status = _status_of(work, application, key)
    return Text(status.name_th, status.name_en) if status else Text(key, key)


def outcome_text(work: Work, application: str, key: str | None) -> Text | None:
    """How a case has ended, if it has."""
    return status_text(work, application, key) if key else None


def _status_of(work: Work, application: str, key: str) -> Status | None:
    known = reference.statuses(work)
    return known.get((application, key)) or known.get(("", key))  # from before applications


def public_status_text(work: Work, application: str, key: str) -> Text:
    """A status as the public reads it: coarser, so that it tells nothing of who does what."""
    status = _status_of(work, application, key)
    return Text(status.public_th, status.public_en) if status else Text(key, key)


def _exists(unit: Unit, on: date) -> bool:
    begun = unit.valid_from is None or unit.valid_from <= on
    return begun and (unit.valid_to is None or on <= unit.valid_to)


def kept_row(work: Work, row: Unit | Role | Status) -> Any:
    """The row of the tables that a row of a file is about. A status from before there were
    applications belongs, as it was edited, to the first one that has it."""
    if not isinstance(row, Status):
        return work.session.get(type(row), row.key)
    kept = work.session.get(Status, (row.application, row.key))
    if (
        kept is None
        and row.application
        and (older := work.session.get(Status, ("", row.key))) is not None
    ):
        edited = {column.key: getattr(older, column.key) for column in sa.inspect(Status).columns}
        kept = Status(**{**edited, "application": row.application})
        work.session.add(kept)
        work.session.delete(older)
    return kept


def rows_of(content: bytes) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    for row in reader:
        yield {name: (value or "").strip() for name, value in row.items() if name}


def _unit(row: Mapping[str, str], position: int) -> Unit:
    return Unit(
        key=row["key"],
        abbreviation=row.get("abbreviation") or row["name_th"],
        name_th=row["name_th"],
        name_en=row.get("name_en") or row["key"],
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
        position=position,
    )


def _role(row: Mapping[str, str], position: int) -> Role:
    said = {**_shipped_role(row["key"]), **row}
    return Role(
        key=row["key"],
        name_th=row["name_th"],
        name_en=row.get("name_en") or row["key"],
        unit_bound=_is_yes(said.get("unit_bound")),
        access=said.get("access") or "none",
        pages=said.get("pages") or "",
        second_factor=_is_yes(said.get("second_factor")),
        two_persons=_is_yes(said.get("two_persons")),
        position=position,
    )


@lru_cache(maxsize=64)
def _shipped_role(key: str) -> Mapping[str, str]:
    rows = rows_of(shipped.table("roles.csv"))
    return next((row for row in rows if row["key"] == key), {})


def _status(application: str, row: Mapping[str, str], position: int) -> Status:
    return Status(
        application=application,
        key=row["key"],
        name_th=row["name_th"],
        name_en=row.get("name_en") or row["key"],
        public_th=row.get("public_th") or row["name_th"],
        public_en=row.get("public_en") or row.get("name_en") or row["key"],
        terminal=_is_yes(row.get("terminal")),
        position=position,
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _is_yes(text: str | None) -> bool:
    return (text or "").lower() in YES


def readers(application: str) -> Mapping[str, Callable[[Mapping[str, str], int], Any]]:
    """The tables that are kept in the database, each with what reads a row of its file."""
    return {"units.csv": _unit, "roles.csv": _role, STATUSES: partial(_status, application)}


def applied_name(name: str, application: str) -> str:
    """Under which name it is kept what a file said last: statuses belong to an application."""
    return f"{application}/{name}" if name == STATUSES and application else name
