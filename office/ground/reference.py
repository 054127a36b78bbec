"""The three small tables that nearly every page looks things up in, read once per unit of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from engine.store.work import Work
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

    def find() -> dict[str, Unit]:
        query = sa.select(Unit).order_by(Unit.position, Unit.key)
        return {unit.key: unit for unit in work.session.scalars(query)}

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
