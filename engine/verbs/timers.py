"""Timers that are due: found by one indexed look, fired one case at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from engine.bpmn.timers import next_due
from engine.ground.actor import SYSTEM
from engine.ground.errors import ConcurrentUpdate, InstanceNotRunning
from engine.ground.text import Text
from engine.store.database import DatabaseUnavailable
from engine.store.instances import claim_instance, locked_instance
from engine.store.leases import backoff, is_due, is_lapsed, rows_that
from engine.store.machine import Machine
from engine.store.tables import StartSubscription, Wait, fixed, table
from engine.store.transactions import begin, read
from engine.store.work import Work
from engine.turn import incidents
from engine.turn.turn import turn
from engine.verbs.runtime import start_instance

# Written out in the statement: SQLite uses the index of timers only if it can read this there.
TIMERS = Wait.kind == fixed("timer")


def due_timers(work: Work, limit: int) -> list[str]:
    """Ids of the waits whose time has come; never opens a case."""
    return list(work.session.scalars(rows_that(is_due, work, Wait, TIMERS, limit=limit)))


def fire_timer(machine: Machine, wait_id: str, holder: str) -> bool:
    """Fire a timer that `holder` took, in its own transaction; False when it did not fire.

    One bad case never stops the others: whatever goes wrong in it is kept, shown and tried later.
    """
    try:
        with begin(machine, report_incident=False) as work:
            wait = _held(work, wait_id, holder)
            if wait is None:
                return False
            _fire(work, wait)
    except InstanceNotRunning:
        return False  # the case ended between the look and the lock
    except (DatabaseUnavailable, ConcurrentUpdate):
        raise  # nothing is wrong with the case
    except Exception as error:
        reason = incidents.cause(error)
        with begin(machine) as work:
            wait = _held(work, wait_id, holder)
            if wait is not None:
                _postpone(work, wait, reason)
        return False
    return True


def _fire(work: Work, wait: Wait) -> None:
    assert wait.due_at is not None
    body = {"task": wait.task_id, "element": wait.element_id, "due": wait.due_at.isoformat()}
    with turn(work, wait.instance_id, "timer", body, actor=SYSTEM) as execution:
        execution.fire(UUID(wait.task_id), {}, "timer_fired")


def _held(work: Work, wait_id: str, holder: str) -> Wait | None:
    """The timer, if it is still there, due and held by this worker, with its case locked.

    The case first, the timer after it: whoever completes a task locks them in this order, and the
    other order would be a deadlock.
    """
    query = sa.select(Wait).where(
        Wait.id == wait_id, Wait.due_at <= work.now, Wait.locked_by == holder
    )
    found = work.session.scalars(query).first()
    if found is None:
        return None
    locked_instance(work, found.instance_id)
    return work.session.scalars(query.execution_options(populate_existing=True)).first()


def _postpone(work: Work, wait: Wait, reason: Text) -> None:
    """What follows the timer fails: keep the timer, try again later, tell an administrator once."""
    wait.attempts += 1
    wait.due_at = work.now + backoff(wait.attempts)
    wait.locked_by = wait.locked_until = None
    work.offer("timer", wait.id, wait.due_at)
    incidents.raise_incident(work, wait.instance_id, "timer", reason, element_id=wait.element_id)


def expire_timer(work: Work, wait_id: str) -> None:
    """Its worker died: the next one takes it, unless it has taken too many with it."""
    found = work.session.get(Wait, wait_id)
    if found is None or claim_instance(work, found.instance_id) is None:
        return
    lapsed = sa.select(Wait).where(Wait.id == wait_id, is_lapsed(work, table(Wait)))
    wait = work.session.scalars(lapsed.execution_options(populate_existing=True)).first()
    if wait is None:
        return
    if wait.attempts + 1 >= work.machine.most_lapses:
        _postpone(work, wait, incidents.WORKERS_LOST)
        return
    wait.attempts += 1
    wait.locked_by = wait.locked_until = None
    work.offer("timer", wait.id, work.now)


def move_timer(work: Work, instance_id: str, element_id: str, due_iso: str) -> bool:
    """A clock of the office moved: the timer that waits for it moves too."""
    query = sa.select(Wait).where(
        Wait.instance_id == instance_id, Wait.element_id == element_id, Wait.kind == "timer"
    )
    wait = work.session.scalars(query).first()
    if wait is None:
        return False
    body = {"task": wait.task_id, "element": element_id, "due": due_iso}
    with turn(work, instance_id, "move_timer", body, actor=SYSTEM) as execution:
        execution.move_timer(UUID(wait.task_id), datetime.fromisoformat(due_iso))
    return True


def start_by_timer(machine: Machine) -> int:
    """Start the processes whose start timer is due; a missed round starts once."""
    with read(machine) as work:
        due = work.session.execute(_starts(work).limit(100)).all()
    return sum(_start(machine, key, element_id) for key, element_id in due)


def _starts(work: Work) -> sa.Select[str, str]:
    rows = sa.select(StartSubscription.key, StartSubscription.element_id)
    return rows.where(StartSubscription.kind == "timer", StartSubscription.due_at <= work.now)


def _start(machine: Machine, key: str, element_id: str) -> bool:
    """One process in its own transaction: another one's bad diagram does not hold it up."""
    try:
        with begin(machine, report_incident=False) as work:
            row = _due_start(work, key, element_id)
            if row is None:
                return False
            start_instance(work, row.key, {}, actor=SYSTEM, start_event=row.start_event)
            facts = dict(row.timer or {})
            row.due_at = datetime.fromisoformat(facts["due"]) if next_due(facts, work.now) else None
            row.timer, row.attempts = facts, 0
    except DatabaseUnavailable:
        raise
    except Exception as error:
        _postpone_start(machine, key, element_id, incidents.cause(error))
        return False
    return True


def _due_start(work: Work, key: str, element_id: str) -> StartSubscription | None:
    query = sa.select(StartSubscription).where(
        StartSubscription.key == key,
        StartSubscription.element_id == element_id,
        StartSubscription.due_at <= work.now,
    )
    return work.session.scalars(query.with_for_update(skip_locked=True)).first()


def _postpone_start(machine: Machine, key: str, element_id: str, reason: Text) -> None:
    with begin(machine) as work:
        row = _due_start(work, key, element_id)
        if row is not None:
            row.attempts += 1
            row.due_at = work.now + backoff(row.attempts)
            incidents.raise_incident(work, None, "start", reason, element_id=f"{key}/{element_id}")


def retry_timers(work: Work, instance_id: str, element_id: str) -> None:
    """The cause is mended: fire what was put off at once."""
    query = sa.select(Wait).where(
        TIMERS, Wait.instance_id == instance_id, Wait.element_id == element_id, Wait.attempts > 0
    )
    for wait in work.session.scalars(query):
        wait.attempts, wait.due_at = 0, work.now
        work.offer("timer", wait.id, work.now)


def retry_start(work: Work, place: str) -> None:
    """`place` is the process and its start event, as the incident names them."""
    key, _, element_id = place.rpartition("/")
    row = work.session.get(StartSubscription, (key, element_id))
    if row is not None and row.attempts:
        row.attempts, row.due_at = 0, work.now
        work.after_commit(work.machine.wake)
