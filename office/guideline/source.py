"""What the guideline takes from the tables beside the diagrams: the agency, its channels, and the
elements that the assessment asks for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.ground.text import Text
from office.applications import shipped
from office.ground.errors import OfficeError

AGENCY, ELEMENTS = "agency.json", "guideline-elements.csv"
FISCAL_YEAR_BEGINS = 10  # October; it is named after the year in which it ends
BUDDHIST_ERA = 543


class GuidelineFileUnreadable(OfficeError):
    """The guideline needs the file {file}, which is missing or cannot be read: {reason}."""

    thai = "แนวทางต้องใช้แฟ้ม {file} ซึ่งไม่มีหรืออ่านไม่ได้: {reason}"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to complain."""

    key: str
    name: Text
    how: Text
    where: Text


@dataclass(frozen=True, slots=True)
class Agency:
    """Who answers for the guideline, and how to reach them."""

    name: Text
    short: Text
    centre: Text
    contact: Mapping[str, str]
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """Something the assessment of a fiscal year asks the guideline to hold."""

    number: int
    key: str
    name: Text
    proved_by: str  # channels elements lanes sla


def read_agency(files: Mapping[str, bytes]) -> Agency:
    """The agency as `agency.json` says, of the deployment or else as shipped.

    Raises:
        GuidelineFileUnreadable: it is missing or has another shape.
    """
    try:
        facts = json.loads(_content(files, AGENCY))
        return Agency(
            name=_text(facts["name"]),
            short=_text(facts["short"]),
            centre=_text(facts["centre"]["name"]),
            contact={str(key): str(value) for key, value in facts.get("contact", {}).items()},
            channels=tuple(_channel(row) for row in facts["channels"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise GuidelineFileUnreadable(file=AGENCY, reason=str(error)) from error


def read_elements(files: Mapping[str, bytes], day: date) -> tuple[int, str, tuple[Element, ...]]:
    """The fiscal year (Buddhist), its indicator and the elements asked for on this day.

    A year whose list is not out yet is held to the newest one before it.

    Raises:
        GuidelineFileUnreadable: the table is missing, empty or has another shape.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(_content(files, ELEMENTS).decode("utf-8-sig"))))
        years = sorted({int(row["fiscal_year"]) for row in rows})
        current = fiscal_year(day)
        year = max((known for known in years if known <= current), default=years[0])
        asked = [row for row in rows if int(row["fiscal_year"]) == year]
        return year, asked[0]["indicator"], tuple(_element(row) for row in asked)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise GuidelineFileUnreadable(file=ELEMENTS, reason=str(error)) from error


def fiscal_year(day: date) -> int:
    """The Buddhist fiscal year of a day: October 2568 belongs to 2569."""
    return day.year + BUDDHIST_ERA + (1 if day.month >= FISCAL_YEAR_BEGINS else 0)


def _content(files: Mapping[str, bytes], name: str) -> bytes:
    if name in files:
        return files[name]
    try:
        return shipped.table(name)
    except OSError as error:
        raise GuidelineFileUnreadable(file=name, reason=str(error)) from error


def _text(facts: Mapping[str, str] | None) -> Text:
    return Text(facts["th"], facts.get("en") or facts["th"]) if facts else Text("", "")


def _channel(row: Mapping[str, Any]) -> Channel:
    where = _text(row.get("where")) if row.get("where") else Text(*[str(row.get("value", ""))] * 2)
    return Channel(str(row["key"]), _text(row["name"]), _text(row.get("how")), where)


def _element(row: Mapping[str, str]) -> Element:
    name = Text(row["name_th"], row["name_en"])
    return Element(int(row["no"]), row["element"], name, row["proved_by"])
