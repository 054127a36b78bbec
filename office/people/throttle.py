"""A limit on guessing: how often a thing may be tried from one place, without keeping the place."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.errors import TooManyAttempts
from office.ground.services import Services
from office.ground.tables import Attempt

KEPT = timedelta(days=1)


def count_attempt(
    work: Work, services: Services, what: str, place: str, *, limit: int, per: timedelta
) -> None:
    """Count one try; commit it even when the try fails, or failures would be free.

    `place` (an address on the net) is kept only as a keyed hash that changes with every window, so
    the table cannot tell who came twice.

    Raises:
        TooManyAttempts: the limit for this window is used up.
    """
    window = int(work.now.timestamp() // per.total_seconds() * per.total_seconds())
    slot = window // 60  # the minute in which the window began, so that all windows age alike
    bucket = services.keys.pepper.hash(f"attempt.{what}.{per}.{slot}", place)
    statement = sa.text(
        "INSERT INTO attempt (bucket, slot, count) VALUES (:bucket, :slot, 1) "
        "ON CONFLICT (bucket, slot) DO UPDATE SET count = attempt.count + 1 RETURNING count"
    )
    count = work.session.execute(statement, {"bucket": bucket, "slot": slot}).scalar_one()
    if count > limit:
        raise TooManyAttempts


def sweep_attempts(work: Work) -> None:
    """Forget windows that began more than a day ago; the longest lasts an hour."""
    oldest = int((work.now - KEPT).timestamp()) // 60
    work.session.execute(sa.delete(Attempt).where(Attempt.slot < oldest))
