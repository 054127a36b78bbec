"""Reads dates, times and durations from text: ISO 8601 with FEEL's `@Zone/Name`."""

import re

from engine.feel.values.temporal import (
    DAY,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Temporal,
    Time,
    YearsMonths,
    from_local,
)

_DATE = re.compile(r"(-?)([1-9][0-9]{4,8}|[0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+\-/]+))?"
)
_MONTHS = re.compile(r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?")
_DAYS = re.compile(
    r"(-?)P(?:([0-9]+)D)?"
    r"(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?S)?)?"
)
_MAX_TEXT = 100  # also keeps `int()` of a run of digits short


def parse_date(text: str) -> Date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    sign, year, month, day = found.groups()
    date = Date(-int(year) if sign else int(year), int(month), int(day))
    return date if date.is_valid else None


def parse_time(text: str) -> Time | None:
    found = _TIME.fullmatch(text) if len(text) <= _MAX_TEXT else None
    if found is None:
        return None
    hour, minute, second, fraction, utc, sign, hours, minutes, seconds, zone = found.groups()
    offset = 0 if utc else None
    if sign:
        if int(minutes) > 59 or int(seconds or 0) > 59:
            return None
        offset = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
        offset = -offset if sign == "-" else offset
    # XML Schema's 24:00:00, the end of a day, is the midnight that the next one begins with.
    is_end = hour == "24" and (minute, second) == ("00", "00") and not _nanos(fraction)
    hours_shown = 0 if is_end else int(hour)
    time = Time(hours_shown, int(minute), int(second), _nanos(fraction), offset, zone)
    return time if time.is_valid else None


def parse_date_time(text: str) -> DateTime | None:
    """A date and time; a date alone is its midnight."""
    day, separator, clock = text.partition("T")
    date = parse_date(day)
    if date is None:
        return None
    time = parse_time(clock) if separator else Time(0, 0, 0)
    if time is None:
        return None
    if clock.startswith("24"):
        return from_local((date.days + 1) * DAY, time)
    return DateTime(date, time)


def parse_duration(text: str) -> YearsMonths | DaysTime | None:
    if len(text) > _MAX_TEXT or text.endswith("T") or text.lstrip("-") == "P":
        return None
    found = _MONTHS.fullmatch(text)
    if found:
        months = int(found[2] or 0) * 12 + int(found[3] or 0)
        return YearsMonths(-months if found[1] else months)
    found = _DAYS.fullmatch(text)
    if found is None:
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    total = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    nanos = int(days or 0) * DAY + total * SECOND + _nanos(fraction)
    return DaysTime(-nanos if sign else nanos)


def parse_temporal(text: str) -> Temporal | None:
    """What `@"…"` stands for."""
    if "P" in text[:2]:
        return parse_duration(text)
    # A zone's name may hold a T, as in 10:00:00@Asia/Tokyo.
    return parse_time(text) or parse_date(text) or parse_date_time(text)


def _nanos(fraction: str | None) -> int:
    return int(fraction[:9].ljust(9, "0")) if fraction else 0
