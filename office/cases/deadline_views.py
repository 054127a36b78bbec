"""Deadlines as pages show them: why this day, what comes next if nothing is done, who is late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.ground.text import Text
from engine.store.tables import UserTask
from engine.store.work import Work
from office.applications import master_data
from office.deadlines.deadlines import explain
from office.deadlines.derivation import AGENCY, days_of, read_rule
from office.deadlines.public_status import deadline_name
from office.deadlines.reminders.notices import placed
from office.deadlines.reminders.planned_reminders import reminders_of, waiting_reminders
from office.deadlines.reminders.reminder_table import Reminder, read_reminder, words_of
from office.deadlines.rows import case_deadlines, is_task_of, open_deadlines
from office.deadlines.tables import DeadlineRow, ReminderRow
from office.ground.tables import Case
from office.letters.reminder_sending import days_over, reminders_today
from office.people import people
from office.people.access import find_case, open_to, sights_of
from office.people.people import User


@dataclass(frozen=True, slots=True)
class NextReminder:
    """What happens next if the step is not done: when, and who is told."""

    at: datetime
    words: Text  # `เกินกำหนด 3 วันทำการ`
    to: Text


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A running deadline of a case, with the reasons for its day."""

    key: str
    step: Text
    due_at: datetime
    is_paused: bool
    is_complainants: bool
    why: Text
    reminders: tuple[NextReminder, ...]  # those before it, the next one first
    sent: int  # how many were sent


