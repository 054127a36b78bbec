"""What the complainant does with the tracking code: follow, answer, read letters, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.text import Text
from engine.store.tables import HistoryEvent
from engine.store.work import Work
from engine.turn import history
from engine.turn.definitions import load_bundle
from engine.verbs import messages, queries
from forms import Form
from office.applications import deployed_forms, master_data
from office.applications.application import kind_of, of_definition
from office.cases import reviews
from office.cases.store_answers import HandedIn, keep
from office.cases.tracking import find_case_by_code
from office.deadlines.rows import running_deadline
from office.ground.errors import CannotWithdraw, NothingToAnswer
from office.ground.services import Services
from office.ground.tables import Case
from office.letters import letters
from office.letters.letters import LetterView
from office.vault import submissions
from office.vault.submissions import COMPLAINANT

# The words that diagrams, forms and office share.
REPLY_MESSAGE, REPLY_FORM, QUESTIONS_FORM = "reply_received", "f3_reply", "f3_information_request"
WITHDRAWAL_MESSAGE, WITHDRAWAL_FORM = "withdrawal_requested", "withdrawal"
WITHDRAWAL_DECISION_FORM = "f_withdrawal_decision"
ASK_CLOCK = "ask"
ACTOR = Actor(COMPLAINANT)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A coarse status the case has reached, and when."""

    status: Text
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCase:
    """What the holder of the code sees: no officer, no unit, no other person."""

    case_id: str
    receipt_no: str
    kind: Text
    on_withdrawal: Text  # what to know before one withdraws
    status: Text
    received_at: datetime
    legal_received_on: date
    closed_at: datetime | None
    timeline: tuple[Milestone, ...]
    letters: tuple[LetterView, ...]
    questions: tuple[str, ...]
    answer_by: datetime | None
    may_reply: bool
    may_withdraw: bool
    may_ask_review: bool
    review_by: datetime | None  # none while it is not known when the letter was received
    review_is_late: bool


def track_case(work: Work, services: Services, code: str) -> PublicCase:
    """A case as its complainant may follow it.

    Raises:
        TrackingCodeUnknown: no case has this code.
    """
    case = find_case_by_code(work, services, code)
    may_reply = messages.is_awaited(work, REPLY_MESSAGE, case.id)
    may_ask_review, review_by = reviews.may_ask(work, case), reviews.last_moment(work, case)
    return PublicCase(
        case_id=case.id,
        receipt_no=case.receipt_no,
        kind=kind_of(work, case.application, case.track),
        on_withdrawal=_on_withdrawal(work, case),
        status=master_data.public_status_text(work, case.application, case.status),
        received_at=case.received_at,
        legal_received_on=case.legal_received_on,
        closed_at=case.closed_at,
        timeline=tuple(_timeline(work, case)),
        letters=tuple(letters.list_letters(work, case.id)),
        questions=tuple(_questions(work, services, case)) if may_reply else (),
        answer_by=_ends(work, case, ASK_CLOCK) if may_reply else None,
        may_reply=may_reply,
        may_withdraw=_may_withdraw(work, case),
        may_ask_review=may_ask_review,
        review_by=review_by if may_ask_review else None,
        review_is_late=may_ask_review and reviews.is_late(work, case, work.now),
    )


def reply_form(work: Work, services: Services, code: str) -> tuple[Form, dict[str, Any]]:
    """The form for the complainant's answer, with what its expressions see.

    Raises:
        TrackingCodeUnknown, NothingToAnswer.
    """
    case = find_case_by_code(work, services, code)
    if not messages.is_awaited(work, REPLY_MESSAGE, case.id):
        raise NothingToAnswer
    return _form(work, case, REPLY_FORM), {"questions": _questions(work, services, case)}


def withdrawal_form(work: Work, services: Services, code: str) -> tuple[Form, dict[str, Any]]:
    """The form for a withdrawal.

    Raises:
        TrackingCodeUnknown, CannotWithdraw.
    """
    case = find_case_by_code(work, services, code)
    if not _may_withdraw(work, case):
        raise CannotWithdraw
    return _form(work, case, WITHDRAWAL_FORM), {}


def review_form(work: Work, services: Services, code: str) -> tuple[Form, dict[str, Any]]:
    """The form of a request to review the result; it asks for a reason when the time for it has
    passed.

    Raises:
        TrackingCodeUnknown.
        NothingToReview: nothing is told yet, or the review has been asked for already.
    """
    return reviews.form_for(work, find_case_by_code(work, services, code))


def reply(
    work: Work,
    services: Services,
    code: str,
    answers: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
) -> None:
    """Answer the office's questions; the case moves on at once.

    Raises:
        TrackingCodeUnknown, NothingToAnswer, FormInvalid.
    """
    _say(work, services, code, answers, form_of=reply_form, sent=(REPLY_MESSAGE, idempotency_key))


