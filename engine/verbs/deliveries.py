"""Delivering the outbox: what was put there is tried again until it is accepted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.ground.errors import MessageNotAwaited
from engine.ground.text import Text
from engine.store.leases import backoff, is_lapsed
from engine.store.machine import Machine
from engine.store.tables import OutboxMessage, fixed, table
from engine.store.transactions import begin, read
from engine.store.work import Work
from engine.turn import incidents

MAX_ATTEMPTS = 12
PENDING = OutboxMessage.status == fixed("pending")


def of_topics(topics: list[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return (PENDING, OutboxMessage.topic.in_(topics))


def run_delivery(machine: Machine, identifier: str, holder: str) -> bool:
    """Deliver what `holder` took, outside any transaction; False when it is not held any more.

    A worker that dies between the delivery and its note delivers again: `key` lets whoever receives
    it notice.
    """
    with read(machine) as work:
        row = _held(work, identifier, holder)
    if row is None:
        return False
    try:
        _deliver(machine, row.topic, row.payload, row.key or identifier)
    except Exception as error:  # whatever a deliverer raises is a failed attempt, kept and shown
        reason = incidents.cause(error)
        with begin(machine) as work:
            row = _held(work, identifier, holder)
            if row is not None:
                _failed(work, row, reason, backoff(row.attempts + 1))
        return True
    with begin(machine) as work:
        row = work.session.get_one(OutboxMessage, identifier)
        row.status, row.delivered_at = "delivered", work.now
        row.locked_by = row.locked_until = None
        row.attempts += 1
    return True


def _held(work: Work, identifier: str, holder: str) -> OutboxMessage | None:
    query = sa.select(OutboxMessage).where(
        OutboxMessage.id == identifier, PENDING, OutboxMessage.locked_by == holder
    )
    return work.session.scalars(query.with_for_update()).first()


def _deliver(machine: Machine, topic: str, payload: dict[str, Any], key: str) -> None:
    from engine.verbs import messages

    if topic == "message":
        try:
            messages.deliver_thrown(machine, payload)
        except MessageNotAwaited:
            return  # nobody waits for it (any more): as BPMN says, it is lost
        return
    if topic == "signal":
        messages.deliver_signal(machine, payload)
        return
    machine.deliverers[topic](payload, key=key)


def _failed(work: Work, row: OutboxMessage, reason: Text, retry_in: timedelta) -> None:
    row.attempts += 1
    row.last_error, row.locked_by, row.locked_until = reason.th, None, None
    row.due_at = work.now + retry_in
    if row.attempts < MAX_ATTEMPTS:
        work.offer("delivery", row.id, row.due_at)
        return
    row.status = "failed"
    incidents.raise_incident(work, None, "outbox", reason, element_id=row.topic, job_id=row.id)


def expire_delivery(work: Work, identifier: str) -> None:
    """Its worker died in the middle: that is a failed attempt, and the next one may try."""
    lapsed = sa.select(OutboxMessage).where(
        OutboxMessage.id == identifier, PENDING, is_lapsed(work, table(OutboxMessage))
    )
    row = work.session.scalars(lapsed.with_for_update(skip_locked=True)).first()
    if row is not None:
        _failed(work, row, incidents.WORKERS_LOST, timedelta())


def retry(work: Work, identifier: str) -> None:
    """Try a failed delivery again, from the beginning."""
    row = work.session.get_one(OutboxMessage, identifier)
    row.status, row.attempts, row.due_at = "pending", 0, work.now
    work.offer("delivery", identifier, work.now)
