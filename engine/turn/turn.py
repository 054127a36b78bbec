"""One change is one turn: lock the case, load it, act, run to rest, write everything down."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from engine.bpmn.running.execution import Execution, Surroundings
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.canonical import digest, dumps_own, loads
from engine.ground.errors import InstanceNotRunning
from engine.store.instances import locked_instance, stored_state, write_instance
from engine.store.tables import ProcessInstance
from engine.store.work import Event, HostCall, Instance, Work
from engine.turn import rows
from engine.turn.definitions import Bundle, load_bundle
from engine.turn.history import Entry, append_command, append_events

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
    extra_events: Sequence[Entry] = (),
) -> Iterator[Execution]:
    """Open a running case, let the caller act on it once, run it to rest and save all of it."""
    began = time.perf_counter()
    instance = locked_instance(work, instance_id)
    if instance.status != "running":
        raise InstanceNotRunning
    execution = open_execution(work, instance)
    try:
        yield execution
        execution.run_to_rest()
        idempotency = (idempotency_key, answer)
        save_turn(
            work,
            instance,
            execution,
            kind,
            body,
            actor=actor,
            idempotency=idempotency,
            first=extra_events,
        )
    except StepFailed as failed:
        failed.instance_id = instance.id
        raise
    work.after_commit(lambda: work.machine.meter.turned(kind, time.perf_counter() - began))


def open_execution(work: Work, instance: Instance) -> Execution:
    """The case in memory, ready for one act at this unit of work's moment."""
    bundle = load_bundle(work, instance.definition_id)
    execution = _live(work, instance, bundle)
    execution.enter(surroundings(work, instance, bundle))
    return execution


def begin_instance(
    work: Work,
    instance: Instance,
    bundle: Bundle,
    variables: Data,
    *,
    actor: Actor,
    idempotency_key: str | None,
    start_event: str = "",
    extra_events: Sequence[Entry] = (),
) -> None:
    """The first turn of a new case."""
    began = time.perf_counter()
    execution = Execution.begin(bundle.definition, instance.id)
    work.live[instance.id] = execution
    execution.enter(surroundings(work, instance, bundle))
    execution.start(variables, start_event)
    execution.run_to_rest()
    deployed = {"definition": instance.definition_id, "bundle": bundle.hash}
    body = {"variables": variables, **deployed, "business_key": instance.business_key}
    if start_event:
        body["start_event"] = start_event
    first = [("instance_started", "", deployed), *extra_events]
    answer = {"instance_id": instance.id}
    idempotency = (idempotency_key, answer)
    save_turn(
        work, instance, execution, "start", body, actor=actor, idempotency=idempotency, first=first
    )
    work.after_commit(lambda: work.machine.meter.turned("start", time.perf_counter() - began))


def surroundings(work: Work, instance: Instance | ProcessInstance, bundle: Bundle) -> Surroundings:
    functions = work.machine.functions

    def call(name: str, node: Any, data: Any, arguments: tuple[Any, ...]) -> Any:
        where = HostCall(work, instance.id, instance.business_key, node.drawn or node.id, data)
        return functions[name](where, *arguments)

    return Surroundings(work.now, call, tuple(functions), bundle.decisions)


def _live(work: Work, instance: Instance, bundle: Bundle) -> Execution:
    execution = work.live.get(instance.id)
    if execution is None:
        execution = work.machine.cases.take(instance.id, instance.revision)
    if execution is None:
        execution = Execution.load(
            bundle.definition, instance.id, loads(stored_state(work, instance))
        )
    work.live[instance.id] = execution
    return execution


def save_turn(
    work: Work,
    instance: Instance,
    execution: Execution,
    kind: str,
    body: Data,
    *,
    actor: Actor,
    idempotency: tuple[str | None, Data | None] = (None, None),
    first: Sequence[Entry] = (),
) -> None:
    """Write down what an act did: tasks, waits, jobs, state, command and events."""
    changes = execution.changes
    entries = [*first, *_entries(execution)]
    opened = rows.write_tasks(work, instance, execution, actor)
    entries += [("task_created", row["element_id"], {"task": row["id"]}) for row in opened]
    rows.write_waits(work, instance, changes)
    jobs = rows.write_jobs(work, instance, execution)
    entries += [("job_created", r["element_id"], {"job": r["id"], "type": r["type"]}) for r in jobs]
    if execution.is_completed:
        instance.ended_at = work.now
        instance.status = "cancelled" if kind == "cancel" else "completed"
        reason = {"reason": body["reason"]} if kind == "cancel" else {}
        entries.append((f"instance_{instance.status}", "", reason))
    state = dumps_own(execution.dump())
    instance.state = state
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
    rows.send(work, instance, changes)
    write_instance(work, instance)  # before the listeners, which may look at it
    _tell(work, instance, execution, entries, actor)


def _entries(execution: Execution) -> list[tuple[str, str, Data]]:
    return [(type, node.drawn or node.id, data) for type, node, data in execution.changes.events]


def _tell(
    work: Work,
    instance: Instance,
    execution: Execution,
    entries: list[tuple[str, str, Data]],
    actor: Actor,
) -> None:
    if not work.machine.listeners:
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
        for listener in work.machine.listeners:
            listener(work, event)
