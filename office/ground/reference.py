"""The three small tables that nearly every page looks things up in, read once per unit of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.account_tables import UnitName
from office.ground.tables import Role, Status, Unit

ROLES, UNITS, STATUSES = "roles", "units", "statuses"


def roles(work: Work) -> Mapping[str, Role]:
    """The roles by their keys, in order."""

    def find() -> dict[str, Role]:
        query = sa.select(Role).order_by(Role.position, Role.key)
        return {role.key: role for role in work.session.scalars(query)}

    return work.kept(ROLES, None, find)


def remember_roles(work: Work, rows: Iterable[Role]) -> None:
    """All roles in order, as they were read along with something else."""
    work.kept(ROLES, None, lambda: {role.key: role for role in rows})


def units(work: Work) -> Mapping[str, Unit]:
    """The units by their keys, in order."""
    return _units(work)[0]


def former_names(work: Work, unit: str) -> list[UnitName]:
    """The names that a unit had before, the first first."""
    return _units(work)[1].get(unit, [])


def _units(work: Work) -> tuple[dict[str, Unit], dict[str, list[UnitName]]]:
    def find() -> tuple[dict[str, Unit], dict[str, list[UnitName]]]:
        query = sa.select(Unit, UnitName).outerjoin(UnitName, UnitName.unit == Unit.key)
        found: dict[str, Unit] = {}
        former: dict[str, list[UnitName]] = {}
        ordered = query.order_by(Unit.position, Unit.key, UnitName.until)
        for unit, name in work.session.execute(ordered):
            found[unit.key] = unit
            if name is not None:
                former.setdefault(unit.key, []).append(name)
        return found, former

    return work.kept(UNITS, None, find)


def statuses(work: Work) -> Mapping[tuple[str, str], Status]:
    """The statuses by application and key."""

    def find() -> dict[tuple[str, str], Status]:
        rows = work.session.scalars(sa.select(Status))
        return {(row.application, row.key): row for row in rows}

    return work.kept(STATUSES, None, find)


def forget(work: Work) -> None:
    """The tables were changed in this unit of work."""
    work.forget(ROLES, UNITS, STATUSES)
