"""What officers do with their tasks: list, open, claim, complete with a checked form."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from complaints import casekeys, masterdata, people, shapes, submissions, vault
from complaints.access import Sight, case_of_instance, not_barred, require_sight, task_sight
from complaints.attachments import adopt_files
from complaints.cases import CaseView, case_view, title_of
from complaints.desk import Desk
from complaints.errors import PageUnknown
from complaints.excerpts import CORRUPTION
from complaints.models import Case
from complaints.people import User
from engine import history, queries, runtime
from engine.errors import TaskAlreadyClaimed
from engine.models import UserTask, UserTaskCandidate
from engine.text import Text
from engine.work import Work
from forms import Form

Colour = Literal["ok", "soon", "late", "none"]
Scope = Literal["mine", "groups", "all"]
SOON = timedelta(days=2)
NEVER = sa.literal(2**62, sa.BigInteger)  # a task without a due date sorts last, on both databases


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A task in a work list."""

    task_id: str
    case_id: str
    receipt_no: str
    track: str
    subject: str | None
    title: str | None
    name: Text
    status: Text
    severity: str | None
    due_at: datetime | None
    colour: Colour
    created_at: datetime
    assignee: str | None
    holder: Text  # who holds the ball: the person, or the groups it is offered to
    is_mine: bool


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A stretch of a work list; `after` asks for the next one, and is none at the end."""

    items: tuple[WorkItem, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task opened: the form to fill beside the case file."""

    task: UserTask
    case: CaseView
    form: Form
    context: Mapping[str, Any]  # what the form's expressions see
    prior: Mapping[str, Any]  # the newest answers to the same form in this case
    colour: Colour
    may_complete: bool


