"""What must leave the house: written in the turn, delivered afterwards until it is accepted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.errors import MessageNotAwaited, Refusal
from engine.models import OutboxMessage, fixed, table
from engine.work import Work

if TYPE_CHECKING:
    from engine.engine import Engine

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=6)


def enqueue(
    work: Work,
    topic: str,
    payload: Mapping[str, Any],
    *,
    key: str | None = None,
    due_at: datetime | None = None,
) -> str:
    """Put something into the outbox, in the caller's transaction. `payload` holds references only.

    With a `key` it is put in once, however often it is asked for.
    """
    if key is not None:
        found = work.session.scalar(sa.select(OutboxMessage.id).where(OutboxMessage.key == key))
        if found is not None:
            return found
    identifier = uuid.uuid4().hex
    row = {
        "id": identifier,
        "topic": topic,
        "key": key,
        "payload": dict(payload),
        "status": "pending",
        "attempts": 0,
        "due_at": due_at or work.now,
        "locked_until": None,
        "created_at": work.now,
        "delivered_at": None,
        "last_error": None,
    }
    work.session.execute(sa.insert(table(OutboxMessage)), [row])
    work.after_commit(work.engine.wake)
    return identifier


def backoff(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … at most six hours."""
    seconds = 30 * 2 ** min(attempts, 20)
    return min(timedelta(seconds=seconds), LONGEST_WAIT)


def deliver_due(engine: Engine, limit: int) -> int:
    """Deliver what is due; returns how many were tried."""
    tried = 0
    for identifier in _due_ids(engine, limit):
        claimed = _claim(engine, identifier)
        if claimed is None:
            continue
        tried += 1
        topic, payload, key = claimed
        try:
            _deliver(engine, topic, payload, key or identifier)
        except (
            Exception
        ) as error:  # whatever a deliverer raises is a failed attempt, kept and shown
            _failed(engine, identifier, _describe(error))
        else:
            _delivered(engine, identifier)
    return tried


def _due_ids(engine: Engine, limit: int) -> list[str]:
    with engine.read() as work:
        query = (
            sa.select(OutboxMessage.id)
            .where(
                OutboxMessage.status == fixed("pending"),
                OutboxMessage.due_at <= work.now,
                OutboxMessage.topic.in_(engine.topics()),
            )
            .order_by(OutboxMessage.due_at)
            .limit(limit)
        )
        return list(work.session.scalars(query))


def _claim(engine: Engine, identifier: str) -> tuple[str, dict[str, Any], str | None] | None:
    """Take a message for a while; a worker that dies gives it back by running out of time."""
    with engine.begin() as work:
        query = sa.select(OutboxMessage).where(
            OutboxMessage.id == identifier,
            OutboxMessage.status == "pending",
            sa.or_(OutboxMessage.locked_until.is_(None), OutboxMessage.locked_until <= work.now),
        )
        row = work.session.scalars(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        row.locked_until = work.now + LEASE
        return row.topic, row.payload, row.key


def _deliver(engine: Engine, topic: str, payload: dict[str, Any], key: str) -> None:
    from engine import messages

    if topic == "message":
        try:
            messages.deliver_thrown(engine, payload)
        except MessageNotAwaited:
            return  # nobody waits for it (any more): as BPMN says, it is lost
        return
    if topic == "signal":
        messages.deliver_signal(engine, payload)
        return
    engine.deliverers[topic](payload, key=key)


def _describe(error: Exception) -> str:
    # The text of a foreign error may hold an address or a name; its kind is enough to look it up.
    return error.text.th if isinstance(error, Refusal) else type(error).__name__


def _delivered(engine: Engine, identifier: str) -> None:
    with engine.begin() as work:
        row = work.session.get_one(OutboxMessage, identifier)
        row.status, row.delivered_at, row.locked_until = "delivered", work.now, None
        row.attempts += 1


def _failed(engine: Engine, identifier: str, reason: str) -> None:
    from engine import incidents

    with engine.begin() as work:
        row = work.session.get_one(OutboxMessage, identifier)
        row.attempts += 1
        row.last_error, row.locked_until = reason, None
        row.due_at = work.now + backoff(row.attempts)
        if row.attempts >= MAX_ATTEMPTS:
            row.status = "failed"
            incidents.raise_incident(
                work, None, "outbox", reason, element_id=row.topic, job_id=row.id
            )


def retry(work: Work, identifier: str) -> None:
    """Try a failed delivery again, from the beginning."""
    row = work.session.get_one(OutboxMessage, identifier)
    row.status, row.attempts, row.due_at = "pending", 0, work.now
    work.after_commit(work.engine.wake)
