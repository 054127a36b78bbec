"""A request for a review: from the complainant, or entered by an officer for who wrote or came.

Whoever asks after the time says why it is late; whether it is taken up all the same is for the
reviewer to say, so nothing here refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.clock import BANGKOK
from engine.ground.errors import NotAllowed
from engine.store.work import Work
from engine.verbs import messages, queries
from forms import Form
from office.applications import deployed_forms
from office.cases.store_answers import HandedIn, keep
from office.deadlines.rows import AWAITED, latest_deadline
from office.ground.errors import CaseNotFound, NothingToReview
from office.ground.services import Services
from office.ground.tables import Case
from office.people.access import ACTING, acting_as, may_know_of, sight_of
from office.people.people import User
from office.vault.submissions import COMPLAINANT

# The words that diagrams, forms and office share.
MESSAGE, FORM, CLOCK = "review_requested", "f13_review", "review_request"
LATE, MADE_ON = "review_late", "review_received_on"
COMPLAINANTS = Actor(COMPLAINANT)
PAGE = "register"  # of the roles that enter what came on paper, by phone or in person


def may_ask(work: Work, case: Case) -> bool:
    """Whether a review of the case can be asked for, in time or late."""
    return messages.is_awaited(work, MESSAGE, case.id)


def last_moment(work: Work, case: Case) -> datetime | None:
    """Until when it can be asked for without a reason for being late; None while it is not known
    that the complainant received the letter."""
    deadline = latest_deadline(work, case.id, CLOCK)
    if deadline is None or (AWAITED in deadline.rule and deadline.status != "finished"):
        return None
    return deadline.due_at


def is_late(work: Work, case: Case, moment: datetime) -> bool:
    last = last_moment(work, case)
    return last is not None and moment > last


def form_for(work: Work, case: Case, *, by_officer: bool = False) -> tuple[Form, dict[str, Any]]:
    """The form of the request, with what its expressions see.

    Raises:
        NothingToReview: nothing is told yet, or the review has been asked for already.
    """
    if not may_ask(work, case):
        raise NothingToReview
    last = last_moment(work, case)
    definition_id = queries.definition_of(work, str(case.instance_id))
    review_by = last.astimezone(BANGKOK).date().isoformat() if last else None
    form = deployed_forms.form_of(work, definition_id, FORM)
    return form, {"review_by": review_by, "by_officer": by_officer}


def ask(
    work: Work,
    services: Services,
    case: Case,
    answers: Mapping[str, Any],
    *,
    actor: Actor = COMPLAINANTS,
    by_officer: bool = False,
    idempotency_key: str | None = None,
) -> None:
    """Keep what was asked and send it to the case.

    Raises:
        NothingToReview, FormInvalid.
    """
    form, context = form_for(work, case, by_officer=by_officer)
    checked = form.load(answers, context=context, environment=deployed_forms.environment_of(work))
    made_on, last = checked.variables.get(MADE_ON), context["review_by"]
    day = str(made_on)[:10] if made_on else work.now.astimezone(BANGKOK).date().isoformat()
    late = last is not None and date.fromisoformat(day) > date.fromisoformat(last)
    messages.correlate_message(
        work,
        MESSAGE,
        case.id,
        {**checked.variables, LATE: late},
        actor=actor,
        idempotency_key=idempotency_key,
        extra_events=[keep(work, services, case.id, HandedIn(form.id, checked, actor.id))],
    )


# ── for who wrote, rang or came ────────────────────────────────────────────────────────────────


def case_numbered(work: Work, receipt_no: str, user: User) -> str:
    """The id of the case of a receipt number that the complainant gives.

    Raises:
        CaseNotFound: there is none, it is hidden from this officer, or no review can be asked for
            in a case that they do not see.
    """
    found = work.session.scalar(sa.select(Case).where(Case.receipt_no == receipt_no.strip()))
    return _case_for(work, found, user).id


def entry_form(work: Work, case_id: str, user: User) -> tuple[Case, Form, dict[str, Any]]:
    """The form for an officer, who needs to see nothing of the case itself.

    Raises:
        CaseNotFound, NotAllowed, NothingToReview.
    """
    case = _case_for(work, work.session.get(Case, case_id), user)
    return case, *form_for(work, case, by_officer=True)


def enter(
    work: Work, services: Services, case_id: str, answers: Mapping[str, Any], user: User
) -> None:
    """Enter a request that came by letter, by phone or in person.

    Raises:
        CaseNotFound, NotAllowed, NothingToReview, FormInvalid.
    """
    case = _case_for(work, work.session.get(Case, case_id), user)
    actor = acting_as(work, user.actor, "open", "all", ACTING, on_behalf_of=COMPLAINANT)
    ask(work, services, case, answers, actor=actor, by_officer=True)


def _case_for(work: Work, case: Case | None, user: User) -> Case:
    if PAGE not in user.pages:
        raise NotAllowed
    if case is None or not may_know_of(work, case, user):
        raise CaseNotFound
    if not may_ask(work, case) and sight_of(work, case, user) is None:
        raise CaseNotFound  # how far it has come is told to those who see it
    return case
