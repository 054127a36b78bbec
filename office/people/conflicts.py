"""Conflicts of interest: who must not handle a case, declared by themselves or matched by name.

พ.ร.บ. วิธีปฏิบัติราชการทางปกครอง ม.13–14: a disqualified officer stops and the superior decides.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.turn import history
from engine.verbs import runtime
from office.applications.person_names import Titles, forms_of
from office.ground.tables import Account, Case, Conflict
from office.people import access
from office.people.access import load_case
from office.people.people import User


def declare_conflict(work: Work, case_id: str, user: User) -> None:
    """A person steps out of a case: their tasks go back to the group, and it vanishes for them.

    Raises:
        CaseNotFound: they have no part in it.
    """
    case, _ = load_case(work, case_id, user)
    for task_id in _claimed_tasks(work, case, user):
        runtime.release_user_task(work, task_id, actor=user.actor)
    record_conflict(work, case, user.id, ground="declared", actor=user.actor)


def record_conflict(
    work: Work, case: Case, account_id: str, *, ground: str, actor: Actor = SYSTEM
) -> None:
    """Keep a person out of a case; doing so twice changes nothing."""
    if work.session.get(Conflict, (account_id, case.id)) is not None:
        return
    row = Conflict(account_id=account_id, case_id=case.id, ground=ground)
    row.recorded_at, row.recorded_by = work.now, actor.id
    work.session.add(row)
    work.session.flush()  # the next look at the case must see it
    work.forget(access.CONFLICTS)
    if case.instance_id is not None:
        data = {"account": account_id, "ground": ground}
        history.record(work, case.instance_id, "conflict_recorded", data, actor=actor)


def match_accused(work: Work, names: Iterable[str], titles: Titles) -> list[str]:
    """Accounts whose display name may be that of an accused person."""
    accused = {form for name in names for form in forms_of(name, titles)}
    if not accused:
        return []
    accounts = work.session.execute(sa.select(Account.id, Account.display_name))
    return [id for id, display_name in accounts if forms_of(display_name, titles) & accused]


def _claimed_tasks(work: Work, case: Case, user: User) -> list[str]:
    query = sa.select(UserTask.id).where(
        UserTask.instance_id == case.instance_id,
        UserTask.status == "open",
        UserTask.assignee == user.id,
    )
    return list(work.session.scalars(query))
