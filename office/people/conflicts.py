"""Conflicts of interest: who must not handle a case, declared by themselves or matched by name.

พ.ร.บ. วิธีปฏิบัติราชการทางปกครอง ม.13–14: a disqualified officer stops and the superior decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.turn import history
from engine.verbs import queries, runtime
from office.applications import deployed_forms
from office.applications.person_names import Titles, forms_of, is_near
from office.ground.errors import CaseNotFound, OfficeError
from office.ground.services import Services
from office.ground.tables import Account, Case, Conflict
from office.people import access, people
from office.people.access import Sight, load_case
from office.people.people import User
from office.vault import submissions

FORM = "f_conflict"
DECLARED, MATCHED, POSSIBLE, CONFIRMED = "declared", "matched", "possible", "confirmed"
BY_NAME = (MATCHED, POSSIBLE, CONFIRMED, access.CLEARED)  # grounds that whoever screens decides on


class MatchNotFound(OfficeError):
    """Nobody of that account is kept from this case for their name."""

    thai = "เรื่องนี้ไม่ได้ปิดจากบัญชีนั้นเพราะชื่อตรงกัน"


def declare_conflict(work: Work, case_id: str, user: User) -> None:
    """A person steps out of a case: their tasks go back to the group, and it vanishes for them.

    Raises:
        CaseNotFound: they have no part in it.
    """
    case, _ = load_case(work, case_id, user)
    for task_id in _claimed_tasks(work, case, user):
        runtime.release_user_task(work, task_id, actor=user.actor)
    record_conflict(work, case, user.id, ground=DECLARED, actor=user.actor)


def record_conflict(
    work: Work, case: Case, account_id: str, *, ground: str, actor: Actor = SYSTEM
) -> None:
    """Keep a person out of a case; doing so twice changes nothing."""
    row = work.session.get(Conflict, (account_id, case.id))
    if row is not None and row.ground != access.CLEARED:
        return
    row = row or Conflict(account_id=account_id, case_id=case.id)
    row.ground = ground
    row.recorded_at, row.recorded_by = work.now, actor.id
    work.session.add(row)
    work.session.flush()  # the next look at the case must see it
    work.forget(access.CONFLICTS)
    if case.instance_id is not None:
        data = {"account": account_id, "ground": ground}
        history.record(work, case.instance_id, "conflict_recorded", data, actor=actor)


def match_accused(work: Work, names: Iterable[str], titles: Titles) -> dict[str, str]:
    """Open accounts whose display name may be that of an accused person, with the ground: the same
    name in one of its forms, or one that is near enough for somebody to look at."""
    accused = [name for name in names if name.strip()]
    if not accused:
        return {}
    spelled = {form for name in accused for form in forms_of(name, titles)}
    found: dict[str, str] = {}
    for id, shown in work.session.execute(sa.select(Account.id, Account.display_name)):
        if forms_of(shown, titles) & spelled:
            found[id] = MATCHED
        elif any(is_near(name, shown, titles) for name in accused):
            found[id] = POSSIBLE
    return found


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody in the agency whose name is like that of an accused person."""

    account_id: str
    name: str
    ground: str


def matches(work: Work, case: Case, sight: Sight, user: User) -> list[Match]:
    """Whom a case is kept from for their name, for who screens it; nobody else learns of them."""
    if sight is not Sight.FULL or not access.screens(work, user):
        return []
    rows = [row for row in access.conflicts_of(work, case.id) if row.ground in BY_NAME]
    names = people.display_names(work, [row.account_id for row in rows]) if rows else {}
    found = [Match(r.account_id, names.get(r.account_id, "—"), r.ground) for r in rows]
    return sorted(found, key=lambda match: (match.name, match.account_id))


def decide_match(
    work: Work,
    services: Services,
    case_id: str,
    account_id: str,
    user: User,
    *,
    is_same: bool,
    reason: str,
) -> None:
    """Whoever screens says whether somebody here is the accused person, and why. Until then the
    case is kept from them, and where they are, it stays so.

    Raises:
        CaseNotFound: the case is not for them, or not theirs to screen.
        MatchNotFound: nobody of that account was matched by name.
        FormInvalid: the reason does not say enough.
    """
    case, sight = load_case(work, case_id, user)
    if sight is not Sight.FULL or not access.screens(work, user):
        raise CaseNotFound
    row = work.session.get(Conflict, (account_id, case.id), with_for_update=True)
    if row is None or row.ground not in BY_NAME or account_id == user.id:
        raise MatchNotFound
    actor = access.acting_as(work, user.actor, "all", access.ACTING)
    row.ground = CONFIRMED if is_same else access.CLEARED
    row.recorded_at, row.recorded_by = work.now, user.id
    work.session.flush()  # the next look at the case must see it
    work.forget(access.CONFLICTS)
    data = {"account": account_id, **_kept_reason(work, services, case, user, reason)}
    type = "conflict_confirmed" if is_same else "conflict_lifted"
    history.record(work, str(case.instance_id), type, data, actor=actor)


def _kept_reason(
    work: Work, services: Services, case: Case, user: User, reason: str
) -> dict[str, str]:
    form = deployed_forms.form_of(work, queries.definition_of(work, str(case.instance_id)), FORM)
    environment = deployed_forms.environment_of(work)
    given = deployed_forms.as_given(form.load({"reason": reason}, environment=environment))
    submission, commitment = submissions.keep_submission(
        work, services, case.id, FORM, given, given_by=user.id
    )
    return {"submission": submission, "commitment": commitment}


def _claimed_tasks(work: Work, case: Case, user: User) -> list[str]:
    query = sa.select(UserTask.id).where(
        UserTask.instance_id == case.instance_id,
        UserTask.status == "open",
        UserTask.assignee == user.id,
    )
    return list(work.session.scalars(query))
