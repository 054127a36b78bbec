"""A deadline stands still and runs on: by hand, while a complainant is waited for, by a legal stay.

A pause is counted as if it lasted to its limit; resuming sets right what followed it.
"""

from __future__ import annotations

from engine.ground.actor import SYSTEM, Actor
from engine.ground.text import Text
from engine.store.work import Work
from office.deadlines.changes import check_reason, follow, open_deadline, recount, tell
from office.deadlines.derivation import AGENCY, STAY, read_rule
from office.deadlines.rows import RECURRING, count_of, days_left_to_pause, note, open_deadlines
from office.deadlines.tables import DeadlineRow
from office.ground.errors import OfficeError

WAITING = Text("รอข้อมูลจากผู้ร้องเรียน", "waiting for the complainant")
WAITED = Text("สิ้นสุดการรอข้อมูลจากผู้ร้องเรียน", "no longer waiting for the complainant")


class PauseNotAllowed(OfficeError):
    """This deadline cannot stand still, or is not running."""

    thai = "กำหนดเวลานี้หยุดนับไม่ได้ หรือไม่ได้กำลังนับอยู่"


class PauseUsedUp(OfficeError):
    """This deadline has already stood still for the {most} days it may in all."""

    thai = "กำหนดเวลานี้หยุดนับครบ {most} วันที่อนุญาตแล้ว"


def pause_deadline(work: Work, clock_id: str, *, reason: str, actor: Actor) -> DeadlineRow:
    """Let a deadline stand still from today, for as long as its rule allows at most.

    What follows the deadline is moved as if the pause lasted to its limit; resuming sets it right.

    Raises:
        PauseNotAllowed: its rule knows no pause, or it is not running.
        PauseUsedUp: no day is left of what the rule allows.
        ReasonNeeded: no reason is given.
    """
    deadline = open_deadline(work, clock_id)
    rule = read_rule(deadline.key, deadline.rule)
    if deadline.status != "running" or not rule.pause_limit:
        raise PauseNotAllowed
    check_reason(reason)
    if days_left_to_pause(count_of(work, deadline)) <= 0:
        raise PauseUsedUp(most=rule.pause_limit)
    before = deadline.due_at
    deadline.status, deadline.paused_at = "paused", work.now
    recount(work, deadline)
    tell(work, deadline, "paused", before, reason=reason, actor=actor)
    return deadline


def resume_deadline(work: Work, clock_id: str, *, reason: str, actor: Actor) -> DeadlineRow:
    """Count on from today; days beyond the rule's limit are not given.

    Raises:
        PauseNotAllowed: the deadline does not stand still.
        ReasonNeeded: no reason is given.
    """
    deadline = open_deadline(work, clock_id)
    if deadline.status != "paused":
        raise PauseNotAllowed
    check_reason(reason)
    before = deadline.due_at
    deadline.status, deadline.paused_at = "running", None
    note(work, deadline, "resumed", before=before, reason=reason, actor=actor)
    recount(work, deadline)
    follow(work, deadline, "resumed", before, reason, actor)
    return deadline


def pause_for_complainant(work: Work, asking: DeadlineRow) -> None:
    """While the complainant has the ball the agency's deadlines of the case stand still, in all for
    no longer than the rule of the asking step allows."""
    limit = read_rule(asking.key, asking.rule).pause_limit
    pause_all(work, asking.case_id, limit, reason=WAITING.th, actor=SYSTEM)


def resume_after_complainant(work: Work, asking: DeadlineRow) -> None:
    resume_all(work, asking.case_id, reason=WAITED.th, actor=SYSTEM)


def pause_all(work: Work, case_id: str, limit: int, *, reason: str, actor: Actor) -> None:
    """Let every deadline of the agency stand still that may and has days of its pause left."""
    for deadline in open_deadlines(work, case_id):
        if deadline.status != "running" or not limit or not _may_stand_still(deadline):
            continue
        deadline.rule = {
            **deadline.rule,
            "pause_limit": max(limit, deadline.rule.get("pause_limit") or 0),
        }
        if days_left_to_pause(count_of(work, deadline)) > 0:
            pause_deadline(work, deadline.id, reason=reason, actor=actor)


def pause_longer(work: Work, case_id: str, days: int, *, reason: str, actor: Actor) -> None:
    """The pause was confirmed: every deadline that stands still may do so for more days."""
    for known in open_deadlines(work, case_id):
        if known.status != "paused":
            continue
        deadline = open_deadline(work, known.id)
        before, allowed = deadline.due_at, deadline.rule["pause_limit"]
        deadline.rule = {**deadline.rule, "pause_limit": allowed + days}
        recount(work, deadline)
        tell(work, deadline, "moved", before, reason=reason, actor=actor)


def resume_all(work: Work, case_id: str, *, reason: str, actor: Actor) -> None:
    """Let the deadlines count on, unless something else still holds them."""
    deadlines = open_deadlines(work, case_id)
    if any(_holds_the_others(deadline) for deadline in deadlines):
        return
    for deadline in deadlines:
        if deadline.status == "paused":
            resume_deadline(work, deadline.id, reason=reason, actor=actor)


def _holds_the_others(deadline: DeadlineRow) -> bool:
    """Whether the agency waits for this one. It does not wait for a complainant who may ask for
    something, such as a review, in their own time."""
    waits = deadline.owner != AGENCY and bool(read_rule(deadline.key, deadline.rule).pause_limit)
    return waits or deadline.key == STAY


def _may_stand_still(deadline: DeadlineRow) -> bool:
    # News of the case is due every so often, whoever has the ball; a stay is not stayed.
    return deadline.owner == AGENCY and deadline.key != STAY and not deadline.rule.get(RECURRING)
