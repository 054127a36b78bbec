"""One change is one turn: lock the case, load it, act, run to rest, write everything down."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from engine import outbox
from engine.actor import Actor
from engine.bpmn.host import StepFailed
from engine.bpmn.slots import words
from engine.bpmn.timers import parse_moment
from engine.canonical import digest, dumps, loads
from engine.definitions import Bundle, load_bundle
from engine.errors import InstanceNotRunning, VariablesInvalid
from engine.execution import Execution, Surroundings
from engine.history import append_command, append_events, locked_instance
from engine.models import Job, ProcessInstance, UserTask, UserTaskCandidate, Wait, table
from engine.work import Event, HostCall, Work

Data = dict[str, Any]


@contextlib.contextmanager
def turn(
    work: Work,
    instance_id: str,
    kind: str,
    body: Data,
    *,
    actor: Actor,
    idempotency_key: str | None = None,
    answer: Data | None = None,
) -> Iterator[Execution]:
    """Open a running case, let the caller act on it once, run it to rest and save all of it."""
    instance = locked_instance(work, instance_id)
    if instance.status != "running":
        raise InstanceNotRunning
    execution = open_execution(work, instance)
    try:
        yield execution
        execution.run_to_rest()
    except StepFailed as failed:
        failed.instance_id = instance.id
        raise
    idempotency = (idempotency_key, answer)
    save_turn(work, instance, execution, kind, body, actor=actor, idempotency=idempotency)


def open_execution(work: Work, instance: ProcessInstance) -> Execution:
    """The case in memory, ready for one act at this unit of work's moment."""
    bundle = load_bundle(work, instance.definition_id)
    execution = _live(work, instance, bundle)
    execution.enter(surroundings(work, instance, bundle))
    return execution


def begin_instance(
    work: Work,
    instance: ProcessInstance,
    bundle: Bundle,
    variables: Data,
    *,
    actor: Actor,
    idempotency_key: str | None,
) -> None:
    """The first turn of a new case."""
    execution = Execution.begin(bundle.definition, instance.id)
    work.touch(instance)
    work.live[instance.id] = execution
    execution.enter(surroundings(work, instance, bundle))
    execution.start(variables)
    execution.run_to_rest()
    law = {"definition": instance.definition_id, "bundle": bundle.hash}
    body = {"variables": variables, **law, "business_key": instance.business_key}
    append = [("instance_started", "", law)]
    answer = {"instance_id": instance.id}
    idempotency = (idempotency_key, answer)
    save_turn(
        work, instance, execution, "start", body, actor=actor, idempotency=idempotency, first=append
    )


def surroundings(work: Work, instance: ProcessInstance, bundle: Bundle) -> Surroundings:
    functions = work.engine.functions

    def call(name: str, node: Any, data: Any, arguments: tuple[Any, ...]) -> Any:
        where = HostCall(work, instance.id, instance.business_key, node.drawn or node.id, data)
        return functions[name](where, *arguments)

    return Surroundings(work.now, call, tuple(functions), bundle.decisions)


def _live(work: Work, instance: ProcessInstance, bundle: Bundle) -> Execution:
    execution = work.live.get(instance.id)
    if execution is None:
        execution = work.engine.cases.take(instance.id, instance.revision)
    if execution is None:
        execution = Execution.load(bundle.definition, instance.id, loads(instance.state))
    work.live[instance.id] = execution
    return execution


def save_turn(
    work: Work,
    instance: ProcessInstance,
    execution: Execution,
    kind: str,
    body: Data,
    *,
    actor: Actor,
    idempotency: tuple[str | None, Data | None] = (None, None),
    first: list[tuple[str, str, Data]] | None = None,
) -> None:
    """Write down what an act did: tasks, waits, jobs, state, command and events."""
    changes = execution.changes
    entries = [*(first or []), *_entries(execution)]
    opened = _write_tasks(work, instance, execution, actor)
    entries += [("task_created", row["element_id"], {"task": row["id"]}) for row in opened]
    _write_waits(work, instance, execution)
    jobs = _write_jobs(work, instance, execution)
    entries += [("job_created", r["element_id"], {"job": r["id"], "type": r["type"]}) for r in jobs]
    if execution.is_completed:
        instance.ended_at = work.now
        instance.status = "cancelled" if kind == "cancel" else "completed"
        reason = {"reason": body["reason"]} if kind == "cancel" else {}
        entries.append((f"instance_{instance.status}", "", reason))
    state = dumps(execution.dump())
    instance.state = state
    instance.command_seq += 1
    append_command(
        work,
        instance,
        kind=kind,
        body=body,
        actor=actor,
        results=changes.results,
        state_hash=digest(state),
        idempotency_key=idempotency[0],
        answer=idempotency[1],
    )
    append_events(work, instance, entries, actor=actor)
    _send(work, instance, changes)
    work.session.flush()  # one UPDATE of the instance, guarded by its revision
    _tell(work, instance, execution, entries, actor)


def _entries(execution: Execution) -> list[tuple[str, str, Data]]:
    return [(type, node.drawn or node.id, data) for type, node, data in execution.changes.events]


