"""JSON in, JSON out: a date leaves as ISO text, a number stays exact."""

from decimal import Decimal
from typing import Any

from engine.feel.values.missing import MISSING
from engine.feel.values.temporal import Date, DateTime, DaysTime, Time, YearsMonths, offset_text
from engine.feel.values.text_form import range_text
from engine.feel.values.values import Function, Range, lift


def from_json(value: Any) -> Any:
    """A host's value as a value of the language, all the way down.

    Raises:
        TypeError: the value holds something that is no data.
    """
    lifted = lift(value)
    if lifted is MISSING:
        raise TypeError(f"{type(value).__name__} is not a value of the expression language")
    if lifted.__class__ is list:
        return [from_json(item) for item in lifted]
    if lifted.__class__ is dict:
        return {str(key): from_json(item) for key, item in lifted.items()}
    return lifted


def to_json(value: Any) -> Any:
    """A value of the language as JSON: whole numbers as `int`, other numbers as `Decimal`,
    dates, times and durations as ISO 8601 text (a named zone as its offset on that day)."""
    lifted = lift(value)
    class_ = lifted.__class__
    if class_ is Decimal:
        return _number(lifted)
    if class_ is list:
        return [to_json(item) for item in lifted]
    if class_ is dict:
        return {str(key): to_json(item) for key, item in lifted.items()}
    if class_ in (Date, YearsMonths, DaysTime):
        return str(lifted)
    if class_ is Time:
        return _iso_time(lifted, 0)
    if class_ is DateTime:
        return f"{lifted.date}T{_iso_time(lifted.time, lifted.date.days)}"
    if class_ is Range:
        return range_text(lifted)
    return None if class_ is Function or lifted is MISSING else lifted


def _number(value: Decimal) -> int | Decimal | None:
    if not value.is_finite():
        return None  # only a host could have brought it; JSON has no such number
    if value.adjusted() < 34 and value == value.to_integral_value():
        return int(value)
    return value


def _iso_time(time: Time, days: int) -> str:
    if time.zone is None:
        return str(time)
    local = Time(time.hour, time.minute, time.second, time.nano)
    return f"{local}{offset_text(time.offset_on(days) or 0)}"
