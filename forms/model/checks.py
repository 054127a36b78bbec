"""The checks a form may ask for by name: `properties: {check: "thai_id"}`."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import marshmallow
from marshmallow import validate
from stdnum.exceptions import ValidationError as NumberInvalid
from stdnum.th import pin

from engine.ground.text import Text
from forms.text import wording
from forms.text.numerals import arabic_digits


class CheckFailed(ValueError):
    """The text is not what the check expects."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def thai_id(text: str) -> str:
    """Thirteen digits with their check digit; spaces and hyphens are how the card prints them."""
    digits = _digits(text)
    try:
        return str(pin.validate(digits))
    except NumberInvalid as error:
        raise CheckFailed(wording.BAD_THAI_ID) from error


def thai_phone(text: str) -> str:
    """Nine digits (fixed line) or ten (mobile), starting with 0; +66 is understood."""
    digits = re.sub(r"^(\+66|0066)\(?0?\)?", "0", _digits(text, also="().+"))
    if not re.fullmatch(r"0\d{8,9}", digits, re.ASCII):
        raise CheckFailed(wording.BAD_PHONE)
    return digits


def email(text: str) -> str:
    """An address a letter can be sent to; its domain in lower case."""
    if len(text) > 254:  # RFC 5321, 4.5.3.1.3: no mail server takes a longer path
        raise CheckFailed(wording.BAD_EMAIL)
    try:
        validate.Email()(text)
    except marshmallow.ValidationError as error:
        raise CheckFailed(wording.BAD_EMAIL) from error
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def postcode(text: str) -> str:
    """Five digits, the first of them from 1 to 9."""
    digits = _digits(text)
    if not re.fullmatch(r"[1-9]\d{4}", digits, re.ASCII):
        raise CheckFailed(wording.BAD_POSTCODE)
    return digits


def passport(text: str) -> str:
    """Five to fifteen letters and digits (ICAO Doc 9303 gives nine; some states print more)."""
    plain = arabic_digits(text).replace(" ", "").replace("-", "").upper()
    if not re.fullmatch(r"[A-Z0-9]{5,15}", plain, re.ASCII):
        raise CheckFailed(wording.BAD_PASSPORT)
    return plain


def _digits(text: str, also: str = "") -> str:
    plain = re.sub(r"[\s\u2010-\u2015-]", "", arabic_digits(text))
    return plain if "+" in also else plain.translate({ord(mark): None for mark in also})


Check = Callable[[str], str]

CHECKS: Final[Mapping[str, Check]] = {
    "thai_id": thai_id,
    "thai_phone": thai_phone,
    "email": email,
    "postcode": postcode,
    "passport": passport,
}
