"""Exact decimal numbers of 34 digits (DMN 1.5, 10.3.2.3.1: IEEE 754-2008 decimal128)."""

import re
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from engine.feel.errors import Undefined

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
Number = int | Decimal


def is_number(value: Any) -> bool:
    """A number of the language; Python's `bool` is an `int` but not a number here."""
    return value.__class__ is Decimal or value.__class__ is int


def exact(value: Number) -> Decimal:
    """A number as a decimal of at most 34 digits."""
    try:
        return value if value.__class__ is Decimal else CONTEXT.create_decimal(value)
    except DecimalException as error:
        raise Undefined("arithmetic", reason=reason(error)) from None


def reason(error: DecimalException) -> str:
    if isinstance(error, DivisionByZero):
        return "division by zero"
    if isinstance(error, Overflow):
        return "too large"
    return "no such number"


def whole(value: Any) -> int | None:
    """The number as an `int` if it has no fraction and is of a size that can count something."""
    if value.__class__ is int:
        return int(value)
    if (
        value.__class__ is not Decimal
        or value.adjusted() > 18
        or value != value.to_integral_value()
    ):
        return None
    return int(value)


def truncated(value: Any) -> int | None:
    """A scale, a position or a length: the number without its fraction, if it is of such a size."""
    if value.__class__ is Decimal:
        return int(value) if value.is_finite() and value.adjusted() <= 18 else None
    return int(value) if value.__class__ is int else None


def plain(value: Number) -> str:
    """A number as text without exponent: `1E+3` reads 1000."""
    if value.__class__ is int:
        return str(value)
    return format(value if value else abs(value), "f")  # there is no zero below zero


# A numeric literal (DMN 1.5, 10.3.1.2, rule 37) with its sign.
_LITERAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def parse_literal(text: str) -> Decimal | None:
    """A number as the language writes it, without a blank, a plus or any other sign of grouping."""
    return parse_number(text) if _LITERAL.fullmatch(text) else None


def parse_number(text: str) -> Decimal | None:
    """A number from its literal form, or None when it is none (NaN and Infinity are none)."""
    stripped = text.strip()
    if not stripped or stripped.lstrip("+-")[:1] not in set("0123456789."):
        return None
    if "_" in stripped or not stripped.isascii():
        return None
    try:
        return CONTEXT.create_decimal(stripped)
    except DecimalException:
        return None
