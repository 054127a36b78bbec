"""Proof by doing it again: the recorded commands run on the recorded definition must give the
recorded states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.canonical import digest, dumps
from engine.definitions import Bundle, load_bundle
from engine.execution import Execution, Surroundings
from engine.models import Command, ProcessInstance
from engine.report import Report
from engine.text import Text
from engine.work import Work

Data = dict[str, Any]

STOPPED = Text("{kind}: ทำซ้ำไม่ได้: {error}", "{kind}: it cannot be run again: {error}")
OTHER_STATE = Text("{kind}: สถานะไม่ตรงกับที่บันทึกไว้", "{kind}: the state is not the recorded one")
OTHER_END = Text(
    "สถานะที่เก็บไว้ไม่ใช่ผลของคำสั่งที่บันทึก", "the stored state is not the one that the commands give"
)


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
            _differ(report, command, STOPPED.format(kind=command.kind, error=error))
            return report
        if digest(state) != command.state_hash:
            _differ(report, command, OTHER_STATE.format(kind=command.kind))
            return report
    if state != instance.state:
        report.differ(instance_id, "process_instance", 0, OTHER_END)
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
        execution.start(body["variables"], body.get("start_event", ""))
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


def _differ(report: Report, command: Command, what: Text) -> None:
    report.differ(command.instance_id, "command", command.seq, what)
