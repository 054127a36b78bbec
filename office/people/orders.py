"""Making and ending acting orders. They begin and end by their days; a role that takes two persons
takes two here too."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.account_tables import ActingOrder
from office.ground.errors import OfficeError
from office.people.acting import CAPACITIES, day_of
from office.people.grants import SecondPersonNeeded, is_guarded
from office.people.people import User, checked_role, free_tasks, user_by_id

LONGEST = 366  # days; a post that is vacant for longer is filled


class OrderUnclear(OfficeError):
    """An acting order needs its number, a capacity, and days in order, none of them past and not
    longer than a year."""

    thai = "คำสั่งต้องมีเลขที่ ฐานะ และวันเริ่ม–วันสิ้นสุดตามลำดับ ไม่ย้อนหลัง และไม่เกินหนึ่งปี"


class OrderUnknown(OfficeError):
    """There is no such order, or it has ended."""

    thai = "ไม่พบคำสั่งนี้ หรือสิ้นสุดแล้ว"


def make_order(
    work: Work,
    account_id: str,
    group: str,
    *,
    number: str,
    capacity: str,
    days: tuple[date, date],
    by: User,
) -> ActingOrder:
    """Let a person act in a role from the first day to the last. Without a second person it holds
    at once where the role takes only one.

    Raises:
        UserNotFound, RoleUnknown, OrderUnclear.
    """
    user_by_id(work, account_id)
    role, unit = checked_role(work, group)
    first, last = days
    today = day_of(work.now)
    if not number.strip() or capacity not in CAPACITIES or not today <= first <= last:
        raise OrderUnclear
    if (last - first).days > LONGEST:
        raise OrderUnclear
    row = ActingOrder(id=uuid.uuid4().hex, account_id=account_id, role=role, unit=unit)
    row.number, row.capacity = number.strip()[:80], capacity
    row.first_day, row.last_day = first, last
    row.made_by, row.made_at = by.id, work.now
    if not is_guarded(work, group):
        row.agreed_by, row.agreed_at = by.id, work.now
    work.session.add(row)
    work.session.flush()  # the next read of the groups must see it
    return row


def agree(work: Work, order_id: str, *, by: User) -> None:
    """The second person.

    Raises:
        OrderUnknown; SecondPersonNeeded: the same person, or who would act.
    """
    row = _running(work, order_id)
    if row.agreed_at is not None:
        raise OrderUnknown
    if by.id in (row.made_by, row.account_id):
        raise SecondPersonNeeded
    row.agreed_by, row.agreed_at = by.id, work.now
    work.session.flush()  # the next read of the groups must see it


def end_order(work: Work, order_id: str, *, by: User) -> None:
    """End an order before its last day; what was claimed by it goes back to the groups.

    Raises:
        OrderUnknown.
    """
    row = _running(work, order_id)
    row.ended_by, row.ended_at = by.id, work.now
    work.session.flush()  # who holds the role is looked up again
    free_tasks(work, row.account_id)


def orders(work: Work) -> Sequence[ActingOrder]:
    """All orders, those that end last first."""
    query = sa.select(ActingOrder).order_by(ActingOrder.last_day.desc(), ActingOrder.id)
    return work.session.scalars(query).all()


def state_of(work: Work, row: ActingOrder) -> str:
    """waiting, coming, running or over."""
    today = day_of(work.now)
    if row.ended_at is not None or row.last_day < today:
        return "over"
    if row.agreed_at is None:
        return "waiting"
    return "running" if row.first_day <= today else "coming"


def free_tasks_of_ended(work: Work) -> None:
    """What people claimed under an order that has ended by its day goes back to the groups."""
    ended = sa.select(ActingOrder.account_id).where(ActingOrder.last_day < day_of(work.now))
    for account_id in work.session.scalars(ended.distinct()).all():
        free_tasks(work, account_id)


def _running(work: Work, order_id: str) -> ActingOrder:
    row = work.session.get(ActingOrder, order_id, with_for_update=True)
    if row is None or state_of(work, row) == "over":
        raise OrderUnknown
    return row
