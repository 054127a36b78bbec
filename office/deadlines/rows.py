"""The rows of the deadlines: started, found, written down, finished."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.tables import ProcessInstance, UserTask, fixed
from engine.store.work import Instance, Work
from engine.verbs import queries
from office.deadlines.derivation import (
    AGENCY,
    RECEIPT,
    Count,
    Pause,
    SlaRule,
    deadline_of,
    first_day,
    read_rule,
)
from office.deadlines.holiday_table import current_calendar, lock_calendar
from office.deadlines.tables import DeadlineChange, DeadlineRow
from office.deadlines.working_days import Calendar
from office.ground.errors import OfficeError
from office.ground.tables import Case

DEADLINES = "clocks"  # what a unit of work keeps of them
OVERALL = "overall"  # the deadline of the case as a whole
AWAITED = "awaited"  # in the rule of a deadline: its days, once the notice is known to be received
RECURRING = "recurring"  # in the rule of a deadline whose step comes again and again
WHOLE = Text("การดำเนินการทั้งเรื่อง", "the case as a whole")
STOOD = Text("การหยุดนับตามกฎหมาย", "the legal stay")


class ClockNotFound(OfficeError):
    """There is no such running deadline."""

    thai = "ไม่พบกำหนดเวลาที่กำลังนับอยู่"


def iso(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).isoformat()


Known = Instance | ProcessInstance  # of the running turn, or as it is stored


def instance_of(work: Work, instance_id: str) -> Known:
    """The instance of the running turn, which may be too new to be in the database."""
    return work.touched.get(instance_id) or queries.instance(work, instance_id)


def begin_deadline(
    work: Work,
    instance: Known,
    rule: SlaRule,
    element_id: str = "",
    *,
    command_seq: int | None = None,
) -> DeadlineRow:
    """Start the deadline of a step, counted on the calendar as it stands now. It belongs to the
    command that is running, which has no number yet, or to the one given."""
    case_id = instance.business_key or instance.id
    lock_calendar(work)
    calendar = current_calendar(work)
    started_at, started_on = _beginning(work, case_id, rule, calendar)
    end = deadline_of(Count(rule, started_at, started_on), calendar)
    previous = latest_deadline(work, case_id, rule.key)
    deadline = DeadlineRow(
        id=uuid.uuid4().hex,
        case_id=case_id,
        instance_id=instance.id,
        definition_id=instance.definition_id,
        key=rule.key,
        element_id=element_id,
        round=previous.round + 1 if previous else 1,
        rule=rule.to_json(),
        owner=rule.owner,
        started_at=started_at,
        started_on=started_on,
        due_at=end.due_at,
        status="running",
        extended=0,
        extensions=0,
        calendar_version=calendar.version,
        askers=[],
        command_seq=instance.command_seq + 1 if command_seq is None else command_seq,
        changes=0,
    )
    known = _deadlines(work, case_id)
    work.session.add(deadline)
    if deadline not in known:  # as it is where they are kept
        known.append(deadline)
    return deadline


def _beginning(
    work: Work, case_id: str, rule: SlaRule, calendar: Calendar
) -> tuple[datetime, date]:
    case = work.session.get(Case, case_id) if rule.start == RECEIPT else None
    if case is not None:
        return case.received_at, case.legal_received_on
    return work.now, first_day(rule, calendar, work.now)


def end_deadline(work: Work, deadline: DeadlineRow) -> None:
    """The step is done, or was left another way: nobody waits for this deadline any more."""
    deadline.status, deadline.paused_at, deadline.finished_at = "finished", None, work.now


def note(
    work: Work,
    deadline: DeadlineRow,
    kind: str,
    *,
    before: datetime,
    reason: str,
    actor: Actor,
    days: int = 0,
) -> None:
    """Write down what moved a deadline; `before` is the moment it had until now."""
    deadline.changes += 1
    work.session.add(
        DeadlineChange(
            clock_id=deadline.id,
            seq=deadline.changes,
            kind=kind,
            at=work.now,
            actor=actor.id,
            before=before,
            after=deadline.due_at,
            days=days,
            reason=reason,
        )
    )


def running_deadline(work: Work, case_id: str, key: str) -> DeadlineRow | None:
    """The deadline of this case and key that has not ended (it may stand still)."""
    latest = latest_deadline(work, case_id, key)
    return None if latest is None or latest.status == "finished" else latest


def latest_deadline(work: Work, case_id: str, key: str) -> DeadlineRow | None:
    """The newest deadline of this case and key, running or ended."""
    found = [deadline for deadline in _deadlines(work, case_id) if deadline.key == key]
    return max(found, key=lambda deadline: deadline.round, default=None)


def open_deadlines(work: Work, case_id: str) -> list[DeadlineRow]:
    found = [deadline for deadline in _deadlines(work, case_id) if deadline.status != "finished"]
    return sorted(found, key=lambda deadline: (deadline.due_at, deadline.id))


def earliest_due(work: Work, case_ids: Iterable[str]) -> dict[str, datetime]:
    """Of each case the deadline that comes first, be it of a step or of the case as a whole."""
    query = (
        sa.select(DeadlineRow.case_id, sa.func.min(DeadlineRow.due_at))
        .where(DeadlineRow.case_id.in_(set(case_ids)), DeadlineRow.status != "finished")
        .where(DeadlineRow.owner == AGENCY)
        .group_by(DeadlineRow.case_id)
    )
    return dict(work.session.execute(query).all())


def case_deadlines(work: Work, case_id: str) -> list[DeadlineRow]:
    """Every deadline a case has had, in the order they started."""
    return sorted(
        _deadlines(work, case_id),
        key=lambda deadline: (deadline.command_seq, deadline.started_at, deadline.key),
    )


def _deadlines(work: Work, case_id: str) -> list[DeadlineRow]:
    """All deadlines of a case. A turn asks for them many times: once the case is locked, nobody
    else starts one, and those of this unit of work are added."""

    def read() -> list[DeadlineRow]:
        query = sa.select(DeadlineRow).where(DeadlineRow.case_id == case_id)
        return list(work.session.scalars(query))

    if case_id in (locked.business_key or locked.id for locked in work.touched.values()):
        return work.kept(DEADLINES, case_id, read)
    return work.once("clocks", case_id, read)


def tasks_of(work: Work, deadline: DeadlineRow) -> list[UserTask]:
    """The open tasks that a deadline is of; of the case as a whole, all of its open tasks."""
    query = sa.select(UserTask).where(
        UserTask.instance_id == deadline.instance_id, UserTask.status == "open"
    )
    if deadline.key != OVERALL:
        query = query.where(UserTask.element_id.in_(deadline.askers))
    return list(work.session.scalars(query.order_by(UserTask.created_at, UserTask.id)))


def is_task_of(deadline: DeadlineRow, task: UserTask) -> bool:
    """Whether the deadline is of this task of its case."""
    return deadline.key == OVERALL or task.element_id in deadline.askers


def changes_of(work: Work, deadline: DeadlineRow) -> list[DeadlineChange]:
    if not work.is_readonly:
        query = sa.select(DeadlineChange).where(DeadlineChange.clock_id == deadline.id)
        return list(work.session.scalars(query.order_by(DeadlineChange.seq)))
    changes = work.once(
        "deadline changes", deadline.case_id, lambda: _changes(work, deadline.case_id)
    )
    return changes.get(deadline.id, [])


def _changes(work: Work, case_id: str) -> dict[str, list[DeadlineChange]]:
    """What moved the deadlines of a case, by deadline."""
    query = sa.select(DeadlineChange).join(DeadlineRow, DeadlineRow.id == DeadlineChange.clock_id)
    found: dict[str, list[DeadlineChange]] = {}
    for change in work.session.scalars(
        query.where(DeadlineRow.case_id == case_id).order_by(DeadlineChange.seq)
    ):
        found.setdefault(change.clock_id, []).append(change)
    return found


def count_of(work: Work, deadline: DeadlineRow) -> Count:
    """What the deadline is counted from."""
    rule = read_rule(deadline.key, deadline.rule)
    pauses = _pauses(changes_of(work, deadline), rule.pause_limit)
    return Count(rule, deadline.started_at, deadline.started_on, deadline.extended, pauses)


def count_due(work: Work, deadline: DeadlineRow) -> datetime:
    """When the deadline runs out, counted on the calendar as it stands now."""
    return deadline_of(assumed_count(work, deadline), current_calendar(work)).due_at


def assumed_count(work: Work, deadline: DeadlineRow) -> Count:
    """The same; a pause that lasts is taken to last as long as it may, so that nothing that follows
    the deadline happens while it stands still, and a forgotten pause ends by itself."""
    count = count_of(work, deadline)
    if deadline.paused_at is None:
        return count
    began = deadline.paused_at.astimezone(BANGKOK).date()
    longest = Pause(began, began + timedelta(days=days_left_to_pause(count)), lasts=True)
    return replace(count, pauses=(*count.pauses, longest))


def days_left_to_pause(count: Count) -> int:
    used = sum((pause.end - pause.start).days for pause in count.pauses)
    return count.rule.pause_limit - used


def _pauses(changes: Sequence[DeadlineChange], limit: int) -> tuple[Pause, ...]:
    """The pauses that have ended; of their days in all only so many as the rule allows."""
    found: list[Pause] = []
    began: date | None = None
    for change in changes:
        day = change.at.astimezone(BANGKOK).date()
        if change.kind == "paused":
            began = day
        if change.kind == "resumed" and began is not None:
            pause = Pause(began, min(day, began + timedelta(days=limit)))
            limit -= (pause.end - pause.start).days
            found.append(pause)
            began = None
    return tuple(found)


def deadline_counts(work: Work) -> dict[str, int]:
    """How many cases have a deadline of the agency that is over, or that ends within the next 24
    hours; found by the index of open deadlines."""
    tomorrow = work.now + timedelta(hours=24)
    return {
        "overdue": _cases(work, DeadlineRow.due_at <= work.now),
        "due_24h": _cases(work, DeadlineRow.due_at > work.now, DeadlineRow.due_at <= tomorrow),
    }


def _cases(work: Work, *when: sa.ColumnElement[bool]) -> int:
    # The first condition is the index's own, said as it is there.
    counted = (DeadlineRow.status != fixed("finished"), DeadlineRow.status == "running")
    query = sa.select(sa.func.count(sa.distinct(DeadlineRow.case_id)))
    return work.session.scalar(query.where(*counted, DeadlineRow.owner == "agency", *when)) or 0
