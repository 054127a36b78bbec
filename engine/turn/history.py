"""The record of a case: commands and events, each chained by hash to the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from engine.bpmn.running.host import BEHAVIOUR
from engine.ground.actor import Actor
from engine.ground.canonical import JsonText, dumps, dumps_own
from engine.store.instances import locked_instance
from engine.store.statements import Statement
from engine.store.tables import Command, HistoryEvent, table
from engine.store.work import Instance, Work
from engine.turn.commitments import (
    command_hash,
    command_payload,
    event_hash,
    event_payload,
    new_salt,
)

Entry = tuple[str, str, dict[str, Any]]  # type, element id, data

_INSERT_COMMAND = Statement(sa.insert(table(Command)))
_INSERT_EVENT = Statement(sa.insert(table(HistoryEvent)))


def record(
    work: Work,
    instance_id: str,
    type: str,
    data: Mapping[str, Any],
    *,
    actor: Actor,
    element_id: str = "",
) -> None:
    """Add an office's own event to the case's chain, in the caller's transaction."""
    instance = locked_instance(work, instance_id)
    append_events(work, instance, [(type, element_id, dict(data))], actor=actor)


def append_events(
    work: Work, instance: Instance, entries: Iterable[Entry], *, actor: Actor
) -> None:
    """Add events to the case's chain; its row follows at the end of the unit of work at latest."""
    rows = []
    seq, head = instance.event_seq, instance.event_head
    for type, element_id, data in entries:
        seq += 1
        row = {
            "instance_id": instance.id,
            "seq": seq,
            "command_seq": instance.command_seq,
            "type": type,
            "element_id": element_id,
            "at": work.now,
            "actor": actor.id,
            "role": actor.role,
            "on_behalf_of": actor.on_behalf_of,
            "data": JsonText(dumps_own(data)),
            "salt": new_salt(),
        }
        head = row["hash"] = event_hash(head, row, event_payload(row))
        rows.append(row)
    if rows:
        _INSERT_EVENT.run(work.transaction, rows)
        instance.event_seq, instance.event_head = seq, head
        instance.is_ahead = True


def append_command(
    work: Work,
    instance: Instance,
    *,
    kind: str,
    body: dict[str, Any],
    actor: Actor,
    results: list[Any],
    state_hash: str,
    idempotency_key: str | None,
    answer: dict[str, Any] | None,
) -> None:
    instance.command_seq += 1
    row: dict[str, Any] = {
        "instance_id": instance.id,
        "seq": instance.command_seq,
        "kind": kind,
        "body": JsonText(dumps_own(body)),
        "actor": actor.id,
        "role": actor.role,
        "on_behalf_of": actor.on_behalf_of,
        "at": work.now,
        "results": JsonText(_results(results)),
        "state_hash": state_hash,
        "idempotency_key": idempotency_key,
        "answer": None if answer is None else JsonText(dumps(answer)),
        "salt": new_salt(),
    }
    row["hash"] = command_hash(instance.command_head, row, command_payload(row))
    _INSERT_COMMAND.run(work.transaction, row)
    instance.command_head = row["hash"]
    instance.is_ahead = True


def _results(calls: list[Any]) -> str:
    """What a replay needs beside the body: what host functions answered, how this release acts."""
    results = {"behaviour": BEHAVIOUR}
    return dumps({**results, "calls": calls} if calls else results)


def previous_answer(work: Work, idempotency_key: str | None) -> dict[str, Any] | None:
    """The answer that this key was given before, if any; the same request arriving meanwhile waits
    until this one is done, and then finds its answer."""
    if idempotency_key is None:
        return None
    work.one_at_a_time(f"request {idempotency_key}")
    query = sa.select(Command.answer).where(Command.idempotency_key == idempotency_key)
    found = work.session.execute(query).first()
    return None if found is None else (found[0] or {})
