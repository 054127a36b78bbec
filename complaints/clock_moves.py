"""Moving a deadline: it stands still, is extended, or is counted anew on a changed calendar.

Whatever moves a clock moves the due dates and timers that follow it, and is written into the
case's record with the moment before, the moment after and the reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from complaints.clock_models import ClockRow
from complaints.clock_rows import OVERALL, ClockNotFound, count_of, iso, note, open_clocks
from complaints.deadlines import AGENCY, Pause, SlaRule, amount, deadline_of, read_rule
from complaints.errors import OfficeError, ReasonNeeded
from complaints.holiday_table import current_calendar
from complaints.models import Case
from engine import history
from engine.actor import SYSTEM, Actor
from engine.clock import BANGKOK
from engine.models import UserTask, Wait
from engine.text import Text
from engine.timers import move_timer
from engine.work import Work
from forms.dates import spell_date

LEAST_REASON = 10
WAITING = Text("รอข้อมูลจากผู้ร้องเรียน", "waiting for the complainant")
REASSESSED = Text("ประเภทหรือความเร่งด่วนของเรื่องเปลี่ยนไป", "the kind or urgency of the case changed")
WAITED = Text("สิ้นสุดการรอข้อมูลจากผู้ร้องเรียน", "no longer waiting for the complainant")


class ExtensionTooLate(OfficeError):
    """More time had to be asked for by {latest}; hand in what there is and say why it is late."""

    thai = "ต้องขอขยายเวลาภายในวันที่ {latest_th} จึงขยายไม่ได้แล้ว โปรดส่งเท่าที่มีพร้อมชี้แจงเหตุที่ล่าช้า"


class ExtensionTooLong(OfficeError):
    """One extension is of {most} at most."""

    thai = "ขยายเวลาได้ครั้งละไม่เกิน {most_th}"


class NoExtensionLeft(OfficeError):
    """This deadline can be extended {most} time(s), which has been done."""

    thai = "กำหนดนี้ขยายได้ {most} ครั้ง และใช้ครบแล้ว"


class PauseNotAllowed(OfficeError):
    """This deadline cannot stand still, or is not running."""

    thai = "กำหนดเวลานี้หยุดนับไม่ได้ หรือไม่ได้กำลังนับอยู่"


class PauseUsedUp(OfficeError):
    """This deadline has already stood still for the {most} days it may in all."""

    thai = "กำหนดเวลานี้หยุดนับครบ {most} วันที่อนุญาตแล้ว"


# ── standing still ─────────────────────────────────────────────────────────────────────────────


def pause_clock(work: Work, clock_id: str, *, reason: str, actor: Actor) -> ClockRow:
    """Let a deadline stand still from today, for as long as its rule allows at most.

    What follows the clock is moved as if the pause lasted to its limit; resuming sets it right.

    Raises:
        PauseNotAllowed: its rule knows no pause, or it is not running.
        PauseUsedUp: no day is left of what the rule allows.
        ReasonNeeded: no reason is given.
    """
    clock = _open_clock(work, clock_id)
    rule = read_rule(clock.key, clock.rule)
    if clock.status != "running" or not rule.pause_limit:
        raise PauseNotAllowed
    _check_reason(reason)
    if _days_left_to_pause(work, clock) <= 0:
        raise PauseUsedUp(most=rule.pause_limit)
    before = clock.due_at
    clock.status, clock.paused_at = "paused", work.now
    _recount(work, clock)
    _tell(work, clock, "paused", before, reason=reason, actor=actor)
    return clock


def resume_clock(work: Work, clock_id: str, *, reason: str, actor: Actor) -> ClockRow:
    """Count on from today; days beyond the rule's limit are not given.

    Raises:
        PauseNotAllowed: the clock does not stand still.
        ReasonNeeded: no reason is given.
    """
    clock = _open_clock(work, clock_id)
    if clock.status != "paused":
        raise PauseNotAllowed
    _check_reason(reason)
    before = clock.due_at
    clock.status, clock.paused_at = "running", None
    note(work, clock, "resumed", before=before, reason=reason, actor=actor)
    _recount(work, clock)
    _follow(work, clock, "resumed", before, reason, actor)
    return clock


def pause_for_complainant(work: Work, asking: ClockRow) -> None:
    """While the complainant has the ball the agency's clocks of the case stand still, in all for
    no longer than the rule of the asking step allows."""
    limit = read_rule(asking.key, asking.rule).pause_limit
    for clock in open_clocks(work, asking.case_id):
        if clock.owner != AGENCY or clock.status != "running" or not limit:
            continue
        clock.rule = {**clock.rule, "pause_limit": limit}
        if _days_left_to_pause(work, clock) > 0:
            pause_clock(work, clock.id, reason=WAITING.th, actor=SYSTEM)


def resume_after_complainant(work: Work, asking: ClockRow) -> None:
    for clock in open_clocks(work, asking.case_id):
        if clock.status == "paused":
            resume_clock(work, clock.id, reason=WAITED.th, actor=SYSTEM)


def _days_left_to_pause(work: Work, clock: ClockRow) -> int:
    count = count_of(work, clock)
    used = sum((pause.end - pause.start).days for pause in count.pauses)
    return count.rule.pause_limit - used


def _due_if_paused_to_the_limit(work: Work, clock: ClockRow) -> datetime:
    assert clock.paused_at is not None
    count = count_of(work, clock)
    began = clock.paused_at.astimezone(BANGKOK).date()
    longest = Pause(began, began + timedelta(days=_days_left_to_pause(work, clock)))
    paused = replace(count, pauses=(*count.pauses, longest))
    return deadline_of(paused, current_calendar(work)).due_at


# ── more time ──────────────────────────────────────────────────────────────────────────────────


def extend_clock(work: Work, clock_id: str, days: int, *, reason: str, actor: Actor) -> ClockRow:
    """Give a deadline more days (in its own kind of days), as far as its rule allows.

    Raises:
        NoExtensionLeft: it has been extended as often as it may.
        ExtensionTooLong: more days than one extension may have.
        ExtensionTooLate: it is too close to its end.
        ReasonNeeded: no reason is given.
    """
    clock = _open_clock(work, clock_id)
    rule = read_rule(clock.key, clock.rule)
    if clock.extensions >= rule.extensions:
        raise NoExtensionLeft(most=rule.extensions)
    if not 1 <= days <= rule.extension_days:
        most = amount(rule.extension_days, rule.kind)
        raise ExtensionTooLong(most=most.en, most_th=most.th)
    _check_asked_in_time(work, clock, rule.ask_before)
    _check_reason(reason)
    before = clock.due_at
    clock.extended += days
    clock.extensions += 1
    _recount(work, clock)
    _tell(work, clock, "extended", before, reason=reason, actor=actor, days=days)
    return clock


def _check_asked_in_time(work: Work, clock: ClockRow, ask_before: int) -> None:
    calendar = current_calendar(work)
    last_day = clock.due_at.astimezone(BANGKOK).date()
    latest = calendar.working_days_before(last_day, ask_before)
    if work.now.astimezone(BANGKOK).date() > latest or work.now > clock.due_at:
        raise ExtensionTooLate(latest=spell_date(latest, "en"), latest_th=spell_date(latest, "th"))


# ── another rule ───────────────────────────────────────────────────────────────────────────────


def apply_rule(work: Work, clock: ClockRow, rule: SlaRule) -> None:
    """Count a deadline by another row of the table, when the case turns out to fall under it."""
    row = {**rule.to_json(), "pause_limit": clock.rule.get("pause_limit", 0)}
    if row == clock.rule:
        return
    before, clock.rule = clock.due_at, row
    _recount(work, clock)
    if clock.due_at != before:
        _tell(work, clock, "moved", before, reason=REASSESSED.th, actor=SYSTEM)


# ── a changed calendar ─────────────────────────────────────────────────────────────────────────


def recount_clocks(work: Work, *, reason: str, actor: Actor) -> list[ClockRow]:
    """Count every open deadline anew on the calendar as it stands now; returns those that moved."""
    query = sa.select(ClockRow).where(ClockRow.status != "finished").order_by(ClockRow.id)
    moved = []
    for clock in work.session.scalars(query):
        before = clock.due_at
        _recount(work, clock)
        if clock.due_at != before:
            _tell(work, clock, "moved", before, reason=reason, actor=actor)
            moved.append(clock)
    return moved


def _recount(work: Work, clock: ClockRow) -> None:
    calendar = current_calendar(work)
    if clock.status == "paused":
        clock.due_at = _due_if_paused_to_the_limit(work, clock)
    else:
        clock.due_at = deadline_of(count_of(work, clock), calendar).due_at
    clock.calendar_version = calendar.version


# ── what follows a clock ───────────────────────────────────────────────────────────────────────


def _tell(
    work: Work,
    clock: ClockRow,
    kind: str,
    before: datetime,
    *,
    reason: str,
    actor: Actor,
    days: int = 0,
) -> None:
    note(work, clock, kind, before=before, reason=reason, actor=actor, days=days)
    _follow(work, clock, kind, before, reason, actor)


def _follow(
    work: Work, clock: ClockRow, kind: str, before: datetime, reason: str, actor: Actor
) -> None:
    data = {
        "clock": clock.id,
        "key": clock.key,
        "before": iso(before),
        "after": iso(clock.due_at),
        "reason": reason,
    }
    history.record(
        work, clock.instance_id, f"clock_{kind}", data, actor=actor, element_id=clock.element_id
    )
    if clock.key == OVERALL and (case := work.session.get(Case, clock.case_id)):
        case.due_at = clock.due_at
    _move_tasks(work, clock, before)
    _move_timers(work, clock, before)


def _move_tasks(work: Work, clock: ClockRow, before: datetime) -> None:
    tasks = sa.select(UserTask).where(
        UserTask.instance_id == clock.instance_id,
        UserTask.status == "open",
        UserTask.element_id.in_(clock.askers),
        UserTask.due_at == before,
    )
    for task in work.session.scalars(tasks):
        task.due_at = clock.due_at


def _move_timers(work: Work, clock: ClockRow, before: datetime) -> None:
    """A timer set some time before or after the deadline keeps its distance."""
    shift = clock.due_at - before
    waits = sa.select(Wait.element_id, Wait.due_at).where(
        Wait.instance_id == clock.instance_id,
        Wait.kind == "timer",
        Wait.element_id.in_(clock.askers),
    )
    for element_id, due_at in work.session.execute(waits).all():
        if due_at is not None:
            move_timer(work, clock.instance_id, element_id, iso(due_at + shift))


def _open_clock(work: Work, clock_id: str) -> ClockRow:
    clock = work.session.get(ClockRow, clock_id, with_for_update=True)
    if clock is None or clock.status == "finished":
        raise ClockNotFound
    return clock


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonNeeded(least=LEAST_REASON)