@dataclass(frozen=True, slots=True)
class LateLine:
    """A step that is late, for those who press on."""

    case_id: str
    receipt_no: str
    step: Text
    holder: Text
    since: datetime
    due_at: datetime
    days_over: int
    late_by: Text  # the same in words: `3 วันทำการ`
    next_reminder: NextReminder | None
    is_reported: bool  # the monthly report lists it
    may_open: bool  # whether the reader sees the case itself


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A unit, or a role where no unit holds the case, with what it is late with."""

    name: Text
    lines: tuple[LateLine, ...]

    @property
    def worst(self) -> int:
        return max(line.days_over for line in self.lines)


def deadlines_of(work: Work, case_id: str) -> list[DeadlineView]:
    """The running deadlines of a case, the earliest first."""
    case = find_case(work, case_id)
    return (
        []
        if case is None
        else [_view(work, case, deadline) for deadline in open_deadlines(work, case_id)]
    )


def _view(work: Work, case: Case, deadline: DeadlineRow) -> DeadlineView:
    rows = reminders_of(work, deadline)
    waiting = [row for row in rows if row.sent_at is None]
    coming = zip(waiting, _coming(work, waiting), strict=True)
    return DeadlineView(
        key=deadline.key,
        step=deadline_name(work, deadline.definition_id, deadline.key),
        due_at=deadline.due_at,
        is_paused=deadline.status == "paused",
        is_complainants=deadline.owner != AGENCY,
        why=explain(work, deadline),
        reminders=tuple(_told(work, case, row, reminder) for row, reminder in coming),
        sent=sum(row.sent_at is not None for row in rows),
    )


def deadline_options(work: Work, case_id: str) -> list[dict[str, str]]:
    """Every deadline that a case has had, as a choice of a form that is read out."""
    deadlines = {deadline.key: deadline.definition_id for deadline in case_deadlines(work, case_id)}
    names = {key: deadline_name(work, used, key) for key, used in deadlines.items()}
    return [{"value": key, "label": name.th, "label_en": name.en} for key, name in names.items()]


def next_reminders(work: Work, cases: Iterable[Case]) -> dict[str, NextReminder]:
    """What happens next in each of these cases, by its id."""
    known = {case.id: case for case in cases}
    waiting = waiting_reminders(work, known)
    coming = zip(waiting, _coming(work, list(waiting.values())), strict=True)
    return {id: _told(work, known[id], waiting[id], reminder) for id, reminder in coming}


def _coming(work: Work, rows: Sequence[ReminderRow]) -> list[Reminder]:
    """Reminders with those who are told; one that was planned before the tables had said who
    handles the case names them as of now."""
    planned = [read_reminder("", row.rule) for row in rows]
    today = iter(
        reminders_today(
            work, [row for row, reminder in zip(rows, planned, strict=True) if not reminder.to]
        )
    )
    return [reminder if reminder.to else next(today) for reminder in planned]


def _told(work: Work, case: Case, row: ReminderRow, reminder: Reminder) -> NextReminder:
    named = [master_data.group_text(work, placed(group, case)) for group in reminder.to]
    to = Text(", ".join(name.th for name in named), ", ".join(name.en for name in named))
    return NextReminder(row.due_at, words_of(reminder), to)


def late_units(work: Work, user: User) -> list[LateUnit]:
    """Everything of the agency that is late, by who holds it, the worst first. A case that is
    hidden from a person is not in it."""
    is_late = [
        DeadlineRow.status == "running",
        DeadlineRow.owner == AGENCY,
        DeadlineRow.due_at < work.now,
        *open_to(work, user),
    ]
    query = sa.select(DeadlineRow, Case).join(Case, Case.id == DeadlineRow.case_id).where(*is_late)
    late = work.session.execute(query.order_by(DeadlineRow.due_at)).all()
    cases = list({case.id: case for _, case in late}.values())
    following = next_reminders(work, cases)
    reported = _reported(work, [deadline.id for deadline, _ in late])
    seen = sights_of(work, cases, user)
    tasks_of = _open_tasks(work, is_late)
    ids = {task.assignee for tasks in tasks_of.values() for task in tasks if task.assignee}
    names = people.display_names(work, ids) if ids else {}
    found: dict[Text, list[LateLine]] = {}
    for deadline, case in late:
        of_case = tasks_of.get(deadline.instance_id, [])
        tasks = [task for task in of_case if is_task_of(deadline, task)]
        line = LateLine(
            case_id=case.id,
            receipt_no=case.receipt_no,
            holder=_holder(work, tasks, names),
            since=tasks[0].claimed_at or tasks[0].created_at if tasks else deadline.started_at,
            next_reminder=following.get(case.id),
            is_reported=deadline.id in reported,
            may_open=case.id in seen,
            **_lateness(work, deadline),
        )
        found.setdefault(_unit(work, tasks), []).append(line)
    units = [LateUnit(name, tuple(lines)) for name, lines in found.items()]
    return sorted(units, key=lambda unit: (-unit.worst, unit.name.th))


def _lateness(work: Work, deadline: DeadlineRow) -> dict[str, Any]:
    """Which step is late, and by how much."""
    days = days_over(work, deadline, work.now)
    return {
        "step": deadline_name(work, deadline.definition_id, deadline.key),
        "due_at": deadline.due_at,
        "days_over": days,
        "late_by": days_of(days, read_rule(deadline.key, deadline.rule).kind),
    }


def _open_tasks(work: Work, is_late: Sequence[ColumnElement[bool]]) -> dict[str, list[UserTask]]:
    """The open tasks of the cases that are late, by instance, the oldest first."""
    late = (
        sa.select(DeadlineRow.instance_id)
        .join(Case, Case.id == DeadlineRow.case_id)
        .where(*is_late)
    )
    query = sa.select(UserTask).where(UserTask.status == "open", UserTask.instance_id.in_(late))
    found: dict[str, list[UserTask]] = {}
    for task in work.session.scalars(query.order_by(UserTask.created_at, UserTask.id)):
        found.setdefault(task.instance_id, []).append(task)
    return found


def _reported(work: Work, clock_ids: Sequence[str]) -> set[str]:
    query = sa.select(ReminderRow.clock_id).where(
        ReminderRow.clock_id.in_(clock_ids),
        ReminderRow.is_reported,
        ReminderRow.sent_at.is_not(None),
    )
    return set(work.session.scalars(query))


def _holder(work: Work, tasks: Sequence[UserTask], names: Mapping[str, str]) -> Text:
    if not tasks:
        return Text("ระบบ", "the system")
    task = tasks[0]
    if task.assignee is not None:
        name = names.get(task.assignee, "—")
        return Text(name, name)
    named = [master_data.group_text(work, group) for group in task.candidate_groups]
    return Text(", ".join(name.th for name in named), ", ".join(name.en for name in named))


def _unit(work: Work, tasks: Sequence[UserTask]) -> Text:
    """The unit that the task is offered to, or the role where it is bound to none."""
    groups = tasks[0].candidate_groups if tasks else []
    for group in groups:
        unit = group.partition("@")[2]
        if unit:
            return master_data.unit_text(work, unit)
    return master_data.group_text(work, groups[0]) if groups else Text("ระบบ", "the system")
