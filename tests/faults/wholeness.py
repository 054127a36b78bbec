"""Whether an installation is whole: chains, replay, the rows that say what each case waits for."""

from __future__ import annotations

import sqlalchemy as sa

from engine.bpmn.running.execution import Execution
from engine.engine import Engine
from engine.ground.canonical import loads
from engine.store.tables import Job, ProcessInstance, UserTask, Wait
from engine.store.work import Work
from engine.turn.definitions import load_bundle
from engine.turn.turn import surroundings


def faults_of(engine: Engine) -> list[str]:
    """Everything that is not as it must be, in words; nothing if all is well."""
    with engine.read() as work:
        instances = list(work.session.scalars(sa.select(ProcessInstance)))
        found = [fault for row in instances for fault in _rows_apart(work, row)]
    found += [f"chain: {difference}" for difference in engine.verify().differences]
    for row in instances:
        found += [f"replay: {difference}" for difference in engine.replay(row.id).differences]
    return found


def _rows_apart(work: Work, instance: ProcessInstance) -> list[str]:
    """The state of a case and the rows beside it tell the same."""
    bundle = load_bundle(work, instance.definition_id)
    execution = Execution.load(bundle.definition, instance.id, loads(instance.state))
    execution.enter(surroundings(work, instance, bundle))
    is_open = UserTask.status == "open"
    told = {
        "wait": sorted(token.id.hex for token in execution.waiting()),
        "job": sorted(token.id.hex for token in execution.open_jobs()),
        "user_task": sorted(token.id.hex for token, _ in execution.open_user_tasks()),
    }
    kept = {
        "wait": sa.select(Wait.id).where(Wait.instance_id == instance.id),
        "job": sa.select(Job.id).where(Job.instance_id == instance.id),
        "user_task": sa.select(UserTask.id).where(UserTask.instance_id == instance.id, is_open),
    }
    found = []
    for name, query in kept.items():
        rows = sorted(work.session.scalars(query))
        if rows != told[name]:
            found.append(f"{name}: the case waits for {told[name]}, the rows are {rows}")
    return found
