"""Which processes do background work, seen lately: for readiness, metrics and the administrator."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta

import sqlalchemy as sa

from engine.store.tables import WorkerSeen
from engine.store.work import Work

EVERY = timedelta(seconds=15)
# A worker that was not seen for so long is not counted on.
LATELY = timedelta(seconds=60)
FORGOTTEN = timedelta(days=1)


def new_name() -> str:
    """A name for this process that no other worker has: host, process, and a tail."""
    return f"{socket.gethostname()[:100]}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def beat(work: Work, name: str, backend: str, running: int) -> None:
    """Be seen; and forget those that were killed long ago."""
    row = work.session.get(WorkerSeen, name)
    if row is not None:
        row.seen_at, row.running = work.now, running
        return
    gone = WorkerSeen.seen_at < work.now - FORGOTTEN
    work.session.execute(sa.delete(WorkerSeen).where(gone))
    facts = {"started_at": work.now, "seen_at": work.now, "running": running}
    work.session.add(WorkerSeen(id=name, backend=backend, **facts))


def sign_off(work: Work, name: str) -> None:
    """A worker that stops in good order is not missed."""
    work.session.execute(sa.delete(WorkerSeen).where(WorkerSeen.id == name))


def seen_lately(work: Work) -> list[WorkerSeen]:
    """Who works, the newest first."""
    query = sa.select(WorkerSeen).where(WorkerSeen.seen_at > work.now - LATELY)
    return list(work.session.scalars(query.order_by(WorkerSeen.started_at.desc())))
