"""Dates as people in Thailand write them: in the Buddhist era, the day first, in Thai digits."""

import re
from typing import Final

from engine.feel.messages import message
from engine.feel.values.temporal import Date
from engine.ground.text import Text

# A year that far ahead is of the Buddhist era; 9999 and the like stand for "never ends".
BUDDHIST: Final = range(2400, 2800)
ERA: Final = 543
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_THAI_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def slip_in_date(text: str) -> tuple[str, Text] | None:
    """What is wrong with a date that is not written as ISO 8601 has it, and how to write it."""
    digits = text.strip().translate(_THAI_DIGITS)
    if found := _YEAR_FIRST.match(digits):
        year, sign, month, day = found.groups()
        is_iso = sign == "-" and len(month) == len(day) == 2 and digits == text
    elif found := _DAY_FIRST.match(digits):
        day, sign, month, year = found.groups()
        is_iso = False
    else:
        return None
    is_buddhist = int(year) in BUDDHIST
    if is_iso and not is_buddhist:
        return None
    meant = Date(int(year) - ERA * is_buddhist, int(month), int(day))
    if not meant.is_valid:
        return None
    code = "buddhist-year" if is_buddhist else "date-order"
    written = f"{meant}{digits[found.end() :]}"
    return code, message(code, text=text, written=written, year=year)
