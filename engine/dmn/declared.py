"""Values from outside, which are JSON, as values of the types that a model declares for them.

JSON has neither dates nor durations, and a form may have left a number as text: such a text is read
by the declared type. What is not of the type is null, as the standard says, and is told by name, so
that whoever runs a case can stop there instead of deciding by a null that nobody sees.
"""

from typing import Any

from engine.dmn.model import Logic
from engine.feel.values.numbers import parse_literal
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import DateTime, Time
from engine.feel.values.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.values.types import ANY, Type, converted
from engine.feel.values.values import kind, lift


def _moment(text: str) -> DateTime | None:
    """A date and time; a date alone is its midnight in UTC, as where it is converted."""
    day = parse_date(text)
    return DateTime(day, Time(0, 0, 0, 0, 0)) if day is not None else parse_date_time(text)


_READERS = {
    "number": parse_literal,
    "date": parse_date,
    "time": parse_time,
    "date and time": _moment,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}


def declared(logic: Logic, type_: Type, name: str) -> Logic:
    """The logic's value by the type that is declared for it."""
    if type_ is ANY:
        return logic
    return lambda scope: taken(scope, logic(scope), type_, name)


def taken(scope: Scope, value: Any, type_: Type, name: str) -> Any:
    """A value by the type that is declared for it; null, and told as refused, if it is none."""
    fits, then = converted(scope, _read(scope, value, type_), type_)
    if not fits:
        scope.run.refuse("declared", name=name, expected=type_.name, given=kind(value))
    return then


def _read(scope: Scope, value: Any, type_: Type) -> Any:
    """The value with each text read by the type that is declared for it, all the way down."""
    if value.__class__ is str and type_.kinds is not None and "string" not in type_.kinds:
        found = (read(value) for name, read in _READERS.items() if name in type_.kinds)
        return next((each for each in found if each is not None and _is_of(each, type_)), value)
    if value.__class__ is list and type_.item is not None:
        scope.run.spend(len(value))
        return [_read(scope, lift(item), type_.item) for item in value]
    if value.__class__ is dict and type_.members is not None:
        scope.run.spend(len(value))
        members = type_.members
        return {
            key: _read(scope, lift(part), members[key]) if key in members else part
            for key, part in value.items()
        }
    return value


def _is_of(value: Any, type_: Type) -> bool:
    return type_.kinds is not None and kind(value) in type_.kinds
