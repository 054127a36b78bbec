"""Units of the agency: opened, renamed by an announcement, closed. Documents that are out keep the
name they bear; what is written from now on bears the new one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.store.work import Work
from office.ground import reference
from office.ground.account_tables import UnitName
from office.ground.errors import OfficeError
from office.ground.tables import Account, AccountRole, Case, Unit
from office.people.acting import day_of

KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class UnitUnknown(OfficeError):
    """There is no unit {key}."""

    thai = "ไม่มีหน่วยงาน {key}"


class UnitExists(OfficeError):
    """There is a unit {key} already."""

    thai = "มีหน่วยงาน {key} แล้ว"


class UnitUnclear(OfficeError):
    """A unit needs an abbreviation, a name, and the announcement behind the change; its key is of
    small Latin letters, digits and dashes."""

    thai = "หน่วยงานต้องมีชื่อย่อ ชื่อเต็ม และประกาศหรือคำสั่งที่อ้าง รหัสใช้อักษรละตินเล็ก ตัวเลข และขีด"


class UnitInUse(OfficeError):
    """Unit {key} still has {people} people in its roles and leads {cases} open cases: move them
    first."""

    thai = "หน่วยงาน {key} ยังมีผู้ดำรงบทบาท {people} คน และเรื่องที่ยังไม่เสร็จ {cases} เรื่อง โปรดย้ายก่อน"


@dataclass(frozen=True, slots=True)
class Names:
    """What a unit is called."""

    abbreviation: str
    name_th: str
    name_en: str

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> Names:
        given = {name: typed.get(name, "").strip()[:200] for name in cls.__slots__}
        if not given["abbreviation"] or not given["name_th"]:
            raise UnitUnclear
        given["name_en"] = given["name_en"] or given["abbreviation"]
        return cls(**given)


def open_unit(work: Work, key: str, names: Names) -> Unit:
    """Raises `UnitExists`, `UnitUnclear`."""
    if not KEY.fullmatch(key):
        raise UnitUnclear
    if work.session.get(Unit, key) is not None:
        raise UnitExists(key=key)
    last = work.session.scalar(sa.select(sa.func.max(Unit.position))) or 0
    unit = Unit(key=key, valid_from=None, valid_to=None, position=last + 1)
    _name(unit, names)
    work.session.add(unit)
    _changed(work)
    return unit


def rename_unit(work: Work, key: str, names: Names, *, reference_: str, actor: Actor) -> None:
    """Give a unit other names; the old ones are kept with the moment until which they held.

    Raises:
        UnitUnknown; UnitUnclear: no announcement is named.
    """
    unit = _unit(work, key)
    if not reference_.strip():
        raise UnitUnclear
    before = UnitName(unit=key, until=work.now, changed_by=actor.id, reference=reference_.strip())
    before.abbreviation, before.name_th = unit.abbreviation, unit.name_th
    before.name_en = unit.name_en
    if names == Names(unit.abbreviation, unit.name_th, unit.name_en):
        return
    work.session.merge(before)
    _name(unit, names)
    _changed(work)


def close_unit(work: Work, key: str) -> None:
    """No form offers it from tomorrow on.

    Raises:
        UnitUnknown; UnitInUse: somebody still works in it, or it leads cases.
    """
    unit = _unit(work, key)
    bearers = sa.select(sa.func.count(sa.distinct(AccountRole.account_id)))
    bearers = bearers.join(Account, Account.id == AccountRole.account_id)
    people = work.session.scalar(bearers.where(AccountRole.unit == key, Account.active)) or 0
    leads = sa.select(sa.func.count()).where(Case.lead_unit == key, Case.closed_at.is_(None))
    cases = work.session.scalar(leads) or 0
    if people or cases:
        raise UnitInUse(key=key, people=people, cases=cases)
    unit.valid_to = day_of(work.now)
    _changed(work)


def reopen_unit(work: Work, key: str) -> None:
    """Raises `UnitUnknown`."""
    _unit(work, key).valid_to = None
    _changed(work)


def former_names(work: Work) -> dict[str, list[UnitName]]:
    """By unit, what it was called before, the latest first."""
    found: dict[str, list[UnitName]] = {}
    for row in work.session.scalars(sa.select(UnitName).order_by(UnitName.until.desc())):
        found.setdefault(row.unit, []).append(row)
    return found


def _unit(work: Work, key: str) -> Unit:
    unit = work.session.get(Unit, key)
    if unit is None:
        raise UnitUnknown(key=key)
    return unit


def _name(unit: Unit, names: Names) -> None:
    unit.abbreviation, unit.name_th = names.abbreviation, names.name_th
    unit.name_en = names.name_en


def _changed(work: Work) -> None:
    work.session.flush()  # the next look at the units must see it
    reference.forget(work)
