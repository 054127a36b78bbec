"""Reads a JSON body so that nothing in it can break what comes after."""

from decimal import Decimal
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from engine.ground import canonical
from webhooks.errors import BodyTooLarge, BodyUnreadable, ContentTypeRefused

DEEPEST = 40
LONGEST_NUMBER = 100  # digits before or after the point, exponent applied


def read_bytes(request: Request, limit: int) -> bytes:
    """The whole body, if it is not larger than the limit (bytes)."""
    request.max_content_length = limit
    try:
        return request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise BodyTooLarge(limit=limit) from None


def read_json(request: Request, limit: int) -> Any:
    """The body as JSON; an absent body is `None`.

    Raises:
        ContentTypeRefused, BodyTooLarge, BodyUnreadable: with the reason.
    """
    content = read_bytes(request, limit)
    if not content:
        return None
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise ContentTypeRefused(expected="application/json")
    return parse_json(content)


def parse_json(content: bytes) -> Any:
    """JSON with exact numbers; refuses what JSON forbids and what a database cannot store."""
    try:
        value = canonical.loads(content.decode())
    except UnicodeDecodeError:
        raise BodyUnreadable(reason="it is not UTF-8") from None
    except RecursionError:
        raise BodyUnreadable(reason="it is nested too deeply") from None
    except ValueError as error:  # also an integer of more digits than Python reads
        raise BodyUnreadable(reason=str(error).partition(";")[0]) from None
    _check(value, "$", 0)
    return value


def _check(value: Any, place: str, depth: int) -> None:
    if depth > DEEPEST:
        raise BodyUnreadable(reason="it is nested too deeply")
    if isinstance(value, dict):
        for key, part in value.items():
            _check(key, place, depth)
            _check(part, f"{place}.{key}", depth + 1)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            _check(part, f"{place}[{number}]", depth + 1)
    elif isinstance(value, str):
        _check_text(value, place)
    elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        _check_number(value, place)


def _check_text(text: str, place: str) -> None:
    # PostgreSQL stores no NUL, and half a surrogate pair cannot be written as UTF-8 at all.
    if "\x00" in text:
        _refuse(place, "a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        _refuse(place, "half a surrogate pair")


def _check_number(number: int | float | Decimal, place: str) -> None:
    # NaN and Infinity are floats here: every other number with a fraction is an exact Decimal.
    if isinstance(number, float):
        _refuse(place, "a number that JSON does not know")
    exact = Decimal(number)
    if abs(exact.adjusted()) > LONGEST_NUMBER or len(exact.as_tuple().digits) > LONGEST_NUMBER:
        _refuse(place, "a number that is too long")


def _refuse(place: str, what: str) -> NoReturn:
    raise BodyUnreadable(reason=f"{place[:100]!r} holds {what}")
