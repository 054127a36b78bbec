"""A limit on guessing: how often a thing may be tried, without keeping from where.

Tries at a tracking code are counted by place. Failures to sign in are counted by account and by
network; whoever signs in from a browser that has signed in to this account before is counted by
that browser alone, so that nobody can keep another out by guessing at their password.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.errors import TooManyAttempts
from office.ground.services import Services
from office.ground.tables import Attempt

KEPT = timedelta(days=1)
WINDOW = timedelta(minutes=5)  # as long as somebody may at most have to wait


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may fail in one window: by an account, a network, a browser."""

    what: str
    place: str
    limit: int
    per: timedelta = WINDOW


def limits_of(
    what: str, account: str, address: str, browser: str, *, by_network: int
) -> list[Limit]:
    """The limits for failures at an account: those of a known browser, or by account and network.
    A name that nobody bears is counted alike, so that the limit does not tell who is here."""
    if browser:
        return [Limit(f"{what}.browser", f"{browser}.{account}", 10)]
    return [
        Limit(f"{what}.account", account, 5),
        Limit(f"{what}.network", network_of(address), by_network),
    ]


def count_attempts(work: Work, services: Services, limits: Sequence[Limit]) -> None:
    """Count a try before it is made, so that a hundred at once are a hundred; `forgive` takes it
    back when it was right.

    Raises:
        TooManyAttempts: one of the limits is used up.
    """
    for each in limits:
        count_attempt(work, services, each.what, each.place, limit=each.limit, per=each.per)


def forgive(work: Work, services: Services, limits: Sequence[Limit]) -> None:
    """A counted try was right: however many sign in from one network, they are not limited."""
    for each in limits:
        bucket, slot = _bucket(work, services, each.what, each.place, each.per)
        row = sa.update(Attempt).where(Attempt.bucket == bucket, Attempt.slot == slot)
        work.session.execute(row.where(Attempt.count > 0).values(count=Attempt.count - 1))


def count_attempt(
    work: Work, services: Services, what: str, place: str, *, limit: int, per: timedelta
) -> None:
    """Count one try; commit it even when the try fails, or failures would be free.

    `place` (an address on the net) is kept only as a keyed hash that changes with every window, so
    the table cannot tell who came twice.

    Raises:
        TooManyAttempts: the limit for this window is used up.
    """
    bucket, slot = _bucket(work, services, what, place, per)
    statement = sa.text(
        "INSERT INTO attempt (bucket, slot, count) VALUES (:bucket, :slot, 1) "
        "ON CONFLICT (bucket, slot) DO UPDATE SET count = attempt.count + 1 RETURNING count"
    )
    count = work.session.execute(statement, {"bucket": bucket, "slot": slot}).scalar_one()
    if count > limit:
        raise TooManyAttempts


def network_of(address: str) -> str:
    """Whom an address belongs to: an IPv6 one to the /64 that one subscriber is given whole."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def sweep_attempts(work: Work) -> None:
    """Forget windows that began more than a day ago; the longest lasts an hour."""
    oldest = int((work.now - KEPT).timestamp()) // 60
    work.session.execute(sa.delete(Attempt).where(Attempt.slot < oldest))


def _bucket(
    work: Work, services: Services, what: str, place: str, per: timedelta
) -> tuple[str, int]:
    window = int(work.now.timestamp() // per.total_seconds() * per.total_seconds())
    slot = window // 60  # the minute in which the window began, so that all windows age alike
    return services.keys.pepper.hash(f"attempt.{what}.{per}.{slot}", place), slot
