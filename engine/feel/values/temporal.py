"""Dates, times and durations of FEEL (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.9).

Python's own `datetime` stops at the year 9999 and at microseconds; FEEL goes to nine-digit years,
so these are plain values with exact integer arithmetic in days and nanoseconds.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000  # nanoseconds
DAY = 86_400 * SECOND
MAX_YEAR = 999_999_999
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap(year) else _DAYS_IN_MONTH[month - 1]


def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + day_of_year - 719_468


def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01."""
    era, of_era = divmod(days + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    day_of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    year = year_of_era + era * 400 + (month <= 2)
    return year, month, day_of_year - (153 * shifted + 2) // 5 + 1


@dataclass(frozen=True, slots=True)
class Date:
    year: int
    month: int
    day: int

    @property
    def days(self) -> int:
        return days_of(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 is Monday, 7 is Sunday."""
        return (self.days + 3) % 7 + 1

    @property
    def is_valid(self) -> bool:
        return (
            abs(self.year) <= MAX_YEAR
            and 1 <= self.month <= 12
            and 1 <= self.day <= days_in_month(self.year, self.month)
        )

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True, slots=True)
class Time:
    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None  # seconds east of UTC
    # Name in the time zone database; with an offset beside it only in the hour that clocks show
    # twice, where the offset says which of the two it is.
    zone: str | None = None

    @property
    def of_day(self) -> int:
        """Nanoseconds since local midnight."""
        return ((self.hour * 60 + self.minute) * 60 + self.second) * SECOND + self.nano

    @property
    def is_zoned(self) -> bool:
        return self.offset is not None or self.zone is not None

    @property
    def is_valid(self) -> bool:
        in_day = 0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60
        in_zone = self.offset is None or abs(self.offset) <= 18 * 3600
        return in_day and in_zone and (self.zone is None or zone(self.zone) is not None)

    def offset_on(self, days: int) -> int | None:
        """Seconds east of UTC on a day counted from 1970-01-01; None for a local time."""
        if self.zone is None or self.offset is not None:
            return self.offset
        return _offset_of_zone(self.zone, days, self.of_day // SECOND)

    def __str__(self) -> str:
        fraction = f".{self.nano:09d}".rstrip("0") if self.nano else ""
        return f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}{fraction}{self._zone_text()}"

    def _zone_text(self) -> str:
        if self.zone is not None:
            return "@" + self.zone
        return "" if self.offset is None else offset_text(self.offset)


def offset_text(offset: int) -> str:
    if offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(offset), 60)
    text = f"{'-' if offset < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


@dataclass(frozen=True, slots=True)
class DateTime:
    date: Date
    time: Time

    @property
    def local(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00 of the same place."""
        return self.date.days * DAY + self.time.of_day

    @property
    def offset(self) -> int | None:
        return self.time.offset_on(self.date.days)

    @property
    def instant(self) -> int:
        """Nanoseconds since the epoch; a local date and time is read as if in UTC."""
        return self.local - (self.offset or 0) * SECOND

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True)
class YearsMonths:
    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        sign = "-" if self.months < 0 else ""
        body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{sign}P{body or '0M'}"


@dataclass(frozen=True, slots=True)
class DaysTime:
    nanos: int

    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds and nanoseconds of the absolute length."""
        seconds, nanos = divmod(abs(self.nanos), SECOND)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        days, hour = divmod(hours, 24)
        return days, hour, minute, second, nanos

    def __str__(self) -> str:
        days, hours, minutes, seconds, nanos = self.parts()
        fraction = f".{nanos:09d}".rstrip("0") if nanos else ""
        time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        time += f"{seconds}{fraction}S" if seconds or nanos else ""
        body = (f"{days}D" if days else "") + (f"T{time}" if time else "")
        return f"{'-' if self.nanos < 0 else ''}P{body or 'T0S'}"


Temporal = Date | Time | DateTime | YearsMonths | DaysTime


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo | None:
    """The named zone; None if the database does not have it. No name reaches the file system
    beyond the database: `zoneinfo` refuses absolute paths and `..`."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return None
    except KeyError:
        return None


@lru_cache(maxsize=4096)
def _offset_of_zone(name: str, days: int, second_of_day: int) -> int | None:
    place = zone(name)
    if place is None:
        return None
    shift = _python_moment(days, second_of_day).replace(tzinfo=place).utcoffset()
    return int(shift.total_seconds()) if shift is not None else None


@lru_cache(maxsize=4096)
def _offset_at(name: str, days: int, second_of_day: int) -> int | None:
    """Seconds east of UTC of a zone at an instant of UTC."""
    place = zone(name)
    if place is None:
        return None
    moment = _python_moment(days, second_of_day).replace(tzinfo=UTC)
    shift = moment.astimezone(place).utcoffset()
    return int(shift.total_seconds()) if shift is not None else None


def _python_moment(days: int, second_of_day: int) -> datetime:
    year, month, day = civil(days)
    # Beyond Python's calendar the rules of the nearest year it knows are the best there is.
    near = min(max(year, 2), 9998)
    day = min(day, 28) if month == 2 and near != year else day
    hour, rest = divmod(second_of_day, 3600)
    return datetime(near, month, day, hour, rest // 60, rest % 60)  # noqa: DTZ001


def from_local(nanos: int, like: Time) -> DateTime | None:
    """The date and time a number of local nanoseconds from 1970, in the zone of `like`."""
    days, of_day = divmod(nanos, DAY)
    if abs(days) > 366 * (MAX_YEAR + 1):
        return None
    date = Date(*civil(days))
    if not date.is_valid:
        return None
    return DateTime(date, time_of_day(of_day, like))


def time_of_day(nanos: int, like: Time) -> Time:
    seconds, nano = divmod(nanos % DAY, SECOND)
    hour, rest = divmod(seconds, 3600)
    offset = like.offset if like.zone is None else None
    return Time(hour, rest // 60, rest % 60, nano, offset, like.zone)


def at_instant(nanos: int, like: Time) -> DateTime | None:
    """The date and time that clocks in the zone of `like` show at an instant.

    In a named zone the clocks may have been put forward or back in between.
    """
    if like.zone is None:
        return from_local(nanos + (like.offset or 0) * SECOND, like)
    days, of_day = divmod(nanos, DAY)
    offset = _offset_at(like.zone, days, of_day // SECOND) or 0
    moment = from_local(nanos + offset * SECOND, like)
    if moment is None or moment.offset == offset:
        return moment
    time = moment.time
    clock = Time(time.hour, time.minute, time.second, time.nano, offset, time.zone)
    return DateTime(moment.date, clock)


def on_clocks(moment: DateTime) -> DateTime:
    """The same where it exists; what clocks put forward have skipped is as much later."""
    return at_instant(moment.instant, moment.time) or moment


def from_instant(moment: datetime) -> DateTime:
    """The language's value of an aware or local Python `datetime`."""
    shift = moment.utcoffset()
    offset = None if shift is None else int(shift.total_seconds())
    name = getattr(moment.tzinfo, "key", None)
    if moment.tzinfo is UTC or name == "UTC":
        name = None
    time = Time(
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond * 1000,
        None if name and not moment.fold else offset,
        name,
    )
    return DateTime(Date(moment.year, moment.month, moment.day), time)


def add_months(date: Date, months: int) -> Date | None:
    """The date some months later; the 31st becomes the last day of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if abs(year) > MAX_YEAR:
        return None
    return Date(year, month + 1, min(date.day, days_in_month(year, month + 1)))
