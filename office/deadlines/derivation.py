"""One deadline and how it came about: the rule, the count, and the reasons in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from office.deadlines.working_days import Calendar, end_of
from office.ground.errors import OfficeError

WORKING, CALENDAR, HOURS = "working", "calendar", "hours"
AGENCY, COMPLAINANT = "agency", "complainant"
STEP, RECEIPT, NOTICE = "step", "receipt", "notice"


STAY: Final = "stay"  # how long the count of a case may stand still by law
NO_BASIS: Final = Text("", "")


class SlaRuleInvalid(OfficeError):
    """The SLA table's row for {key!r} cannot be used: {reason}."""

    thai = "แถวของ {key} ในตาราง SLA ใช้ไม่ได้: {reason_th}"


@dataclass(frozen=True, slots=True)
class SlaRule:
    """A row of the SLA table, as it applies to one case."""

    key: str
    days: int  # or office hours, as `kind` says
    kind: str  # working calendar hours
    owner: str = AGENCY  # whose deadline it is: agency complainant
    # counted from: step (its beginning), receipt (of the complaint by the agency) or notice (the
    # complainant's receipt of the letter sent last)
    start: str = STEP
    basis: Text = NO_BASIS  # law or practice behind it
    ceiling: int | None = None  # that the law allows at most
    ceiling_kind: str = CALENDAR
    extension_days: int = 0  # of one extension at most
    extensions: int = 0  # how many
    ask_before: int = 0  # working days before the end by which an extension must be asked for
    pause_limit: int = 0  # calendar days that the count may stand still in all

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a deadline; `read_rule` reads it back."""
        row = {name: getattr(self, name) for name in _PLAIN}
        return {**row, "basis": self.basis.th, "basis_en": self.basis.en}


_PLAIN: Final = (
    "days",
    "kind",
    "owner",
    "start",
    "ceiling",
    "ceiling_kind",
    "extension_days",
    "extensions",
    "ask_before",
    "pause_limit",
)


def amount(days: int, kind: str) -> Text:
    """`7 วันทำการ`, `7 working days`."""
    thai, english = _UNITS[kind]
    return Text(f"{days} {thai}", f"{days} {english if days != 1 else english.removesuffix('s')}")


def days_of(days: int, kind: str) -> Text:
    """So many days of a deadline's own kind; what is counted in hours is late by working days."""
    return amount(days, WORKING if kind == HOURS else kind)


_UNITS: Final = {
    WORKING: ("วันทำการ", "working days"),
    CALENDAR: ("วัน", "days"),
    HOURS: ("ชั่วโมงทำการ", "office hours"),
}


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a deadline stood still; the day it began still counted."""

    start: date
    end: date
    lasts: bool = False  # it still goes on; `end` is then as late as it may be


@dataclass(frozen=True, slots=True)
class Count:
    """Everything a deadline is counted from, but for the calendar."""

    rule: SlaRule
    started_at: datetime
    started_on: date  # the day left out of the count
    extended: int = 0  # in the rule's unit
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """Where a count ends, and what it passed over."""

    due_at: datetime
    last_day: date
    aim_on: date  # the last working day up to then
    paused: int  # days added for pauses, in the rule's unit
    skipped: tuple[tuple[date, str], ...]  # holidays on weekdays that did not count


def first_day(rule: SlaRule, calendar: Calendar, moment: datetime) -> date:
    """The day from which (and without which) is counted: after hours it is the next working day."""
    if rule.kind == CALENDAR and rule.start != RECEIPT:
        return moment.astimezone(BANGKOK).date()
    return calendar.received_on(moment)


def deadline_of(count: Count, calendar: Calendar) -> Deadline:
    """Count, as the law does, to the moment at which the deadline has run out."""
    rule = count.rule
    if rule.kind == HOURS:
        due = calendar.working_hours_after(count.started_at, rule.days + count.extended)
        skipped = calendar.skipped(count.started_at.astimezone(BANGKOK).date(), due.date())
        return Deadline(due, due.date(), due.date(), 0, tuple(skipped))
    paused = sum(_paused(pause, rule, calendar) for pause in count.pauses)
    days = rule.days + count.extended + paused
    last = _last_day(count.started_on, days, rule, calendar)
    due = end_of(last) if rule.owner == COMPLAINANT else calendar.closing(last)
    skipped = calendar.skipped(count.started_on, last)
    if rule.kind == CALENDAR:
        counted_to = count.started_on + timedelta(days=days)
        skipped = [(day, name) for day, name in skipped if day >= counted_to and last > counted_to]
    return Deadline(due, last, calendar.last_working(last), paused, tuple(skipped))


def _last_day(start: date, days: int, rule: SlaRule, calendar: Calendar) -> date:
    if rule.kind == WORKING:
        return calendar.working_days_after(start, days)
    if rule.owner == COMPLAINANT:
        return calendar.complainant_days_after(start, days)
    return calendar.agency_days_after(start, days)


def _paused(pause: Pause, rule: SlaRule, calendar: Calendar) -> int:
    if rule.kind == WORKING:
        return max(0, calendar.working_days_between(pause.start, pause.end))
    return max(0, (pause.end - pause.start).days)


# ── reading the table ──────────────────────────────────────────────────────────────────────────


def read_rule(key: str, row: Mapping[str, Any]) -> SlaRule:
    """A row of the decision table `sla` as a rule.

    Raises:
        SlaRuleInvalid: a value is missing or of another kind.
    """
    kind, owner = str(row.get("kind") or ""), str(row.get("owner") or AGENCY)
    start = str(row.get("start") or STEP)
    starts = (STEP, RECEIPT, NOTICE)
    if kind not in _UNITS or owner not in (AGENCY, COMPLAINANT) or start not in starts:
        raise SlaRuleInvalid(
            key=key,
            reason=f"kind {kind!r}, owner {owner!r} or start {start!r} is unknown",
            reason_th=f"ไม่รู้จัก kind “{kind}” owner “{owner}” หรือ start “{start}”",
        )
    return SlaRule(
        key,
        _whole(key, "days", row.get("days")),
        kind,
        owner,
        start,
        Text(str(row.get("basis") or ""), str(row.get("basis_en") or row.get("basis") or "")),
        _whole(key, "ceiling", row["ceiling"]) if row.get("ceiling") is not None else None,
        str(row.get("ceiling_kind") or CALENDAR),
        _whole(key, "extension_days", row.get("extension_days") or 0),
        _whole(key, "extensions", row.get("extensions") or 0),
        _whole(key, "ask_before", row.get("ask_before") or 0),
        _whole(key, "pause_limit", row.get("pause_limit") or 0),
    )


def _whole(key: str, name: str, value: Any) -> int:
    try:
        return whole(value)
    except ValueError:
        raise SlaRuleInvalid(
            key=key,
            reason=f"{name} must be a whole number, not {value!r}",
            reason_th=f"{name} ต้องเป็นจำนวนเต็ม ไม่ใช่ {value!r}",
        ) from None


def whole(value: Any) -> int:
    """A whole number from nought on.

    Raises:
        ValueError: it is something else.
    """
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number < 0 or number != value or isinstance(value, bool):
        raise ValueError(f"{value!r} is not a whole number")
    return number
