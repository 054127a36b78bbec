"""When a timer of a diagram is due: ISO 8601 dates, durations and cycles, with the clock given."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bpmn.running.host import Data, StepFailed
from engine.bpmn.slots import kind_of
from engine.ground.clock import BANGKOK
from engine.ground.text import Text

_DURATION = re.compile(
    r"^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)
LONGEST_YEARS = 100
SHORTEST_CYCLE = timedelta(minutes=1)
# Thai years are 543 ahead: "2569-03-02" would wait until the year 2569 of the common era.
BUDDHIST_FROM, BUDDHIST_ERA = 2400, 543


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and a span of time; a month is added by the calendar, not as thirty days."""

    months: int
    span: timedelta

    def after(self, moment: datetime) -> datetime:
        local = moment.astimezone(BANGKOK)
        years, month0 = divmod(local.year * 12 + local.month - 1 + self.months, 12)
        day = min(local.day, calendar.monthrange(years, month0 + 1)[1])
        return local.replace(year=years, month=month0 + 1, day=day) + self.span


def parse_duration(text: str) -> Duration:
    """An ISO 8601 duration.

    Raises:
        ValueError: it is not one, is empty, or is longer than a hundred years.
    """
    match = _DURATION.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration such as P3D or PT4H")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    if years + months // 12 + weeks // 52 + days // 365 + hours // 8766 > LONGEST_YEARS:
        raise ValueError(f"{text!r} is longer than {LONGEST_YEARS} years")
    span = timedelta(
        weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=float(match.group(7) or 0)
    )
    return Duration(years * 12 + months, span)


class BuddhistYear(ValueError):
    """A moment whose year counts from another era; `year` is the one that is meant."""

    def __init__(self, text: str, year: int) -> None:
        super().__init__(f"{text!r} has a Buddhist year; write {year}")
        self.year = year


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date or moment; without a zone it is Thai time.

    Raises:
        ValueError: it is not one, or its year is a Buddhist one.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.year >= BUDDHIST_FROM:
        raise BuddhistYear(text, moment.year - BUDDHIST_ERA)
    return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)


@dataclass(frozen=True, slots=True)
class Cycle:
    """`R3/P1D`, `R/2026-01-01/P1M`: how often (None for ever), from when, how far apart."""

    rounds: int | None
    start: datetime | None
    every: Duration


def parse_cycle(text: str) -> Cycle:
    """An ISO 8601 repeating interval.

    Raises:
        ValueError: it is not one, or its rounds are less than a minute apart.
    """
    head, *parts = text.strip().split("/")
    if not re.fullmatch(r"R\d*", head) or len(parts) not in (1, 2):
        raise ValueError(f"{text!r} is not a cycle such as R3/P1D")
    every = parse_duration(parts[-1])
    if not every.months and every.span < SHORTEST_CYCLE:
        raise ValueError(f"the rounds of {text!r} are less than a minute apart")
    start = parse_moment(parts[0]) if len(parts) == 2 else None
    return Cycle(int(head[1:]) if head[1:] else None, start, every)


def first_due(value: Any, kind: str, now: datetime, element: str) -> Data:
    """The facts of a new timer: `due`, and for a cycle what is needed to go on."""
    try:
        if not isinstance(value, str):
            given = kind_of(value)
            thai = f"ต้องเป็นวันเวลา ระยะเวลา หรือรอบเวลา แต่ได้{given.th}"
            english = f"a date, duration or cycle is needed, not {given.en}"
            raise StepFailed(element=element, reason=Text(thai, english))
        if kind == "timeCycle":
            return _first_of_cycle(value, now)
        if kind == "timeDuration" or value.startswith("P"):
            return {"due": _iso(parse_duration(value).after(now))}
        return {"due": _iso(parse_moment(value))}
    except (ValueError, OverflowError) as error:
        raise StepFailed(element=element, reason=str(error)) from error


def _first_of_cycle(text: str, now: datetime) -> Data:
    cycle = parse_cycle(text)
    first = cycle.start if cycle.start is not None else cycle.every.after(now)
    return {"due": _iso(first), "cycle": text, "first": _iso(first), "round": 1}


def next_due(facts: Data, now: datetime) -> bool:
    """Move a cycle to its next round after `now`; False when there is none.

    Rounds missed while the server was down fire once; `missed` says how many there were. Each round
    is counted from the first one, so that months do not drift from 31 to 28.
    """
    if "cycle" not in facts:
        return False
    cycle = parse_cycle(facts["cycle"])
    first = datetime.fromisoformat(facts["first"])
    gone = int(facts["round"])
    number = _first_round_after(cycle, first, now, gone)
    if cycle.rounds is not None and number > cycle.rounds:
        facts["missed"] = max(cycle.rounds - gone, 0)
        return False
    due = _moment_of(cycle, first, number)
    if due is None:  # beyond the last year of the calendar
        facts["missed"] = number - gone - 1
        return False
    facts.update(due=_iso(due), round=number, missed=number - gone - 1)
    return True


def _first_round_after(cycle: Cycle, first: datetime, now: datetime, gone: int) -> int:
    """The number of the first round later than `now`, of those that are not `gone`.

    A cycle of minutes that began years ago has millions of rounds: they are halved, not stepped.
    """

    def is_later(number: int) -> bool:
        due = _moment_of(cycle, first, number)
        return due is None or due > now

    low, step = gone, 1  # the round `low` is gone
    while not is_later(low + step):
        low, step = low + step, step * 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_later(middle) else (middle, high)
    return high


def _moment_of(cycle: Cycle, first: datetime, number: int) -> datetime | None:
    """When a round is due; None if no calendar has a day for it."""
    try:
        past = Duration(cycle.every.months * (number - 1), cycle.every.span * (number - 1))
        return past.after(first)
    except (OverflowError, ValueError):
        return None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
