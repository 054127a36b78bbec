"""Whether the right people did the steps: in the role the diagram gives, and never one alone where
two are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.ground.actor import SYSTEM
from engine.ground.text import Text
from engine.store.tables import HistoryEvent
from office.applications import master_data
from office.audit.conformance.deviations import Deviation
from office.audit.conformance.record import Record


def check_people(record: Record) -> Iterator[Deviation]:
    """Breaches of the separation of duties, as the diagram wrote it when the task was opened."""
    doers: dict[str, set[str]] = {}
    starter = record.events[0].actor if record.events else ""
    for event in record.events:
        if event.type != "task_completed":
            continue
        for other in _kept_apart(record, event):
            did = doers.get(other, set()) | _started(record, other, starter)
            if event.actor in did and event.actor != SYSTEM.id:
                named = record.step(other)
                yield record.deviation("same_person", event.element_id, event, other=named)
        doers.setdefault(event.element_id, set()).add(event.actor)
        yield from _role(record, event)


def _role(record: Record, event: HistoryEvent) -> Iterator[Deviation]:
    """Who did a task acted in one of the roles it was offered to, unless it was theirs by name."""
    task = record.task_of(event)
    if task is None or not task.candidate_groups or event.actor == SYSTEM.id:
        return
    if not event.role and event.salt is None:
        return  # records of the first release name no role
    if event.actor not in task.candidate_users and event.role not in task.candidate_groups:
        groups = [master_data.group_text(record.work, group) for group in task.candidate_groups]
        wanted = Text(" / ".join(g.th for g in groups), " / ".join(g.en for g in groups))
        yield record.deviation("wrong_role", event.element_id, event, wanted=wanted)


def _kept_apart(record: Record, event: HistoryEvent) -> list[str]:
    """The steps whose doers may not do this one: as evaluated for the task, and always those that
    the diagram names outright."""
    task, node = record.task_of(event), record.node(event.element_id)
    written = "" if node is None else node.extensions.properties.get("separateFrom", "")
    outright = [] if written.startswith("=") else re.findall(r"\w+", written)
    return list(dict.fromkeys([*(task.separate_from if task else []), *outright]))


def _started(record: Record, element: str, starter: str) -> set[str]:
    node = record.node(element)
    return {starter} if node is not None and node.tag == "startEvent" else set()
