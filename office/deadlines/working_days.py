"""Which days count: working days, office hours and the two ways a day limit ends (ม.64)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from engine.ground.clock import BANGKOK
from engine.ground.errors import Refusal

DAY = timedelta(days=1)
# A limit of the complainant runs to the end of its last day; written so that the date is that day.
END_OF_DAY = time(23, 59, 59)


class DaysInvalid(Refusal):
    """A limit must be between 0 and {most} days, not {days}."""

    thai = "จำนวนวันต้องอยู่ระหว่าง 0 ถึง {most} วัน ไม่ใช่ {days}"


LONGEST = 3660


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the day in which the office works."""

    opens: time
    closes: time


OFFICE_HOURS = (Hours(time(8, 30), time(12)), Hours(time(13), time(16, 30)))


@dataclass(frozen=True)
class Calendar:
    """The calendar at one version: the holidays then known, the working week, the office hours.

    Days are days in Bangkok. Nothing here asks for the time: every function is a pure one.
    """

    version: int = 0
    holidays: Mapping[date, str] = field(default_factory=dict)
    weekend: frozenset[int] = frozenset({5, 6})  # Saturday, Sunday
    hours: tuple[Hours, ...] = OFFICE_HOURS

    def is_working(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays

    def first_working(self, day: date) -> date:
        """This day, or the first working one after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def last_working(self, day: date) -> date:
        """This day, or the last working one before it: the day to aim at."""
        while not self.is_working(day):
            day -= DAY
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The last of `count` working days; the first counted is after `day` (ปพพ. ม.193/3)."""
        _check_days(count)
        for _ in range(count):
            day = self.first_working(day + DAY)
        return day

    def working_days_before(self, day: date, count: int) -> date:
        """`count` working days before `day`: when to remind, until when to ask for more time."""
        _check_days(count)
        for _ in range(count):
            day = self.last_working(day - DAY)
        return day

    def agency_days_after(self, day: date, count: int) -> date:
        """The agency's limit in calendar days: ends on its last day even when that is a holiday
        (พ.ร.บ. วิธีปฏิบัติราชการทางปกครอง ม.64 วรรคสอง)."""
        _check_days(count)
        return day + timedelta(days=count)

    def complainant_days_after(self, day: date, count: int) -> date:
        """The citizen's limit in calendar days: a holiday at its end moves it on to the next
        working day (ม.64 วรรคสาม)."""
        return self.first_working(self.agency_days_after(day, count))

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative if before."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(day) for day in days_after(start, end))

    def skipped(self, start: date, end: date) -> list[tuple[date, str]]:
        """The holidays on weekdays after `start` up to `end`, with their names."""
        return [
            (day, self.holidays[day])
            for day in days_after(start, end)
            if day in self.holidays and day.weekday() not in self.weekend
        ]

    def received_on(self, moment: datetime) -> date:
        """The legal day of a filing: after closing time, or on a day off, the next working day."""
        local = moment.astimezone(BANGKOK)
        if local.time() >= self.closes:
            return self.first_working(local.date() + DAY)
        return self.first_working(local.date())

    def working_hours_after(self, moment: datetime, hours: int) -> datetime:
        """The moment at which so many office hours have passed."""
        _check_days(hours)
        left, local = timedelta(hours=hours), moment.astimezone(BANGKOK)
        day = local.date()
        while True:
            for opens, closes in self._spans(day):
                start = max(opens, local)
                if start < closes and left <= closes - start:
                    return start + left
                left -= max(closes - start, timedelta())
            day += DAY

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if self.is_working(day):
            for span in self.hours:
                yield (
                    datetime.combine(day, span.opens, BANGKOK),
                    datetime.combine(day, span.closes, BANGKOK),
                )

    @property
    def opens(self) -> time:
        return self.hours[0].opens

    @property
    def closes(self) -> time:
        return self.hours[-1].closes

    def opening(self, day: date) -> datetime:
        """The moment at which the office opens on this day."""
        return datetime.combine(day, self.opens, BANGKOK)

    def closing(self, day: date) -> datetime:
        """The moment at which the agency's own limit on this day has run out."""
        return datetime.combine(day, self.closes, BANGKOK)


def end_of(day: date) -> datetime:
    """The last second of a day in Bangkok."""
    return datetime.combine(day, END_OF_DAY, BANGKOK)


def days_after(start: date, end: date) -> Iterator[date]:
    """The days after `start` up to and including `end`."""
    for offset in range(1, (end - start).days + 1):
        yield start + timedelta(days=offset)


def _check_days(count: int) -> None:
    if not 0 <= count <= LONGEST:
        raise DaysInvalid(days=count, most=LONGEST)
