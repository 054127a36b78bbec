"""More time for a step: asked on form F11 before it is too late, granted by somebody higher up.

How much, how often and until when it may be asked stands in the SLA table; who approves the first
request and who the next, and whether the case as a whole gets the days too, in `extension.dmn`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.clock import BANGKOK
from engine.ground.errors import FourEyes, MessageNotAwaited, NotAllowed
from engine.store.instances import locked_instance
from engine.store.work import Work
from engine.turn import history
from engine.verbs import messages, queries
from forms import Form
from forms.text.dates import spell_date
from office.applications import deployed_forms
from office.deadlines import changes
from office.deadlines.derivation import amount, read_rule
from office.deadlines.public_status import deadline_name
from office.deadlines.reminders.notices import EXTENSION, LATE_REPORT, placed, send_notice
from office.deadlines.rows import OVERALL, iso, open_deadlines, running_deadline, tasks_of
from office.deadlines.rules import approval_for
from office.deadlines.tables import DeadlineRow, ExtensionRow
from office.ground.errors import CaseNotFound, OfficeError
from office.ground.services import Services
from office.ground.tables import Case, Submission
from office.people.access import Sight, load_case, open_to
from office.people.people import User
from office.vault import case_keys, submissions

FORM, DECISION_FORM = "f11_extension", "f11_decision"
MESSAGE = "overall_extended"  # to the case, when it takes longer as a whole
ASKED, GRANTED, REFUSED, OVERTAKEN, REPORTED = (
    "asked",
    "granted",
    "refused",
    "overtaken",
    "reported",
)
GRANTED_AS_ASKED = "อนุมัติขยายเวลาตามแบบ F11"
WITH_ITS_STEP = "เลื่อนตามการขยายเวลาของขั้นตอน"


class ExtensionAsked(OfficeError):
    """More time has been asked for already; wait for the decision."""

    thai = "มีคำขอขยายเวลาของกำหนดนี้รออนุมัติอยู่แล้ว"


class ExtensionDecided(OfficeError):
    """This request has been decided, or the step was done meanwhile."""

    thai = "คำขอนี้พิจารณาไปแล้ว หรือขั้นตอนเสร็จไปก่อน"


class NothingToExtend(OfficeError):
    """No deadline of this case can be given more time."""

    thai = "เรื่องนี้ไม่มีกำหนดเวลาที่ขยายได้"


class NobodyApproves(OfficeError):
    """The table of approvals names nobody for {key!r}; the process owner must add a row."""

    thai = "ตารางการอนุมัติขยายเวลาไม่ระบุผู้อนุมัติของ {key} โปรดแจ้งเจ้าของกระบวนงาน"


def extendable(work: Work, case: Case) -> list[DeadlineRow]:
    """The open deadlines of a case that may be given more time (once more)."""
    return [
        deadline
        for deadline in open_deadlines(work, case.id)
        if deadline.extensions < read_rule(deadline.key, deadline.rule).extensions
    ]


def extension_form(work: Work, case_id: str, user: User) -> tuple[Form, dict[str, Any]]:
    """F11 of the case's deployment, with the deadlines it may be asked for.

    Raises:
        CaseNotFound: the case is not for them, or only to look at.
        NothingToExtend: no deadline of it may be given more time.
    """
    case = _own_case(work, case_id, user)
    offered = [_option(work, deadline) for deadline in extendable(work, case)]
    if not offered:
        raise NothingToExtend
    definition_id = queries.definition_of(work, str(case.instance_id))
    return deployed_forms.form_of(work, definition_id, FORM), {"clocks": offered}


def _option(work: Work, deadline: DeadlineRow) -> dict[str, str]:
    """A deadline as the form offers it: its end, how much may be asked for and until when."""
    name = deadline_name(work, deadline.definition_id, deadline.key)
    rule, latest = read_rule(deadline.key, deadline.rule), changes.last_day_to_ask(work, deadline)
    most, due = amount(rule.extension_days, rule.kind), deadline.due_at.astimezone(BANGKOK).date()
    thai = (
        f"{name.th} กำหนด {spell_date(due, 'th')} "
        f"(ไม่เกิน {most.th} ขอภายใน {spell_date(latest, 'th')})"
    )
    english = (
        f"{name.en}, due {spell_date(due, 'en')} "
        f"({most.en} at most, asked by {spell_date(latest, 'en')})"
    )
    return {"value": deadline.key, "label": thai, "label_en": english}


def ask_extension(
    work: Work,
    services: Services,
    case_id: str,
    answers: Mapping[str, Any],
    user: User,
    *,
    is_late: bool = False,
) -> ExtensionRow:
    """Ask for more time with F11; with `is_late` report that the step will be late instead, which
    asks for nothing.

    Raises:
        CaseNotFound: the case is not for them, or only to look at.
        FormInvalid: the answers do not fit.
        ExtensionTooLate, ExtensionTooLong, NoExtensionLeft: as the SLA table has it.
        ExtensionAsked: somebody has asked already.
    """
    form, context = extension_form(work, case_id, user)
    case = _own_case(work, case_id, user)
    checked = form.load(answers, context=context, environment=deployed_forms.environment_of(work))
    given = deployed_forms.as_given(checked)
    known = running_deadline(work, case.id, str(given["clock_key"]))
    deadline = changes.open_deadline(work, known.id if known else "")
    days = int(given["days"])
    if not is_late:
        changes.check_extension(work, deadline, days)
        _must_be_first(work, deadline)
    approver, moves_overall = _approval(work, case, deadline)
    submission, commitment = submissions.keep_submission(
        work, services, case.id, FORM, given, given_by=user.id, element_id=deadline.element_id
    )
    row = _request_row(work, deadline, days, user, is_late=is_late)
    row.approver, row.moves_overall = approver, moves_overall
    row.submission_id = submission
    work.session.add(row)
    work.session.flush()  # of two who ask at once the second is refused here
    type = "late_reported" if is_late else "extension_asked"
    _record(work, deadline, row, type, user, commitment=commitment)
    asked = {"days": days, "key": deadline.key, "end": iso(deadline.due_at)}
    told: dict[str, Any] = {
        "kind": row.kind,
        "element_id": deadline.element_id,
        "facts": {"asked": asked},
    }
    send_notice(work, case, [approver], **told)
    return row


def _request_row(
    work: Work, deadline: DeadlineRow, days: int, user: User, *, is_late: bool
) -> ExtensionRow:
    """What is asked for or reported, when and by whom."""
    row = ExtensionRow(id=uuid.uuid4().hex, case_id=deadline.case_id, clock_id=deadline.id)
    row.days = days
    row.kind, row.status = (LATE_REPORT, REPORTED) if is_late else (EXTENSION, ASKED)
    row.asked_at, row.asked_by, row.asked_due = work.now, user.id, deadline.due_at
    return row


def _own_case(work: Work, case_id: str, user: User) -> Case:
    case, sight = load_case(work, case_id, user)
    if sight is Sight.REDACTED:
        raise CaseNotFound
    return case


def _must_be_first(work: Work, deadline: DeadlineRow) -> None:
    asked = sa.select(ExtensionRow.id).where(
        ExtensionRow.clock_id == deadline.id, ExtensionRow.status == ASKED
    )
    if work.session.scalar(asked) is not None:
        raise ExtensionAsked


def _approval(work: Work, case: Case, deadline: DeadlineRow) -> tuple[str, bool]:
    variables = queries.variables(work, deadline.instance_id)
    count = deadline.extensions + 1
    group, moves_overall = approval_for(
        work, deadline.definition_id, deadline.key, count, variables
    )
    if not group:
        raise NobodyApproves(key=deadline.key)
    return placed(group, case), moves_overall and deadline.key != OVERALL


# ── deciding ───────────────────────────────────────────────────────────────────────────────────


def requests_for(work: Work, user: User) -> list[tuple[ExtensionRow, DeadlineRow, Case]]:
    """The requests that wait for a person's decision, the oldest first."""
    query = (
        sa.select(ExtensionRow, DeadlineRow, Case)
        .join(DeadlineRow, DeadlineRow.id == ExtensionRow.clock_id)
        .join(Case, Case.id == ExtensionRow.case_id)
        .where(ExtensionRow.status == ASKED, ExtensionRow.approver.in_(sorted(user.groups)))
        .where(*open_to(work, user))
        .order_by(ExtensionRow.asked_at, ExtensionRow.id)
    )
    return [(row, deadline, case) for row, deadline, case in work.session.execute(query)]


