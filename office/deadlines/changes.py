"""Moving a deadline: it is extended, or counted anew by another rule or on a changed calendar.

Whatever moves a deadline moves the due dates and timers that follow it, and is written into the
case's record with the moment before, the moment after and the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.instances import locked_instance
from engine.store.tables import UserTask, Wait
from engine.store.work import Work
from engine.turn import history
from engine.verbs.timers import move_timer
from forms.text.dates import spell_date
from office.deadlines.derivation import WORKING, SlaRule, amount, read_rule
from office.deadlines.holiday_table import (
    DayChange,
    change_holidays,
    current_calendar,
    lock_calendar,
)
from office.deadlines.reminders.planned_reminders import move_reminders
from office.deadlines.rows import (
    AWAITED,
    OVERALL,
    ClockNotFound,
    count_due,
    iso,
    note,
)
from office.deadlines.tables import DeadlineRow
from office.ground.errors import OfficeError, ReasonNeeded
from office.ground.tables import Case

LEAST_REASON = 10
REASSESSED = Text("ประเภทหรือความเร่งด่วนของเรื่องเปลี่ยนไป", "the kind or urgency of the case changed")


class ExtensionTooLate(OfficeError):
    """More time had to be asked for by {latest}; hand in what there is and say why it is late."""

    thai = "ต้องขอขยายเวลาภายในวันที่ {latest_th} จึงขยายไม่ได้แล้ว โปรดส่งเท่าที่มีพร้อมชี้แจงเหตุที่ล่าช้า"


class ExtensionTooLong(OfficeError):
    """One extension is of {most} at most."""

    thai = "ขยายเวลาได้ครั้งละไม่เกิน {most_th}"


class NoExtensionLeft(OfficeError):
    """This deadline can be extended {most} time(s), which has been done."""

    thai = "กำหนดนี้ขยายได้ {most} ครั้ง และใช้ครบแล้ว"


# ── more time ──────────────────────────────────────────────────────────────────────────────────


def extend_deadline(
    work: Work,
    clock_id: str,
    days: int,
    *,
    reason: str,
    actor: Actor,
    asked_at: datetime | None = None,
) -> DeadlineRow:
    """Give a deadline more days (in its own kind of days), as far as its rule allows. Whether it
    was asked for in time is judged by the moment of asking.

    Raises:
        NoExtensionLeft: it has been extended as often as it may.
        ExtensionTooLong: more days than one extension may have.
        ExtensionTooLate: it is too close to its end.
        ReasonNeeded: no reason is given.
    """
    deadline = open_deadline(work, clock_id)
    check_extension(work, deadline, days, asked_at=asked_at)
    check_reason(reason)
    deadline.extensions += 1
    _give_days(work, deadline, days, reason=reason, actor=actor)
    return deadline


def check_extension(
    work: Work, deadline: DeadlineRow, days: int, *, asked_at: datetime | None = None
) -> None:
    """Whether a deadline may be given so many days. Raises as `extend_deadline` does."""
    rule = read_rule(deadline.key, deadline.rule)
    if deadline.extensions >= rule.extensions:
        raise NoExtensionLeft(most=rule.extensions)
    if not 1 <= days <= rule.extension_days:
        most = amount(rule.extension_days, rule.kind)
        raise ExtensionTooLong(most=most.en, most_th=most.th)
    latest = last_day_to_ask(work, deadline)
    moment = asked_at or work.now
    if moment.astimezone(BANGKOK).date() > latest or moment > deadline.due_at:
        raise ExtensionTooLate(latest=spell_date(latest, "en"), latest_th=spell_date(latest, "th"))


def last_day_to_ask(work: Work, deadline: DeadlineRow) -> date:
    """Until when more time may be asked for."""
    last_day = deadline.due_at.astimezone(BANGKOK).date()
    ask_before = read_rule(deadline.key, deadline.rule).ask_before
    return current_calendar(work).working_days_before(last_day, ask_before)


def lengthen_deadline(
    work: Work, clock_id: str, days: int, kind: str, *, reason: str, actor: Actor
) -> DeadlineRow:
    """Let the case as a whole take as much longer as a step was given, in days of the step's kind:
    no extension of its own, so none of those it may have is used up."""
    deadline = open_deadline(work, clock_id)
    own, calendar = read_rule(deadline.key, deadline.rule).kind, current_calendar(work)
    last = deadline.due_at.astimezone(BANGKOK).date()
    if own == WORKING and kind != WORKING:
        days = calendar.working_days_between(last, last + timedelta(days=days))
    if own != WORKING and kind == WORKING:
        days = (calendar.working_days_after(last, days) - last).days
    _give_days(work, deadline, days, reason=reason, actor=actor)
    return deadline


def _give_days(work: Work, deadline: DeadlineRow, days: int, *, reason: str, actor: Actor) -> None:
    before = deadline.due_at
    deadline.extended += days
    recount(work, deadline)
    tell(work, deadline, "extended", before, reason=reason, actor=actor, days=days)


# ── another rule ───────────────────────────────────────────────────────────────────────────────


def apply_rule(work: Work, deadline: DeadlineRow, rule: SlaRule) -> bool:
    """Count a deadline by another row of the table, when the case turns out to fall under it;
    whether it does."""
    row = {**rule.to_json(), "pause_limit": deadline.rule.get("pause_limit", 0)}
    if row == deadline.rule:
        return False
    before, deadline.rule = deadline.due_at, row
    recount(work, deadline)
    if deadline.due_at != before:
        tell(work, deadline, "moved", before, reason=REASSESSED.th, actor=SYSTEM)
    return True


# ── from when it counts ────────────────────────────────────────────────────────────────────────


def await_notice(work: Work, deadline: DeadlineRow, days: int) -> None:
    """Until it is known that the complainant has the letter, a deadline that counts from it runs
    as long as the law lets it at most."""
    deadline.rule = {**deadline.rule, AWAITED: deadline.rule["days"], "days": days}
    recount(work, deadline)


def begin_on(work: Work, deadline: DeadlineRow, day: date) -> None:
    """Count a deadline that was just started from an earlier day."""
    deadline.started_on = day
    deadline.started_at = datetime.combine(day, time(), BANGKOK)
    recount(work, deadline)


def count_from_notice(work: Work, clock_id: str, day: date, *, reason: str, actor: Actor) -> None:
    """The complainant has had the letter since this day: the deadline counts from it."""
    deadline = open_deadline(work, clock_id)
    if AWAITED not in deadline.rule:
        return  # somebody else learned of it first
    rule = dict(deadline.rule)
    rule["days"] = rule.pop(AWAITED)
    before, deadline.rule = deadline.due_at, rule
    begin_on(work, deadline, day)
    tell(work, deadline, "moved", before, reason=reason, actor=actor)


# ── a changed calendar ─────────────────────────────────────────────────────────────────────────


def announce_holidays(
    work: Work, changes: Sequence[DayChange], *, reference: str, actor: Actor
) -> tuple[int, list[DeadlineRow]]:
    """Change the calendar and count every open deadline anew; the new version and what moved.

    Raises:
        HolidayExists, NotAHoliday, HolidayYearInvalid, ReferenceNeeded: see `change_holidays`.
    """
    # Cases before the calendar, as everybody else does: a turn holds its case and then counts.
    _lock_open_deadlines(work)
    version = change_holidays(work, changes, reference=reference, actor=actor)
    return version, recount_deadlines(work, reason=reference, actor=actor)


def _lock_open_deadlines(work: Work) -> list[DeadlineRow]:
    """Every open deadline with its case locked, the cases in one order for everybody."""
    query = sa.select(DeadlineRow).where(DeadlineRow.status != "finished")
    instances = set(work.session.scalars(query.with_only_columns(DeadlineRow.instance_id)))
    for instance_id in sorted(instances):
        locked_instance(work, instance_id)
    fresh = query.execution_options(populate_existing=True)
    return list(work.session.scalars(fresh.order_by(DeadlineRow.instance_id, DeadlineRow.id)))


def recount_deadlines(work: Work, *, reason: str, actor: Actor) -> list[DeadlineRow]:
    """Count every open deadline anew on the calendar as it stands now; returns those that moved."""
    moved = []
    for deadline in _lock_open_deadlines(work):
        before = deadline.due_at
        recount(work, deadline)
        if deadline.due_at != before:
            tell(work, deadline, "moved", before, reason=reason, actor=actor)
            moved.append(deadline)
        else:
            _move_reminders(work, deadline, reason=reason, actor=actor)
    return moved


def _move_reminders(work: Work, deadline: DeadlineRow, *, reason: str, actor: Actor) -> None:
    """The end stays where it is, but the day two working days before it does not."""
    if changes := move_reminders(work, deadline):
        data = {"clock": deadline.id, "key": deadline.key, "rungs": changes, "reason": reason}
        history.record(
            work,
            deadline.instance_id,
            "rungs_moved",
            data,
            actor=actor,
            element_id=deadline.element_id,
        )


def recount(work: Work, deadline: DeadlineRow) -> None:
    """Count a deadline on the calendar as it stands now."""
    lock_calendar(work)
    deadline.due_at = count_due(work, deadline)
    deadline.calendar_version = current_calendar(work).version


# ── what follows a deadline ───────────────────────────────────────────────────────────────────────


def tell(
    work: Work,
    deadline: DeadlineRow,
    kind: str,
    before: datetime,
    *,
    reason: str,
    actor: Actor,
    days: int = 0,
) -> None:
    """Write down that a deadline was moved, and move what follows it."""
    note(work, deadline, kind, before=before, reason=reason, actor=actor, days=days)
    follow(work, deadline, kind, before, reason, actor)


def follow(
    work: Work, deadline: DeadlineRow, kind: str, before: datetime, reason: str, actor: Actor
) -> None:
    """Record a move, and let tasks, timers and reminders follow it."""
    data = {
        "clock": deadline.id,
        "key": deadline.key,
        "before": iso(before),
        "after": iso(deadline.due_at),
        "reason": reason,
    }
    history.record(
        work,
        deadline.instance_id,
        f"clock_{kind}",
        data,
        actor=actor,
        element_id=deadline.element_id,
    )
    if deadline.key == OVERALL and (case := work.session.get(Case, deadline.case_id)):
        case.due_at = deadline.due_at
    _move_tasks(work, deadline, before)
    _move_timers(work, deadline, before)
    move_reminders(work, deadline, extended=kind == "extended")


def _move_tasks(work: Work, deadline: DeadlineRow, before: datetime) -> None:
    tasks = sa.select(UserTask).where(
        UserTask.instance_id == deadline.instance_id,
        UserTask.status == "open",
        UserTask.element_id.in_(deadline.askers),
        UserTask.due_at == before,
    )
    for task in work.session.scalars(tasks):
        task.due_at = deadline.due_at


def _move_timers(work: Work, deadline: DeadlineRow, before: datetime) -> None:
    """A timer set some time before or after the deadline keeps its distance."""
    shift = deadline.due_at - before
    waits = sa.select(Wait.element_id, Wait.due_at).where(
        Wait.instance_id == deadline.instance_id,
        Wait.kind == "timer",
        Wait.element_id.in_(deadline.askers),
    )
    for element_id, due_at in work.session.execute(waits).all():
        if due_at is not None:
            move_timer(work, deadline.instance_id, element_id, iso(due_at + shift))


def open_deadline(work: Work, clock_id: str) -> DeadlineRow:
    """A deadline that has not ended, with its case locked: of two who move it the second sees what
    the first has done."""
    known = work.session.get(DeadlineRow, clock_id)
    if known is None:
        raise ClockNotFound
    locked_instance(work, known.instance_id)
    work.session.flush()  # what this unit of work has changed must not be read over
    deadline = work.session.get(DeadlineRow, clock_id, populate_existing=True)
    if deadline is None or deadline.status == "finished":
        raise ClockNotFound
    return deadline


def check_reason(reason: str) -> None:
    if len(reason.strip()) < LEAST_REASON:
        raise ReasonNeeded(least=LEAST_REASON)
