"""Roles that take two persons: one administrator asks, another one decides.

Which roles do is a column of roles.csv (`two_persons`). What is asked and decided stays, with who
and when. Everything that gives a role on a page goes through `give`.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from engine.store.work import Work
from office.ground import reference
from office.ground.account_tables import RoleRequest
from office.ground.errors import OfficeError, ReasonNeeded
from office.people.people import User, checked_role, given_groups, set_groups

REASON_LEAST = 5


class RequestGone(OfficeError):
    """Nobody waits for a decision on this any more."""

    thai = "คำขอนี้มีผู้พิจารณาแล้ว หรือไม่มีอยู่"


class SecondPersonNeeded(OfficeError):
    """Whoever asked for a role, or would get it, cannot be the second person."""

    thai = "ผู้ขอ หรือผู้จะได้รับบทบาท เป็นผู้อนุมัติเองไม่ได้"


def is_guarded(work: Work, group: str) -> bool:
    role = reference.roles(work).get(group.partition("@")[0])
    return role is not None and bool(role.two_persons)


def give(
    work: Work, account_id: str, wanted: Collection[str], *, by: User, reason: str
) -> list[str]:
    """Set the roles of an account. Those that take a second person are asked for and returned; all
    others, and whatever is taken away, hold at once.

    Raises:
        RoleUnknown; ReasonNeeded: a role that takes two persons is asked for without a reason.
    """
    for group in wanted:
        checked_role(work, group)
    held = given_groups(work, account_id)
    waiting = sorted(g for g in wanted if g not in held and is_guarded(work, g))
    if waiting and len(reason.strip()) < REASON_LEAST:
        raise ReasonNeeded(least=REASON_LEAST)
    set_groups(work, account_id, set(wanted) - set(waiting))
    for group in waiting:
        ask(work, account_id, group, by=by.id, reason=reason)
    return waiting


def ask(work: Work, account_id: str, group: str, *, by: str, reason: str) -> None:
    """Ask for a role; asking twice changes nothing."""
    if any(row.account_id == account_id and row.group_name == group for row in waiting(work)):
        return
    row = RoleRequest(id=uuid.uuid4().hex, account_id=account_id, group_name=group)
    row.reason, row.asked_by, row.asked_at = reason.strip()[:500], by, work.now
    work.session.add(row)
    work.session.flush()  # those that wait are looked up


def waiting(work: Work) -> Sequence[RoleRequest]:
    query = sa.select(RoleRequest).where(RoleRequest.decision.is_(None))
    return work.session.scalars(query.order_by(RoleRequest.asked_at, RoleRequest.id)).all()


def decide(work: Work, request_id: str, *, by: User, granted: bool) -> None:
    """The second person gives the role or refuses it.

    Raises:
        RequestGone: it was decided; SecondPersonNeeded: it is the same person.
    """
    row = work.session.get(RoleRequest, request_id, with_for_update=True)
    if row is None or row.decision is not None:
        raise RequestGone
    if granted and by.id in (row.asked_by, row.account_id):
        raise SecondPersonNeeded
    row.decision = "granted" if granted else "refused"
    row.decided_by, row.decided_at = by.id, work.now
    if granted:
        set_groups(work, row.account_id, given_groups(work, row.account_id) | {row.group_name})
