"""The reminders of a deadline: how long before or after it who is reminded or told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from engine.ground.text import Text
from office.deadlines.derivation import CALENDAR, WORKING, Count, amount, deadline_of, whole
from office.deadlines.working_days import Calendar
from office.ground.errors import OfficeError

REMINDER, ESCALATION = "reminder", "escalation"
BEFORE, AFTER, START, RECEIPT = "before", "after", "start", "receipt"
# A notice to people here, one that lists all cases that wait there, a letter to the complainant.
NOTICE, LIST, LETTER = "notice", "list", "letter"


class ReminderInvalid(OfficeError):
    """The row of reminders for {key!r} cannot be used: {reason}."""

    thai = "แถวของ {key} ในตารางเตือนและเร่งรัดใช้ไม่ได้: {reason_th}"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One row of the table `rungs`, as it applies to one case."""

    key: str
    kind: str  # reminder escalation
    number: int  # among those of its kind
    offset: int
    unit: str  # working calendar
    when: str  # before or after the last day; so many days from the start or the receipt
    to: tuple[str, ...]  # groups
    how: str = NOTICE
    letter: str = ""
    is_reported: bool = False  # also in the monthly report

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}"

    def to_json(self) -> dict[str, Any]:
        """As it is kept with a deadline; `read_reminder` reads it back."""
        row = {name: getattr(self, name) for name in ("kind", "number", "offset", "unit", "when")}
        told = {"to": list(self.to), "how": self.how, "letter": self.letter or None}
        return {**row, **told, "report": self.is_reported}


def moment_of(
    reminder: Reminder, count: Count, calendar: Calendar, *, received_on: date, waited: int
) -> datetime:
    """When a reminder is reached: as the office opens on its day.

    `received_on` is the legal day of receipt, `waited` the days that the case as a whole has since
    stood still: what is counted from the receipt moves by them.
    """
    day = _day(reminder, count, calendar, received_on + timedelta(days=waited))
    return calendar.opening(day)


def _day(reminder: Reminder, count: Count, calendar: Calendar, receipt: date) -> date:
    last = deadline_of(count, calendar).last_day
    if reminder.when == BEFORE:
        return _back(last, reminder, calendar)
    if reminder.when == AFTER:
        return _on(last, reminder, calendar)
    if reminder.when == RECEIPT:
        return _on(receipt, reminder, calendar)
    # Pauses and extensions move what is counted from the start as far as they move the end.
    as_begun = deadline_of(replace(count, extended=0, pauses=()), calendar).last_day
    return _on(count.started_on, reminder, calendar) + (last - as_begun)


def _on(day: date, reminder: Reminder, calendar: Calendar) -> date:
    if reminder.unit == WORKING:
        return calendar.working_days_after(day, reminder.offset)
    return calendar.agency_days_after(day, reminder.offset)


def _back(day: date, reminder: Reminder, calendar: Calendar) -> date:
    if reminder.unit == WORKING:
        return calendar.working_days_before(day, reminder.offset)
    return day - timedelta(days=reminder.offset)


# ── reading the table ──────────────────────────────────────────────────────────────────────────


def read_reminders(key: str, value: Any) -> list[Reminder]:
    """What the decision `rungs` answers for a step, each kind in the order of its numbers.

    Raises:
        ReminderInvalid: a value is missing or of another kind, or a number is given twice.
    """
    rows = value if isinstance(value, list) else [value] if value is not None else []
    reminders = [read_reminder(key, row) for row in rows]
    names = [reminder.name for reminder in reminders]
    for name in names:
        if names.count(name) > 1:
            raise ReminderInvalid(key=key, reason=f"{name} twice", reason_th=f"มี {name} ซ้ำกัน")
    return sorted(reminders, key=lambda reminder: (reminder.kind == ESCALATION, reminder.number))


def read_reminder(key: str, row: Any) -> Reminder:
    """One row. Raises `ReminderInvalid`."""
    if not isinstance(row, Mapping):
        raise ReminderInvalid(key=key, reason=f"{row!r}", reason_th=f"{row!r}")
    for name, known in _WORDS.items():
        if row.get(name) not in known:
            said, allowed = row.get(name), ", ".join(known)
            reason = f"{name} {said!r} is none of {allowed}"
            raise ReminderInvalid(
                key=key, reason=reason, reason_th=f"{name} {said!r} ไม่ใช่ {allowed}"
            )
    letter = str(row.get("letter") or "")
    if (row["how"] == LETTER) != bool(letter):
        reason = "a letter needs how = letter, and names which"
        raise ReminderInvalid(key=key, reason=reason, reason_th="how = letter ต้องระบุหนังสือ และกลับกัน")
    number, offset = (_whole(key, name, row.get(name)) for name in ("number", "offset"))
    return Reminder(
        key,
        row["kind"],
        number,
        offset,
        row["unit"],
        row["when"],
        _groups(row.get("to")),
        row["how"],
        letter,
        row.get("report") is True,
    )


_WORDS: Final[Mapping[str, Sequence[str]]] = {
    "kind": (REMINDER, ESCALATION),
    "unit": (WORKING, CALENDAR),
    "when": (BEFORE, AFTER, START, RECEIPT),
    "how": (NOTICE, LIST, LETTER),
}


def _whole(key: str, name: str, value: Any) -> int:
    try:
        return whole(value)
    except ValueError:
        reason = f"{name} must be a whole number, not {value!r}"
        said = f"{name} ต้องเป็นจำนวนเต็ม ไม่ใช่ {value!r}"
        raise ReminderInvalid(key=key, reason=reason, reason_th=said) from None


def _groups(value: Any) -> tuple[str, ...]:
    """The groups, without those that a case not yet assigned or screened has none of."""
    named = value if isinstance(value, list) else [value]
    return tuple(str(group) for group in named if group)


# ── in words ───────────────────────────────────────────────────────────────────────────────────


def words_of(reminder: Reminder) -> Text:
    """When a reminder is reached: `ก่อนครบกำหนด 2 วันทำการ`, `2 working days before the end`."""
    given = amount(reminder.offset, reminder.unit)
    if reminder.when == BEFORE:
        return Text(f"ก่อนครบกำหนด {given.th}", f"{given.en} before the end")
    if reminder.when == AFTER:
        return Text(f"เกินกำหนด {given.th}", f"{given.en} overdue")
    since = (
        Text("รับเรื่อง", "the receipt") if reminder.when == RECEIPT else Text("เริ่มขั้นตอน", "the start")
    )
    return Text(f"ครบ {given.th} นับจาก{since.th}", f"{given.en} after {since.en}")
