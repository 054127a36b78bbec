"""Demo accounts: one for every role and unit, so that a newcomer can walk a case through."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.errors import OfficeError
from office.ground.tables import Account, Case, Role, Unit
from office.people.people import User, set_groups, users
from office.people.signing_in import passwords
from office.people.signing_in.passwords import hash_password
from office.vault.submissions import COMPLAINANT

DEMO_PASSWORD = passwords.DEMO_PASSWORD


class NotADemo(OfficeError):
    """This database is a real one: it has people or cases, and no demo account. Everybody knows the
    password of demo accounts; start without SAMNUAN_DEMO, or on another database."""

    thai = (
        "ฐานข้อมูลนี้เป็นระบบจริง มีผู้ใช้หรือเรื่องอยู่แล้วโดยไม่มีบัญชีสาธิต "
        "รหัสผ่านบัญชีสาธิตเป็นที่รู้ทั่วไป โปรดเปิดโดยไม่ใช้ SAMNUAN_DEMO หรือใช้ฐานข้อมูลอื่น"
    )


def must_be_a_demo(work: Work) -> None:
    """Refuse demo accounts where real people work.

    Raises:
        NotADemo: there is somebody or something, and none of it came with a demo.
    """
    has_demo = work.session.scalar(sa.select(Account.id).where(Account.demo).limit(1))
    somebody = work.session.scalar(sa.select(Account.id).limit(1))
    something = work.session.scalar(sa.select(Case.id).limit(1))
    if not has_demo and (somebody or something):
        raise NotADemo


def add_demo_users(work: Work) -> list[User]:
    """One account per role, and per unit for unit-bound ones, all with `DEMO_PASSWORD`."""
    wanted = {name: place for role in _staff_roles(work) for name, place in _places(work, role)}
    missing = wanted.keys() - {user.username for user in users(work)}
    if missing:
        shared_hash = hash_password(DEMO_PASSWORD)  # 50 ms each would be seconds for all of them
        for name in sorted(missing):
            _add_demo_user(work, name, *wanted[name], shared_hash)
    return [user for user in users(work) if user.username in wanted]


def _staff_roles(work: Work) -> list[Role]:
    staff = sa.select(Role).where(Role.key != COMPLAINANT)
    return list(work.session.scalars(staff.order_by(Role.position, Role.key)))


def _places(work: Work, role: Role) -> Iterator[tuple[str, tuple[Role, Unit | None]]]:
    for unit in _units_for(work, role):
        yield (f"{role.key}.{unit.key}" if unit else role.key), (role, unit)


def _units_for(work: Work, role: Role) -> list[Unit | None]:
    if not role.unit_bound:
        return [None]
    return list(work.session.scalars(sa.select(Unit).order_by(Unit.position, Unit.key)))


def _add_demo_user(
    work: Work, username: str, role: Role, unit: Unit | None, shared_hash: str
) -> None:
    label = f"{role.name_th} {unit.abbreviation}" if unit else role.name_th
    account = Account(id=uuid.uuid4().hex, username=username, display_name=f"{label} (สาธิต)")
    account.password_hash, account.unit = shared_hash, unit.key if unit else None
    account.created_at, account.active, account.demo = work.now, True, True
    work.session.add(account)
    work.session.flush()  # roles refer to the account
    set_groups(work, account.id, [f"{role.key}@{unit.key}" if unit else role.key])
