"""What officers do with a task: open it, claim it, complete it with a checked form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.ground.errors import NotAllowed, TaskAlreadyClaimed
from engine.ground.text import Text
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.turn import history
from engine.verbs import queries, runtime
from forms import Form
from office.applications import deployed_forms, master_data
from office.cases.cases import CaseView, view_of
from office.cases.store_answers import HandedIn, keep
from office.cases.work_list import Colour, colour_of
from office.cases.work_list import desk_list as desk_list
from office.cases.work_list import holder_of as holder_of
from office.cases.work_list import work_list as work_list
from office.ground.services import Services
from office.ground.tables import Case
from office.people import access
from office.people.access import task_sight
from office.people.people import User


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task opened: the form to fill beside the case file."""

    task: UserTask
    case: CaseView
    form: Form
    context: Mapping[str, Any]  # what the form's expressions see
    prior: Mapping[str, Any]  # the newest answers to the same form that the person may read
    colour: Colour
    may_complete: bool


def open_task(work: Work, services: Services, task_id: str, user: User) -> TaskView:
    """A task with its case and form, for somebody who sees the case.

    Raises:
        TaskNotFound: it is unknown or done, or its case is not for them.
    """
    task, case, sight = access.open_task(work, task_id, user)
    view = view_of(work, services, case, sight, user)
    given = [each for each in view.submissions if each.form == task.form]
    return TaskView(
        task=task,
        case=view,
        form=deployed_forms.form_of(work, task.definition_id, task.form),
        context=form_context(work, task),
        prior=given[-1].answers if given else {},
        colour=colour_of(task.due_at, work.now),
        may_complete=_may_complete(work, task, user),
    )


def form_context(work: Work, task: UserTask) -> dict[str, Any]:
    """What a task's form may decide on: the process variables and the lists of the office."""
    units = master_data.unit_options(work)
    return {**queries.task_variables(work, task.id), "units": units}


def claim_task(work: Work, task_id: str, user: User) -> None:
    """Take a task.

    Raises:
        TaskNotFound, NotAllowed, FourEyes, TaskAlreadyClaimed.
    """
    access.open_task(work, task_id, user)
    runtime.claim_user_task(work, task_id, actor=user.actor)


def release_task(work: Work, task_id: str, user: User) -> None:
    """Give a claimed task back to its group.

    Raises:
        TaskNotFound, NotAllowed.
    """
    access.open_task(work, task_id, user)
    runtime.release_user_task(work, task_id, actor=user.actor)


def complete_task(
    work: Work,
    services: Services,
    task_id: str,
    answers: Mapping[str, Any],
    user: User,
    *,
    idempotency_key: str | None = None,
) -> None:
    """Complete a task: variables to the case, text to its file, names to the vault, files adopted,
    all in this one transaction. File fields carry ids of staged files.

    Raises:
        TaskNotFound, NotAllowed, FourEyes, TaskAlreadyClaimed: as the rules have it.
        FormInvalid: the answers do not fit; nothing was changed.
    """
    if history.previous_answer(work, idempotency_key) is not None:
        return
    asked = asked_of(work, task_id, user)
    environment = deployed_forms.environment_of(work)
    checked = asked.form.load(answers, context=asked.context, environment=environment)
    task = asked.task
    handed_in = HandedIn(task.form, checked, user.id, task.id, task.element_id)
    runtime.complete_user_task(
        work,
        task_id,
        checked.variables,
        actor=user.actor,
        idempotency_key=idempotency_key,
        extra_events=[keep(work, services, asked.case.id, handed_in)],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whoever completes a task: its form, with what the expressions see."""

    task: UserTask
    case: Case
    form: Form
    context: Mapping[str, Any]

    @property
    def name(self) -> Text:
        return Text(self.task.name_th, self.task.name_en)


def asked_of(work: Work, task_id: str, user: User) -> Asked:
    """Looked up once, where a page reads the answers by the form before it hands them in.

    Raises:
        TaskNotFound, NotAllowed, FourEyes, TaskAlreadyClaimed.
    """

    def find() -> Asked:
        task, case, _ = access.open_task(work, task_id, user)
        _must_be_theirs(work, task, user)
        form = deployed_forms.form_of(work, task.definition_id, task.form)
        return Asked(task, case, form, form_context(work, task))

    return work.kept("asked", (task_id, user), find)


def _must_be_theirs(work: Work, task: UserTask, user: User) -> None:
    """Before the form is even looked at: a stranger is told so, and not about their answers."""
    runtime.must_be_candidate(work, task, user.actor)
    if task_sight(work, task, user) is None:  # claimed in a role that they have lost since
        raise NotAllowed
    if task.assignee not in (None, user.id):
        raise TaskAlreadyClaimed


def _may_complete(work: Work, task: UserTask, user: User) -> bool:
    return task.assignee in (None, user.id) and task_sight(work, task, user) is not None