def withdraw(
    work: Work,
    services: Services,
    code: str,
    answers: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
) -> None:
    """Ask to withdraw; whether that ends the case is for the diagram to say.

    Raises:
        TrackingCodeUnknown, CannotWithdraw, FormInvalid.
    """
    _say(
        work,
        services,
        code,
        answers,
        form_of=withdrawal_form,
        sent=(WITHDRAWAL_MESSAGE, idempotency_key),
    )


def ask_review(
    work: Work,
    services: Services,
    code: str,
    answers: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
) -> None:
    """Ask somebody who did not handle the case to review its result.

    Raises:
        TrackingCodeUnknown, NothingToReview, FormInvalid.
    """
    if history.previous_answer(work, idempotency_key) is None:
        case = find_case_by_code(work, services, code)
        reviews.ask(work, services, case, answers, idempotency_key=idempotency_key)


def read_letter(
    work: Work, services: Services, code: str, letter_id: str
) -> tuple[LetterView, str]:
    """A letter and its Markdown text; the first reading is recorded as its delivery.

    Raises:
        TrackingCodeUnknown, LetterNotFound.
    """
    case = find_case_by_code(work, services, code)
    view, text = letters.open_letter(work, services, case, letter_id)
    letters.note_reading(work, case, letter_id)
    return view, text


def _say(
    work: Work,
    services: Services,
    code: str,
    answers: Mapping[str, Any],
    *,
    form_of: Callable[[Work, Services, str], tuple[Form, Mapping[str, Any]]],
    sent: tuple[str, str | None],
) -> None:
    """Keep what the complainant wrote on a form and send it to the case, once; `sent` is the name
    of the message and its idempotency key."""
    message, key = sent
    if history.previous_answer(work, key) is not None:
        return
    form, context = form_of(work, services, code)
    case = find_case_by_code(work, services, code)
    checked = form.load(answers, context=context, environment=deployed_forms.environment_of(work))
    extra_events = [keep(work, services, case.id, HandedIn(form.id, checked, COMPLAINANT))]
    messages.correlate_message(
        work,
        message,
        case.id,
        checked.variables,
        actor=ACTOR,
        idempotency_key=key,
        extra_events=extra_events,
    )


def _may_withdraw(work: Work, case: Case) -> bool:
    """Whether the case can be withdrawn and no request of the complainant is still undecided."""
    if case.closed_at is not None:
        return False
    asked = submissions.count(work, case.id, WITHDRAWAL_FORM)
    decided = submissions.count(work, case.id, WITHDRAWAL_DECISION_FORM)
    return asked <= decided and messages.is_awaited(work, WITHDRAWAL_MESSAGE, case.id)


def _on_withdrawal(work: Work, case: Case) -> Text:
    if case.instance_id is None:
        return Text("", "")
    application = of_definition(work, queries.definition_of(work, case.instance_id))
    variant = application.variant(case.track)
    return Text("", "") if variant is None else variant.on_withdrawal


def _questions(work: Work, services: Services, case: Case) -> list[str]:
    asked = submissions.submissions(work, services, case.id, forms=frozenset({QUESTIONS_FORM}))
    rows = asked[-1].answers.get("questions") or [] if asked else []
    return [str(row["question"]) for row in rows if row.get("question")]


def _ends(work: Work, case: Case, key: str) -> datetime | None:
    """Until when the complainant may do something."""
    deadline = running_deadline(work, case.id, key)
    return None if deadline is None else deadline.due_at


def _timeline(work: Work, case: Case) -> list[Milestone]:
    """The public statuses in the order the case first came to each stretch of them."""
    if case.instance_id is None:
        return []
    instance = queries.instance(work, case.instance_id)
    drawn = load_bundle(work, instance.definition_id).definition.drawn
    entered = sa.select(HistoryEvent.element_id, HistoryEvent.at).where(
        HistoryEvent.instance_id == case.instance_id, HistoryEvent.type == "activity_entered"
    )
    timeline: list[Milestone] = []
    for element_id, at in work.session.execute(entered.order_by(HistoryEvent.seq)):
        node = drawn(element_id)
        status = node.extensions.properties.get("status") if node is not None else None
        if not status:
            continue
        text = master_data.public_status_text(work, case.application, status)
        if not timeline or timeline[-1].status != text:
            timeline.append(Milestone(text, at))
    return timeline


def _form(work: Work, case: Case, form_id: str) -> Form:
    assert case.instance_id is not None
    definition_id = queries.definition_of(work, case.instance_id)
    return deployed_forms.form_of(work, definition_id, form_id)
