"""The record of one case as the checks read it: its events by version of the diagram, its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.bpmn.model import Node, Process
from engine.bpmn.net import Net
from engine.ground.text import Text
from engine.store.tables import Command, HistoryEvent, ProcessDefinition, ProcessInstance, UserTask
from engine.store.work import Work
from engine.verbs import queries
from office.applications import master_data
from office.audit.conformance.deviations import BREACH, NOBODY, SENTENCES, Deviation


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a process with those that it calls."""

    definition: ProcessDefinition
    models: Mapping[str, Process]
    net: Net


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events of a case while it ran on one version; `renamed` is the plan that brought it."""

    version: Version
    events: Sequence[HistoryEvent]
    renamed: Mapping[str, str]


class Versions:
    """The versions that were looked at, read once for all cases that ran on them."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._known: dict[str, Version] = {}

    def of(self, definition_id: str) -> Version:
        if definition_id not in self._known:
            models = queries.models(self.work, definition_id)
            row = self.work.session.get_one(ProcessDefinition, definition_id)
            self._known[definition_id] = Version(row, models, Net(models, row.key))
        return self._known[definition_id]


class Record:
    """What is recorded of one case."""

    def __init__(self, work: Work, versions: Versions, instance_id: str) -> None:
        self.work = work
        self.instance: ProcessInstance = queries.instance(work, instance_id)
        self.events = queries.history(work, instance_id)
        self.stretches = self._stretches(versions)
        tasks = sa.select(UserTask).where(UserTask.instance_id == instance_id)
        self.tasks = {task.id: task for task in work.session.scalars(tasks)}

    def _stretches(self, versions: Versions) -> list[Stretch]:
        query = sa.select(Command).where(
            Command.instance_id == self.instance.id, Command.kind.in_(["start", "migrate"])
        )
        found: list[Stretch] = []
        commands = list(self.work.session.scalars(query.order_by(Command.seq)))
        for command, following in zip(commands, [*commands[1:], None], strict=True):
            behind = following.seq if following is not None else None
            events = [
                event
                for event in self.events
                if (event.command_seq >= command.seq or not found)
                and (behind is None or event.command_seq < behind)
            ]
            version = versions.of(str(command.body.get("target") or command.body["definition"]))
            found.append(Stretch(version, events, command.body.get("mapping") or {}))
        return found

    def node(self, element_id: str) -> Node | None:
        """A drawn element, in the newest version of the case that has it."""
        for stretch in reversed(self.stretches):
            for process in stretch.version.models.values():
                for node in process.body.walk():
                    if node.id == element_id:
                        return node
        return None

    def step(self, element_id: str) -> Text:
        """What the diagram calls an element; one that it does not know is told by its id."""
        node = self.node(element_id)
        thai = " ".join(node.name.th.split()) if node is not None else ""
        english = " ".join(node.name.en.split()) if node is not None else ""
        return Text(thai or element_id, english or thai or element_id)

    def role_of(self, event: HistoryEvent | None) -> Text:
        """The role in which somebody did what an event tells."""
        if event is None or not event.role:
            return NOBODY
        return master_data.group_text(self.work, event.role)

    def task_of(self, event: HistoryEvent | None) -> UserTask | None:
        return None if event is None else self.tasks.get(str(event.data.get("task", "")))

    def deviation(
        self,
        kind: str,
        element_id: str,
        event: HistoryEvent | None,
        *,
        severity: str = BREACH,
        step: Text | None = None,
        **facts: Any,
    ) -> Deviation:
        """A deviation at an event, in the words for its kind."""
        name = step or self.step(element_id)
        by_language = {key: _text(value) for key, value in {**facts, "step": name}.items()}
        sentence = SENTENCES[kind]
        return Deviation(
            kind=kind,
            severity=severity,
            element_id=element_id,
            step=name,
            text=Text(
                sentence.th.format(**{key: text.th for key, text in by_language.items()}),
                sentence.en.format(**{key: text.en for key, text in by_language.items()}),
            ),
            seq=None if event is None else event.seq,
            at=None if event is None else event.at,
            actor="" if event is None else event.actor,
            role=self.role_of(event),
        )


def _text(value: Any) -> Text:
    return value if isinstance(value, Text) else Text(str(value), str(value))
