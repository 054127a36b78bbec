"""What + - * / ** and the minus sign mean for each pair of kinds (DMN 1.5, 10.3.2.13)."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel.errors import Undefined
from engine.feel.values.numbers import CONTEXT, exact, reason
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import (
    DAY,
    MAX_YEAR,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    add_months,
    at_instant,
    from_local,
    on_clocks,
    time_of_day,
)
from engine.feel.values.values import kind


def _power(base: Any, exponent: Any) -> Decimal:
    # Python's decimals leave 0 ** 0 open; FEEL's numbers are Java's, where it is 1.
    return CONTEXT.power(base, exponent) if base or exponent else Decimal(1)


NUMERIC: dict[str, Callable[[Any, Any], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
    "**": _power,
}
_NANOS_LIMIT = DAY * 366 * (MAX_YEAR + 1)


def arithmetic(scope: Scope, operator: str, left: Any, right: Any) -> Any:
    """The result of an operator.

    Raises:
        Undefined: the operator has no value for these operands.
    """
    ours, theirs = kind(left), kind(right)
    if ours == "number" and theirs == "number":
        return number_arithmetic(operator, exact(left), exact(right))
    if ours == theirs == "string" and operator == "+":
        scope.run.spend_text(len(left) + len(right))
        return left + right
    rule = _RULES.get((operator, ours, theirs))
    value = rule(left, right) if rule else None
    if value is None:
        raise Undefined("operands", operator=operator, left=ours, right=theirs)
    return value


def number_arithmetic(operator: str, left: Decimal, right: Decimal) -> Decimal:
    try:
        return NUMERIC[operator](left, right)
    except DecimalException as error:
        raise Undefined("arithmetic", reason=reason(error)) from None


def negated(value: Any) -> Any:
    if value.__class__ is Decimal or value.__class__ is int:
        return CONTEXT.minus(exact(value)) if value else value
    if value.__class__ is YearsMonths:
        return YearsMonths(-value.months)
    if value.__class__ is DaysTime:
        return DaysTime(-value.nanos)
    raise Undefined("operand", operator="-", given=kind(value))


# -- durations ------------------------------------------------------------------------------------


def _days_time(nanos: int) -> DaysTime | None:
    return DaysTime(nanos) if abs(nanos) <= _NANOS_LIMIT else None


def _months(months: int) -> YearsMonths | None:
    return YearsMonths(months) if abs(months) <= 12 * MAX_YEAR + 11 else None


def _scaled(amount: int, factor: Any, operator: str) -> int:
    product = number_arithmetic(operator, Decimal(amount), exact(factor))
    if abs(product) > _NANOS_LIMIT:
        raise Undefined("arithmetic", reason="too large")
    return int(product)


def _ratio(left: int, right: int) -> Decimal:
    return number_arithmetic("/", Decimal(left), Decimal(right))


# -- points in time -------------------------------------------------------------------------------


def _shift_date(date: Date, nanos: int) -> Date | None:
    moved = from_local(date.days * DAY + nanos, Time(0, 0, 0))
    return moved.date if moved else None


def _shift_moment(moment: DateTime, nanos: int) -> DateTime | None:
    return at_instant(moment.instant + nanos, moment.time)


def _shift_months(moment: DateTime, months: int) -> DateTime | None:
    date = add_months(moment.date, months)
    return on_clocks(DateTime(date, time_of_day(moment.time.of_day, moment.time))) if date else None


def _between(left: DateTime, right: DateTime) -> DaysTime | None:
    """The time from right to left; a moment with a zone has no distance from one without."""
    if left.time.is_zoned != right.time.is_zoned:
        return None
    return DaysTime(left.instant - right.instant)


def _midnight(date: Date) -> DateTime:
    """What a date is beside a date and time: its midnight in UTC (DMN 1.5, 10.3.2.3.6)."""
    return DateTime(date, Time(0, 0, 0, 0, 0))


def _between_times(left: Time, right: Time) -> DaysTime | None:
    if left.is_zoned != right.is_zoned:
        return None
    shift = ((left.offset_on(0) or 0) - (right.offset_on(0) or 0)) * 1_000_000_000
    return DaysTime(left.of_day - right.of_day - shift)


_D, _T, _M = "date", "time", "date and time"
_YM, _DT, _N = "years and months duration", "days and time duration", "number"

_RULES: dict[tuple[str, str, str], Callable[[Any, Any], Any]] = {
    ("-", _D, _D): lambda a, b: DaysTime((a.days - b.days) * DAY),
    ("-", _M, _M): _between,
    ("-", _D, _M): lambda a, b: _between(_midnight(a), b),
    ("-", _M, _D): lambda a, b: _between(a, _midnight(b)),
    ("-", _T, _T): _between_times,
    ("+", _D, _DT): lambda a, b: _shift_date(a, b.nanos),
    ("-", _D, _DT): lambda a, b: _shift_date(a, -b.nanos),
    ("+", _DT, _D): lambda a, b: _shift_date(b, a.nanos),
    ("+", _D, _YM): lambda a, b: add_months(a, b.months),
    ("-", _D, _YM): lambda a, b: add_months(a, -b.months),
    ("+", _YM, _D): lambda a, b: add_months(b, a.months),
    ("+", _M, _DT): lambda a, b: _shift_moment(a, b.nanos),
    ("-", _M, _DT): lambda a, b: _shift_moment(a, -b.nanos),
    ("+", _DT, _M): lambda a, b: _shift_moment(b, a.nanos),
    ("+", _M, _YM): lambda a, b: _shift_months(a, b.months),
    ("-", _M, _YM): lambda a, b: _shift_months(a, -b.months),
    ("+", _YM, _M): lambda a, b: _shift_months(b, a.months),
    ("+", _T, _DT): lambda a, b: time_of_day(a.of_day + b.nanos, a),
    ("-", _T, _DT): lambda a, b: time_of_day(a.of_day - b.nanos, a),
    ("+", _DT, _T): lambda a, b: time_of_day(b.of_day + a.nanos, b),
    ("+", _DT, _DT): lambda a, b: _days_time(a.nanos + b.nanos),
    ("-", _DT, _DT): lambda a, b: _days_time(a.nanos - b.nanos),
    ("*", _DT, _N): lambda a, b: DaysTime(_scaled(a.nanos, b, "*")),
    ("*", _N, _DT): lambda a, b: DaysTime(_scaled(b.nanos, a, "*")),
    ("/", _DT, _N): lambda a, b: DaysTime(_scaled(a.nanos, b, "/")),
    ("/", _DT, _DT): lambda a, b: _ratio(a.nanos, b.nanos),
    ("+", _YM, _YM): lambda a, b: _months(a.months + b.months),
    ("-", _YM, _YM): lambda a, b: _months(a.months - b.months),
    ("*", _YM, _N): lambda a, b: _months(_scaled(a.months, b, "*")),
    ("*", _N, _YM): lambda a, b: _months(_scaled(b.months, a, "*")),
    ("/", _YM, _N): lambda a, b: _months(_scaled(a.months, b, "/")),
    ("/", _YM, _YM): lambda a, b: _ratio(a.months, b.months),
}


def result_kind(operator: str, left: str, right: str) -> str | None:
    """The kind of an operation's result, None when the operation is not defined."""
    if left == right == _N:
        return _N
    if left == right == "string":
        return "string" if operator == "+" else None
    if (operator, left, right) not in _RULES:
        return None
    if operator == "/" and left == right:
        return _N
    if operator == "-" and {left, right} <= {_D, _T, _M}:
        return _DT
    points = [kind for kind in (left, right) if kind in (_D, _T, _M)]
    durations = [kind for kind in (left, right) if kind in (_YM, _DT)]
    return (points or durations)[0]
