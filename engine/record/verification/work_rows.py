"""What people and workers find of a case (tasks, waits and jobs, each a row) compared with what its
record makes of it: a row that was removed, added or changed by hand is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.bpmn.running.execution import Execution
from engine.bpmn.timers import parse_moment
from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.verification.stored_rows import as_finding, stored_rows
from engine.store.tables import (
    HistoryEvent,
    Job,
    ProcessInstance,
    UserTask,
    UserTaskCandidate,
    Wait,
    table,
)
from engine.store.work import Work
from engine.turn.rows import candidates_of

Data = Mapping[str, Any]
LONGEST = 60

GONE = Text(
    "ที่ {element}: แถวนี้หายไป ทั้งที่บันทึกระบุว่ามี", "at {element}: it is gone, and the record has it"
)
UNKNOWN = Text("ที่ {element}: บันทึกไม่มีรายการนี้", "at {element}: the record knows nothing of it")
COLUMN = Text(
    "ที่ {element}: {column} เก็บไว้เป็น {stored} แต่บันทึกให้ {found}",
    "at {element}: {column} is stored as {stored}, the record gives {found}",
)


@dataclass(slots=True)
class Offered:
    """What the re-execution offered on its way: tasks with who may do them, jobs with what their
    workers see, each by its id."""

    tasks: dict[str, Data] = field(default_factory=dict)
    jobs: dict[str, Data] = field(default_factory=dict)
    ended: dict[str, datetime] = field(default_factory=dict)  # tasks, with the moment

    def renew(self, execution: Execution, definition_id: str) -> None:
        """Another version offers the open tasks from now on."""
        for token, offer in execution.open_user_tasks():
            id = token.id.hex
            kept = {"assignee": self.tasks[id]["assignee"]} if id in self.tasks else {}
            self.tasks[id] = {**_task(execution, token, offer, definition_id), **kept}

    def add(self, execution: Execution, definition_id: str, at: datetime) -> None:
        """What one command offered, and what it ended."""
        opened = execution.changes.opened_tasks
        for id, offer in execution.offers().items():
            self.tasks[id.hex] = _task(execution, opened[id], offer, definition_id)
        for id, variables in execution.job_variables().items():
            self.jobs[id.hex] = variables
        self.ended.update({id.hex: at for id in execution.changes.closed_tasks})


def _task(execution: Execution, token: Any, offer: Data, definition_id: str) -> Data:
    """What the row of an offered task says, from the drawing and from the offer."""
    node = token.task_spec.node
    return {
        "definition_id": definition_id,
        "process_key": execution.process_of(token),
        "element_id": node.id,
        "name_th": node.name.th,
        "name_en": node.name.en,
        "form": node.extensions.form,
        "assignee": offer["assignee"],
        "candidate_groups": offer["candidate_groups"],
        "candidate_users": offer["candidate_users"],
        "separate_from": offer["separate_from"],
        "priority": int(offer["priority"] or 50),
        "due_date": offer["due_date"],
    }


def compare_rows(
    work: Work, instance: ProcessInstance, execution: Execution, offered: Offered, report: Report
) -> None:
    """Hold the rows of a case to the state that its commands gave."""
    query = sa.select(HistoryEvent).where(HistoryEvent.instance_id == instance.id)
    events = work.session.scalars(query.order_by(HistoryEvent.seq)).all()
    tasks = _recorded_tasks(events)
    _add_offers(tasks, execution, offered, _moves(events))
    comparison = _Comparison(work, instance.id, report)
    with as_finding(report, instance.id, UserTask.__tablename__):
        comparison.compare(UserTask, tasks)
        comparison.compare_candidates(tasks)
    with as_finding(report, instance.id, Wait.__tablename__):
        comparison.compare(Wait, _waits(execution), put_off=_put_off(events))
    with as_finding(report, instance.id, Job.__tablename__):
        comparison.compare(Job, _jobs(execution, offered))


class _Comparison:
    def __init__(self, work: Work, instance_id: str, report: Report) -> None:
        self.work, self.instance_id, self.report = work, instance_id, report

    def compare(
        self, model: Any, expected: Mapping[str, Data], *, put_off: frozenset[str] = frozenset()
    ) -> None:
        rows = table(model)
        mine = stored_rows(self.work, rows, rows.c.instance_id == self.instance_id)
        stored = {str(row["id"]): row for row in mine}
        for id in sorted({*stored, *expected}):
            row, said = stored.get(id), expected.get(id)
            if row is None or said is None:
                element = said["element_id"] if said is not None else stored[id]["element_id"]
                self._differ(model, id, (GONE if row is None else UNKNOWN).format(element=element))
                continue
            is_put_off = row["element_id"] in put_off
            for column, value in said.items():
                here = row[column]
                if value == here or (is_put_off and column == "due_at" and _is_later(here, value)):
                    continue  # compared in this order: a due date may have been moved
                facts = {"column": column, "stored": _spelled(here), "found": _spelled(value)}
                self._differ(model, id, COLUMN.format(element=row["element_id"], **facts))

    def compare_candidates(self, tasks: Mapping[str, Data]) -> None:
        """The work lists find an open task by a row for each who may do it."""
        mine = sa.select(UserTask.id).where(UserTask.instance_id == self.instance_id)
        row = UserTaskCandidate
        query = sa.select(row.task_id, row.kind, row.name).where(row.task_id.in_(mine))
        stored = {tuple(each) for each in self.work.session.execute(query)}
        expected = {
            (id, each["kind"], each["name"])
            for id, said in tasks.items()
            if said["status"] == "open"
            for each in candidates_of({"id": id, **said})
        }
        for id, kind, name in sorted(stored ^ expected):
            what = UNKNOWN if (id, kind, name) in stored else GONE
            element = tasks[id]["element_id"] if id in tasks else "–"
            place = f"{id}/{kind}/{name}"
            self._differ(UserTaskCandidate, place, what.format(element=element))

    def _differ(self, model: Any, id: str, what: Text) -> None:
        self.report.differ(self.instance_id, f"{model.__tablename__}/{id}", 0, what)


def _recorded_tasks(events: Sequence[HistoryEvent]) -> dict[str, dict[str, Any]]:
    """Every task that was ever created, as the history leaves it. One that did not end by being
    completed was cancelled, unless the case still stands there."""
    tasks: dict[str, dict[str, Any]] = {}
    for event in events:
        id = str(event.data.get("task"))
        if event.type == "task_created":
            facts = {"element_id": event.element_id, "status": "cancelled", "created_at": event.at}
            tasks[id] = {**facts, "claimed_at": None, "completed_by": None}
        elif event.type == "task_claimed":
            tasks[id].update(assignee=event.actor, claimed_at=event.at)
        elif event.type == "task_reassigned":
            tasks[id].update(assignee=event.data["to"], claimed_at=event.at)
        elif event.type == "task_released":
            tasks[id].update(assignee=None, claimed_at=None)
        elif event.type == "task_completed":
            done = {"status": "completed", "completed_by": event.actor, "ended_at": event.at}
            tasks[id].update(element_id=event.element_id, **done)
    return tasks


def _add_offers(
    tasks: dict[str, dict[str, Any]],
    execution: Execution,
    offered: Offered,
    moves: Sequence[Move],
) -> None:
    """What a task's row says more: how it was offered, whether the case still stands there, and
    when it was left."""
    for id, offer in offered.tasks.items():
        task = tasks.setdefault(id, {"created_at": None, "status": "cancelled"})
        facts = {name: value for name, value in offer.items() if name != "due_date"}
        task.update({**facts, "assignee": task.get("assignee", offer["assignee"])})
        task["ended_at"] = offered.ended.get(id)
        since = [move for move in moves if task["created_at"] and move.at >= task["created_at"]]
        task["due_at"] = _Moved(offer["due_date"], since)
    for token in execution.standing_tasks():
        tasks[token.id.hex]["status"] = "open"


class Move(NamedTuple):
    """A deadline that was moved: an office's event that says before and after."""

    at: datetime
    before: datetime
    after: datetime


