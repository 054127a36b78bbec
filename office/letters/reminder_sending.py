"""A reminder is reached: the people it names are told, once, and the case's record says so.

After the system was down several reminders may be reached at once. Whoever they name then gets one
notice for the case, which says what was missed and for how long; nobody gets them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.engine import Engine
from engine.ground.actor import SYSTEM
from engine.ground.clock import BANGKOK
from engine.store.instances import locked_instance
from engine.store.work import JobCall, Work
from engine.turn import history
from engine.verbs import queries
from office.deadlines.derivation import CALENDAR, read_rule
from office.deadlines.holiday_table import current_calendar
from office.deadlines.reminders.notices import CATCH_UP, send_notice
from office.deadlines.reminders.planned_reminders import wake
from office.deadlines.reminders.reminder_table import (
    ESCALATION,
    LETTER,
    LIST,
    REMINDER,
    Reminder,
    read_reminder,
)
from office.deadlines.rows import iso
from office.deadlines.rules import reminders_for
from office.deadlines.tables import DeadlineRow, ReminderRow
from office.ground.services import Services
from office.ground.tables import Case
from office.letters.letters import issue_letter

JOB = "ladder"  # a drawn service or send task that tells people what is reached
# A worker looks every few seconds; what is later than this was missed.
PUNCTUAL = timedelta(hours=1)
MOST_LISTED = 50
Due = tuple[ReminderRow, DeadlineRow, Reminder]


def reminder_deliverer(engine: Engine, services: Services) -> Callable[..., None]:
    """The office's own wake-up call: payload `case`."""

    def deliver(payload: Mapping[str, Any], *, key: str) -> None:
        with engine.begin() as work:
            case = work.session.get(Case, payload["case"])
            if case is not None:
                send_due_reminders(work, services, case)

    return deliver


def reminder_handler(services: Services) -> Callable[[Work, JobCall], Mapping[str, Any] | None]:
    """The same where a diagram draws it: a timer `=escalate("clarify", 1)` and such a task."""

    def handle(work: Work, job: JobCall) -> None:
        case = work.session.get_one(Case, job.business_key)
        send_due_reminders(work, services, case, element_id=job.element_id)

    return handle


def send_due_reminders(work: Work, services: Services, case: Case, *, element_id: str = "") -> None:
    """Send what a case has reached and not been told of; then wait for the next reminder."""
    if case.instance_id is None:
        return
    # Whatever moves or ends a deadline holds this lock, so a reminder is not sent while it is
    # moved.
    locked_instance(work, case.instance_id)
    due = _due(work, case)
    if due:
        variables = queries.variables(work, case.instance_id)
        told = [
            (row, deadline, _as_of_now(work, row, deadline, variables)) for row, deadline, _ in due
        ]
        _send(work, services, case, told, variables, element_id)
    _wait_for_next(work, case)


def _due(work: Work, case: Case) -> list[Due]:
    query = (
        sa.select(ReminderRow, DeadlineRow)
        .join(DeadlineRow, DeadlineRow.id == ReminderRow.clock_id)
        .where(
            ReminderRow.case_id == case.id,
            ReminderRow.sent_at.is_(None),
            ReminderRow.due_at <= work.now,
        )
        .order_by(ReminderRow.due_at, ReminderRow.name)
    )
    return [(r, c, read_reminder(c.key, r.rule)) for r, c in work.session.execute(query).all()]


def reminders_today(work: Work, rows: Sequence[ReminderRow]) -> list[Reminder]:
    """Waiting reminders with the people whom each would reach if it were sent now."""
    if not rows:
        return []
    query = sa.select(DeadlineRow).where(DeadlineRow.id.in_({row.clock_id for row in rows}))
    deadlines = {deadline.id: deadline for deadline in work.session.scalars(query)}
    facts = queries.variables_of(work, {deadline.instance_id for deadline in deadlines.values()})
    found = [(row, deadlines[row.clock_id]) for row in rows]
    return [_as_of_now(work, row, deadline, facts[deadline.instance_id]) for row, deadline in found]


def _as_of_now(
    work: Work, row: ReminderRow, deadline: DeadlineRow, variables: Mapping[str, Any]
) -> Reminder:
    """The reminder with the people it names today: the case may have changed hands since."""
    today = reminders_for(work, deadline.definition_id, deadline.key, variables)
    return next(
        (reminder for reminder in today if reminder.name == row.name),
        read_reminder(deadline.key, row.rule),
    )