def work_list(
    work: Work,
    desk: Desk,
    user: User,
    *,
    scope: Scope = "all",
    limit: int = 50,
    after: str | None = None,
) -> WorkPage:
    """Open tasks a person has claimed or may claim, the most urgent first. Cases in which they
    have a conflict, or which are hidden from their role, are not even counted."""
    due = sa.func.coalesce(UserTask.due_at, NEVER)
    query = (
        sa.select(UserTask, Case)
        .join(Case, Case.instance_id == UserTask.instance_id)
        .where(UserTask.status == "open", _in_scope(user, scope), *not_barred(user))
        .order_by(due, UserTask.id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(sa.tuple_(due, UserTask.id) > _bound(after))
    found = list(work.session.execute(query))
    kept = casekeys.preload(work, [case.id for _, case in found])
    items = [_item(work, desk, user, task, case) for task, case in found[:limit]]
    del kept  # the session holds its rows weakly: they had to live until here
    more = len(found) > limit
    return WorkPage(tuple(items), _cursor(found[limit - 1][0]) if more else None)


def open_task(work: Work, desk: Desk, task_id: str, user: User) -> TaskView:
    """A task with its case and form, for somebody who sees the case.

    Raises:
        TaskNotFound: it is unknown or already done.
        CaseNotFound: its case is not for them.
    """
    task = runtime.open_task(work, task_id)
    case, _ = require_sight(work, case_of_instance(work, task.instance_id), user)
    form = shapes.form_of(work, task.definition_id, task.form)
    given = submissions.submissions(work, desk, case.id, forms=frozenset({task.form}))
    return TaskView(
        task=task,
        case=case_view(work, desk, case.id, user),
        form=form,
        context=form_context(work, task),
        prior=given[-1].answers if given else {},
        colour=colour_of(task.due_at, work.now),
        may_complete=_may_complete(task, user),
    )


def form_context(work: Work, task: UserTask) -> dict[str, Any]:
    """What a task's form may decide on: the process variables and the lists of the office."""
    units = masterdata.unit_options(work)
    return {**queries.task_variables(work, task.id), "units": units}


def claim_task(work: Work, task_id: str, user: User) -> None:
    """Take a task.

    Raises:
        TaskNotFound, CaseNotFound, NotAllowed, FourEyes, TaskAlreadyClaimed.
    """
    task = runtime.open_task(work, task_id)
    require_sight(work, case_of_instance(work, task.instance_id), user)
    runtime.claim_user_task(work, task_id, actor=user.actor)


def release_task(work: Work, task_id: str, user: User) -> None:
    """Give a claimed task back to its group.

    Raises:
        TaskNotFound, CaseNotFound, NotAllowed.
    """
    task = runtime.open_task(work, task_id)
    require_sight(work, case_of_instance(work, task.instance_id), user)
    runtime.release_user_task(work, task_id, actor=user.actor)


def complete_task(
    work: Work,
    desk: Desk,
    task_id: str,
    answers: Mapping[str, Any],
    user: User,
    *,
    idempotency_key: str | None = None,
) -> None:
    """Complete a task: variables to the case, text to its file, names to the vault, files adopted,
    all in this one transaction. File fields carry ids of staged files.

    Raises:
        TaskNotFound, CaseNotFound, NotAllowed, FourEyes, TaskAlreadyClaimed: as the rules have it.
        FormInvalid: the answers do not fit; nothing was changed.
    """
    if history.previous_answer(work, idempotency_key) is not None:
        return
    task = runtime.open_task(work, task_id)
    case, _ = require_sight(work, case_of_instance(work, task.instance_id), user)
    _must_be_theirs(work, task, user)
    form = shapes.form_of(work, task.definition_id, task.form)
    context, environment = form_context(work, task), shapes.environment_of(work)
    checked = form.load(answers, context=context, environment=environment)
    staged = shapes.staged_of(desk, checked)
    vault.keep_identity(work, desk, case.id, {task.form: checked.personal})
    submission = submissions.keep_submission(
        work,
        desk,
        case.id,
        task.form,
        shapes.as_given(checked),
        given_by=user.id,
        task_id=task.id,
        element_id=task.element_id,
    )
    adopt_files(work, desk, case.id, staged, added_by=user.id, submission_id=submission)
    runtime.complete_user_task(
        work, task_id, checked.variables, actor=user.actor, idempotency_key=idempotency_key
    )


def colour_of(due_at: datetime | None, now: datetime) -> Colour:
    """How urgent a due date is, for the eye."""
    if due_at is None:
        return "none"
    if due_at < now:
        return "late"
    return "soon" if due_at - now <= SOON else "ok"


def _must_be_theirs(work: Work, task: UserTask, user: User) -> None:
    """Before the form is even looked at: a stranger is told so, and not about their answers."""
    runtime.must_be_candidate(work, task, user.actor)
    if task.assignee not in (None, user.id):
        raise TaskAlreadyClaimed


def _may_complete(task: UserTask, user: User) -> bool:
    is_candidate = user.id in task.candidate_users or bool(user.groups & set(task.candidate_groups))
    return task.assignee == user.id or (task.assignee is None and is_candidate)


def _in_scope(user: User, scope: Scope) -> sa.ColumnElement[bool]:
    mine = UserTask.assignee == user.id
    names = sa.or_(
        sa.and_(UserTaskCandidate.kind == "group", UserTaskCandidate.name.in_(sorted(user.groups))),
        sa.and_(UserTaskCandidate.kind == "user", UserTaskCandidate.name == user.id),
    )
    offered = sa.select(UserTaskCandidate.task_id).where(names)
    free = sa.and_(UserTask.assignee.is_(None), UserTask.id.in_(offered))
    return {"mine": mine, "groups": free, "all": sa.or_(mine, free)}[scope]


def _item(work: Work, desk: Desk, user: User, task: UserTask, case: Case) -> WorkItem:
    shows_title = case.track != CORRUPTION or task_sight(task, user) is Sight.FULL
    return WorkItem(
        task_id=task.id,
        case_id=case.id,
        receipt_no=case.receipt_no,
        track=case.track,
        subject=case.subject,
        title=title_of(work, desk, case) if shows_title else None,
        name=Text(task.name_th, task.name_en),
        status=masterdata.status_text(work, case.status),
        severity=case.severity,
        due_at=task.due_at,
        colour=colour_of(task.due_at, work.now),
        created_at=task.created_at,
        assignee=task.assignee,
        holder=holder_of(work, task),
        is_mine=task.assignee == user.id,
    )


def holder_of(work: Work, task: UserTask) -> Text:
    """Who holds the ball."""
    if task.assignee is None:
        groups = [masterdata.group_text(work, group) for group in task.candidate_groups]
        return Text(", ".join(g.th for g in groups), ", ".join(g.en for g in groups))
    name = people.display_names(work, [task.assignee]).get(task.assignee, "—")
    return Text(name, name)


def _cursor(task: UserTask) -> str:
    due = None if task.due_at is None else task.due_at.isoformat()
    return base64.urlsafe_b64encode(json.dumps([due, task.id]).encode()).decode()


def _bound(after: str) -> sa.Tuple:
    try:
        due, id = json.loads(base64.urlsafe_b64decode(after))
        moment = datetime.fromisoformat(due) if due else None
    except (ValueError, TypeError):
        raise PageUnknown from None
    due_then = sa.func.coalesce(sa.literal(moment, UserTask.due_at.type), NEVER)
    return sa.tuple_(due_then, sa.literal(str(id)))