def requests_of(work: Work, case_id: str) -> list[ExtensionRow]:
    """All requests of a case, the newest first."""
    query = sa.select(ExtensionRow).where(ExtensionRow.case_id == case_id)
    return list(work.session.scalars(query.order_by(ExtensionRow.asked_at.desc())))


def reason_of(work: Work, services: Services, row: ExtensionRow) -> str:
    """Why more time is asked for, opened."""
    given = work.session.get(Submission, row.submission_id)
    if given is None or given.form != FORM:
        return ""
    return str(submissions.opened(work, services, given).answers["reason"])


def reasons_of(work: Work, services: Services, rows: Sequence[ExtensionRow]) -> list[str]:
    """Why more time is asked for in each of these requests, read together."""
    if rows:
        case_keys.preload(work, [row.case_id for row in rows])
    wanted = Submission.id.in_([row.submission_id for row in rows])
    kept = list(work.session.scalars(sa.select(Submission).where(wanted))) if rows else []
    reasons = [reason_of(work, services, row) for row in rows]
    del kept  # the session holds what it read only weakly
    return reasons


def decide_extension(
    work: Work, services: Services, request_id: str, user: User, *, grants: bool, reason: str = ""
) -> ExtensionRow:
    """Grant or refuse a request; a refusal needs its reason.

    Raises:
        CaseNotFound: there is no such request, or the person may not know of the case.
        NotAllowed: it is for somebody else to decide; FourEyes: they asked themselves.
        ExtensionDecided: it was decided, or the step is done.
        ReasonNeeded: a refusal without a reason.
    """
    row, case = _request(work, request_id, user)
    locked_instance(work, str(case.instance_id))
    work.session.refresh(row)
    if row.status != ASKED:
        raise ExtensionDecided
    deadline = changes.open_deadline(work, row.clock_id)
    commitment = answer = ""
    if not grants:
        changes.check_reason(reason)
        answer, commitment = submissions.keep_submission(
            work, services, case.id, DECISION_FORM, {"reason": reason}, given_by=user.id
        )
    row.status = GRANTED if grants else REFUSED
    row.decided_at, row.decided_by = work.now, user.id
    _record(
        work, deadline, row, f"extension_{row.status}", user, commitment=commitment, answer=answer
    )
    if grants:
        _give(work, case, deadline, row, user)
    _notify_requesters(work, case, deadline, row)
    return row


