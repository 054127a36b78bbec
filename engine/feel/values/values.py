"""The values of the language, their kinds, equality and order (DMN 1.5, 10.3.2).

A number is an `int` or a `Decimal`, a context a `dict`, a list a `list`: process variables are
JSON and are used as they are, without a copy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.values.missing import MISSING
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import Date, DateTime, DaysTime, Time, YearsMonths, from_instant

# The side that `< 5` leaves without a limit. A limit that is null is unknown, never absent.
UNBOUNDED: Any = type("Unbounded", (), {"__repr__": lambda self: "UNBOUNDED"})()


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """An interval; an end is UNBOUNDED where a comparison leaves it open, None when unknown."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool
    excludes: bool = False  # `!= x` as a value: everything but x


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: Any  # of `types.Type`, which stands on this module
    optional: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function: `call(scope, arguments)` with a value for each parameter."""

    parameters: tuple[Parameter, ...]
    call: Callable[[Scope, list[Any]], Any]
    variadic: bool = False  # the last parameter is a list that may be given as single values
    result: Any = None  # of `types.Type`


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    name: str
    overloads: tuple[Overload, ...]


KINDS: dict[type, str] = {
    int: "number",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    type(None): "null",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
    Range: "range",
    Function: "function",
}
PLAIN = frozenset(KINDS)


def kind(value: Any) -> str:
    """The name of a value's type, as the language spells it."""
    return KINDS.get(value.__class__, "foreign value")


def lift(value: Any) -> Any:
    """A host's value as a value of the language; MISSING when it is none.

    Only plain data passes. An object of any other class stays outside: none of its attributes
    can be reached from an expression.
    """
    convert = _LIFTS.get(value.__class__)
    if value.__class__ in PLAIN:
        return value
    if convert is not None:
        return convert(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):  # a subclass such as an enum
        return str.__str__(value)
    return MISSING


def _from_float(value: float) -> Any:
    number = Decimal(repr(value))
    return number if number.is_finite() else None


_LIFTS: dict[type, Callable[[Any], Any]] = {
    float: _from_float,
    tuple: list,
    date: lambda value: Date(value.year, value.month, value.day),
    datetime: from_instant,
    time: lambda value: from_instant(datetime.combine(date(2000, 1, 1), value)).time,
    timedelta: lambda value: DaysTime(
        ((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000
    ),
}


def equal(scope: Scope, left: Any, right: Any) -> bool | None:
    """Equality by value; None when the two are of kinds that cannot be compared."""
    if left is None or right is None:
        return left is right
    ours, theirs = kind(left), kind(right)
    if ours != theirs:
        return _equal_durations(left, right) if {ours, theirs} == _DURATIONS else None
    compare = _EQUALITY.get(ours)
    return compare(scope, left, right) if compare else bool(left == right)


_DURATIONS = {"days and time duration", "years and months duration"}


def _equal_durations(left: Any, right: Any) -> bool:
    """Of durations of the two kinds only those of no length are equal (DMN 1.5, 10.3.2.13)."""
    months, rest = (left, right) if left.__class__ is YearsMonths else (right, left)
    return bool(months.months == 0 and rest.nanos == 0)


def _equal_lists(scope: Scope, left: list[Any], right: list[Any]) -> bool | None:
    scope.run.spend(len(left))
    if len(left) != len(right):
        return False
    return all(equal(scope, lift(a), lift(b)) is True for a, b in zip(left, right, strict=True))


def _equal_contexts(scope: Scope, left: dict[str, Any], right: dict[str, Any]) -> bool | None:
    scope.run.spend(len(left))
    if left.keys() != right.keys():
        return False
    return all(equal(scope, lift(left[key]), lift(right[key])) is True for key in left)


def _equal_ranges(scope: Scope, left: Range, right: Range) -> bool | None:
    same = (left.low_included, left.high_included, left.excludes) == (
        right.low_included,
        right.high_included,
        right.excludes,
    )
    return (
        same
        and equal(scope, left.low, right.low) is True
        and equal(scope, left.high, right.high) is True
    )


def _equal_times(scope: Scope, left: Time, right: Time) -> bool | None:
    ours, theirs = time_order(left), time_order(right)
    return left.is_zoned == right.is_zoned and ours == theirs


def _equal_moments(scope: Scope, left: DateTime, right: DateTime) -> bool | None:
    return left.time.is_zoned == right.time.is_zoned and left.instant == right.instant


_EQUALITY: dict[str, Callable[[Scope, Any, Any], bool | None]] = {
    "list": _equal_lists,
    "context": _equal_contexts,
    "range": _equal_ranges,
    "time": _equal_times,
    "date and time": _equal_moments,
    "function": lambda scope, left, right: left is right,
}


def time_order(value: Time) -> int:
    """What times are ordered by: nanoseconds of the day in UTC, or local."""
    return value.of_day - (value.offset_on(0) or 0) * 1_000_000_000


def order(left: Any, right: Any) -> int | None:
    """-1, 0 or 1 as left is before, with or after right; None when there is no such order."""
    ours, theirs = order_key(left), order_key(right)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return None
    a, b = ours[1], theirs[1]
    return int(a > b) - int(a < b)


def order_key(value: Any) -> tuple[Any, Any] | None:
    """What a value is ordered among, and by; None for one that has no order."""
    make = _ORDER_KEYS.get(value.__class__)
    return make(value) if make else None


_ORDER_KEYS: dict[type, Callable[[Any], tuple[Any, Any]]] = {
    int: lambda v: ("number", v),
    Decimal: lambda v: ("number", v),
    str: lambda v: ("string", v),
    Date: lambda v: ("date", (v.year, v.month, v.day)),
    Time: lambda v: (("time", v.is_zoned), time_order(v)),
    DateTime: lambda v: (("date and time", v.time.is_zoned), v.instant),
    YearsMonths: lambda v: ("years and months duration", v.months),
    DaysTime: lambda v: ("days and time duration", v.nanos),
}


def in_range(value: Any, span: Range) -> bool | None:
    """Whether a value lies in a range: both its limits compared, in three-valued logic (DMN 1.5,
    10.3.2.13). A limit that is null or of another kind decides nothing."""
    if span.excludes:
        same = order(value, span.low)
        return None if same is None else same != 0
    return both(
        _beyond(value, span.low, span.low_included), _beyond(span.high, value, span.high_included)
    )


def both(one: bool | None, other: bool | None) -> bool | None:
    """One and the other, where either may be unknown."""
    if one is False or other is False:
        return False
    return True if one and other else None


def _beyond(above: Any, below: Any, included: bool) -> bool | None:
    if above is UNBOUNDED or below is UNBOUNDED:
        return True
    sign = order(above, below)
    if sign is None:
        return None
    return sign >= 0 if included else sign > 0
