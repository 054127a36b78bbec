"""One complaint as a trace: its events with role and unit, and the objects that they touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from engine.bpmn.model import Node
from engine.bpmn.net import lasts
from engine.ground.text import Text
from engine.record.export import Entry, Link, Thing, Trace, entries_of
from engine.record.export.entries import Value
from engine.store.tables import (
    Deployment,
    HistoryEvent,
    ProcessDefinition,
    ProcessInstance,
    UserTask,
)
from engine.store.work import Work
from engine.verbs import queries
from office.applications import master_data
from office.deadlines.deadlines import case_deadlines
from office.deadlines.tables import DeadlineRow
from office.ground.tables import Case, Letter
from office.vault.submissions import COMPLAINANT

# What a log says of a case itself. Who is in it, and what it tells in words, is never among it.
FACTS: Final = (
    "case_id",
    "track",
    "channel",
    "subject",
    "unit",
    "severity",
    "status",
    "outcome",
    "definition",
    "version",
    "received_at",
    "due_at",
    "closed_at",
)
PEOPLE: Final = {COMPLAINANT: Text("ผู้ร้องเรียน", "Complainant"), "system": Text("ระบบ", "System")}


@dataclass(frozen=True, slots=True)
class _File:
    """What of a case file a log refers to."""

    case: Case
    instance: ProcessInstance
    definition: ProcessDefinition
    events: list[HistoryEvent]
    tasks: dict[str, UserTask]
    deadlines: list[DeadlineRow]
    letters: list[Letter]


class TraceReader:
    """Reads cases one by one; what versions and roles are called is read once for all."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self._nodes: dict[str, Mapping[str, Node]] = {}
        self._names: dict[str, Text] = {}

    def trace(self, case: Case, *, with_people: bool) -> Trace:
        """The log of one case; without people, roles stand but nobody's reference does."""
        file = self._open(case)
        entries = [self._entry(file, e, with_people=with_people) for e in self._entries(file)]
        return Trace(
            id=case.id,
            name=case.receipt_no,
            attributes=self._facts(file),
            entries=entries,
            things=list(self._things(file)),
        )

    def _open(self, case: Case) -> _File:
        work = self.work
        assert case.instance_id is not None, "only cases that were started are exported"
        instance = queries.instance(work, case.instance_id)
        tasks = sa.select(UserTask).where(UserTask.instance_id == instance.id)
        issued = sa.select(Letter).where(Letter.case_id == case.id).order_by(Letter.issued_at)
        return _File(
            case=case,
            instance=instance,
            definition=work.session.get_one(ProcessDefinition, instance.definition_id),
            events=queries.history(work, instance.id),
            tasks={task.id: task for task in work.session.scalars(tasks)},
            deadlines=case_deadlines(work, case.id),
            letters=list(work.session.scalars(issued)),
        )

    def _entries(self, file: _File) -> Iterator[Entry]:
        nodes = self._nodes_of(file.instance.definition_id)
        lasting = frozenset(id for id, node in nodes.items() if lasts(node))
        return entries_of(file.events, nodes, lasting)

    def _nodes_of(self, definition_id: str) -> Mapping[str, Node]:
        if definition_id not in self._nodes:
            models = queries.models(self.work, definition_id).values()
            nodes = [node for process in models for node in process.body.walk()]
            self._nodes[definition_id] = {node.id: node for node in nodes}
        return self._nodes[definition_id]

    def _entry(self, file: _File, entry: Entry, *, with_people: bool) -> Entry:
        event = file.events[entry.seq - 1] if entry.seq <= len(file.events) else None
        role = event.role if event is not None and event.seq == entry.seq else ""
        unit = role.partition("@")[2]
        known = with_people and entry.resource != COMPLAINANT
        return replace(
            entry,
            resource=entry.resource if known else "",
            role=self._role(role) if role else PEOPLE.get(entry.resource, entry.role),
            group=self._unit(unit).th if unit else "",
            links=tuple(_touched(file, entry, unit)),
        )

    def _role(self, group: str) -> Text:
        if group not in self._names:
            self._names[group] = master_data.group_text(self.work, group)
        return self._names[group]

    def _unit(self, key: str) -> Text:
        return master_data.unit_text(self.work, key)

    def _facts(self, file: _File) -> dict[str, Value]:
        case = file.case
        found: dict[str, Value] = {
            "case_id": case.id,
            "unit": case.lead_unit,
            "definition": file.definition.key,
            "version": file.definition.version,
        }
        rest = {name: getattr(case, name) for name in FACTS if name not in found}
        return {name: {**found, **rest}[name] for name in FACTS}

    # ── the objects ────────────────────────────────────────────────────────────────────────

    def _things(self, file: _File) -> Iterator[Thing]:
        yield self._case(file)
        yield self._definition(file.definition)
        for key in {file.case.lead_unit, *file.case.co_units, *_acting_units(file)} - {None, ""}:
            yield self._unit_thing(file, str(key))
        yield from (_task(file.case, task) for task in file.tasks.values())
        yield from (_letter(file.case, letter) for letter in file.letters)
        yield from (_deadline(file.case, deadline) for deadline in file.deadlines)

    def _case(self, file: _File) -> Thing:
        case = file.case
        facts = {"receipt_no": case.receipt_no, **self._facts(file)}
        links = [Link(f"definition:{file.definition.id}", "runs on")]
        if case.lead_unit:
            links.append(Link(f"unit:{case.lead_unit}", "led by"))
        links += [Link(f"unit:{unit}", "supported by") for unit in case.co_units]
        return Thing(id=case.id, type="case", at=case.received_at, attributes=facts, links=links)

    def _definition(self, row: ProcessDefinition) -> Thing:
        facts: dict[str, Value] = {
            "key": row.key,
            "version": row.version,
            "name_th": row.name_th,
            "name_en": row.name_en,
            "sha256": row.sha256,
        }
        deployed = self.work.session.get_one(Deployment, row.deployment_id).deployed_at
        return Thing(id=f"definition:{row.id}", type="definition", at=deployed, attributes=facts)

    def _unit_thing(self, file: _File, key: str) -> Thing:
        name = self._unit(key)
        facts: dict[str, Value] = {"key": key, "name_th": name.th, "name_en": name.en}
        return Thing(id=f"unit:{key}", type="unit", at=file.case.received_at, attributes=facts)


