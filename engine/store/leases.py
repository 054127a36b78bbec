"""Rows whose time has come: found by one indexed look, lent to one worker at a time.

Timers, jobs and deliveries share one rule. A row is due when `due_at` has passed and nobody holds
it. Whoever takes it writes its name and an end into the row, so that colleagues look past it; a
worker that dies loses what it held by running out of time, and that counts as a failed attempt.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.store.tables import Base, table
from engine.store.work import Work

LONGEST_WAIT = timedelta(hours=6)
LONGEST_LOAN = timedelta(days=1)  # to an external worker
BREATH = timedelta(seconds=1)

Condition = sa.ColumnElement[bool]
When = Callable[[Work, sa.Table], Condition]


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failures: 1 min, 2 min, 4 min … at most six hours."""
    seconds = 30 * 2 ** min(attempts, 20)
    return min(timedelta(seconds=seconds), LONGEST_WAIT)


def is_due(work: Work, rows: sa.Table) -> Condition:
    """The time has come and nobody holds the row."""
    rested = sa.or_(rows.c.locked_until.is_(None), rows.c.locked_until <= work.now)
    return sa.and_(rows.c.due_at <= work.now, rows.c.locked_by.is_(None), rested)


def is_announced(work: Work, rows: sa.Table) -> Condition:
    """The time has come and nobody holds the row, whether it rests or not: somebody was sent."""
    return sa.and_(rows.c.due_at <= work.now, rows.c.locked_by.is_(None))


def is_lapsed(work: Work, rows: sa.Table) -> Condition:
    """Whoever holds the row has run out of time.

    A hold that ends later than any hold can was written before the clock was set back.
    """
    ends = rows.c.locked_until
    over = sa.or_(ends <= work.now, ends > work.now + 2 * LONGEST_LOAN)
    return sa.and_(rows.c.due_at <= work.now, rows.c.locked_by.is_not(None), over)


def rows_that(
    when: When, work: Work, model: type[Base], *conditions: Condition, limit: int
) -> sa.Select[Any]:
    """Ids of the rows that are due (or lapsed), the longest waiting first.

    `condition` says which rows of the table count at all.
    """
    rows = table(model)
    query = sa.select(rows.c.id).where(*conditions, when(work, rows))
    return query.order_by(rows.c.due_at, rows.c.id).limit(limit)


def take(
    work: Work,
    model: type[Base],
    *conditions: Condition,
    holder: str,
    lease: timedelta,
    limit: int,
    when: When = is_due,
    **values: Any,
) -> list[str]:
    """Hold up to `limit` due rows for a while; two who ask at once never get the same one."""
    rows = table(model)
    found = rows_that(when, work, model, *conditions, limit=limit).with_for_update(skip_locked=True)
    ids = list(work.session.scalars(found))
    if ids:
        held = {"locked_by": holder, "locked_until": work.now + lease, **values}
        work.session.execute(sa.update(rows).where(rows.c.id.in_(ids)).values(**held))
    return ids


def let_go(work: Work, model: type[Base], ids: list[str], *, holder: str, **values: Any) -> None:
    """Give back what was taken but not done, a breath from now, so that no loop spins on it."""
    rows = table(model)
    mine = sa.and_(rows.c.id.in_(ids), rows.c.locked_by == holder)
    free = {"locked_by": None, "locked_until": work.now + BREATH, **values}
    work.session.execute(sa.update(rows).where(mine).values(**free))
