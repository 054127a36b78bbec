"""Units, roles and statuses: seeded from the guideline's files, edited in the tables afterwards."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from office.applications import shipped
from office.ground import reference
from office.ground.tables import Role, Status, Unit

YES = frozenset({"1", "true", "yes", "ใช่"})


def seed(work: Work, files: Mapping[str, bytes], application: str = "") -> None:
    """Add rows that are not there yet; what was edited in a table stays as it was edited."""
    seeds = {"units.csv": (Unit, _unit), "roles.csv": (Role, _role)}
    for name, (table, read) in seeds.items():
        for position, row in enumerate(_rows(files.get(name, b""))):
            if work.session.get(table, row["key"]) is None:
                work.session.add(read(row, position))
    for position, row in enumerate(_rows(files.get("statuses.csv", b""))):
        _seed_status(work, row, application, position)
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


def unit_text(work: Work, key: str | None) -> Text:
    """A unit's abbreviation, as people call it; its key when it is not in the table."""
    unit = reference.units(work).get(key) if key else None
    if unit is None:
        return Text(key or "", key or "")
    return Text(unit.abbreviation, unit.name_en or unit.abbreviation)


def group_text(work: Work, group: str) -> Text:
    """A role, with its unit when it is bound to one, in words."""
    key, _, unit_key = group.partition("@")
    role = reference.roles(work).get(key)
    name = Text(role.name_th, role.name_en) if role else Text(key, key)
    if not unit_key:
        return name
    unit = unit_text(work, unit_key)
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


def _seed_status(work: Work, row: Mapping[str, str], application: str, position: int) -> None:
    if work.session.get(Status, (application, row["key"])) is not None:
        return
    older = work.session.get(Status, ("", row["key"]))
    if older is None:
        work.session.add(_status(row, application, position))
    else:
        older.application = application  # as it was edited before there were applications


def _rows(content: bytes) -> Iterator[dict[str, str]]:
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
    rows = _rows(shipped.table("roles.csv"))
    return next((row for row in rows if row["key"] == key), {})


def _status(row: Mapping[str, str], application: str, position: int) -> Status:
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
