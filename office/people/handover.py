"""Handing tasks over: a head gives an open task to another of its candidates and says why.

Who may stands in `handover.csv`: a role, and the roles whose tasks it hands over; both of the same
unit where they are bound to one. The reason is sealed with the case, the record commits to it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import sqlalchemy as sa

from engine.ground.errors import NotAllowed
from engine.ground.text import Text
from engine.store.tables import UserTask, UserTaskCandidate
from engine.store.work import Work
from engine.verbs import runtime
from office.applications import deployed_forms, shipped
from office.applications.agency import agency_files
from office.ground.errors import OfficeError
from office.ground.services import Services
from office.ground.tables import Case
from office.people import access, people
from office.people.access import open_to, sights_of
from office.people.people import User
from office.vault import submissions

FILE = "handover.csv"
FORM = "f_handover"
PAGE = "handover"  # a word of the column `pages` in roles.csv
MOST = 200  # tasks that are listed; a holder of more hands over the first ones first


class HandoverRefused(OfficeError):
    """{name} cannot be given “{step}” of {receipt_no}: they may not do this task."""

    # One sentence for a wrong role, the two-person rule and a conflict: of the last nobody is told.
    thai = "มอบ “{step}” ของเรื่อง {receipt_no} ให้ {name} ไม่ได้ เพราะผู้นี้ทำงานนี้ไม่ได้"


class NothingToHandOver(OfficeError):
    """Choose at least one task that you may hand over."""

    thai = "โปรดเลือกงานที่ท่านมอบต่อได้อย่างน้อยหนึ่งงาน"


@dataclass(frozen=True, slots=True)
class Movable:
    """An open task that a head may hand over."""

    task: UserTask
    case: Case
    holder: str | None  # the name of whoever has claimed it

    @property
    def name(self) -> Text:
        return Text(self.task.name_th, self.task.name_en)


def groups_of(work: Work, user: User) -> frozenset[str]:
    """The groups whose tasks this person hands over."""
    return frozenset(_groups_of(user, _rows(_table(work))))


def movable(work: Work, user: User, *, held_by: str | None = None) -> list[Movable]:
    """The open tasks that a head may hand over, of all or of one account, the most urgent first.

    Raises:
        NotAllowed: they are no head.
    """
    groups = _own_groups(work, user)
    offered = sa.select(UserTaskCandidate.task_id).where(
        UserTaskCandidate.kind == "group", UserTaskCandidate.name.in_(sorted(groups))
    )
    query = (
        sa.select(UserTask, Case)
        .join(Case, Case.instance_id == UserTask.instance_id)
        .where(UserTask.status == "open", UserTask.id.in_(offered), *open_to(work, user))
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
        .limit(MOST)
    )
    if held_by is not None:
        query = query.where(UserTask.assignee == held_by)
    rows = work.session.execute(query).all()
    seen = sights_of(work, [case for _, case in rows], user)
    names = people.display_names(work, [task.assignee for task, _ in rows if task.assignee])
    return [
        Movable(task, case, names.get(task.assignee) if task.assignee else None)
        for task, case in rows
        if case.id in seen
    ]


def colleagues(work: Work, user: User) -> list[User]:
    """To whom a head may hand tasks over: whoever is in one of the groups, by name.

    Raises:
        NotAllowed: they are no head.
    """
    groups = _own_groups(work, user)
    found = [one for one in people.users(work) if one.active and one.groups & groups]
    return sorted(found, key=lambda one: (one.display_name, one.username))


def hand_over(
    work: Work,
    services: Services,
    task_ids: Sequence[str],
    username: str,
    user: User,
    *,
    reason: str,
) -> User:
    """Give open tasks to somebody else, all of them or none; returns who got them.

    Raises:
        NotAllowed: the person is no head, or not of these tasks' groups.
        NothingToHandOver: no task was chosen.
        UserNotFound: there is nobody of that name.
        FormInvalid: the reason does not say enough.
        TaskNotFound: a task is not open, or its case is not for them.
        HandoverRefused: the other person may not do one of the tasks.
    """
    groups = _own_groups(work, user)
    form = deployed_forms.own_form(work, FORM)
    environment = deployed_forms.environment_of(work)
    given = deployed_forms.as_given(form.load({"reason": reason}, environment=environment))
    if not task_ids:
        raise NothingToHandOver
    to = people.user_by_name(work, username)
    for task_id in dict.fromkeys(task_ids):
        _hand_over(work, services, task_id, to, user, groups=groups, given=given)
    return to


def _hand_over(
    work: Work,
    services: Services,
    task_id: str,
    to: User,
    user: User,
    *,
    groups: frozenset[str],
    given: Mapping[str, str],
) -> None:
    task, case, _ = access.open_task(work, task_id, user)
    if groups.isdisjoint(task.candidate_groups):
        raise NotAllowed
    submission, commitment = submissions.keep_submission(
        work, services, case.id, FORM, given, given_by=user.id, element_id=task.element_id
    )
    data = {"submission": submission, "commitment": commitment}
    head = user.actor.acting(_heads_of(user, task, _rows(_table(work))))
    try:
        if not access.may_know_of(work, case, to):
            raise NotAllowed
        runtime.reassign_user_task(work, task.id, to.actor, actor=head, data=data)
    except NotAllowed as refusal:
        facts = {"name": to.display_name, "step": task.name_th, "receipt_no": case.receipt_no}
        raise HandoverRefused(**facts) from refusal


def _own_groups(work: Work, user: User) -> frozenset[str]:
    groups = groups_of(work, user)
    if not groups:
        raise NotAllowed
    return groups


def _table(work: Work) -> bytes:
    return agency_files(work).get(FILE) or shipped.table(FILE)


def _groups_of(user: User, rows: Sequence[tuple[str, frozenset[str]]]) -> Iterator[str]:
    for group in user.groups:
        held, _, unit = group.partition("@")
        for role, others in rows:
            if role == held:
                yield from (f"{other}@{unit}" if unit else other for other in others)


def _heads_of(
    user: User, task: UserTask, rows: Sequence[tuple[str, frozenset[str]]]
) -> Iterator[str]:
    """The groups of a person by which they hand this task over."""
    for group in sorted(user.groups):
        own = replace(user, groups=frozenset({group}))
        if not set(_groups_of(own, rows)).isdisjoint(task.candidate_groups):
            yield group


@lru_cache(maxsize=16)
def _rows(content: bytes) -> tuple[tuple[str, frozenset[str]], ...]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return tuple((row["role"].strip(), frozenset(row["tasks_of"].split())) for row in rows)
