"""Deadlines as rows of the office: asked for by the diagram, moved with a reason, explained.

A diagram never counts days. It says `=due("clarify")`, and what comes back is the moment of the
running clock of that step, or of a new one counted by the SLA table the case was deployed with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from complaints import clock_moves
from complaints.clock_models import ClockRow
from complaints.clock_rows import (
    OVERALL,
    ClockNotFound,
    Known,
    changes_of,
    clocks_of,
    count_of,
    finish_clock,
    instance_of,
    iso,
    open_clocks,
    running_clock,
    start_clock,
)
from complaints.clock_words import explain_count
from complaints.deadlines import COMPLAINANT, SlaRule, read_rule
from complaints.errors import OfficeError
from complaints.holiday_table import calendar_at
from complaints.models import Case
from engine import dmn, feel, queries
from engine.text import Text
from engine.work import Event, HostCall, Work

__all__ = [
    "OVERALL",
    "ClockNotFound",
    "SlaKeyUnknown",
    "changes_of",
    "clocks_of",
    "due",
    "explain",
    "iso",
    "open_clocks",
    "rule_for",
    "running_clock",
    "step_name",
    "watch_clocks",
]

DECISION = "sla"
LEAVING = ("activity_completed", "activity_cancelled")


class SlaKeyUnknown(OfficeError):
    """The SLA table has no row for {key!r}."""

    thai = "ตาราง SLA ไม่มีแถวสำหรับ {key}"


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


def _was_left_in_this_turn(work: Work, instance: Known, clock: ClockRow) -> bool:
    """Whether the case went out of the step and back into it before anyone could be told."""
    execution = work.live.get(instance.id)
    if execution is None or clock.command_seq > instance.command_seq:
        return False  # a clock that this turn started belongs to the visit that goes on
    return any(
        type in LEAVING and node.extensions.properties.get("sla") == clock.key
        for type, node, _ in execution.changes.events
    )


def rule_for(work: Work, instance: Known, key: str, variables: Mapping[str, Any]) -> SlaRule:
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


# ── what the case's course does to its clocks ──────────────────────────────────────────────────


def watch_clocks(work: Work, event: Event) -> None:
    """A listener: the clock of a step ends with the step, all clocks with the case."""
    if event.type in ("instance_completed", "instance_cancelled"):
        for clock in open_clocks(work, event.business_key or event.instance_id):
            finish_clock(work, clock)
    if event.type == "instance_started":
        _start_overall(work, event)
    if event.type == "decision_evaluated":
        _review_overall(work, event)
    key = event.properties.get("sla")
    if key is not None and event.type in LEAVING:
        _leave_step(work, event, key)
    if key is not None and event.type == "activity_entered":
        _enter_step(work, event, key)


def _start_overall(work: Work, event: Event) -> None:
    rule = _overall_rule(work, event)
    if rule is not None:
        clock = start_clock(work, instance_of(work, event.instance_id), rule)
        case = work.session.get(Case, clock.case_id)
        if case is not None:
            case.due_at = clock.due_at


def _review_overall(work: Work, event: Event) -> None:
    """How long a case may take in all depends on what the tables have since found out about it."""
    clock = running_clock(work, event.business_key or event.instance_id, OVERALL)
    rule = _overall_rule(work, event) if clock is not None else None
    if clock is not None and rule is not None:
        clock_moves.apply_rule(work, clock, rule)


def _overall_rule(work: Work, event: Event) -> SlaRule | None:
    instance = instance_of(work, event.instance_id)
    execution = work.live.get(instance.id)
    variables = {} if execution is None else execution.variables()
    row = _sla_row(work, instance.definition_id, OVERALL, variables, work.now)
    return None if row is None else read_rule(OVERALL, row)


def _leave_step(work: Work, event: Event, key: str) -> None:
    clock = running_clock(work, event.business_key or event.instance_id, key)
    # A clock that this very turn started belongs to the next visit of a step that loops to itself.
    if clock and clock.command_seq < instance_of(work, event.instance_id).command_seq:
        finish_clock(work, clock)
        if clock.owner == COMPLAINANT:
            clock_moves.resume_after_complainant(work, clock)


def _enter_step(work: Work, event: Event, key: str) -> None:
    """While the complainant is waited for, the agency's own clocks stand still."""
    clock = running_clock(work, event.business_key or event.instance_id, key)
    if clock is not None and clock.owner == COMPLAINANT:
        clock_moves.pause_for_complainant(work, clock)


# ── looking ────────────────────────────────────────────────────────────────────────────────────


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
