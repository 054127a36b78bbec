"""Messages and signals that reach cases from outside, or from one case to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.ground.errors import MessageNotAwaited, MessageUnclear, TaskNotFound
from engine.store.machine import Machine
from engine.store.tables import ProcessDefinition, ProcessInstance, StartSubscription, Wait
from engine.store.transactions import begin
from engine.store.work import Work
from engine.turn.history import Entry, previous_answer
from engine.turn.turn import turn
from engine.verbs.applications import application_of_case, application_of_definition
from engine.verbs.runtime import check_key, check_variables, start_instance

Awaiting = TypeVar("Awaiting", Wait, StartSubscription)


def is_awaited(work: Work, name: str, key: str) -> bool:
    """Whether a case waits for a message of this name and key."""
    query = sa.select(Wait.id).where(
        Wait.kind == "message", Wait.name == name, Wait.correlation_key == key
    )
    return work.session.scalar(query.limit(1)) is not None


def correlate_message(
    work: Work,
    name: str,
    key: str | None,
    variables: Mapping[str, Any],
    *,
    actor: Actor,
    idempotency_key: str | None = None,
    extra_events: Sequence[Entry] = (),
    application: str | None = None,
) -> str:
    """Give a message to the one case that waits for it, or start the process it starts.

    Returns the instance's id. `extra_events` are the history entries of an office. The names of
    messages belong to an application: without one, it must be clear which is meant.

    Raises:
        MessageNotAwaited: no case waits for this name and key.
        MessageUnclear: it is awaited in several applications, and none was named.
    """
    answered = previous_answer(work, idempotency_key)
    if answered is not None:
        return str(answered["instance_id"])
    checked = check_variables(variables)
    check_key("message", name)
    check_key("key", key)
    # Without a key it is for those who wait without one, never for whoever happens to wait first.
    query = sa.select(Wait).where(
        Wait.kind == "message", Wait.name == name, Wait.correlation_key == (key or "")
    )
    waiting = _one_of(work, name, _first_of_each(work, query), application)
    if waiting is None:
        begins = _starting(work, name, application)
        return start_instance(
            work,
            begins.key,
            checked,
            actor=actor,
            business_key=key,
            idempotency_key=idempotency_key,
            start_event=begins.start_event,
        )
    body = {"name": name, "key": key, "task": waiting.task_id, "variables": checked}
    answer = {"instance_id": waiting.instance_id}
    try:
        with turn(
            work,
            waiting.instance_id,
            "message",
            body,
            actor=actor,
            idempotency_key=idempotency_key,
            answer=answer,
            extra_events=extra_events,
        ) as execution:
            execution.fire(UUID(waiting.task_id), checked, "message_received")
    except TaskNotFound as gone:
        raise MessageNotAwaited(name=name) from gone
    return waiting.instance_id


def _first_of_each(work: Work, query: sa.Select[Wait]) -> Sequence[Wait]:
    """Of all that wait, the first one of each process: thousands may wait without a key."""
    first = (
        query.with_only_columns(sa.func.min(Wait.id))
        .join(ProcessInstance, ProcessInstance.id == Wait.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .group_by(ProcessDefinition.key)
    )
    return work.session.scalars(sa.select(Wait).where(Wait.id.in_(first)).order_by(Wait.id)).all()


def _starting(work: Work, name: str, application: str | None) -> StartSubscription:
    """The process that a message starts."""
    query = sa.select(StartSubscription).where(
        StartSubscription.kind == "message", StartSubscription.name == name
    )
    candidates = work.session.scalars(query.order_by(StartSubscription.key)).all()
    found = _one_of(work, name, candidates, application)
    if found is None:
        raise MessageNotAwaited(name=name)
    return found


def _one_of(
    work: Work, name: str, candidates: Sequence[Awaiting], application: str | None
) -> Awaiting | None:
    """The first that waits for a message, in the application that is meant."""
    if application is not None:
        candidates = [each for each in candidates if _application(work, each) == application]
    elif len(candidates) > 1:
        several = sorted({_application(work, each) for each in candidates})
        if len(several) > 1:
            raise MessageUnclear(name=name, applications=", ".join(each or "–" for each in several))
    return candidates[0] if candidates else None


def _application(work: Work, awaiting: Wait | StartSubscription) -> str:
    if isinstance(awaiting, Wait):
        return application_of_case(work, awaiting.instance_id)
    return application_of_definition(work, awaiting.definition_id)


def broadcast_signal(
    work: Work,
    name: str,
    variables: Mapping[str, Any],
    *,
    actor: Actor,
    thrown_by: str = "",
) -> int:
    """Give a signal to every case that waits for it; returns how many there were.

    One that is `thrown_by` a case reaches the others of its application only.
    """
    checked = check_variables(variables)
    check_key("signal", name)
    query = sa.select(Wait.instance_id).where(Wait.kind == "signal", Wait.name == name)
    waiting = [i for i in work.session.scalars(query.distinct()) if i != thrown_by]
    if thrown_by:
        application = application_of_case(work, thrown_by)
        waiting = [i for i in waiting if application_of_case(work, i) == application]
    for instance_id in sorted(waiting):
        body = {"name": name, "variables": checked}
        with turn(work, instance_id, "signal", body, actor=actor) as execution:
            execution.signal(name, checked)
    started = sa.select(StartSubscription).where(
        StartSubscription.kind == "signal", StartSubscription.name == name
    )
    rows = list(work.session.scalars(started.order_by(StartSubscription.key)))
    if thrown_by:
        rows = [row for row in rows if _application(work, row) == application]
    for row in rows:
        start_instance(work, row.key, checked, actor=actor, start_event=row.start_event)
    return len(waiting) + len(rows)


def deliver_thrown(machine: Machine, payload: Mapping[str, Any]) -> None:
    """A message that a case threw reaches another one."""
    with begin(machine) as work:
        application = application_of_case(work, payload["from"])
        name, key = payload["name"], payload["key"] or None
        correlate_message(work, name, key, {}, actor=SYSTEM, application=application)


def deliver_signal(machine: Machine, payload: Mapping[str, Any]) -> None:
    with begin(machine) as work:
        broadcast_signal(
            work,
            payload["name"],
            payload["variables"],
            actor=SYSTEM,
            thrown_by=payload["from"],
        )
