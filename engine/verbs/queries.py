"""Reading: tasks, definitions, where a case stands and what happened in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bpmn.model import Process
from engine.bpmn.running.execution import Execution
from engine.ground.actor import Actor
from engine.ground.canonical import loads
from engine.ground.errors import (
    DefinitionNotFound,
    DefinitionRetired,
    InstanceNotFound,
    TaskNotFound,
)
from engine.store.tables import (
    HistoryEvent,
    ProcessDefinition,
    ProcessInForce,
    ProcessInstance,
    UserTask,
    UserTaskCandidate,
    fixed,
)
from engine.store.work import Work
from engine.turn.definitions import load_bundle
from engine.turn.turn import surroundings
from engine.verbs.runtime import in_force


def open_tasks(
    work: Work,
    *,
    actor: Actor | None = None,
    instance_id: str | None = None,
    limit: int = 50,
    after: tuple[Any, str] | None = None,
) -> list[UserTask]:
    """Open tasks by due date; with an actor, those assigned to or offered to them.

    `after` is `(due_at, id)` of the last task of the page before.
    """
    query = sa.select(UserTask).where(UserTask.status == fixed("open"))
    if instance_id is not None:
        query = query.where(UserTask.instance_id == instance_id)
    if actor is not None:
        query = query.where(_may_take(actor))
    due = sa.func.coalesce(UserTask.due_at, _NEVER)
    if after is not None:
        moment, identifier = after
        bound = sa.func.coalesce(sa.literal(moment, UserTask.due_at.type), _NEVER)
        query = query.where(sa.tuple_(due, UserTask.id) > sa.tuple_(bound, sa.literal(identifier)))
    return list(work.session.scalars(query.order_by(due, UserTask.id).limit(limit)))


_NEVER = sa.literal(2**62, sa.BigInteger)


def _may_take(actor: Actor) -> sa.ColumnElement[bool]:
    offered = sa.select(UserTaskCandidate.task_id).where(
        sa.or_(
            sa.and_(
                UserTaskCandidate.kind == "group",
                UserTaskCandidate.name.in_(sorted(actor.groups)),
            ),
            sa.and_(UserTaskCandidate.kind == "user", UserTaskCandidate.name == actor.id),
        )
    )
    free = sa.and_(UserTask.assignee.is_(None), UserTask.id.in_(offered))
    return sa.or_(UserTask.assignee == actor.id, free)


def task(work: Work, task_id: str) -> UserTask:
    """A task, open or ended."""
    found = work.session.get(UserTask, task_id)
    if found is None:
        raise TaskNotFound
    return found


def instance(work: Work, instance_id: str) -> ProcessInstance:
    def find() -> ProcessInstance | None:
        # A turn of this unit of work writes past the session.
        return work.session.get(ProcessInstance, instance_id, populate_existing=True)

    found = work.once("instance", instance_id, find)
    if found is None:
        raise InstanceNotFound(instance_id=instance_id)
    return found


def remember(work: Work, row: ProcessInstance) -> None:
    """An instance that was read along with something else need not be asked for again."""
    work.once("instance", row.id, lambda: row)


def tasks_of(work: Work, instance_id: str) -> list[UserTask]:
    """The tasks of an instance, open and ended, in the order they came up."""
    query = sa.select(UserTask).where(UserTask.instance_id == instance_id)
    ordered = query.order_by(UserTask.created_at, UserTask.id)
    return work.once("tasks", instance_id, lambda: list(work.session.scalars(ordered)))


def definition_of(work: Work, instance_id: str) -> str:
    """The id of the definition that an instance runs on."""
    moved = work.touched.get(instance_id)
    return instance(work, instance_id).definition_id if moved is None else moved.definition_id


def _loaded(work: Work, instance_id: str) -> Execution:
    """A case to look at: its own copy, never the one that turns act on."""

    return work.once(
        "execution", instance_id, lambda: _execution(work, instance(work, instance_id))
    )


def _execution(work: Work, row: ProcessInstance) -> Execution:
    bundle = load_bundle(work, row.definition_id)
    execution = Execution.load(bundle.definition, row.id, loads(row.state))
    execution.enter(surroundings(work, row, bundle))
    return execution


def task_variables(work: Work, task_id: str) -> dict[str, Any]:
    """The process variables as the task sees them, input mappings included."""
    row = task(work, task_id)
    if row.status != "open":
        raise TaskNotFound
    execution = _loaded(work, row.instance_id)
    token = execution.token(UUID(task_id))
    local: dict[str, Any] = token.task_spec.local(token)
    return local


def variables(work: Work, instance_id: str) -> dict[str, Any]:
    """The variables of the whole case."""
    return _loaded(work, instance_id).variables()


def variables_of(work: Work, instance_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The variables of many cases, by instance, read together."""
    query = sa.select(ProcessInstance).where(ProcessInstance.id.in_(instance_ids))
    rows = work.session.scalars(query.execution_options(populate_existing=True))
    return {row.id: _execution(work, row).variables() for row in rows}


