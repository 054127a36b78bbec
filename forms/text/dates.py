"""Dates and times as people in Thailand write them, read into ISO 8601 and written back in พ.ศ."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final

from engine.ground.clock import BANGKOK
from forms.text.numerals import arabic_digits

BUDDHIST_ERA: Final = 543
MONTHS_TH: Final = (
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม"
).split()
SHORT_MONTHS_TH: Final = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()
MONTHS_EN: Final = (
    "January February March April May June July August September October November December"
).split()


class NotADate(ValueError):
    """The text is not a date."""


class NoSuchDay(NotADate):
    """The calendar has no such day."""


class UnclearYear(NotADate):
    """The year may be meant in either era, or is cut short."""


class NotATime(ValueError):
    """The text is not a time of day."""


def _month_names() -> Mapping[str, int]:
    names: dict[str, int] = {}
    for spellings in (MONTHS_TH, SHORT_MONTHS_TH, MONTHS_EN, [name[:3] for name in MONTHS_EN]):
        for number, name in enumerate(spellings, start=1):
            names[name.replace(".", "").lower()] = number
    return names


_MONTHS: Final = _month_names()
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_NUMERIC: Final = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})", re.ASCII)
_ERA: Final = r"(?P<era>พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|B\.?E\.?|A\.?D\.?|C\.?E\.?)"
_NAMED: Final = re.compile(  # not ASCII only: the month is a word; its digits are Arabic by then
    rf"(?:วันที่\s*)?([0-9]{{1,2}})\s*(?:เดือน\s*)?([^\W\d_][^\d]*?)\s*(?:{_ERA}\s*)?([0-9]{{1,4}})",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"(?:เวลา\s*)?(\d{1,2})\s*[:.]\s*(\d{2})(?:[:.](\d{2})(?:\.\d{1,6})?)?\s*(?:น\.?|นาฬิกา)?",
    re.ASCII,
)
_ZONE: Final = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.ASCII)
LONGEST_DATE: Final = 80


def parse_date(text: str) -> date:
    """Read `5 มี.ค. 2569`, `5/3/2569`, `๕/๓/๒๕๖๙`, `2026-03-05` or `2569-03-05`.

    A year from 2400 on is Buddhist, one from 1800 to 2199 Christian, unless พ.ศ. or ค.ศ. says so.

    Raises:
        NotADate: it is no date; `NoSuchDay` and `UnclearYear` tell why more exactly.
    """
    plain = arabic_digits(text).strip()
    if len(plain) > LONGEST_DATE:
        raise NotADate
    if match := _ISO.fullmatch(plain):
        return _day(match[3], match[2], match[1])
    if match := _NUMERIC.fullmatch(plain):
        return _day(match[1], match[2], match[3])
    if match := _NAMED.fullmatch(plain):
        return _day(match[1], _month(match[2]), match[4], era=match["era"] or "")
    raise NotADate


def _month(name: str) -> int:
    plain = re.sub(r"[.\s,]", "", name).lower()
    if plain not in _MONTHS:
        raise NotADate
    return _MONTHS[plain]


def _day(day: str, month: str | int, year: str, *, era: str = "") -> date:
    christian = _christian_year(year, re.sub(r"[.\s]", "", era).upper())
    try:
        return date(christian, int(month), int(day))
    except ValueError as error:
        raise NoSuchDay from error


def _christian_year(year: str, era: str) -> int:
    number = int(year)
    if len(year) != 4:
        raise UnclearYear
    if era in {"พศ", "BE"} or (era == "" and number >= 2400):
        number -= BUDDHIST_ERA
    if not 1800 <= number <= 2199:
        raise UnclearYear
    return number


def parse_time(text: str) -> time:
    """Read `14:30`, `14.30 น.` or `๑๔.๓๐`.

    Raises:
        NotATime: it is no time of day.
    """
    match = _TIME.fullmatch(arabic_digits(text).strip()) if len(text) <= LONGEST_DATE else None
    if not match:
        raise NotATime
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError as error:
        raise NotATime from error


def parse_moment(text: str) -> datetime:
    """Read a date followed by a time; without a zone the clock on the wall is Bangkok's.

    Raises:
        NotADate: the date part is no date.
        NotATime: the time part is no time, or missing.
    """
    plain = arabic_digits(text).strip()
    if len(plain) > LONGEST_DATE:
        raise NotADate
    if re.match(r"\d{4}-\d{1,2}-\d{1,2}[T ]", plain):
        return _iso_moment(plain)
    if not (match := re.search(rf"[\s,]+({_TIME.pattern})$", plain, re.ASCII)):
        raise NotATime
    day = parse_date(plain[: match.start()])
    return datetime.combine(day, parse_time(match[1]), BANGKOK)


def _iso_moment(plain: str) -> datetime:
    zone = _ZONE.search(plain)
    day, clock = re.split("[T ]", plain[: zone.start()] if zone else plain, maxsplit=1)
    moment = datetime.combine(parse_date(day), parse_time(clock), BANGKOK)
    if not zone:
        return moment
    try:
        written = datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{zone[1]}")
        return written.astimezone(BANGKOK)
    except (ValueError, OverflowError) as error:
        raise NotATime from error


def spell_date(day: date, language: str = "th") -> str:
    """`5 มีนาคม 2569` in Thai, `5 March 2026` in English; both can be read back."""
    if language == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day} {MONTHS_TH[day.month - 1]} {day.year + BUDDHIST_ERA}"


def spell_moment(moment: datetime, language: str = "th") -> str:
    """A date and time on the wall clock of Bangkok, as `spell_date` writes the day."""
    local = moment.astimezone(BANGKOK)
    clock = f"{local:%H:%M}" if language == "en" else f"{local:%H.%M} น."
    return f"{spell_date(local.date(), language)} {clock}"
