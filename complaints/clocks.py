"""Deadlines as rows of the office: asked for by the diagram, moved with a reason, explained.

A diagram never counts days. It says `=due("clarify")`, and what comes back is the moment of the
running clock of that step, or of a new one counted by the SLA table the case was deployed with.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from complaints.calendar import Calendar
from complaints.clock_models import ClockChange, ClockRow
from complaints.clock_words import explain_count
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
from complaints.holiday_table import calendar_at, current_calendar
from complaints.models import Case
from engine import dmn, feel, queries
from engine.actor import SYSTEM, Actor
from engine.clock import BANGKOK
from engine.models import ProcessInstance
from engine.text import Text
from engine.work import Event, HostCall, Work

DECISION = "sla"
OVERALL = "overall"  # the clock of the case as a whole
LEAVING = ("activity_completed", "activity_cancelled")


class SlaKeyUnknown(OfficeError):
    """The SLA table has no row for {key!r}."""

    thai = "ตาราง SLA ไม่มีแถวสำหรับ {key}"


class ClockNotFound(OfficeError):
    """There is no such running deadline."""

    thai = "ไม่พบกำหนดเวลาที่กำลังนับอยู่"


# ── what the diagram asks ──────────────────────────────────────────────────────────────────────


def due(call: HostCall, key: str) -> str:
    """The host function `due("clarify")`: when this step must be done, as ISO 8601 in Thai time.

    Raises:
        SlaKeyUnknown: the SLA table of the case's deployment has no such key.
        SlaRuleInvalid: its row cannot be used.
    """
    instance = instance_of(call.work, call.instance_id)
    clock = running_clock(call.work, call.business_key or call.instance_id, key)
    if clock is not None and _was_left_in_this_turn(call.work, instance, clock):
        finish_clock(call.work, clock)
        clock = None
    if clock is None:
        rule = rule_for(call.work, instance, key, call.variables)
        clock = start_clock(call.work, instance, rule, call.element_id)
    if call.element_id not in clock.askers:
        clock.askers = [*clock.askers, call.element_id]
    return iso(clock.due_at)


def iso(moment: datetime) -> str:
    return moment.astimezone(BANGKOK).isoformat()


def instance_of(work: Work, instance_id: str) -> ProcessInstance:
    """The instance of the running turn, which may be too new to be in the database."""
    touched = work.touched.get(instance_id)
    return touched[0] if touched is not None else queries.instance(work, instance_id)


def _was_left_in_this_turn(work: Work, instance: ProcessInstance, clock: ClockRow) -> bool:
    """Whether the case went out of the step and back into it before anyone could be told."""
    execution = work.live.get(instance.id)
    if execution is None or clock.command_seq > instance.command_seq:
        return False  # a clock that this turn started belongs to the visit that goes on
    return any(
        type in LEAVING and node.extensions.properties.get("sla") == clock.key
        for type, node, _ in execution.changes.events
    )


def rule_for(
    work: Work, instance: ProcessInstance, key: str, variables: Mapping[str, Any]
) -> SlaRule:
    """The row of the SLA table, in the case's own deployment, that applies to the case now."""
    row = _sla_row(work, instance.definition_id, key, variables, work.now)
    if row is None:
        raise SlaKeyUnknown(key=key)
    return read_rule(key, row)


def _sla_row(
    work: Work, definition_id: str, key: str, variables: Mapping[str, Any], now: datetime
) -> Mapping[str, Any] | None:
    tables = queries.decisions(work, definition_id)
    if not any(DECISION in table.decisions for table in tables):
        return None
    environment = feel.Environment(now=now)
    value = dmn.evaluate(tables, DECISION, {**variables, "step": key}, environment).value
    return value if isinstance(value, Mapping) else None


# ── a clock's life ─────────────────────────────────────────────────────────────────────────────


def start_clock(
    work: Work, instance: ProcessInstance, rule: SlaRule, element_id: str = ""
) -> ClockRow:
    """Start the deadline of a step, counted on the calendar as it stands now."""
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
        askers=[],
        command_seq=instance.command_seq + 1,
        changes=0,
    )
    work.session.add(clock)
    work.session.flush()  # its first change refers to it
    note(work, clock, "started", before=None)
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
    note(work, clock, "finished", before=clock.due_at)


def note(
    work: Work,
    clock: ClockRow,
    kind: str,
    *,
    before: datetime | None,
    reason: str = "",
    days: int = 0,
    actor: Actor = SYSTEM,
) -> None:
    """Write down what happened to a clock; `before` is the moment it had until now."""
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


# ── what the case's course does to its clocks ──────────────────────────────────────────────────


def watch_clocks(work: Work, event: Event) -> None:
    """A listener: the clock of a step ends with the step, all clocks with the case."""
    if event.type in ("instance_completed", "instance_cancelled"):
        for clock in open_clocks(work, event.business_key or event.instance_id):
            finish_clock(work, clock)
    if event.type == "instance_started":
        _start_overall(work, event)
    key = event.properties.get("sla")
    if key is not None and event.type in LEAVING:
        _leave_step(work, event, key)


def _start_overall(work: Work, event: Event) -> None:
    instance = instance_of(work, event.instance_id)
    case = work.session.get(Case, event.business_key) if event.business_key else None
    execution = work.live.get(instance.id)
    variables = {} if execution is None else execution.variables()
    row = _sla_row(work, instance.definition_id, OVERALL, variables, work.now)
    if row is None:
        return
    clock = start_clock(work, instance, read_rule(OVERALL, row))
    if case is not None:
        case.due_at = clock.due_at


def _leave_step(work: Work, event: Event, key: str) -> None:
    clock = running_clock(work, event.business_key or event.instance_id, key)
    # A clock that this very turn started belongs to the next visit of a step that loops to itself.
    if clock and clock.command_seq < instance_of(work, event.instance_id).command_seq:
        finish_clock(work, clock)


# ── looking ────────────────────────────────────────────────────────────────────────────────────


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


def explain(work: Work, clock: ClockRow) -> Text:
    """Why this day: one paragraph with the rule, the start, what was passed over, and the law."""
    return explain_count(
        count_of(work, clock),
        calendar_at(work, clock.calendar_version),
        step=step_name(work, clock),
        extensions=clock.extensions,
    )


def step_name(work: Work, clock: ClockRow) -> Text:
    """How the diagram calls the step; a clock of the whole case has a name of its own."""
    for process in queries.models(work, clock.definition_id).values():
        for node in process.body.walk():
            if node.extensions.properties.get("sla") == clock.key and node.name.th:
                return node.name
    return (
        Text("การดำเนินการทั้งเรื่อง", "the case as a whole")
        if clock.key == OVERALL
        else Text(clock.key, clock.key)
    )