def _moves(events: Sequence[HistoryEvent]) -> list[Move]:
    return [
        Move(event.at, parse_moment(event.data["before"]), parse_moment(event.data["after"]))
        for event in events
        if event.data.get("before") and event.data.get("after")
    ]


class _Moved:
    """A due date as it was offered, or as it may have followed a deadline since."""

    def __init__(self, offered: Any, moves: Sequence[Move]) -> None:
        self.newest = parse_moment(str(offered)) if offered is not None else None
        self.allowed = {self.newest}
        for move in moves:
            if move.before in self.allowed:
                self.newest = move.after
                self.allowed.add(move.after)

    def __eq__(self, other: object) -> bool:
        return other in self.allowed

    def __str__(self) -> str:
        return _spelled(self.newest)


def _waits(execution: Execution) -> dict[str, Data]:
    return {token.id.hex: _wait(token) for token in execution.waiting()}


def _wait(token: Any) -> Data:
    facts, node = token.facts, token.task_spec.node
    due = facts.get("due")
    return {
        "task_id": token.id.hex,
        "element_id": node.drawn or node.id,
        "kind": facts["kind"],
        "name": facts.get("name"),
        "correlation_key": facts.get("key"),
        "due_at": datetime.fromisoformat(due) if due else None,
    }


def _put_off(events: Sequence[HistoryEvent]) -> frozenset[str]:
    """Where a timer could not fire when it was due: it is tried again later."""
    return frozenset(event.element_id for event in events if event.type == "incident_raised")


def _jobs(execution: Execution, offered: Offered) -> dict[str, Data]:
    return {
        token.id.hex: {
            "element_id": token.task_spec.node.id,
            "type": token.task_spec.type_of(token),
            "headers": dict(token.task_spec.node.extensions.headers),
            "variables": offered.jobs[token.id.hex],
        }
        for token in execution.open_jobs()
    }


def _is_later(here: Any, value: Any) -> bool:
    return isinstance(here, datetime) and here > value


def _spelled(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
