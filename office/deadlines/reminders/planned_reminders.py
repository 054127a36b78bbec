"""The reminders of a running deadline as rows: planned with it, moved with it, dropped with it.

Who is reminded and told, and when, stands in the decision `rungs`; what happens as a reminder is
reached, in `office/letters/reminder_sending.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import outbox
from engine.store.work import Work
from engine.verbs.timers import move_timer
from office.deadlines.holiday_table import current_calendar
from office.deadlines.reminders.reminder_table import Reminder, moment_of, read_reminder
from office.deadlines.rows import OVERALL, assumed_count, iso, latest_deadline
from office.deadlines.rules import reminders_for
from office.deadlines.tables import DeadlineRow, ReminderRow
from office.ground.errors import OfficeError
from office.ground.tables import Case

TOPIC = "rungs"  # in the outbox, at the moment the next reminder of a case is reached


class ReminderUnknown(OfficeError):
    """The table of reminders has no {name} for {key!r}."""

    thai = "ตารางเตือนและเร่งรัดของ {key} ไม่มี {name}"


def plan_reminders(work: Work, deadline: DeadlineRow, variables: Mapping[str, Any]) -> None:
    """Write down what a deadline that has just started, or fell under another rule, has before it.
    What was sent already is not planned again."""
    reminders = reminders_for(work, deadline.definition_id, deadline.key, variables)
    if not reminders:
        return
    work.session.flush()  # the reminders refer to the deadline
    sent = {row.name for row in reminders_of(work, deadline)}
    _add(work, deadline, [reminder for reminder in reminders if reminder.name not in sent])


def _add(work: Work, deadline: DeadlineRow, reminders: Sequence[Reminder], *, lap: int = 0) -> None:
    moments = _moments(work, deadline, reminders)
    for reminder in reminders:
        row = ReminderRow(clock_id=deadline.id, lap=lap, name=reminder.name)
        row.case_id, row.due_at, row.rule = (
            deadline.case_id,
            moments[reminder.name],
            reminder.to_json(),
        )
        row.planned_at = work.now
        row.is_reported, row.askers, row.sent_to = reminder.is_reported, [], []
        work.session.add(row)
    if moments:
        wake(work, deadline.case_id, min(moments.values()))


def _moments(
    work: Work, deadline: DeadlineRow, reminders: Iterable[Reminder]
) -> dict[str, datetime]:
    count, calendar = assumed_count(work, deadline), current_calendar(work)
    case = work.session.get(Case, deadline.case_id)
    facts: dict[str, Any] = {
        "received_on": deadline.started_on if case is None else case.legal_received_on,
        "waited": _days_waited(work, deadline.case_id),
    }
    return {reminder.name: moment_of(reminder, count, calendar, **facts) for reminder in reminders}


def _days_waited(work: Work, case_id: str) -> int:
    """For how many days the case as a whole has stood still."""
    overall = latest_deadline(work, case_id, OVERALL)
    pauses = () if overall is None else assumed_count(work, overall).pauses
    return sum((pause.end - pause.start).days for pause in pauses)


def wake(work: Work, case_id: str, moment: datetime) -> None:
    """Look at the reminders of a case at this moment, or now when it has passed."""
    at = max(moment, work.now)
    key = f"{TOPIC}:{case_id}:{at.isoformat()}"
    outbox.enqueue(work, TOPIC, {"case": case_id}, key=key, due_at=at)


def reminders_of(work: Work, deadline: DeadlineRow) -> list[ReminderRow]:
    """All reminders of a deadline, sent ones too, in the order of their moments."""
    query = sa.select(ReminderRow).order_by(ReminderRow.due_at, ReminderRow.name)
    if not work.is_readonly:
        return list(work.session.scalars(query.where(ReminderRow.clock_id == deadline.id)))
    of_case = query.where(ReminderRow.case_id == deadline.case_id)
    rows = work.once("rungs", deadline.case_id, lambda: list(work.session.scalars(of_case)))
    return [row for row in rows if row.clock_id == deadline.id]


def waiting_reminders(work: Work, case_ids: Iterable[str]) -> dict[str, ReminderRow]:
    """The next reminder of each of these cases."""
    wanted = set(case_ids)
    query = sa.select(ReminderRow).where(
        ReminderRow.case_id.in_(wanted), ReminderRow.sent_at.is_(None)
    )
    found: dict[str, ReminderRow] = {}
    if not wanted:
        return found
    for row in work.session.scalars(query.order_by(ReminderRow.due_at, ReminderRow.name)):
        found.setdefault(row.case_id, row)
    return found


def follow_reminder(work: Work, deadline: DeadlineRow, name: str, element_id: str) -> datetime:
    """When a reminder is reached, for a timer of the diagram that follows it from now on.

    Raises:
        ReminderUnknown: the deadline has no such reminder.
    """
    rows = [row for row in reminders_of(work, deadline) if row.name == name]
    if not rows:
        raise ReminderUnknown(key=deadline.key, name=name)
    row = rows[-1]
    if element_id not in row.askers:
        row.askers = [*row.askers, element_id]
    return row.due_at


# ── what happens to the deadline happens to its reminders ──────────────────────────────────────


def move_reminders(
    work: Work, deadline: DeadlineRow, *, extended: bool = False
) -> list[dict[str, str]]:
    """The deadline or the calendar has moved: move what still waits, and the timers that follow;
    returns what moved. An extended deadline has its sent reminders before it again."""
    rows = reminders_of(work, deadline)
    reminders = {row.name: read_reminder(deadline.key, row.rule) for row in rows}
    moments = _moments(work, deadline, reminders.values())
    waiting = {row.name: row for row in rows if row.sent_at is None}
    moved = [_move(work, deadline, row, moments[name]) for name, row in waiting.items()]
    if extended:
        again = [
            r for name, r in reminders.items() if name not in waiting and moments[name] > work.now
        ]
        _add(work, deadline, again, lap=1 + max((row.lap for row in rows), default=0))
    if waiting:
        wake(work, deadline.case_id, min(row.due_at for row in waiting.values()))
    return [change for change in moved if change]


def _move(work: Work, deadline: DeadlineRow, row: ReminderRow, moment: datetime) -> dict[str, str]:
    if row.due_at == moment:
        return {}
    before, row.due_at = row.due_at, moment
    for element_id in row.askers:
        move_timer(work, deadline.instance_id, element_id, iso(moment))
    return {"rung": row.name, "before": iso(before), "after": iso(moment)}


def replan_reminders(work: Work, deadline: DeadlineRow, variables: Mapping[str, Any]) -> None:
    """The deadline fell under another rule: its reminders may be others, too."""
    drop_reminders(work, deadline)
    plan_reminders(work, deadline, variables)


def drop_reminders(
    work: Work, deadline: DeadlineRow, *, later_than: datetime | None = None
) -> None:
    """Nobody waits for the deadline any more: what was not sent never will be."""
    waiting = sa.delete(ReminderRow).where(
        ReminderRow.clock_id == deadline.id, ReminderRow.sent_at.is_(None)
    )
    if later_than is not None:
        waiting = waiting.where(ReminderRow.due_at > later_than)
    work.session.execute(waiting)
