"""Date and time functions (DMN 1.5, 10.3.4.6 and 10.3.4.8)."""

from datetime import date as python_date
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.values.numbers import exact
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import Date, DateTime, Time, days_in_month, days_of, from_instant
from engine.feel.values.values import Range, equal, kind, lift

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@builtin("now() -> date and time")
def now(scope: Scope) -> DateTime:
    """The present moment as clocks at the office show it."""
    environment = scope.run.environment
    if environment.now is None:
        raise Undefined("no-clock")
    moment = environment.now
    if moment.tzinfo is not None:
        moment = moment.astimezone(environment.zone)
    shown = from_instant(moment.replace(tzinfo=None))
    shift = moment.utcoffset()
    if shift is None:
        return shown
    clock = shown.time
    offset = int(shift.total_seconds())
    return DateTime(shown.date, Time(clock.hour, clock.minute, clock.second, clock.nano, offset))


@builtin("today() -> date")
def today(scope: Scope) -> Date:
    return now(scope).date


@builtin("is(value1: Any, value2: Any) -> boolean")
def is_same(scope: Scope, first: Any, second: Any) -> bool:
    """The very same value: 10:00 in Bangkok and 03:00 in UTC are equal, but not the same."""
    if kind(first) != kind(second):
        return False
    if first.__class__ is list:
        scope.run.spend(len(first))
        return len(first) == len(second) and all(
            is_same(scope, lift(one), lift(other)) for one, other in zip(first, second, strict=True)
        )
    if first.__class__ is dict:
        scope.run.spend(len(first))
        return first.keys() == second.keys() and all(
            is_same(scope, lift(first[key]), lift(second[key])) for key in first
        )
    if first.__class__ is Range:
        ends = is_same(scope, first.low, second.low) and is_same(scope, first.high, second.high)
        return ends and equal(scope, first, second) is True
    if first.__class__ in (Time, DateTime):
        return _shown(first) == _shown(second)
    return equal(scope, first, second) is True


def _shown(value: Any) -> tuple[Any, ...]:
    """The numbers that a time consists of: its zone counts as the offset that it has then."""
    time, date = (value.time, value.date) if value.__class__ is DateTime else (value, None)
    return (date, time.of_day, time.offset_on(date.days if date is not None else 0))


def _day(value: Any) -> Date:
    date: Date = value.date if value.__class__ is DateTime else value
    return date


@builtin("day of year(date: date|date and time) -> number")
def day_of_year(scope: Scope, value: Any) -> Decimal:
    date = _day(value)
    return exact(date.days - days_of(date.year, 1, 1) + 1)


@builtin("day of week(date: date|date and time) -> string")
def day_of_week(scope: Scope, value: Any) -> str:
    return _DAYS[_day(value).weekday - 1]


@builtin("month of year(date: date|date and time) -> string")
def month_of_year(scope: Scope, value: Any) -> str:
    return _MONTHS[_day(value).month - 1]


@builtin("week of year(date: date|date and time) -> number")
def week_of_year(scope: Scope, value: Any) -> Decimal:
    """The week by ISO 8601: the first has the year's first Thursday."""
    date = _day(value)
    # The calendar repeats every 400 years, weekdays included; Python's knows 1 to 9999.
    return exact(python_date(date.year % 400 + 2000, date.month, date.day).isocalendar().week)


@builtin("last day of month(date: date|date and time) -> date")
def last_day_of_month(scope: Scope, value: Any) -> Date:
    date = _day(value)
    return Date(date.year, date.month, days_in_month(date.year, date.month))