def _request(work: Work, request_id: str, user: User) -> tuple[ExtensionRow, Case]:
    row = work.session.get(ExtensionRow, request_id)
    barred = sa.select(Case).where(Case.id == (row.case_id if row else ""), *open_to(work, user))
    case = work.session.scalar(barred)
    if row is None or case is None:
        raise CaseNotFound
    if row.approver not in user.groups:
        raise NotAllowed
    if row.asked_by == user.id:
        raise FourEyes(element=FORM)
    return row, case


def _notify_requesters(work: Work, case: Case, deadline: DeadlineRow, row: ExtensionRow) -> None:
    """Whoever the step is offered to learns until when it is to be done now."""
    groups = [group for task in tasks_of(work, deadline) for group in task.candidate_groups]
    facts = {"key": deadline.key, "end": iso(deadline.due_at), "granted": row.status == GRANTED}
    send_notice(
        work, case, groups, kind=EXTENSION, element_id=deadline.element_id, facts={"decided": facts}
    )


def _give(work: Work, case: Case, deadline: DeadlineRow, row: ExtensionRow, user: User) -> None:
    overall = running_deadline(work, case.id, OVERALL)
    before = None if overall is None else overall.due_at
    changes.extend_deadline(
        work,
        deadline.id,
        row.days,
        reason=GRANTED_AS_ASKED,
        actor=user.actor,
        asked_at=row.asked_at,
    )
    if row.moves_overall and overall is not None:
        days, kind = row.days, read_rule(deadline.key, deadline.rule).kind
        changes.lengthen_deadline(
            work, overall.id, days, kind, reason=WITH_ITS_STEP, actor=user.actor
        )
    if overall is not None and before is not None and overall.due_at != before:
        _notify_complainant(work, case, before, overall.due_at, user)


def _notify_complainant(
    work: Work, case: Case, before: datetime, after: datetime, user: User
) -> None:
    """The diagram sends the letter; an older one that does not wait for this sends none."""
    until = after.astimezone(BANGKOK).date()
    days = (until - before.astimezone(BANGKOK).date()).days
    facts = {"extension_days": days, "extension_until": until.isoformat()}
    try:
        messages.correlate_message(work, MESSAGE, case.id, facts, actor=user.actor)
    except MessageNotAwaited:
        return


def overtake_requests(work: Work, deadline: DeadlineRow) -> None:
    """The step is done: what was asked for it needs no decision any more."""
    asked = sa.update(ExtensionRow).where(
        ExtensionRow.clock_id == deadline.id, ExtensionRow.status == ASKED
    )
    work.session.execute(asked.values(status=OVERTAKEN, decided_at=work.now))


def _record(
    work: Work,
    deadline: DeadlineRow,
    row: ExtensionRow,
    type: str,
    user: User,
    *,
    commitment: str,
    answer: str = "",
) -> None:
    """Into the case's record, with the commitment to the encrypted words; `answer` is the
    submission that holds those of a refusal."""
    data = {"request": row.id, "clock": deadline.id, "key": deadline.key, "days": row.days}
    data |= {"approver": row.approver, "submission": row.submission_id}
    data |= {"commitment": commitment} if commitment else {}
    data |= {"answer": answer} if answer else {}
    history.record(
        work, deadline.instance_id, type, data, actor=user.actor, element_id=deadline.element_id
    )
