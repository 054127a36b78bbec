"""Deadlines as rows of the office: asked for by the diagram, moved with a reason, explained.

A diagram never counts days. It says `=due("clarify")`, and what comes back is the moment of the
running deadline of that step, or of a new one counted by the SLA table the case was deployed with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Event, HostCall, Work
from engine.turn.definitions import load_bundle
from office.deadlines import changes, pauses
from office.deadlines.derivation import (
    CALENDAR,
    COMPLAINANT,
    NOTICE,
    SlaRule,
    SlaRuleInvalid,
    read_rule,
)
from office.deadlines.explanation import explain_count
from office.deadlines.extensions import overtake_requests
from office.deadlines.holiday_table import calendar_at, current_calendar
from office.deadlines.public_status import deadline_name
from office.deadlines.receipts import received_in_this_turn
from office.deadlines.reminders.planned_reminders import (
    drop_reminders,
    follow_reminder,
    plan_reminders,
    replan_reminders,
)
from office.deadlines.reminders.reminder_table import ESCALATION, REMINDER
from office.deadlines.rows import (
    AWAITED,
    OVERALL,
    RECURRING,
    ClockNotFound,
    Known,
    assumed_count,
    begin_deadline,
    case_deadlines,
    changes_of,
    count_due,
    end_deadline,
    instance_of,
    iso,
    open_deadlines,
    running_deadline,
)
from office.deadlines.rules import SlaKeyUnknown, found_rule, rule_for
from office.deadlines.tables import DeadlineRow
from office.ground.tables import Case

__all__ = [
    "FUNCTIONS",
    "OVERALL",
    "ClockNotFound",
    "SlaKeyUnknown",
    "case_deadlines",
    "changes_of",
    "due",
    "escalate",
    "explain",
    "iso",
    "open_deadlines",
    "remind",
    "rounds",
    "running_deadline",
    "step_name",
    "watch_deadlines",
]

LEAVING = ("activity_completed", "activity_cancelled")
# Steps that a machine takes: their deadline begins as they are entered, for nobody asks for it.
AT_ONCE = frozenset({"startEvent", "sendTask", "serviceTask"})


# ── what the diagram asks ──────────────────────────────────────────────────────────────────────


def due(call: HostCall, key: str, unless_told: str = "") -> str:
    """The host function `due("clarify")`: when this step must be done, as ISO 8601 in Thai time.

    What counts from a notice names a second row, `due("review_request", "review_late")`: it counts
    by that one until it is known that the complainant received the letter.

    Raises:
        SlaKeyUnknown: the SLA table of the case's deployment has no such key.
        SlaRuleInvalid: its row cannot be used.
    """
    deadline = _asked_for(call, key, unless_told)
    if call.element_id not in deadline.askers:
        deadline.askers = [*deadline.askers, call.element_id]
    return iso(deadline.due_at)


def remind(call: HostCall, key: str, number: int | Decimal) -> str:
    """The host function `remind("clarify", 1)`: when the step's first reminder goes out.

    Raises:
        SlaKeyUnknown, SlaRuleInvalid: as for `due`.
        ReminderUnknown: the step has no such reminder.
    """
    return _reminder(call, key, f"{REMINDER}-{int(number)}")


def escalate(call: HostCall, key: str, number: int | Decimal) -> str:
    """The host function `escalate("clarify", 1)`, in the same way."""
    return _reminder(call, key, f"{ESCALATION}-{int(number)}")


def rounds(call: HostCall, key: str, ahead: int | Decimal = 0) -> str:
    """The host function `rounds("progress", 5)`: an ISO 8601 cycle, for a timer that comes again
    and again, so many days ahead; each round of it is a deadline of its own.

    Raises:
        SlaKeyUnknown, SlaRuleInvalid: as for `due`.
    """
    deadline = _asked_for(call, key)
    rule = read_rule(key, deadline.rule)
    if rule.kind != CALENDAR:
        reason, reason_th = "a cycle is counted in calendar days", "รอบเวลาต้องนับเป็นวันปฏิทิน"
        raise SlaRuleInvalid(key=key, reason=reason, reason_th=reason_th)
    deadline.rule = {**deadline.rule, RECURRING: True}
    last = deadline.due_at.astimezone(BANGKOK).date()
    first = current_calendar(call.work).opening(last - timedelta(days=int(ahead)))
    return f"R/{iso(first)}/P{rule.days}D"


def _reminder(call: HostCall, key: str, name: str) -> str:
    return iso(follow_reminder(call.work, _asked_for(call, key), name, call.element_id))


def _asked_for(call: HostCall, key: str, unless_told: str = "") -> DeadlineRow:
    """The running deadline of a step, or a new one."""
    instance = instance_of(call.work, call.instance_id)
    deadline = running_deadline(call.work, call.business_key or call.instance_id, key)
    if deadline is not None and _was_left_in_this_turn(call.work, instance, deadline):
        _end(call.work, deadline)
        deadline = None
    if deadline is None:
        rule = rule_for(call.work, instance.definition_id, key, call.variables)
        deadline = _begin(call.work, instance, rule, call.variables, call.element_id)
        if rule.start == NOTICE:
            _count_from_notice(call, deadline, unless_told)
    return deadline


def _count_from_notice(call: HostCall, deadline: DeadlineRow, unless_told: str) -> None:
    """From the day that an officer has just recorded for the letter, else as if nobody had it."""
    told_on = received_in_this_turn(call, deadline.key)
    if told_on is not None:
        changes.begin_on(call.work, deadline, told_on)
        return
    if not unless_told:
        reason = "it counts from a notice, so due() names a second row for as long as none is known"
        reason_th = "นับจากวันที่ได้รับแจ้ง จึงต้องระบุแถวที่สองใน due() สำหรับเมื่อยังไม่ทราบวันนั้น"
        raise SlaRuleInvalid(key=deadline.key, reason=reason, reason_th=reason_th)
    definition_id = instance_of(call.work, call.instance_id).definition_id
    longer = rule_for(call.work, definition_id, unless_told, call.variables)
    changes.await_notice(call.work, deadline, longer.days)


def _begin(
    work: Work,
    instance: Known,
    rule: SlaRule,
    variables: Mapping[str, Any],
    element_id: str = "",
    *,
    command_seq: int | None = None,
) -> DeadlineRow:
    deadline = begin_deadline(work, instance, rule, element_id, command_seq=command_seq)
    plan_reminders(work, deadline, variables)
    return deadline


def _end(work: Work, deadline: DeadlineRow) -> None:
    end_deadline(work, deadline)
    drop_reminders(work, deadline)
    overtake_requests(work, deadline)


def _was_left_in_this_turn(work: Work, instance: Known, deadline: DeadlineRow) -> bool:
    """Whether the case went out of the step and back into it before anyone could be told."""
    execution = work.live.get(instance.id)
    if execution is None or deadline.command_seq > instance.command_seq:
        return False  # a deadline that this turn started belongs to the visit that goes on
    return any(
        type in LEAVING and node.extensions.properties.get("sla") == deadline.key
        for type, node, _ in execution.changes.events
    )


# ── what the case's course does to its deadlines ──────────────────────────────────────────────────


def watch_deadlines(work: Work, event: Event) -> None:
    """A listener: the deadline of a step ends with the step, all deadlines with the case."""
    if event.type in ("instance_completed", "instance_cancelled"):
        for deadline in open_deadlines(work, event.business_key or event.instance_id):
            _end(work, deadline)
    if event.type == "instance_started":
        _start_overall(work, event)
    if event.type == "decision_evaluated":
        _review_overall(work, event)
    if event.type == "activity_entered" and event.properties.get("outcome"):
        _end_what_is_of_an_open_case(work, event)
    key = event.properties.get("sla")
    if key is not None and event.type in LEAVING:
        _leave_step(work, event, key)
    if key is not None and event.type == "activity_entered":
        _enter_step(work, event, key)


def _end_what_is_of_an_open_case(work: Work, event: Event) -> None:
    """The outcome is told: the case as a whole is done, and nobody waits for news of it."""
    for deadline in open_deadlines(work, event.business_key or event.instance_id):
        if deadline.key == OVERALL or deadline.rule.get(RECURRING):
            _end(work, deadline)


def _start_overall(work: Work, event: Event) -> None:
    instance, variables = instance_of(work, event.instance_id), _variables(work, event)
    rule = found_rule(work, instance.definition_id, OVERALL, variables)
    if rule is None:
        return
    deadline = _begin(work, instance, rule, variables, command_seq=instance.command_seq)
    case = work.session.get(Case, deadline.case_id)
    if case is not None:
        case.due_at = deadline.due_at


def _review_overall(work: Work, event: Event) -> None:
    """How long a case may take in all depends on what the tables have since found out about it."""
    deadline = running_deadline(work, event.business_key or event.instance_id, OVERALL)
    if deadline is None:
        return
    variables = _variables(work, event)
    rule = found_rule(work, deadline.definition_id, OVERALL, variables)
    if rule is not None and changes.apply_rule(work, deadline, rule):
        replan_reminders(work, deadline, variables)


def _variables(work: Work, event: Event) -> Mapping[str, Any]:
    execution = work.live.get(event.instance_id)
    return {} if execution is None else execution.variables()


def _leave_step(work: Work, event: Event, key: str) -> None:
    deadline = running_deadline(work, event.business_key or event.instance_id, key)
    # A deadline that this very turn started belongs to the next visit of a step that loops to
    # itself.
    if deadline and deadline.command_seq < instance_of(work, event.instance_id).command_seq:
        _end(work, deadline)
        if deadline.owner == COMPLAINANT:
            pauses.resume_after_complainant(work, deadline)
        if deadline.rule.get(RECURRING):
            _begin_next_round(work, event, deadline)


def _begin_next_round(work: Work, event: Event, ended: DeadlineRow) -> None:
    """The next round is counted from the day on which this one was due, however late it was."""
    instance, variables = instance_of(work, event.instance_id), _variables(work, event)
    rule = rule_for(work, ended.definition_id, ended.key, variables)
    seq = instance.command_seq
    deadline = begin_deadline(work, instance, rule, ended.element_id, command_seq=seq)
    deadline.rule = {**deadline.rule, RECURRING: True}
    deadline.started_on = ended.due_at.astimezone(BANGKOK).date()
    while (due_at := count_due(work, deadline)) <= work.now:
        deadline.started_on = due_at.astimezone(BANGKOK).date()
    deadline.due_at = due_at
    plan_reminders(work, deadline, variables)


def _enter_step(work: Work, event: Event, key: str) -> None:
    """While the complainant is waited for, the agency's own deadlines stand still. What a machine
    does has a deadline too: if it fails, people are told."""
    deadline = running_deadline(work, event.business_key or event.instance_id, key)
    if deadline is None and _tag(work, event) in AT_ONCE:
        _begin_by_itself(work, event, key)
    if deadline is not None and deadline.owner == COMPLAINANT:
        pauses.pause_for_complainant(work, deadline)


def _tag(work: Work, event: Event) -> str:
    definition_id = instance_of(work, event.instance_id).definition_id
    node = load_bundle(work, definition_id).definition.drawn(event.element_id)
    return "" if node is None else node.tag


def _begin_by_itself(work: Work, event: Event, key: str) -> None:
    instance, variables = instance_of(work, event.instance_id), _variables(work, event)
    rule = found_rule(work, instance.definition_id, key, variables)
    if rule is None:
        return
    seq = instance.command_seq  # the listener is told when the command has its number
    deadline = _begin(work, instance, rule, variables, event.element_id, command_seq=seq)
    if _tag(work, event) == "startEvent":
        # Done as soon as it begins; what is late about it was late before the case was there.
        end_deadline(work, deadline)
        drop_reminders(work, deadline, later_than=work.now)


# ── looking ────────────────────────────────────────────────────────────────────────────────────


def explain(work: Work, deadline: DeadlineRow) -> Text:
    """Why this day: one paragraph with the rule, the start, what was passed over, and the law."""
    return explain_count(
        assumed_count(work, deadline),
        calendar_at(work, deadline.calendar_version),
        step=step_name(work, deadline),
        extensions=deadline.extensions,
        is_told=AWAITED not in deadline.rule,
    )


def step_name(work: Work, deadline: DeadlineRow) -> Text:
    """How the diagram calls the step; a deadline of the whole case has a name of its own."""
    return deadline_name(work, deadline.definition_id, deadline.key)


# What the office lends to the expressions of a diagram.
FUNCTIONS: dict[str, Callable[..., str]] = {
    "due": due,
    "remind": remind,
    "escalate": escalate,
    "rounds": rounds,
}
