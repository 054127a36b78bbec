"""Demo accounts: one for every role and unit, so that a newcomer can walk a case through."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from complaints.models import Account, Role, Unit
from complaints.passwords import hash_password
from complaints.people import User, set_groups, user_by_id, users
from complaints.submissions import COMPLAINANT
from engine.work import Work

DEMO_PASSWORD = "samnuan-demo-2569"  # noqa: S105 — made only with SAMNUAN_DEMO=1, and printed then


def add_demo_users(work: Work) -> list[User]:
    """One account per role, and per unit for unit-bound ones, all with `DEMO_PASSWORD`."""
    kept = {user.username: user for user in users(work)}
    shared_hash = hash_password(DEMO_PASSWORD)
    staff = sa.select(Role).where(Role.key != COMPLAINANT).order_by(Role.position, Role.key)
    for role in work.session.scalars(staff):
        for unit in _units_for(work, role):
            username = f"{role.key}.{unit.key}" if unit else role.key
            if username not in kept:
                kept[username] = _add_demo_user(work, username, role, unit, shared_hash)
    return [user for user in users(work) if user.username in kept]


def _units_for(work: Work, role: Role) -> list[Unit | None]:
    if not role.unit_bound:
        return [None]
    return list(work.session.scalars(sa.select(Unit).order_by(Unit.position, Unit.key)))


def _add_demo_user(
    work: Work, username: str, role: Role, unit: Unit | None, shared_hash: str
) -> User:
    label = f"{role.name_th} {unit.abbreviation}" if unit else role.name_th
    account = Account(id=uuid.uuid4().hex, username=username, display_name=f"{label} (สาธิต)")
    account.password_hash, account.unit = shared_hash, unit.key if unit else None
    account.created_at, account.active, account.demo = work.now, True, True
    work.session.add(account)
    work.session.flush()  # roles refer to the account
    set_groups(work, account.id, [f"{role.key}@{unit.key}" if unit else role.key])
    return user_by_id(work, account.id)