def marking(work: Work, instance_id: str) -> list[dict[str, Any]]:
    """Where the case stands: one entry per token, with the moment it arrived."""
    execution = _loaded(work, instance_id)
    since = {id: at for id, (_, at) in _entered(work, instance_id).items()}
    return [{**stand, "since": since.get(stand["element_id"])} for stand in execution.marking()]


def standing(work: Work, instance_id: str) -> set[str]:
    """The drawn elements at which the case stands."""
    return {stand["element_id"] for stand in _loaded(work, instance_id).marking()}


def visited(work: Work, instance_id: str) -> Mapping[str, int]:
    """How often each drawn element was entered."""
    return Counter({id: count for id, (count, _) in _entered(work, instance_id).items()})


def _entered(work: Work, instance_id: str) -> dict[str, tuple[int, datetime]]:
    """How often each drawn element was entered, and when last."""
    query = (
        sa.select(HistoryEvent.element_id, sa.func.count(), sa.func.max(HistoryEvent.at))
        .where(HistoryEvent.instance_id == instance_id, HistoryEvent.type == "activity_entered")
        .group_by(HistoryEvent.element_id)
    )

    def find() -> dict[str, tuple[int, datetime]]:
        return {id: (count, at) for id, count, at in work.session.execute(query)}

    return work.once("entered", instance_id, find)


def history(work: Work, instance_id: str) -> list[HistoryEvent]:
    query = sa.select(HistoryEvent).where(HistoryEvent.instance_id == instance_id)
    ordered = query.order_by(HistoryEvent.seq)
    return work.once("history", instance_id, lambda: list(work.session.scalars(ordered)))


def definitions(work: Work) -> list[ProcessDefinition]:
    """Every version of every process, newest first within a process."""
    query = sa.select(ProcessDefinition)
    return list(
        work.session.scalars(
            query.order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
        )
    )


def ids_in_force(work: Work) -> set[str]:
    """The version of each process that is started now; none of a retired one."""
    rows = definitions(work)
    newest = {row.key: row.version for row in reversed(rows)}
    again = {row.key: row.version for row in work.session.scalars(sa.select(ProcessInForce))
             if row.newest == newest.get(row.key)}  # fmt: skip
    standing = {**newest, **again}
    return {row.id for row in rows if row.version == standing[row.key]}


def definition(work: Work, key: str, version: int | None = None) -> ProcessDefinition:
    """The version in force, or the given one."""
    return in_force(work, key, version)


def definition_if_in_force(work: Work, key: str) -> ProcessDefinition | None:
    """The version in force; None of a process that is retired or unknown."""
    try:
        return in_force(work, key)
    except (DefinitionNotFound, DefinitionRetired):
        return None


def definition_file(work: Work, definition_id: str, name: str | None = None) -> bytes:
    """A file of the definition's deployment, byte for byte; its own diagram by default."""
    row = work.session.get(ProcessDefinition, definition_id)
    if row is None:
        raise DefinitionNotFound(key=definition_id)
    files = load_bundle(work, definition_id).files
    wanted = name or row.file
    if wanted not in files:
        raise DefinitionNotFound(key=f"{definition_id}/{wanted}")
    return files[wanted]


def files(work: Work, definition_id: str) -> Mapping[str, bytes]:
    """All files of the definition's deployment."""
    return load_bundle(work, definition_id).files


def form_file(work: Work, definition_id: str, form_id: str) -> tuple[str, bytes]:
    """The form as it was deployed with this version: its file name and bytes."""
    bundle = load_bundle(work, definition_id)
    name = bundle.forms.get(form_id)
    if name is None:
        raise DefinitionNotFound(key=f"{definition_id}/{form_id}.form")
    return name, bundle.files[name]


def form_ids(work: Work, definition_id: str) -> list[str]:
    """The ids of all forms of the definition's deployment, in order."""
    return sorted(load_bundle(work, definition_id).forms)


def decisions(work: Work, definition_id: str) -> tuple[Any, ...]:
    """The parsed decision models of the definition's deployment."""
    return load_bundle(work, definition_id).decisions


def model(work: Work, definition_id: str) -> Process:
    """The drawn process of a definition."""
    return load_bundle(work, definition_id).definition.process


def models(work: Work, definition_id: str) -> Mapping[str, Process]:
    """The drawn process of a definition and those it calls, by process id."""
    found = load_bundle(work, definition_id).definition
    return {found.process.id: found.process, **found.called}
