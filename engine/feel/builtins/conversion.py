"""Conversion functions (DMN 1.5, 10.3.4.1) and `not` (10.3.4.2)."""

from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.values.numbers import exact, parse_literal, whole
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import (
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    at_instant,
    on_clocks,
)
from engine.feel.values.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.values.text_form import text_of
from engine.feel.values.values import Function


def _valid(value: Any, kind: str, text: object) -> Any:
    if value is None:
        raise Undefined("invalid", kind=kind, text=text)
    return value


@builtin("date(from: string|date|date and time) -> date")
def date_from(scope: Scope, given: Any) -> Any:
    if given.__class__ is str:
        return _valid(parse_date(given), "date", given)
    return given.date if given.__class__ is DateTime else given


@builtin("date(year: number, month: number, day: number) -> date")
def date_of(scope: Scope, *parts: Any) -> Any:
    numbers = [whole(part) for part in parts]
    if None not in numbers:
        date = Date(*(number for number in numbers if number is not None))
        if date.is_valid:
            return date
    raise Undefined("invalid", kind="date", text="-".join(str(part) for part in parts))


@builtin("time(from: string|time|date and time|date) -> time")
def time_from(scope: Scope, given: Any) -> Any:
    if given.__class__ is str:
        return _valid(parse_time(given), "time", given)
    if given.__class__ is Date:
        return Time(0, 0, 0, 0, 0)
    return given.time if given.__class__ is DateTime else given


@builtin("time(hour: number, minute: number, second: number, offset?: Any) -> time")
def time_of(scope: Scope, hour: Any, minute: Any, second: Any, offset: Any = None) -> Any:
    if offset is not None and offset.__class__ is not DaysTime:
        raise Undefined("type", expected="days and time duration", given="other")
    hours, minutes = whole(hour), whole(minute)
    seconds = exact(second)
    if hours is not None and minutes is not None and 0 <= seconds < 60:
        nanos = int(seconds * SECOND)
        shift = None if offset is None else offset.nanos // SECOND
        time = Time(hours, minutes, nanos // SECOND, nanos % SECOND, shift)
        if time.is_valid:
            return time
    raise Undefined("invalid", kind="time", text=f"{hour}:{minute}:{second}")


@builtin("date and time(from: string|date|date and time) -> date and time")
def date_time_from(scope: Scope, given: Any) -> Any:
    if given.__class__ is str:
        return _valid(parse_date_time(given), "date and time", given)
    return DateTime(given, Time(0, 0, 0)) if given.__class__ is Date else given


@builtin("date and time(date: date|date and time, time: time) -> date and time")
def date_time_of(scope: Scope, day: Any, clock: Time) -> Any:
    return DateTime(day.date if day.__class__ is DateTime else day, clock)


@builtin("date and time(date: date and time, timezone: string) -> date and time")
def date_time_at(scope: Scope, moment: DateTime, timezone: str) -> Any:
    """The same moment as the clocks of another zone show it (as Camunda has it)."""
    return at_instant(moment.instant, _zone_named(timezone))


@builtin("date and time(date: date|date and time, time: time, timezone: string) -> date and time")
def date_time_in(scope: Scope, day: Any, clock: Time, timezone: str) -> Any:
    """A day and a time of day on the clocks of a zone (DMN 1.6)."""
    if clock.is_zoned:
        raise Undefined("invalid", kind="time", text=clock)
    place = _zone_named(timezone)
    shown = Time(clock.hour, clock.minute, clock.second, clock.nano, place.offset, place.zone)
    return on_clocks(DateTime(day.date if day.__class__ is DateTime else day, shown))


def _zone_named(timezone: str) -> Time:
    """Midnight in a zone that is named, as `Asia/Bangkok`, or given by its offset."""
    named = parse_time(f"00:00:00@{timezone}") or parse_time(f"00:00:00{timezone}")
    time: Time = _valid(named if timezone else None, "time zone", timezone)
    return time


@builtin("duration(from: string|duration) -> duration")
def duration_from(scope: Scope, given: Any) -> Any:
    if given.__class__ is not str:
        return given
    return _valid(parse_duration(given), "duration", given)


@builtin(
    "years and months duration(from: date|date and time, to: date|date and time)"
    " -> years and months duration"
)
def months_between(scope: Scope, start: Any, end: Any) -> YearsMonths:
    """Whole months from start to end; less than a month is none."""
    first = start.date if start.__class__ is DateTime else start
    last = end.date if end.__class__ is DateTime else end
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


@builtin("number(from: string|number, grouping separator?: Any, decimal separator?: Any) -> number")
def number_from(scope: Scope, given: Any, grouping: Any = None, decimal: Any = None) -> Decimal:
    if given.__class__ is not str:
        return exact(given)
    fits = grouping in (None, " ", ",", ".") and decimal in (None, ",", ".")
    if not fits or (grouping is not None and grouping == decimal):
        raise Undefined("invalid", kind="separator", text=f"{grouping}{decimal}")
    text = given.replace(grouping, "") if grouping else given
    if decimal == ",":
        text = text.replace(".", " ").replace(",", ".")  # a point is none of its signs
    number: Decimal = _valid(parse_literal(text), "number", given)
    return number


@builtin("string(from: Any) -> string")
def string_from(scope: Scope, given: Any) -> str | None:
    if given is None or given.__class__ is Function:
        return None
    text = text_of(given, scope)
    scope.run.spend_text(len(text))
    return text


@builtin("not(negand: Any) -> boolean")
def negation(scope: Scope, negand: Any) -> bool | None:
    if negand.__class__ is bool:
        return not negand
    if negand is None:
        return None
    raise Undefined("type", expected="boolean", given="other")


@builtin("is defined(value: Any) -> boolean")
def is_defined(scope: Scope, value: Any) -> bool:
    return value is not None


@builtin("get or else(value: Any, default: Any)")
def get_or_else(scope: Scope, value: Any, default: Any) -> Any:
    return default if value is None else value
