"""How much there is to do, and how far behind it is: counted by indexes, no case is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.background import heartbeats
from engine.store.leases import is_due
from engine.store.tables import Incident, Job, OutboxMessage, ProcessInstance, UserTask, Wait, fixed
from engine.store.tables import table as rows_of
from engine.store.work import Work
from engine.verbs import timers
from engine.verbs.deliveries import PENDING
from engine.verbs.jobs import READY

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows of one kind whose time has come; `lag` in seconds, of the one that waits longest."""

    due: int
    lag: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """The numbers of one moment."""

    open_cases: int
    tasks: dict[str, int]  # open, overdue, due_24h
    timers: Queue
    jobs: dict[str, Queue]  # by type
    deliveries: Queue
    incidents: dict[str, int]  # open ones by kind
    workers: dict[str, datetime]  # when each was seen last


def backlog(work: Work) -> Backlog:
    """Look once; six small statements."""
    return Backlog(
        open_cases=_count(work, ProcessInstance.status == fixed("running")),
        tasks=_tasks(work),
        timers=_queue(work, rows_of(Wait), timers.TIMERS),
        jobs=_jobs(work),
        deliveries=_queue(work, rows_of(OutboxMessage), PENDING),
        incidents=_incidents(work),
        workers={worker.id: worker.seen_at for worker in heartbeats.seen_lately(work)},
    )


def _count(work: Work, *conditions: sa.ColumnElement[bool]) -> int:
    return work.session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0


def _tasks(work: Work) -> dict[str, int]:
    is_open = UserTask.status == fixed("open")
    return {
        "open": _count(work, is_open),
        "overdue": _count(work, is_open, UserTask.due_at <= work.now),
        "due_24h": _count(
            work, is_open, UserTask.due_at > work.now, UserTask.due_at <= work.now + DAY
        ),
    }


def _queue(work: Work, rows: sa.Table, condition: sa.ColumnElement[bool]) -> Queue:
    oldest = sa.func.min(rows.c.due_at)
    query = sa.select(sa.func.count(), oldest).where(condition, is_due(work, rows))
    count, since = work.session.execute(query).one()
    return Queue(count, _lag(work, since))


def _jobs(work: Work) -> dict[str, Queue]:
    oldest = sa.func.min(Job.due_at)
    query = sa.select(Job.type, sa.func.count(), oldest).where(READY, Job.due_at <= work.now)
    found = work.session.execute(query.group_by(Job.type))
    return {type: Queue(count, _lag(work, since)) for type, count, since in found}


def _lag(work: Work, since: datetime | None) -> float:
    return 0.0 if since is None else (work.now - since).total_seconds()


def _incidents(work: Work) -> dict[str, int]:
    query = sa.select(Incident.kind, sa.func.count()).where(Incident.resolved_at.is_(None))
    found = work.session.execute(query.group_by(Incident.kind)).all()
    return {str(kind): int(count) for kind, count in found}
