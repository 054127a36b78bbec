"""The rows of the clocks: started, found, written down, finished."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from complaints.calendar import Calendar
from complaints.clock_models import ClockChange, ClockRow
from complaints.deadlines import (
    RECEIPT,
    Count,
    Pause,
    SlaRule,
    deadline_of,
    first_day,
    read_rule,
)
from complaints.errors import OfficeError
from complaints.holiday_table import current_calendar
from complaints.models import Case
from engine import queries
from engine.actor import Actor
from engine.clock import BANGKOK
from engine.instances import Instance
from engine.models import ProcessInstance
from engine.work import Work

OVERALL = "overall"  # the clock of the case as a whole


class ClockNotFound(OfficeError):
    """There is no such running deadline."""

    thai = "ไม่พบกำหนดเวลาที่กำลังนับอยู่"


def iso(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).isoformat()


Known = Instance | ProcessInstance  # of the running turn, or as it is stored


def instance_of(work: Work, instance_id: str) -> Known:
    """The instance of the running turn, which may be too new to be in the database."""
    return work.touched.get(instance_id) or queries.instance(work, instance_id)


def start_clock(work: Work, instance: Known, rule: SlaRule, element_id: str = "") -> ClockRow:
    """Start the deadline of a step, counted on the calendar as it stands now; the element that
    asks for it follows it from then on."""
    case_id = instance.business_key or instance.id
    calendar = current_calendar(work)
    started_at, started_on = _beginning(work, case_id, rule, calendar)
    deadline = deadline_of(Count(rule, started_at, started_on), calendar)
    previous = _latest(work, case_id, rule.key)
    clock = ClockRow(
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
        due_at=deadline.due_at,
        status="running",
        extended=0,
        extensions=0,
        calendar_version=calendar.version,
        askers=[element_id] if element_id else [],
        command_seq=instance.command_seq + 1,
        changes=0,
    )
    work.session.add(clock)
    return clock


def _beginning(
    work: Work, case_id: str, rule: SlaRule, calendar: Calendar
) -> tuple[datetime, date]:
    case = work.session.get(Case, case_id) if rule.start == RECEIPT else None
    if case is not None:
        return case.received_at, case.legal_received_on
    return work.now, first_day(rule, calendar, work.now)


def finish_clock(work: Work, clock: ClockRow) -> None:
    """The step is done, or was left another way: nobody waits for this deadline any more."""
    clock.status, clock.paused_at, clock.finished_at = "finished", None, work.now


def note(
    work: Work,
    clock: ClockRow,
    kind: str,
    *,
    before: datetime,
    reason: str,
    actor: Actor,
    days: int = 0,
) -> None:
    """Write down what moved a clock; `before` is the moment it had until now."""
    clock.changes += 1
    work.session.add(
        ClockChange(
            clock_id=clock.id,
            seq=clock.changes,
            kind=kind,
            at=work.now,
            actor=actor.id,
            before=before,
            after=clock.due_at,
            days=days,
            reason=reason,
        )
    )


def running_clock(work: Work, case_id: str, key: str) -> ClockRow | None:
    """The clock of this case and key that has not ended (it may stand still)."""
    latest = _latest(work, case_id, key)
    return None if latest is None or latest.status == "finished" else latest


def _latest(work: Work, case_id: str, key: str) -> ClockRow | None:
    query = sa.select(ClockRow).where(ClockRow.case_id == case_id, ClockRow.key == key)
    return work.session.scalars(query.order_by(ClockRow.round.desc()).limit(1)).first()


def open_clocks(work: Work, case_id: str) -> list[ClockRow]:
    query = sa.select(ClockRow).where(ClockRow.case_id == case_id, ClockRow.status != "finished")
    return list(work.session.scalars(query.order_by(ClockRow.due_at, ClockRow.id)))


def clocks_of(work: Work, case_id: str) -> list[ClockRow]:
    """Every clock a case has had, in the order they started."""
    query = sa.select(ClockRow).where(ClockRow.case_id == case_id)
    order = (ClockRow.command_seq, ClockRow.started_at, ClockRow.key)
    return list(work.session.scalars(query.order_by(*order)))


def changes_of(work: Work, clock: ClockRow) -> list[ClockChange]:
    query = sa.select(ClockChange).where(ClockChange.clock_id == clock.id)
    return list(work.session.scalars(query.order_by(ClockChange.seq)))


def count_of(work: Work, clock: ClockRow) -> Count:
    """What the clock's deadline is counted from."""
    rule = read_rule(clock.key, clock.rule)
    pauses = _pauses(changes_of(work, clock), rule.pause_limit)
    return Count(rule, clock.started_at, clock.started_on, clock.extended, pauses)


def _pauses(changes: Sequence[ClockChange], limit: int) -> tuple[Pause, ...]:
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
