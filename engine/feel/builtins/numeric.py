"""Numeric functions (DMN 1.5, 10.3.4.5)."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.values.numbers import CONTEXT, exact, reason, truncated
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import DaysTime, YearsMonths
from engine.ground.text import Text


def computed(compute: Callable[..., Decimal], *operands: Any) -> Decimal:
    """A computation with 34 digits; null where it has no result."""
    try:
        return compute(*(exact(operand) for operand in operands))
    except DecimalException as error:
        raise Undefined("arithmetic", reason=reason(error)) from None


def rounded(number: Any, scale: Any, rounding: str) -> Decimal:
    digits = truncated(scale)
    if digits is None or not -6111 <= digits <= 6176:
        raise Undefined("arithmetic", reason=Text(f"จำนวนหลัก {scale}", f"scale {scale}"))
    value = exact(number)
    exponent = value.as_tuple().exponent
    is_rounder = isinstance(exponent, int) and -exponent <= digits
    if is_rounder and digits >= 0 and value.adjusted() + 1 + digits > CONTEXT.prec:
        return value  # the zeros asked for would not fit in 34 digits
    try:
        result = value.quantize(Decimal(1).scaleb(-digits), rounding, CONTEXT)
    except DecimalException as error:
        raise Undefined("arithmetic", reason=reason(error)) from None
    return result if digits >= 0 else Decimal(format(result, "f"))


@builtin("decimal(n: number, scale: number) -> number")
def decimal(scope: Scope, number: Any, scale: Any) -> Decimal:
    return rounded(number, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number) -> number")
def floor(scope: Scope, number: Any, scale: Any = 0) -> Decimal:
    return rounded(number, scale, ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number) -> number")
def ceiling(scope: Scope, number: Any, scale: Any = 0) -> Decimal:
    return rounded(number, scale, ROUND_CEILING)


@builtin("round up(n: number, scale?: number) -> number")
def round_up(scope: Scope, number: Any, scale: Any = 0) -> Decimal:
    return rounded(number, scale, ROUND_UP)


@builtin("round down(n: number, scale?: number) -> number")
def round_down(scope: Scope, number: Any, scale: Any = 0) -> Decimal:
    return rounded(number, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale?: number) -> number")
def round_half_up(scope: Scope, number: Any, scale: Any = 0) -> Decimal:
    return rounded(number, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale?: number) -> number")
def round_half_down(scope: Scope, number: Any, scale: Any = 0) -> Decimal:
    return rounded(number, scale, ROUND_HALF_DOWN)


@builtin("abs(n: number) -> number", "abs(n: duration) -> duration")
def absolute(scope: Scope, value: Any) -> Any:
    if value.__class__ is YearsMonths:
        return YearsMonths(abs(value.months))
    if value.__class__ is DaysTime:
        return DaysTime(abs(value.nanos))
    return computed(CONTEXT.abs, value)


@builtin("modulo(dividend: number, divisor: number) -> number")
def modulo(scope: Scope, dividend: Any, divisor: Any) -> Decimal:
    """The remainder with the sign of the divisor."""
    remainder = computed(CONTEXT.remainder, dividend, divisor)
    if remainder and (remainder < 0) != (divisor < 0):
        return computed(CONTEXT.add, remainder, divisor)
    return remainder or Decimal(0)


@builtin("sqrt(number: number) -> number")
def square_root(scope: Scope, number: Any) -> Decimal:
    return computed(CONTEXT.sqrt, number)


@builtin("log(number: number) -> number")
def logarithm(scope: Scope, number: Any) -> Decimal:
    if number <= 0:
        raise Undefined("arithmetic", reason="logarithm of a number that is not positive")
    return computed(CONTEXT.ln, number)


@builtin("exp(number: number) -> number")
def exponential(scope: Scope, number: Any) -> Decimal:
    return computed(CONTEXT.exp, number)


@builtin("odd(number: number) -> boolean")
def odd(scope: Scope, number: Any) -> bool:
    return _halves(number) == 1


@builtin("even(number: number) -> boolean")
def even(scope: Scope, number: Any) -> bool:
    return _halves(number) == 0


def _halves(number: Any) -> int:
    value = exact(number)
    if value.adjusted() >= CONTEXT.prec:
        return 0
    if value != value.to_integral_value():
        raise Undefined("type", expected="whole number", given="number")
    return int(value) % 2
