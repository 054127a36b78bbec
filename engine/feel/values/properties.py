"""The properties of dates, times, durations and ranges (DMN 1.5, 10.3.2.13)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.values.missing import MISSING
from engine.feel.values.temporal import SECOND, Date, DateTime, DaysTime, Time, YearsMonths
from engine.feel.values.values import KINDS, UNBOUNDED, Range


def property_of(value: Any, name: str) -> Any:
    """The property, or MISSING when this kind of value has none of that name."""
    properties = _PROPERTIES.get(value.__class__)
    read = properties.get(name) if properties else None
    return read(value) if read else MISSING


def _offset(time: Time, days: int) -> DaysTime | None:
    shift = time.offset_on(days)
    return None if shift is None else DaysTime(shift * SECOND)


def _seconds(time: Time) -> Decimal:
    return _with_nanos(Decimal(time.second), time.nano)


def _with_nanos(seconds: Decimal, nanos: int) -> Decimal:
    return seconds + Decimal(f"0.{nanos:09d}".rstrip("0")) if nanos else seconds


def _signed(value: DaysTime, index: int) -> Decimal:
    parts = value.parts()
    number = Decimal(parts[index])
    if index == 3 and parts[4]:
        number = _with_nanos(number, parts[4])
    return -number if value.nanos < 0 and number else number


def _months(value: YearsMonths, index: int) -> Decimal:
    number = Decimal(divmod(abs(value.months), 12)[index])
    return -number if value.months < 0 and number else number


_DATE: dict[str, Callable[[Date], Any]] = {
    "year": lambda d: Decimal(d.year),
    "month": lambda d: Decimal(d.month),
    "day": lambda d: Decimal(d.day),
    "weekday": lambda d: Decimal(d.weekday),
}
_TIME: dict[str, Callable[[Time], Any]] = {
    "hour": lambda t: Decimal(t.hour),
    "minute": lambda t: Decimal(t.minute),
    "second": _seconds,
}


def _of(part: str, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda moment: read(getattr(moment, part))


_PROPERTIES: dict[type, dict[str, Callable[[Any], Any]]] = {
    Date: dict(_DATE),
    Time: {**_TIME, "time offset": lambda t: _offset(t, 0), "timezone": lambda t: t.zone},
    DateTime: {
        **{name: _of("date", read) for name, read in _DATE.items()},
        **{name: _of("time", read) for name, read in _TIME.items()},
        "time offset": lambda m: _offset(m.time, m.date.days),
        "timezone": lambda m: m.time.zone,
    },
    YearsMonths: {"years": lambda d: _months(d, 0), "months": lambda d: _months(d, 1)},
    DaysTime: {
        "days": lambda d: _signed(d, 0),
        "hours": lambda d: _signed(d, 1),
        "minutes": lambda d: _signed(d, 2),
        "seconds": lambda d: _signed(d, 3),
    },
    Range: {
        "start": lambda r: None if r.low is UNBOUNDED else r.low,
        "end": lambda r: None if r.high is UNBOUNDED else r.high,
        "start included": lambda r: r.low_included and not r.excludes,
        "end included": lambda r: r.high_included and not r.excludes,
    },
}


def property_names(kind: str) -> frozenset[str]:
    """The properties that values of a kind have."""
    found = (names for class_, names in _PROPERTIES.items() if KINDS[class_] == kind)
    return frozenset(next(found, {}))