def _touched(file: _File, entry: Entry, unit: str) -> Iterator[Link]:
    yield Link(file.case.id, "of")
    if entry.instance in file.tasks:
        yield Link(f"task:{entry.instance}", "on")
    if unit:
        yield Link(f"unit:{unit}", "by")
    for deadline in file.deadlines:
        over = deadline.finished_at is not None and entry.at > deadline.finished_at
        if entry.element in deadline.askers and entry.at >= deadline.started_at and not over:
            yield Link(f"clock:{deadline.id}", "under")
    for letter in file.letters:
        if entry.at == letter.issued_at and _sent(file, letter) == entry.element:
            yield Link(f"letter:{letter.id}", "sends")


def _sent(file: _File, letter: Letter) -> str | None:
    """The step whose job a letter was sent by."""
    jobs = (e for e in file.events if e.type == "job_completed" and e.data["job"] == letter.job_id)
    return next((event.element_id for event in jobs), None)


def _acting_units(file: _File) -> set[str]:
    return {event.role.partition("@")[2] for event in file.events}


def _task(case: Case, task: UserTask) -> Thing:
    facts: dict[str, Value] = {"element": task.element_id}
    facts |= _facts_of(task, "name_th", "name_en", "status", "due_at", "ended_at")
    return _part("task", task.id, task.created_at, facts, Link(case.id, "part of"))


def _letter(case: Case, letter: Letter) -> Thing:
    names = ("number", "kind", "title_th", "title_en", "method", "template_sha256")
    facts = _facts_of(letter, *names)
    return _part("letter", letter.id, letter.issued_at, facts, Link(case.id, "about"))


def _deadline(case: Case, deadline: DeadlineRow) -> Thing:
    facts = _facts_of(deadline, "key", "round", "owner", "due_at", "status", "finished_at")
    return _part("clock", deadline.id, deadline.started_at, facts, Link(case.id, "deadline of"))


def _facts_of(row: object, *names: str) -> dict[str, Value]:
    return {name: getattr(row, name) for name in names}


def _part(type: str, id: str, at: datetime, facts: Mapping[str, Value], link: Link) -> Thing:
    """Something that belongs to one case."""
    return Thing(id=f"{type}:{id}", type=type, at=at, attributes=facts, links=(link,))
