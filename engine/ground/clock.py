"""The one source of "now", so that tests travel in time and a replay sees the recorded moment."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")


class Clock(Protocol):
    """Tells the moment as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class TravellingClock:
    """A clock that stands still until it is moved: for tests, rehearsals and replays."""

    def __init__(self, start: datetime) -> None:
        self.moment = start.astimezone(UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> datetime:
        """Move by a `timedelta(**span)`: `clock.advance(days=3)`."""
        self.moment += timedelta(**span)
        return self.moment

    def travel_to(self, moment: datetime) -> datetime:
        self.moment = moment.astimezone(UTC)
        return self.moment
