"""Numbers as people in Thailand write them: Thai digits, grouping commas, exact decimals."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

_THAI_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NUMBER: Final = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?", re.ASCII)

# No amount or count is longer, and Python rounds decimals of more than 28 digits on the way.
LONGEST_NUMBER: Final = 25

Number = int | Decimal


class NotANumber(ValueError):
    """The text is not a number."""


class NumberTooLong(ValueError):
    """The number has more digits than any amount needs."""


def arabic_digits(text: str) -> str:
    """Thai digits turned into the ones computers count with."""
    return text.translate(_THAI_DIGITS)


def parse_number(text: str) -> Number:
    """Read `๕๐,๐๐๐.๒๕` or `50000.25` exactly; no exponents.

    Raises:
        NotANumber: the text is something else, or its commas stand in the wrong place.
        NumberTooLong: it has more than 25 digits.
    """
    plain = arabic_digits(text).replace("\u00a0", "").replace(" ", "").removesuffix("บาท")
    if not plain or not _NUMBER.fullmatch(plain) or not any(map(str.isdigit, plain)):
        raise NotANumber
    if len(plain) > LONGEST_NUMBER:
        raise NumberTooLong
    return simplest(Decimal(plain.replace(",", "")))


def exact(value: object) -> Number:
    """A JSON number as an exact one.

    Raises:
        NotANumber: it is not a finite number.
        NumberTooLong: it has more than 25 digits.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise NotANumber
    if isinstance(value, int) and abs(value) >= 10**LONGEST_NUMBER:
        raise NumberTooLong
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise NotANumber from error
    if not number.is_finite():
        raise NotANumber
    digits = number.as_tuple()
    exponent = digits.exponent if isinstance(digits.exponent, int) else 0
    if len(digits.digits) > LONGEST_NUMBER or abs(exponent) > LONGEST_NUMBER:
        raise NumberTooLong
    return simplest(number)


def simplest(number: Decimal) -> Number:
    """A whole number as `int`, any other as `Decimal`: what reading it back from JSON gives."""
    if number == number.to_integral_value():
        return int(number)
    return number.normalize()


def spell_number(number: Number) -> str:
    """A number for an input box: grouped by commas, never in exponent form."""
    return f"{number:,f}" if isinstance(number, Decimal) else f"{number:,d}"
