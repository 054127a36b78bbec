"""Messages and signals that reach cases from outside, or from one case to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.ground.errors import MessageNotAwaited, TaskNotFound
from engine.store.machine import Machine
from engine.store.tables import StartSubscription, Wait
from engine.store.transactions import begin
from engine.store.work import Work
from engine.turn.history import Entry, previous_answer
from engine.turn.turn import turn
from engine.verbs.runtime import check_key, check_variables, start_instance


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
) -> str:
    """Give a message to the one case that waits for it, or start the process it starts.

    Returns the instance's id. `extra_events` are the history entries of an office.

    Raises:
        MessageNotAwaited: no case waits for this name and key.
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
    waiting = work.session.scalars(query.order_by(Wait.id).limit(1)).first()
    if waiting is None:
        return _start_by_message(work, name, key, checked, actor, idempotency_key)
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


def _start_by_message(
    work: Work,
    name: str,
    key: str | None,
    variables: dict[str, Any],
    actor: Actor,
    idempotency_key: str | None,
) -> str:
    query = sa.select(StartSubscription).where(
        StartSubscription.kind == "message", StartSubscription.name == name
    )
    found = work.session.scalars(query).first()
    if found is None:
        raise MessageNotAwaited(name=name)
    return start_instance(
        work,
        found.key,
        variables,
        actor=actor,
        business_key=key,
        idempotency_key=idempotency_key,
        start_event=found.start_event,
    )


def broadcast_signal(
    work: Work, name: str, variables: Mapping[str, Any], *, actor: Actor, except_instance: str = ""
) -> int:
    """Give a signal to every case that waits for it; returns how many there were."""
    checked = check_variables(variables)
    check_key("signal", name)
    query = sa.select(Wait.instance_id).where(Wait.kind == "signal", Wait.name == name)
    waiting = [i for i in work.session.scalars(query.distinct()) if i != except_instance]
    for instance_id in sorted(waiting):
        body = {"name": name, "variables": checked}
        with turn(work, instance_id, "signal", body, actor=actor) as execution:
            execution.signal(name, checked)
    started = sa.select(StartSubscription).where(
        StartSubscription.kind == "signal", StartSubscription.name == name
    )
    rows = list(work.session.scalars(started.order_by(StartSubscription.key)))
    for row in rows:
        start_instance(work, row.key, checked, actor=actor, start_event=row.start_event)
    return len(waiting) + len(rows)


def deliver_thrown(machine: Machine, payload: Mapping[str, Any]) -> None:
    """A message that a case threw reaches another one."""
    with begin(machine) as work:
        correlate_message(work, payload["name"], payload["key"] or None, {}, actor=SYSTEM)


def deliver_signal(machine: Machine, payload: Mapping[str, Any]) -> None:
    with begin(machine) as work:
        broadcast_signal(
            work,
            payload["name"],
            payload["variables"],
            actor=SYSTEM,
            except_instance=payload["from"],
        )