def _send(
    work: Work,
    services: Services,
    case: Case,
    due: list[Due],
    variables: Mapping[str, Any],
    element_id: str,
) -> None:
    for row, deadline, reminder in due:
        row.sent_at, row.sent_to = work.now, list(reminder.to)
        if reminder.how == LETTER:
            facts = {**variables, "deadline": iso(deadline.due_at)}
            issue_letter(
                work,
                services,
                case,
                reminder.letter,
                variables=facts,
                element_id=deadline.element_id,
            )
        data = {"clock": deadline.id, **_facts(work, row, deadline)}
        history.record(
            work,
            deadline.instance_id,
            f"{reminder.kind}_sent",
            {**data, "to": list(reminder.to)},
            actor=SYSTEM,
            element_id=deadline.element_id,
        )
    for_people = [each for each in due if each[2].how != LETTER]
    if for_people:
        _notify(work, case, for_people, element_id or for_people[-1][1].element_id)


def _notify(work: Work, case: Case, due: list[Due], element_id: str) -> None:
    """Tell each group what it is named for; what was missed is told to all of them at once."""
    is_catch_up = any(_is_missed(work, row) for row, _, _ in due)
    for group, named in _by_group(due).items():
        told = due if is_catch_up else named
        send_notice(
            work,
            case,
            [group],
            kind=CATCH_UP if is_catch_up else _kind(told),
            element_id=element_id or told[-1][1].element_id,
            facts=_told(work, case, told),
        )


def _by_group(due: list[Due]) -> dict[str, list[Due]]:
    found: dict[str, list[Due]] = {}
    for each in due:
        for group in each[2].to:
            found.setdefault(group, []).append(each)
    return found


def _kind(due: list[Due]) -> str:
    return ESCALATION if any(reminder.kind == ESCALATION for _, _, reminder in due) else REMINDER


def _told(work: Work, case: Case, due: list[Due]) -> dict[str, Any]:
    listed = {deadline.key for _, deadline, reminder in due if reminder.how == LIST}
    waiting = sorted({number for key in listed for number in _waiting(work, case, key)})
    return {"rungs": [_facts(work, row, deadline) for row, deadline, _ in due], "waiting": waiting}


def _is_missed(work: Work, row: ReminderRow) -> bool:
    """Whether nobody looked when it was reached; a case entered late is late for other reasons."""
    return work.now - max(row.due_at, row.planned_at) > PUNCTUAL


def _facts(work: Work, row: ReminderRow, deadline: DeadlineRow) -> dict[str, Any]:
    late = work.now - row.due_at
    return {
        "rung": row.name,
        "key": deadline.key,
        "reached": iso(row.due_at),
        "end": iso(deadline.due_at),
        "days_over": days_over(work, deadline, work.now),
        "kind": read_rule(deadline.key, deadline.rule).kind,
        "missed": _is_missed(work, row),
        "minutes_late": int(late.total_seconds() // 60),
    }


def days_over(work: Work, deadline: DeadlineRow, now: datetime) -> int:
    """How many days, of the deadline's own kind, lie after its last day; nought before it ran out.

    The day after a missed deadline is one day late."""
    rule = read_rule(deadline.key, deadline.rule)
    last, today = (moment.astimezone(BANGKOK).date() for moment in (deadline.due_at, now))
    if rule.kind != CALENDAR:
        return max(0, current_calendar(work).working_days_between(last, today))
    return max(0, (today - last).days)


def _waiting(work: Work, case: Case, key: str) -> list[str]:
    """Receipt numbers of the cases that wait at this step in the same hands, overdue first."""
    query = (
        sa.select(Case.receipt_no)
        .join(DeadlineRow, DeadlineRow.case_id == Case.id)
        .where(
            DeadlineRow.key == key, DeadlineRow.status == "running", DeadlineRow.due_at <= work.now
        )
        .where(Case.handler == case.handler)
        .order_by(DeadlineRow.due_at)
        .limit(MOST_LISTED)
    )
    return list(work.session.scalars(query))


def _wait_for_next(work: Work, case: Case) -> None:
    waiting = sa.select(sa.func.min(ReminderRow.due_at)).where(
        ReminderRow.case_id == case.id, ReminderRow.sent_at.is_(None)
    )
    moment = work.session.scalar(waiting)
    if moment is not None:
        wake(work, case.id, moment)
