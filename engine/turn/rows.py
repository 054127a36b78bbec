"""What a turn leaves for others to find: open tasks, waits, jobs and messages, each a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.bpmn.running.execution import Changes, Execution
from engine.bpmn.slots import words
from engine.bpmn.timers import parse_moment
from engine.ground.actor import Actor
from engine.ground.errors import ConcurrentUpdate
from engine.store import outbox
from engine.store.statements import Statement
from engine.store.tables import Job, UserTask, UserTaskCandidate, Wait, fixed, table
from engine.store.work import Instance, Work

Data = dict[str, Any]

TASK, CANDIDATE, WAIT, JOB = (table(m) for m in (UserTask, UserTaskCandidate, Wait, Job))
_INSERT_TASK, _INSERT_CANDIDATE, _INSERT_WAIT, _INSERT_JOB = (
    Statement(sa.insert(each)) for each in (TASK, CANDIDATE, WAIT, JOB)
)
_CLOSE_TASK = Statement(
    sa.update(TASK)
    .where(TASK.c.id == sa.bindparam("task"), TASK.c.status == fixed("open"))
    .values({name: sa.bindparam(name) for name in ("status", "ended_at", "completed_by")})
)
_DELETE_CANDIDATES = Statement(
    sa.delete(CANDIDATE).where(CANDIDATE.c.task_id == sa.bindparam("task"))
)
_DELETE_WAIT = Statement(sa.delete(WAIT).where(WAIT.c.id == sa.bindparam("wait")))
_DELETE_JOB = Statement(sa.delete(JOB).where(JOB.c.id == sa.bindparam("job")))


def write_tasks(work: Work, instance: Instance, execution: Execution, actor: Actor) -> list[Data]:
    """Close the tasks that ended and open the new ones; returns these."""
    for identifier, how in execution.changes.closed_tasks.items():
        _close_task(work, identifier.hex, how, actor)
    opened = execution.changes.opened_tasks
    rows = [
        task_row(work, instance, execution, opened[identifier], offer)
        for identifier, offer in execution.offers().items()
    ]
    if rows:
        _INSERT_TASK.run(work.transaction, rows)
        _write_candidates(work, rows)
    return rows


def _write_candidates(work: Work, tasks: list[Data]) -> None:
    candidates = [row for task in tasks for row in candidates_of(task)]
    if candidates:
        _INSERT_CANDIDATE.run(work.transaction, candidates)


def rewrite_candidates(work: Work, tasks: list[Data]) -> None:
    """Another version offers open tasks to others: the work lists must find them there."""
    for task in tasks:
        _DELETE_CANDIDATES.run(work.transaction, {"task": task["id"]})
    _write_candidates(work, tasks)


def _close_task(work: Work, task_id: str, how: str, actor: Actor) -> None:
    doer = actor.id if how == "completed" else None
    values = {"task": task_id, "status": how, "ended_at": work.now, "completed_by": doer}
    if _CLOSE_TASK.run(work.transaction, values) != 1:
        raise ConcurrentUpdate
    _DELETE_CANDIDATES.run(work.transaction, {"task": task_id})


def task_row(work: Work, instance: Instance, execution: Execution, token: Any, offer: Data) -> Data:
    node = token.task_spec.node
    return {
        "id": token.id.hex,
        "instance_id": instance.id,
        "definition_id": instance.definition_id,
        "process_key": execution.process_of(token),
        "element_id": node.id,
        "name_th": node.name.th,
        "name_en": node.name.en,
        "form": node.extensions.form,
        "status": "open",
        "assignee": offer["assignee"],
        "candidate_groups": offer["candidate_groups"],
        "candidate_users": offer["candidate_users"],
        "separate_from": offer["separate_from"],
        "priority": offer["priority"] or 50,
        "created_at": work.now,
        "due_at": parse_moment(offer["due_date"]) if offer["due_date"] else None,
        "claimed_at": None,
        "ended_at": None,
        "completed_by": None,
    }


def candidates_of(task: Data) -> list[Data]:
    """The rows by which the work lists find an open task."""
    groups = [("group", name) for name in dict.fromkeys(words(task["candidate_groups"]))]
    users = [("user", name) for name in dict.fromkeys(words(task["candidate_users"]))]
    return [{"kind": kind, "name": name, "task_id": task["id"]} for kind, name in groups + users]


def write_waits(work: Work, instance: Instance, changes: Changes) -> None:
    """Remove what is waited for no longer, or differently, and add what is."""
    if changes.closed_waits:
        gone = [{"wait": identifier.hex} for identifier in changes.closed_waits]
        _DELETE_WAIT.run(work.transaction, gone)
    rows = [wait_row(instance, token) for token in changes.opened_waits.values()]
    if rows:
        _INSERT_WAIT.run(work.transaction, rows)
        for row in rows:
            if row["due_at"] is not None:
                work.offer("timer", row["id"], row["due_at"])


def wait_row(instance: Instance, token: Any) -> Data:
    facts, node = token.facts, token.task_spec.node
    due = facts.get("due")
    return {
        "id": token.id.hex,
        "instance_id": instance.id,
        "task_id": token.id.hex,
        "element_id": node.drawn or node.id,
        "kind": facts["kind"],
        "name": facts.get("name"),
        "correlation_key": facts.get("key"),
        "due_at": datetime.fromisoformat(due) if due else None,
        "attempts": 0,
        "locked_by": None,
        "locked_until": None,
    }


def write_jobs(work: Work, instance: Instance, execution: Execution) -> list[Data]:
    """Remove the jobs that are done and add the new ones; returns these."""
    changes = execution.changes
    if changes.closed_jobs:
        _DELETE_JOB.run(work.transaction, [{"job": job.hex} for job in changes.closed_jobs])
    rows = [
        _job_row(work, instance, changes.opened_jobs[identifier], variables)
        for identifier, variables in execution.job_variables().items()
    ]
    if rows:
        _INSERT_JOB.run(work.transaction, rows)
        for row in rows:
            work.offer("job", row["id"], work.now)
    return rows


def _job_row(work: Work, instance: Instance, token: Any, variables: Data) -> Data:
    node = token.task_spec.node
    return {
        "id": token.id.hex,
        "instance_id": instance.id,
        "element_id": node.id,
        "type": token.task_spec.type_of(token),
        "headers": dict(node.extensions.headers),
        "variables": variables,
        "status": "ready",
        "retries": token.task_spec.retries_of(token, work.machine.job_retries),
        "attempts": 0,
        "due_at": work.now,
        "locked_by": None,
        "locked_until": None,
        "last_error": None,
        "created_at": work.now,
    }


def send(work: Work, instance: Instance, changes: Changes) -> None:
    """Put the messages and signals that the case threw into the outbox."""
    for name, key in changes.messages:
        outbox.enqueue(work, "message", {"name": name, "key": key, "from": instance.id})
    for name, variables in changes.signals:
        payload = {"name": name, "variables": variables, "from": instance.id}
        outbox.enqueue(work, "signal", payload)
