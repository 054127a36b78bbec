"""Proof by doing it again: the recorded commands run on the recorded definition must give the
recorded states, and every hash must follow from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.canonical import digest, dumps
from engine.definitions import Bundle, load_bundle
from engine.execution import Execution, Surroundings
from engine.history import command_hash, event_hash
from engine.models import Command, HistoryEvent, ProcessInstance
from engine.work import Work

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where the record and the re-execution part, or where a hash does not follow."""

    instance_id: str
    table: str  # command, history_event or process_instance
    seq: int
    what: str


@dataclass(slots=True)
class Report:
    """What a replay or a verification found; whole if there is no difference."""

    instances: int = 0
    commands: int = 0
    events: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.differences

    def add(self, other: Report) -> None:
        """Count another case's report in."""
        self.instances += other.instances
        self.commands += other.commands
        self.events += other.events
        self.differences += other.differences


class _Departure(Exception):
    """The re-execution asked for something else than the record holds."""


def replay(work: Work, instance_id: str) -> Report:
    """Run the recorded commands of a case again and compare the state after every one."""
    instance = work.session.get_one(ProcessInstance, instance_id)
    bundle = load_bundle(work, _first_definition(work, instance))
    report = Report(instances=1)
    execution = Execution.begin(bundle.definition, instance_id)
    state = ""
    for command in commands(work, instance_id):
        report.commands += 1
        try:
            if command.kind == "migrate":
                bundle = load_bundle(work, command.body["target"])
            state = step(execution, command, bundle)
        except Exception as error:  # whatever stops the re-execution is a difference to report
            _differ(report, command, f"{command.kind}: {error}")
            return report
        if digest(state) != command.state_hash:
            _differ(report, command, f"{command.kind}: the state is not the recorded one")
            return report
    if state != instance.state:
        what = "the stored state is not the one that the commands give"
        report.differences.append(Difference(instance_id, "process_instance", 0, what))
    return report


def _first_definition(work: Work, instance: ProcessInstance) -> str:
    """The version the case began on: migrations may have moved it since."""
    for command in commands(work, instance.id):
        return str(command.body["definition"])
    return instance.definition_id


def commands(work: Work, instance_id: str) -> Iterator[Command]:
    query = sa.select(Command).where(Command.instance_id == instance_id).order_by(Command.seq)
    return iter(work.session.scalars(query))


def step(execution: Execution, command: Command, bundle: Bundle) -> str:
    """Run one recorded command with its recorded time and results; returns the state after it."""
    recorded = list(command.results.get("calls", []))

    def call(name: str, _node: Any, _data: Any, _arguments: Any) -> Any:
        if not recorded or recorded[0][0] != name:
            raise _Departure(f"{name} is asked for where the record does not hold it")
        return recorded.pop(0)[1]

    names = tuple({name for name, _ in recorded})
    execution.enter(Surroundings(command.at, call, names, bundle.decisions))
    if command.kind == "migrate":
        execution.migrate(bundle.definition, command.body["mapping"])
        execution.open_user_tasks()
    else:
        _act(execution, command.kind, command.body)
    execution.run_to_rest()
    execution.offers()
    execution.job_variables()
    if recorded:
        raise _Departure(f"{recorded[0][0]} is in the record and was not asked for")
    return dumps(execution.dump())


def _act(execution: Execution, kind: str, body: Mapping[str, Any]) -> None:
    if kind == "start":
        execution.start(body["variables"])
    elif kind == "complete":
        execution.complete_task(UUID(body["task"]), body["variables"])
    elif kind == "job":
        execution.finish_job(UUID(body["job"]), body["variables"])
    elif kind == "job_error":
        execution.throw_error(UUID(body["job"]), body["error"], body["variables"])
    elif kind == "message":
        execution.fire(UUID(body["task"]), body["variables"], "message_received")
    elif kind == "timer":
        execution.fire(UUID(body["task"]), {}, "timer_fired")
    elif kind == "signal":
        execution.signal(body["name"], body["variables"])
    elif kind == "move_timer":
        execution.move_timer(UUID(body["task"]), datetime.fromisoformat(body["due"]))
    elif kind == "cancel":
        execution.cancel()
    else:
        raise _Departure(f"the kind {kind!r} is unknown")


def verify(work: Work, instance_id: str) -> Report:
    """Recompute both hash chains of a case and compare their ends with the case's own row."""
    instance = work.session.get_one(ProcessInstance, instance_id)
    report = Report(instances=1)
    head, seq = "", 0
    for command in commands(work, instance_id):
        report.commands += 1
        seq, head = _link(report, command, seq, command_hash(head, _row(command)))
    _check_end(
        report, instance, "command", (seq, head), instance.command_seq, instance.command_head
    )
    head, seq = "", 0
    query = sa.select(HistoryEvent).where(HistoryEvent.instance_id == instance_id)
    for event in work.session.scalars(query.order_by(HistoryEvent.seq)):
        report.events += 1
        seq, head = _link(report, event, seq, event_hash(head, _row(event)))
    _check_end(
        report, instance, "history_event", (seq, head), instance.event_seq, instance.event_head
    )
    return report


def verify_all(work: Work) -> Iterator[Report]:
    """Verify every case, one at a time, in constant memory."""
    query = sa.select(ProcessInstance.id).order_by(ProcessInstance.started_at)
    for instance_id in work.session.scalars(query.execution_options(yield_per=200)):
        yield verify(work, instance_id)
        work.session.expunge_all()


def _row(record: Command | HistoryEvent) -> Data:
    return {column.key: getattr(record, column.key) for column in record.__table__.columns}


def _link(
    report: Report, record: Command | HistoryEvent, seq: int, expected: str
) -> tuple[int, str]:
    if record.seq != seq + 1:
        _differ(report, record, f"number {seq + 1} is missing before it")
    if record.hash != expected:
        _differ(report, record, "it is not what was recorded after the one before it")
    return record.seq, record.hash


def _check_end(
    report: Report,
    instance: ProcessInstance,
    table: str,
    found: tuple[int, str],
    seq: int,
    head: str,
) -> None:
    if found != (seq, head):
        what = f"the chain ends at {found[0]}, the case says {seq}"
        report.differences.append(Difference(instance.id, table, found[0], what))


def _differ(report: Report, record: Command | HistoryEvent, what: str) -> None:
    table = str(record.__tablename__)
    report.differences.append(Difference(record.instance_id, table, record.seq, what))
