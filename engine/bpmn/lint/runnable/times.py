"""What is wrong with a time that is written into a diagram, in words for its author."""

from __future__ import annotations

import re
from datetime import datetime

from engine.bpmn import timers
from engine.ground.clock import BANGKOK
from engine.ground.text import Text

# Every month has a 28th: from the 29th on, the day of a monthly round is missing in some.
LAST_DAY_OF_EVERY_MONTH = 28
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2}|@[\w/]+)$")
_WANTED = {"timeCycle": "รอบเวลา", "timeDuration": "ระยะเวลา"}


def problem_of(kind: str, value: str) -> Text | None:
    """Why a fixed date, duration or cycle cannot be used; None if it can."""
    if kind == "timeCycle":
        return _of_cycle(value)
    if kind == "timeDuration" or value.startswith("P"):
        return _of_duration(value)
    return _of_moment(value)


def _of_duration(value: str) -> Text | None:
    try:
        timers.parse_duration(value)
    except (ValueError, OverflowError) as error:
        return _misread("timeDuration", error)
    return None


def _of_moment(value: str) -> Text | None:
    try:
        moment = timers.parse_moment(value)
    except (ValueError, OverflowError) as error:
        return _buddhist(value) or _misread("timeDate", error)
    if "T" in value and not _ZONED.search(value):
        # Another tool, or the server of another installation, would take its own zone for granted.
        return Text(
            f"ไม่ระบุเขตเวลา เขียนเป็น {moment.isoformat()}",
            f"it names no time zone; write {moment.isoformat()}",
        )
    return None


def _of_cycle(value: str) -> Text | None:
    start = value.split("/")[1] if value.count("/") == 2 else ""
    problem = _of_moment(start) if start else None
    if problem is not None:
        return problem
    try:
        cycle = timers.parse_cycle(value)
    except (ValueError, OverflowError) as error:
        return _misread("timeCycle", error)
    if cycle.every.months and not _is_in_every_month(cycle.start):
        return Text(
            "รอบเป็นเดือนหรือปีมีความยาวไม่เท่ากัน ใช้จำนวนวัน เช่น P30D "
            "หรือระบุวันเริ่มที่มีทุกเดือน เช่น R/2026-04-01/P1M",
            "months and years differ in length; count days, such as P30D, "
            "or begin on a day that every month has, such as R/2026-04-01/P1M",
        )
    return None


def _is_in_every_month(start: datetime | None) -> bool:
    return start is not None and start.astimezone(BANGKOK).day <= LAST_DAY_OF_EVERY_MONTH


def _buddhist(value: str) -> Text | None:
    year = value[:4]
    if not year.isdecimal() or int(year) < timers.BUDDHIST_FROM:
        return None
    christian = int(year) - timers.BUDDHIST_ERA
    return Text(
        f"ปี {year} เป็นปี พ.ศ. เขียนเป็นปี ค.ศ. {christian}",
        f"{year} is a Buddhist year; write {christian}",
    )


def _misread(kind: str, error: Exception) -> Text:
    wanted = _WANTED.get(kind, "วันเวลา")
    return Text(
        f"ไม่ใช่{wanted}ที่ระบบรับได้ (ISO 8601, ปี ค.ศ., ไม่เกิน 100 ปี, รอบห่างกันอย่างน้อย 1 นาที)",
        str(error),
    )
