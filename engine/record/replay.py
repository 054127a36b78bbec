"""Proof by doing it again: the recorded commands run on the recorded definition must give the
recorded states, and make happen what is recorded."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bpmn.running.execution import Execution, Surroundings
from engine.ground.canonical import digest, dumps, dumps_own, loads
from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.state_diff import state_differences
from engine.record.verification.stored_rows import as_finding
from engine.record.verification.work_rows import Offered, compare_rows
from engine.store.tables import Command, HistoryEvent, ProcessInstance
from engine.store.work import Work
from engine.turn.definitions import Bundle, load_bundle
from engine.turn.history import Entry

Data = dict[str, Any]
Watch = Callable[[Command, Execution, Bundle], None]

STOPPED = Text(
    "{kind} ที่ {element}: ทำซ้ำไม่ได้: {error}", "{kind} at {element}: it cannot be run again: {error}"
)
OTHER_STATE = Text(
    "{kind} ที่ {element}: สถานะหลังคำสั่งนี้ไม่ตรงกับที่บันทึกไว้",
    "{kind} at {element}: the state after it is not the recorded one",
)
OTHER_COURSE = Text(
    "{kind}: ทำซ้ำได้ {found} แต่บันทึกไว้เป็น {recorded}",
    "{kind}: run again it gives {found}, the record has {recorded}",
)
# What the engine itself makes happen; the office adds entries of its own between them.
EXECUTED = frozenset(
    {
        "activity_entered",
        "activity_completed",
        "activity_cancelled",
        "task_completed",
        "job_completed",
        "timer_fired",
        "timer_moved",
        "message_received",
        "message_thrown",
        "signal_received",
        "signal_thrown",
        "condition_met",
        "decision_evaluated",
    }
)


class _Departure(Exception):
    """The re-execution asked for something else than the record holds."""


def replay(work: Work, instance_id: str, watch: Watch | None = None) -> Report:
    """Run the recorded commands of a case again. After every one the state must be the recorded
    one, and what happened must be the recorded events; at the end the variables of every token
    must be the stored ones, and tasks, waits and jobs be those that the case stands at. Each
    difference names command, element and variable. `watch` is told of every command as it is done.
    """
    report = Report(instances=1)
    with as_finding(report, instance_id, "command"):
        _replay(work, instance_id, report, watch)
    return report


def _replay(work: Work, instance_id: str, report: Report, watch: Watch | None) -> None:
    instance = work.session.get_one(ProcessInstance, instance_id)
    bundle = load_bundle(work, _first_definition(work, instance))
    execution = Execution.begin(bundle.definition, instance_id)
    happened, state, parted, offered = _happened(work, instance_id), "", False, Offered()
    for command in commands(work, instance_id):
        report.commands += 1
        try:
            if command.kind == "migrate":
                bundle = load_bundle(work, command.body["target"])
            state = step(execution, command, bundle, offered)
        except Exception as error:  # whatever stops the re-execution is a difference to report
            _differ(report, command, STOPPED, error=error)
            return
        if watch is not None:
            watch(command, execution, bundle)
        _compare_course(report, command, execution, happened.get(command.seq, []))
        if digest(state) != command.state_hash and not parted:
            # Going on shows in the end which variables have become others by it.
            parted = True
            _differ(report, command, OTHER_STATE)
    if state != instance.state:
        for what in state_differences(instance.state, state):
            report.differ(instance_id, "process_instance", report.commands, what)
    else:
        compare_rows(work, instance, execution, offered, report)


def _happened(work: Work, instance_id: str) -> dict[int, list[Entry]]:
    """The recorded events that the engine made happen, by command."""
    query = sa.select(
        HistoryEvent.command_seq, HistoryEvent.type, HistoryEvent.element_id, HistoryEvent.data
    )
    query = query.where(HistoryEvent.instance_id == instance_id).order_by(HistoryEvent.seq)
    found: dict[int, list[Entry]] = {}
    for seq, type, element, data in work.session.execute(query):
        if type in EXECUTED:
            found.setdefault(seq, []).append((type, element, data))
    return found


def _compare_course(
    report: Report, command: Command, execution: Execution, recorded: list[Entry]
) -> None:
    """Only the first difference of a command: what follows it follows from it."""
    again: list[Entry] = [
        (type, node.drawn or node.id, loads(dumps(data)))
        for type, node, data in execution.changes.events
        if type in EXECUTED
    ]
    for found, said in itertools.zip_longest(again, recorded):
        if found != said:
            what = OTHER_COURSE
            _differ(report, command, what, found=_spelled(found), recorded=_spelled(said))
            return


def _spelled(entry: Entry | None) -> str:
    if entry is None:
        return "–"
    type, element, data = entry
    return f"{type} {element} {dumps(data) if data else ''}".strip()


def _first_definition(work: Work, instance: ProcessInstance) -> str:
    """The version the case began on: migrations may have moved it since."""
    for command in commands(work, instance.id):
        return str(command.body["definition"])
    return instance.definition_id


def commands(work: Work, instance_id: str) -> Iterator[Command]:
    query = sa.select(Command).where(Command.instance_id == instance_id).order_by(Command.seq)
    return iter(work.session.scalars(query))


def step(
    execution: Execution, command: Command, bundle: Bundle, offered: Offered | None = None
) -> str:
    """Run one recorded command with its recorded time and results; returns the state after it."""
    recorded = list(command.results.get("calls", []))
    offered = Offered() if offered is None else offered  # offering asks the functions, too

    def call(name: str, _node: Any, _data: Any, _arguments: Any) -> Any:
        if not recorded or recorded[0][0] != name:
            raise _Departure(f"{name} is asked for where the record does not hold it")
        return recorded.pop(0)[1]

    names = tuple({name for name, _ in recorded})
    behaviour = int(command.results.get("behaviour", 1))
    execution.enter(Surroundings(command.at, call, names, bundle.decisions, behaviour))
    if command.kind == "migrate":
        execution.migrate(bundle.definition, command.body["mapping"])
        offered.renew(execution, bundle.definition_id)
    else:
        _act(execution, command.kind, command.body)
    execution.run_to_rest()
    offered.add(execution, bundle.definition_id, command.at)
    if recorded:
        raise _Departure(f"{recorded[0][0]} is in the record and was not asked for")
    return dumps_own(execution.dump())


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


def _differ(report: Report, command: Command, what: Text, **facts: object) -> None:
    element = str(command.body.get("element") or command.body.get("task") or "–")
    told = what.format(kind=command.kind, element=element, **facts)
    report.differ(command.instance_id, "command", command.seq, told)
