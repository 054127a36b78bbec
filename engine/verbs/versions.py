"""Which version of a process is started: putting one in force, retiring it, and what starts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import EventDefinition, Process
from engine.bpmn.slots import constant
from engine.bpmn.timers import first_due
from engine.ground.errors import DefinitionNotFound
from engine.store.tables import ProcessDefinition, ProcessInForce, StartSubscription
from engine.store.work import Work
from engine.turn import administration
from engine.turn.definitions import load_bundle
from engine.verbs import applications
from engine.verbs.runtime import RETIRED, newest_version


def put_in_force(
    work: Work, row: ProcessDefinition, process: Process, before: ProcessDefinition | None
) -> None:
    """From now on this version is started; what starts the one before starts it no more."""
    administration.note(work, "version_in_force", row.key, {"version": row.version})
    work.session.execute(sa.delete(ProcessInForce).where(ProcessInForce.key == row.key))
    newest = newest_version(work, row.key)
    if row.version != newest:
        work.session.add(ProcessInForce(key=row.key, version=row.version, newest=newest))
    old = None if before is None else load_bundle(work, before.id).definition.process
    _subscribe_starts(work, row.id, process, old)
    work.session.flush()  # the next process of the deployment looks at what is in force


def retire(work: Work, key: str) -> None:
    """From now on nobody starts this process; its running cases go on to their end, and deploying
    it again puts it in force again.

    Raises:
        DefinitionNotFound: there is no such process.
    """
    newest = newest_version(work, key)
    if not newest:
        raise DefinitionNotFound(key=key)
    administration.note(work, "version_in_force", key, {"version": RETIRED})
    for table in (ProcessInForce, StartSubscription):
        work.session.execute(sa.delete(table).where(table.key == key))
    work.session.add(ProcessInForce(key=key, version=RETIRED, newest=newest))
    work.session.flush()


def retire_application(work: Work, application: str) -> list[str]:
    """From now on no case of an application begins; returns the keys of its processes.

    Raises:
        DefinitionNotFound: there is no such application.
    """
    keys = sorted(applications.processes_of(work, application)) if application else []
    if not keys:
        raise DefinitionNotFound(key=application)
    for key in keys:
        retire(work, key)
    return keys


def _subscribe_starts(
    work: Work, definition_id: str, process: Process, old: Process | None
) -> None:
    """Messages, signals and timers that start the process now start this version.

    A timer that is drawn as before goes on as it stands: its rounds are counted on, and a date
    that has passed does not pass again. Any other one is armed anew, from now.
    """
    mine = sa.select(StartSubscription).where(StartSubscription.key == process.id)
    standing = {row.element_id: row for row in work.session.scalars(mine)}
    drawn = {} if old is None else dict(_triggers(old))
    for element, event in _triggers(process):
        row = standing.pop(element, None)
        if row is None:
            row = StartSubscription(key=process.id, element_id=element)
        if event.kind != "timer" or row.timer is None or drawn.get(element) != event:
            _arm(row, event, work.now)
        elif row.attempts and row.due_at is not None:
            row.due_at = datetime.fromisoformat(row.timer["due"])  # what failed may be mended
        row.definition_id, row.attempts = definition_id, 0
        work.session.add(row)
    for row in standing.values():
        work.session.delete(row)


def _triggers(process: Process) -> Iterator[tuple[str, EventDefinition]]:
    """What starts a process, each under the id that its subscription has."""
    for node in process.body.nodes.values():
        for number, event in enumerate(node.events if node.tag == "startEvent" else (), 1):
            yield node.id if number == 1 else f"{node.id}#{number}", event


def _arm(row: StartSubscription, event: EventDefinition, now: datetime) -> None:
    facts: dict[str, Any] = {}
    if event.kind == "timer":
        facts = first_due(constant(event.expression, now), event.timer, now, row.start_event)
    row.kind, row.name, row.timer = event.kind, constant(event.name, now) or None, facts or None
    row.due_at = datetime.fromisoformat(facts["due"]) if facts else None