def _write_tasks(
    work: Work, instance: ProcessInstance, execution: Execution, actor: Actor
) -> list[Data]:
    session, changes = work.session, execution.changes
    for identifier, how in changes.closed_tasks.items():
        doer = actor.id if how == "completed" else None
        session.execute(
            update(table(UserTask))
            .where(UserTask.id == identifier.hex)
            .values(status=how, ended_at=work.now, completed_by=doer)
        )
    if changes.closed_tasks:
        ids = [identifier.hex for identifier in changes.closed_tasks]
        session.execute(delete(table(UserTaskCandidate)).where(UserTaskCandidate.task_id.in_(ids)))
    rows = [
        task_row(work, instance, execution, changes.opened_tasks[identifier], offer)
        for identifier, offer in execution.offers().items()
    ]
    if rows:
        session.execute(insert(table(UserTask)), rows)
        candidates = [row for task in rows for row in _candidates(task)]
        if candidates:
            session.execute(insert(table(UserTaskCandidate)), candidates)
    return rows


def task_row(
    work: Work, instance: ProcessInstance, execution: Execution, token: Any, offer: Data
) -> Data:
    node = token.task_spec.node
    return {
        "id": token.id.hex,
        "instance_id": instance.id,
        "definition_id": instance.definition_id,
        "process_key": execution.process_of(token),
        "element_id": node.id,
        "name_th": node.name.th,
        "name_en": node.name.en,
        "form": node.extensions.form,
        "status": "open",
        "assignee": offer["assignee"],
        "candidate_groups": offer["candidate_groups"],
        "candidate_users": offer["candidate_users"],
        "separate_from": offer["separate_from"],
        "priority": int(offer["priority"] or 50),
        "created_at": work.now,
        "due_at": _due(offer["due_date"], node.id),
        "claimed_at": None,
        "ended_at": None,
        "completed_by": None,
    }


def _due(value: Any, element: str) -> datetime | None:
    if value is None:
        return None
    try:
        return parse_moment(str(value))
    except ValueError as error:
        raise VariablesInvalid(name=f"{element}.dueDate", reason=str(error)) from error


def _candidates(task: Data) -> list[Data]:
    groups = [("group", name) for name in dict.fromkeys(words(task["candidate_groups"]))]
    users = [("user", name) for name in dict.fromkeys(words(task["candidate_users"]))]
    return [{"kind": kind, "name": name, "task_id": task["id"]} for kind, name in groups + users]


def _write_waits(work: Work, instance: ProcessInstance, execution: Execution) -> None:
    changes = execution.changes
    gone = changes.closed_waits | changes.opened_waits.keys()
    if gone:
        ids = [identifier.hex for identifier in gone]
        work.session.execute(delete(table(Wait)).where(Wait.id.in_(ids)))
    rows = [wait_row(instance, token) for token in changes.opened_waits.values()]
    if rows:
        work.session.execute(insert(table(Wait)), rows)


def wait_row(instance: ProcessInstance, token: Any) -> Data:
    facts, node = token.facts, token.task_spec.node
    due = facts.get("due")
    return {
        "id": token.id.hex,
        "instance_id": instance.id,
        "task_id": token.id.hex,
        "element_id": node.drawn or node.id,
        "kind": facts["kind"],
        "name": facts.get("name"),
        "correlation_key": facts.get("key"),
        "due_at": datetime.fromisoformat(due) if due else None,
    }


def _write_jobs(work: Work, instance: ProcessInstance, execution: Execution) -> list[Data]:
    changes = execution.changes
    if changes.closed_jobs:
        ids = [identifier.hex for identifier in changes.closed_jobs]
        work.session.execute(delete(table(Job)).where(Job.id.in_(ids)))
    rows = [
        _job_row(work, instance, changes.opened_jobs[identifier], variables)
        for identifier, variables in execution.job_variables().items()
    ]
    if rows:
        work.session.execute(insert(table(Job)), rows)
        work.after_commit(work.engine.wake)
    return rows


def _job_row(work: Work, instance: ProcessInstance, token: Any, variables: Data) -> Data:
    node = token.task_spec.node
    retries = node.extensions.job_retries
    return {
        "id": token.id.hex,
        "instance_id": instance.id,
        "element_id": node.id,
        "type": node.extensions.job_type,
        "headers": dict(node.extensions.headers),
        "variables": variables,
        "status": "ready",
        "retries": int(retries) if retries.isdigit() else work.engine.job_retries,
        "attempts": 0,
        "due_at": work.now,
        "locked_by": None,
        "locked_until": None,
        "last_error": None,
        "created_at": work.now,
    }


def _send(work: Work, instance: ProcessInstance, changes: Any) -> None:
    for name, key in changes.messages:
        outbox.enqueue(work, "message", {"name": name, "key": key, "from": instance.id})
    for name, variables in changes.signals:
        payload = {"name": name, "variables": variables, "from": instance.id}
        outbox.enqueue(work, "signal", payload)


def _tell(
    work: Work,
    instance: ProcessInstance,
    execution: Execution,
    entries: list[tuple[str, str, Data]],
    actor: Actor,
) -> None:
    if not work.engine.listeners:
        return
    for type, element_id, data in entries:
        node = execution.definition.drawn(element_id) if element_id else None
        event = Event(
            instance_id=instance.id,
            business_key=instance.business_key,
            type=type,
            element_id=element_id,
            name=None if node is None else node.name,
            properties={} if node is None else dict(node.extensions.properties),
            data=data,
            at=work.now,
            actor=actor.id,
        )
        for listener in work.engine.listeners:
            listener(work, event)
