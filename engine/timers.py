"""Timers that are due: found by one indexed look, fired one case at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from engine import incidents
from engine.actor import SYSTEM
from engine.bpmn.timers import next_due
from engine.errors import InstanceNotRunning, Refusal, TaskNotFound
from engine.models import StartSubscription, Wait, fixed
from engine.runtime import start_instance
from engine.turn import turn
from engine.work import Work

if TYPE_CHECKING:
    from engine.engine import Engine

RETRY_AFTER = timedelta(minutes=15)


def due_timers(work: Work, limit: int) -> list[str]:
    """Ids of the waits whose time has come; never opens a case."""
    query = (
        sa.select(Wait.id)
        .where(Wait.kind == fixed("timer"), Wait.due_at <= work.now)
        .order_by(Wait.due_at)
        .limit(limit)
    )
    return list(work.session.scalars(query))


def fire_timer(engine: Engine, wait_id: str) -> bool:
    """Fire one timer in its own transaction; one bad case never stops the others."""
    try:
        with engine.begin(tell=False) as work:
            wait = _locked(work, wait_id)
            if wait is None:
                return False
            body = {"task": wait.task_id, "element": wait.element_id, "due": _iso(wait)}
            with turn(work, wait.instance_id, "timer", body, actor=SYSTEM) as execution:
                execution.fire(UUID(wait.task_id), {}, "timer_fired")
    except (TaskNotFound, InstanceNotRunning):
        return False  # the case moved on between the look and the lock
    except Refusal as refusal:
        _postpone(engine, wait_id, refusal)
        return False
    return True


def _iso(wait: Wait) -> str:
    assert wait.due_at is not None
    return wait.due_at.isoformat()


def _locked(work: Work, wait_id: str) -> Wait | None:
    query = sa.select(Wait).where(Wait.id == wait_id, Wait.due_at <= work.now)
    return work.session.scalars(query.with_for_update(skip_locked=True)).first()


def _postpone(engine: Engine, wait_id: str, refusal: Refusal) -> None:
    """What follows the timer fails: keep the timer, try again later, tell an administrator."""
    with engine.begin() as work:
        wait = work.session.get(Wait, wait_id)
        if wait is None:
            return
        wait.due_at = work.now + RETRY_AFTER
        incidents.raise_incident(
            work, wait.instance_id, "timer", refusal.text, element_id=wait.element_id
        )


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


def start_by_timer(engine: Engine) -> int:
    """Start the processes whose start timer is due; a missed round starts once."""
    started = 0
    with engine.begin() as work:
        query = sa.select(StartSubscription).where(
            StartSubscription.kind == "timer", StartSubscription.due_at <= work.now
        )
        for row in work.session.scalars(query.with_for_update(skip_locked=True)):
            start_instance(work, row.key, {}, actor=SYSTEM, start_event=row.start_event)
            facts = dict(row.timer or {})
            row.due_at = datetime.fromisoformat(facts["due"]) if next_due(facts, work.now) else None
            row.timer = facts
            started += 1
    return started
