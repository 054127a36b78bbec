"""What must leave: put into the outbox in the transaction that causes it, delivered afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.tables import OutboxMessage, table
from engine.store.work import Work


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
    identifier, when = uuid.uuid4().hex, due_at or work.now
    row = {
        "id": identifier,
        "topic": topic,
        "key": key,
        "payload": dict(payload),
        "status": "pending",
        "attempts": 0,
        "due_at": when,
        "locked_by": None,
        "locked_until": None,
        "created_at": work.now,
        "delivered_at": None,
        "last_error": None,
    }
    work.session.execute(sa.insert(table(OutboxMessage)), [row])
    work.offer("delivery", identifier, when)
    return identifier
