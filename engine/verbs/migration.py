"""Moving running cases to another version, when every place they stand in is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.errors import EngineError, MigrationRefused
from engine.ground.text import Text
from engine.store.instances import locked_instance
from engine.store.machine import Machine
from engine.store.tables import Job, ProcessInstance, UserTask, Wait, table
from engine.store.transactions import begin, read
from engine.store.work import Instance, Work
from engine.turn.definitions import load_bundle
from engine.turn.rows import rewrite_candidates, task_row, wait_row
from engine.turn.turn import open_execution, save_turn

ELSEWHERE = Text("เรื่องนี้ไม่ได้ดำเนินอยู่บน {source}", "it does not run on {source}")


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """From one version to another; `mapping` tells where an element that was renamed has gone.

    Without `instances`, every running case of the source version is meant.
    """

    source: str  # "key:version"
    target: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    instances: tuple[str, ...] | None = None


@dataclass(slots=True)
class MigrationReport:
    """Which cases moved (or, in a rehearsal, may move) and which stay, with the reason in both
    languages."""

    moved: list[str] = field(default_factory=list)
    stayed: dict[str, str] = field(default_factory=dict)


def migrate(
    machine: Machine, plan: MigrationPlan, actor: Actor, *, rehearse: bool = False
) -> MigrationReport:
    """Move cases one transaction each; one that cannot move stays as it was."""
    report = MigrationReport()
    with read(machine) as work:
        for definition_id in (plan.source, plan.target):
            load_bundle(work, definition_id)
        query = sa.select(ProcessInstance.id).where(
            ProcessInstance.definition_id == plan.source, ProcessInstance.status == "running"
        )
        running = list(work.session.scalars(query.order_by(ProcessInstance.started_at)))
    for instance_id in running if plan.instances is None else plan.instances:
        try:
            with begin(machine) as work:
                migrate_instance(work, instance_id, plan, actor=actor)
                if rehearse:
                    raise _Rehearsed
        except _Rehearsed:
            report.moved.append(instance_id)
        except EngineError as refused:
            report.stayed[instance_id] = f"{refused.text.th} ({refused.text.en})"
        else:
            report.moved.append(instance_id)
    return report


class _Rehearsed(Exception):
    """Ends a rehearsal's transaction without keeping anything."""


def migrate_instance(work: Work, instance_id: str, plan: MigrationPlan, *, actor: Actor) -> None:
    """Move one case, in the caller's transaction.

    Raises:
        MigrationRefused: it stands in an element that the target does not have as the same kind.
    """
    instance = locked_instance(work, instance_id)
    if instance.definition_id != plan.source or instance.status != "running":
        raise MigrationRefused(target=plan.target, reason=ELSEWHERE.format(source=plan.source))
    execution = open_execution(work, instance)
    target = load_bundle(work, plan.target)
    execution.migrate(target.definition, dict(plan.mapping))
    instance.definition_id = plan.target
    _move_rows(work, instance, execution)
    execution.run_to_rest()  # the target may have nothing more to wait for here
    body = {"target": plan.target, "bundle": target.hash, "mapping": dict(plan.mapping)}
    moved = (
        "instance_migrated",
        "",
        {"from": plan.source, "to": plan.target, "bundle": target.hash},
    )
    save_turn(work, instance, execution, "migrate", body, actor=actor, first=[moved])


def _move_rows(work: Work, instance: Instance, execution: Any) -> None:
    """Open tasks, waits and jobs now speak of the target's elements."""
    session = work.session
    session.execute(sa.delete(table(Wait)).where(Wait.instance_id == instance.id))
    waits = [wait_row(instance, token) for token in execution.waiting()]
    if waits:
        session.execute(sa.insert(table(Wait)), waits)
    execution.waits_written()
    kept = {"id", "status", "assignee", "created_at", "claimed_at", "ended_at", "completed_by"}
    offers = execution.open_user_tasks()
    rows = [task_row(work, instance, execution, token, offer) for token, offer in offers]
    for row in rows:
        values = {name: value for name, value in row.items() if name not in kept}
        session.execute(sa.update(table(UserTask)).where(UserTask.id == row["id"]).values(**values))
    rewrite_candidates(work, rows)
    for token in execution.open_jobs():
        node = token.task_spec.node
        drawn = {"element_id": node.id, "type": token.task_spec.type_of(token)}
        drawn["headers"] = dict(node.extensions.headers)
        session.execute(sa.update(table(Job)).where(Job.id == token.id.hex).values(**drawn))
