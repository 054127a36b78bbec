"""The second backend: procrastinate brings the workers of many hosts to the rows (PostgreSQL only).

The rows of timers, jobs and deliveries stay the truth. What stands in procrastinate's table says no
more than "look at these": put there in the very transaction that makes the row, it is there if and
only if the row is, and a lost or a doubled one does no harm. Timers far away are left out of it
until they come near, because procrastinate's own look passes over everything that is not yet due
(decision 15: two backends).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import procrastinate
import sqlalchemy as sa
from procrastinate.jobs import Job as QueueJob
from procrastinate.schema import SchemaManager

from engine.background import run_due
from engine.background.run_due import KINDS
from engine.ground.errors import EngineError
from engine.store.database import unit_of_work
from engine.store.machine import Machine, Offer
from engine.store.tables import table
from engine.store.transactions import begin, read
from engine.store.work import Work
from engine.verbs import timers

QUEUE = "samnuan"
TASK = "samnuan.due"
NEAR = timedelta(minutes=1)  # a timer this close is announced by the turn that makes it
HORIZON = timedelta(minutes=5)  # those this close are announced by the planner
# What nobody came for within this time is announced again: its announcement was lost.
GRACE = timedelta(minutes=2)
LATE = timedelta(seconds=20)
CHUNK = 20
PLANNED_AT_ONCE = 500
SCHEMA_LOCK = 0x53414D51


class QueueNeedsPostgres(EngineError):
    """The worker backend procrastinate needs PostgreSQL; SQLite has the embedded one."""

    thai = "SAMNUAN_WORKER=procrastinate ใช้ได้กับ PostgreSQL เท่านั้น SQLite ใช้แบบ embedded"


class Announcer:
    """Puts announcements into procrastinate's table, over the connection of the turn itself."""

    def __init__(self, database: sa.Engine) -> None:
        if database.dialect.name != "postgresql":
            raise QueueNeedsPostgres
        install(database)
        self.grace, self.late = GRACE, LATE
        # Never opened: it lends its statements, the connection is always the turn's own.
        self._app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

    def bring(self, work: Work, offers: Sequence[Offer]) -> None:
        """Announce what is due now or soon; what is further away is the planner's."""
        soon = [offer for offer in offers if offer.at <= work.now + NEAR]
        self.announce(work, soon)

    def announce(self, work: Work, offers: Sequence[Offer]) -> None:
        if not offers:
            return
        jobs = [
            _announcement(items, _system_time(work, at))
            for at, items in _chunks(sorted(offers, key=lambda offer: offer.at), work.now)
        ]
        connection = work.session.connection().connection.driver_connection
        self._app.job_manager.batch_defer_jobs(jobs, connection=connection)


def _chunks(
    offers: Sequence[Offer], now: datetime
) -> Iterable[tuple[datetime | None, list[list[str]]]]:
    """Those of one moment together, a handful in each; None is now."""
    moments: dict[datetime | None, list[list[str]]] = {}
    for offer in offers:
        at = None if offer.at <= now else offer.at
        moments.setdefault(at, []).append([offer.kind, offer.id])
    for at, items in moments.items():
        for start in range(0, len(items), CHUNK):
            yield at, items[start : start + CHUNK]


def _system_time(work: Work, at: datetime | None) -> datetime | None:
    """The moment on the machine's clock: procrastinate knows no other, and a rehearsal has one."""
    return None if at is None else datetime.now(UTC) + (at - work.now)


def _announcement(items: list[list[str]], at: datetime | None) -> QueueJob:
    # No queueing lock: a second announcement of a row would break the turn's transaction with it.
    return QueueJob(
        queue=QUEUE,
        task_name=TASK,
        lock=None,
        queueing_lock=None,
        task_kwargs={"items": items},  # type: ignore[dict-item]  # lists of lists are JSON
        scheduled_at=at,
    )


# ── its tables ─────────────────────────────────────────────────────────────────────────────────


def install(database: sa.Engine) -> None:
    """Make procrastinate's tables, or bring them to the release that is installed; once for all.

    They stand in the schema of ours, under names that all begin with `procrastinate_`.
    """
    with unit_of_work(database) as transaction:
        session = transaction.session
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA_LOCK)))
        session.execute(
            sa.text("CREATE TABLE IF NOT EXISTS queue_migration (name text PRIMARY KEY)")
        )
        applied = set(session.scalars(sa.text("SELECT name FROM queue_migration")))
        known = _migrations()
        driver = session.connection().connection.driver_connection
        assert driver is not None
        if session.scalar(sa.text("SELECT to_regclass('procrastinate_jobs')")) is None:
            driver.execute(SchemaManager.get_schema())
        elif applied:
            for name in sorted(known.keys() - applied):
                driver.execute(known[name])
        for name in sorted(known.keys() - applied):
            new = sa.text("INSERT INTO queue_migration VALUES (:name)")
            session.execute(new, {"name": name})


def _migrations() -> dict[str, str]:
    folder = Path(SchemaManager.get_migrations_path())
    return {file.name: file.read_text("utf-8") for file in folder.glob("*.sql")}


# ── the planner ────────────────────────────────────────────────────────────────────────────────


def plan(machine: Machine, announcer: Announcer) -> int:
    """Announce the timers that come near, and whatever nobody came for; returns how many."""
    run_due.free_lapsed(machine)
    planned = timers.start_by_timer(machine)
    for name in KINDS:
        while step := _plan(machine, announcer, name):
            planned += step
            if step < PLANNED_AT_ONCE:
                break
    return planned


def _plan(machine: Machine, announcer: Announcer, name: str) -> int:
    rows = table(KINDS[name].model)
    with read(machine) as work:
        if work.session.scalar(_unannounced(work, announcer, name, rows).limit(1)) is None:
            return 0
    with begin(machine) as work:
        query = _unannounced(work, announcer, name, rows).limit(PLANNED_AT_ONCE)
        found = list(work.session.execute(query.with_for_update(skip_locked=True)))
        if found:
            _rest(work, announcer, rows, found)
            announcer.announce(work, [Offer(name, row.id, row.due_at) for row in found])
    return len(found)


def _unannounced(work: Work, announcer: Announcer, name: str, rows: sa.Table) -> sa.Select[Any]:
    until = work.now + HORIZON if name == "timer" else work.now - announcer.late
    rested = sa.or_(rows.c.locked_until.is_(None), rows.c.locked_until <= work.now)
    return (
        sa.select(rows.c.id, rows.c.due_at)
        .where(
            *KINDS[name].conditions(work.machine),
            rows.c.due_at <= until,
            rows.c.locked_by.is_(None),
            rested,
        )
        .order_by(rows.c.due_at, rows.c.id)
    )


def _rest(work: Work, announcer: Announcer, rows: sa.Table, found: Sequence[sa.Row[Any]]) -> None:
    """Announced, and held by nobody: the next plan looks past it for a while."""
    ids = [row.id for row in found]
    latest = max(row.due_at for row in found)
    until = max(latest, work.now) + announcer.grace
    work.session.execute(sa.update(rows).where(rows.c.id.in_(ids)).values(locked_until=until))
