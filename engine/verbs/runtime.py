"""Starting cases, and what people do with their tasks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Process
from engine.bpmn.slot_values import LONGEST_NAME
from engine.bpmn.slots import is_storable, words
from engine.ground import canonical
from engine.ground.actor import Actor
from engine.ground.errors import (
    DefinitionNotFound,
    DefinitionRetired,
    FourEyes,
    NotAllowed,
    StartUnclear,
    TaskAlreadyClaimed,
    TaskClosed,
    TaskNotFound,
    VariablesInvalid,
)
from engine.store.instances import (
    CASE,
    COLUMNS,
    insert_instance,
    locked_instance,
    new_instance,
    touch,
)
from engine.store.statements import Query
from engine.store.tables import HistoryEvent, ProcessDefinition, ProcessInForce, UserTask, table
from engine.store.work import Instance, Work
from engine.turn.definitions import load_bundle
from engine.turn.history import Entry, append_events, previous_answer
from engine.turn.turn import begin_instance, turn

Variables = dict[str, Any]
RETIRED = 0  # in place of the version in force
EMPTY: Mapping[str, Any] = {}


def start_instance(
    work: Work,
    key: str,
    variables: Mapping[str, Any],
    *,
    actor: Actor,
    business_key: str | None = None,
    version: int | None = None,
    idempotency_key: str | None = None,
    start_event: str = "",
    extra_events: Sequence[Entry] = (),
) -> str:
    """Start the version in force (or the given one) of a process; returns the instance's id.
    `extra_events` are an office's own entries for the history, written with the turn.

    It begins at its plain start event, or at the one whose id is given.

    Raises:
        DefinitionNotFound: no such process is deployed.
        StartUnclear: it has several plain start events and none is named, or the named one is none.
        VariablesInvalid: a variable is not JSON.
    """
    answered = previous_answer(work, idempotency_key)
    if answered is not None:
        return str(answered["instance_id"])
    checked = check_variables(variables)
    check_key("business_key", business_key)
    definition = in_force(work, key, version)
    bundle = load_bundle(work, definition.id)
    _must_be_clear(bundle.definition.process, start_event)
    instance = insert_instance(work, new_instance(definition.id, business_key))
    begin_instance(
        work,
        instance,
        bundle,
        checked,
        actor=actor,
        idempotency_key=idempotency_key,
        start_event=start_event,
        extra_events=extra_events,
    )
    return instance.id


def _must_be_clear(process: Process, start_event: str) -> None:
    starts = [node for node in process.body.nodes.values() if node.tag == "startEvent"]
    plain = [node.id for node in starts if not node.events]
    allowed = start_event in {node.id for node in starts} if start_event else len(plain) < 2
    if not allowed:
        raise StartUnclear(key=process.id, starts=", ".join(plain or [node.id for node in starts]))


def in_force(work: Work, key: str, version: int | None = None) -> ProcessDefinition:
    """The version of a process that is started now, or the given one.

    Raises:
        DefinitionNotFound: there is none.
        DefinitionRetired: nobody starts it any more.
    """
    query = sa.select(ProcessDefinition).where(ProcessDefinition.key == key)
    if version is not None:
        found = work.session.scalars(query.where(ProcessDefinition.version == version)).first()
    else:
        chosen = sa.and_(
            ProcessInForce.key == ProcessDefinition.key,
            ProcessInForce.version.in_((ProcessDefinition.version, RETIRED)),
            ProcessInForce.newest == _newest_version(key).scalar_subquery(),
        )
        pointed = query.add_columns(ProcessInForce.version).outerjoin(ProcessInForce, chosen)
        order = (ProcessInForce.key.is_(None), ProcessDefinition.version.desc())
        row = work.session.execute(pointed.order_by(*order).limit(1)).first()
        if row is not None and row[1] == RETIRED:
            raise DefinitionRetired(key=key)
        found = None if row is None else row[0]
    if found is None:
        raise DefinitionNotFound(key=key)
    return found


def newest_version(work: Work, key: str) -> int:
    """The number of the newest version of a process, 0 if there is none."""
    return work.session.scalar(_newest_version(key)) or 0


def _newest_version(key: str) -> sa.Select[int]:
    return sa.select(sa.func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)


def check_variables(variables: Mapping[str, Any]) -> Variables:
    """The variables as exact JSON; whatever JSON cannot hold is refused by name."""
    checked = {}
    for name, value in variables.items():
        try:
            str(name).encode()  # half of a pair of UTF-16 is no text for a database
            if _is_plain(value):
                checked[str(name)] = value
                continue
            text = canonical.dumps(value)
            text.encode()
            checked[str(name)] = canonical.loads(text)
        except (TypeError, ValueError, RecursionError) as error:
            raise VariablesInvalid(name=_spelled(name), reason=str(error)) from error
    return checked


def _spelled(name: object) -> str:
    """A name that can be shown, whatever it holds."""
    return str(name).encode("utf-8", "replace").decode()


def _is_plain(value: Any) -> bool:
    """Whether JSON gives the value back as it is, without asking it."""
    if type(value) is int:
        return -(2**63) <= value < 2**63
    if type(value) is str:
        return bool(value.isascii() or value.encode())  # raises what the caller tells
    return value is None or type(value) is bool


def check_key(name: str, value: str | None, longest: int = LONGEST_NAME) -> None:
    """Refuse a name or key from outside that no column can hold.

    Raises:
        VariablesInvalid: it is too long, or holds what is no text for a database.
    """
    if value is None:
        return
    if len(value) > longest:
        raise VariablesInvalid(name=name, reason=f"{len(value)} letters; {longest} are allowed")
    if not is_storable(value):
        raise VariablesInvalid(name=name, reason="it has characters that cannot be kept")


def open_task(work: Work, task_id: str) -> UserTask:
    return must_be_open(work.session.get(UserTask, task_id, populate_existing=True))


def must_be_open(task: UserTask | None) -> UserTask:
    """Raises `TaskNotFound`, `TaskClosed`."""
    if task is None:
        raise TaskNotFound
    if task.status != "open":
        raise TaskClosed
    return task


def _held_task(work: Work, task_id: str) -> UserTask:
    """An open task with its case locked. The case comes first wherever both are written: a claim
    that took them in the other order and a completion would wait for each other."""
    locked_instance(work, open_task(work, task_id).instance_id)
    return open_task(work, task_id)


@dataclass(frozen=True, slots=True)
class OfferedTask:
    """What decides who may do an open task; in the order of the columns below."""

    id: str
    instance_id: str
    definition_id: str
    element_id: str
    status: str
    assignee: str | None
    candidate_groups: list[str]
    candidate_users: list[str]
    separate_from: list[str]


_TASK = table(UserTask)
_OFFERED = [_TASK.c[field.name] for field in fields(OfferedTask)]
_LOCK_WITH_CASE = Query(
    sa.select(*_OFFERED, *COLUMNS)
    .join(CASE, CASE.c.id == _TASK.c.instance_id)
    .where(_TASK.c.id == sa.bindparam("task"))
    .with_for_update(of=CASE)
)
_STANDING = Query(
    sa.select(_TASK.c.status, _TASK.c.assignee).where(_TASK.c.id == sa.bindparam("task"))
)


def _locked_task(work: Work, task_id: str) -> OfferedTask:
    """An open task and, in the same statement, the lock on its case."""
    found = _LOCK_WITH_CASE.first(work.transaction, {"task": task_id})
    if found is None:
        raise TaskNotFound
    task = OfferedTask(*found[: len(_OFFERED)])
    if task.instance_id not in work.touched:
        touch(work, Instance(*found[len(_OFFERED) :]))
    if task.status != "open":
        raise TaskClosed
    return _as_it_is_now(work, task) if work.transaction.dialect.name == "postgresql" else task


def _as_it_is_now(work: Work, task: OfferedTask) -> OfferedTask:
    """PostgreSQL gives a row that was waited for as it is, and the row joined to it as it was."""
    found = _STANDING.first(work.transaction, {"task": task.id})
    if found is None or found[0] != "open":
        raise TaskClosed
    return replace(task, assignee=found[1])


def admitted(work: Work, task: UserTask | OfferedTask, actor: Actor) -> Actor:
    """The actor in the role that lets them near this task.

    Raises:
        NotAllowed, FourEyes: the diagram does not let them.
    """
    must_be_candidate(work, task, actor)
    return actor.acting(words(task.candidate_groups))


def must_be_candidate(work: Work, task: UserTask | OfferedTask, actor: Actor) -> None:
    """Refuse whoever the diagram does not let near this task.

    Raises:
        NotAllowed: neither a candidate nor the assignee.
        FourEyes: the actor did a step that must be done by somebody else.
    """
    if actor.is_system:
        return
    named = actor.id in task.candidate_users or task.assignee == actor.id
    if not named and actor.groups.isdisjoint(task.candidate_groups):
        raise NotAllowed
    if task.separate_from:
        _must_have_kept_away(work, task, actor)


def _must_have_kept_away(work: Work, task: UserTask | OfferedTask, actor: Actor) -> None:
    """The two-person rule: whoever did one of these steps, or filed the case, may not do this."""
    done = sa.select(UserTask.element_id).where(
        UserTask.instance_id == task.instance_id,
        UserTask.completed_by == actor.id,
        UserTask.element_id.in_(task.separate_from),
    )
    element = work.session.scalar(done.limit(1))
    definition = load_bundle(work, task.definition_id).definition
    if element is None:
        element = next((e for e in task.separate_from if _started(work, task, e, actor)), None)
    if element is not None:
        node = definition.drawn(element)
        raise FourEyes(element=element if node is None else node.name.th or element)


def _started(work: Work, task: UserTask | OfferedTask, element: str, actor: Actor) -> bool:
    node = load_bundle(work, task.definition_id).definition.drawn(element)
    if node is None or node.tag != "startEvent":
        return False
    query = sa.select(HistoryEvent.actor).where(
        HistoryEvent.instance_id == task.instance_id, HistoryEvent.seq == 1
    )
    return work.session.scalar(query) == actor.id


def claim_user_task(work: Work, task_id: str, *, actor: Actor) -> None:
    """Take a task, so that no colleague works on it at the same time.

    Raises:
        TaskNotFound, NotAllowed, FourEyes, TaskAlreadyClaimed
    """
    task = _held_task(work, task_id)
    actor = admitted(work, task, actor)
    if task.assignee == actor.id:
        return
    # One statement decides between two who claim at once, on both databases.
    result = work.session.execute(
        sa.update(UserTask)
        .where(UserTask.id == task_id, UserTask.status == "open", UserTask.assignee.is_(None))
        .values(assignee=actor.id, claimed_at=work.now)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise TaskAlreadyClaimed
    work.session.refresh(task)
    _record(work, task, "task_claimed", actor)


def release_user_task(work: Work, task_id: str, *, actor: Actor) -> None:
    """Give a claimed task back to the candidates.

    Raises:
        TaskNotFound: it is not open.
        NotAllowed: somebody else holds it.
    """
    task = _held_task(work, task_id)
    if task.assignee != actor.id and not actor.is_system:
        raise NotAllowed
    task.assignee, task.claimed_at = None, None
    work.session.flush()  # the event below must not be written before the task is free
    _record(work, task, "task_released", actor.acting(words(task.candidate_groups)))


def reassign_user_task(
    work: Work, task_id: str, to: Actor, *, actor: Actor, data: Mapping[str, Any] = EMPTY
) -> None:
    """Give an open task to one of its candidates, whoever holds it now. Whether the actor may is
    for the caller to say; `data` are references that the event keeps besides.

    Raises:
        TaskNotFound: it is not open.
        NotAllowed, FourEyes: the diagram does not let the new holder do it.
    """
    task = _held_task(work, task_id)
    admitted(work, task, to)
    held_by = task.assignee
    task.assignee, task.claimed_at = to.id, work.now
    work.session.flush()  # the event below must not be written before the task is theirs
    _record(work, task, "task_reassigned", actor, **{**data, "from": held_by, "to": to.id})


def _record(work: Work, task: UserTask, type: str, actor: Actor, **data: Any) -> None:
    instance = locked_instance(work, task.instance_id)
    entry = (type, task.element_id, {"task": task.id, **data})
    append_events(work, instance, [entry], actor=actor)


def complete_user_task(
    work: Work,
    task_id: str,
    variables: Mapping[str, Any],
    *,
    actor: Actor,
    idempotency_key: str | None = None,
    extra_events: Sequence[Entry] = (),
) -> None:
    """Complete a task with its process variables and move the case on. `extra_events` are entries
    of an office for the history, written with the turn.

    Raises:
        TaskNotFound: it is unknown or already completed.
        NotAllowed, FourEyes: the actor may not.
        TaskAlreadyClaimed: somebody else holds it.
        StepFailed: what the diagram does next fails; nothing was changed.
    """
    if previous_answer(work, idempotency_key) is not None:
        return
    task = _locked_task(work, task_id)
    actor = admitted(work, task, actor)
    if task.assignee not in (None, actor.id) and not actor.is_system:
        raise TaskAlreadyClaimed
    checked = check_variables(variables)
    body = {"task": task_id, "element": task.element_id, "variables": checked}
    with turn(
        work,
        task.instance_id,
        "complete",
        body,
        actor=actor,
        idempotency_key=idempotency_key,
        answer={},
        extra_events=extra_events,
    ) as execution:
        execution.complete_task(uuid.UUID(task_id), checked)


def cancel_instance(work: Work, instance_id: str, reason: str, *, actor: Actor) -> None:
    """End a case before its time; `reason` is a code or a reference, kept in the record."""
    with turn(work, instance_id, "cancel", {"reason": reason}, actor=actor) as execution:
        execution.cancel()
