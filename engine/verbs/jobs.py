"""Work that service and send tasks ask for: done by handlers here or by external workers."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import SYSTEM, Actor
from engine.ground.errors import ConcurrentUpdate, EngineError, InstanceNotRunning
from engine.ground.text import Text
from engine.store.database import DatabaseUnavailable
from engine.store.instances import claim_instance, locked_instance
from engine.store.leases import backoff, is_due, is_lapsed, rows_that, take
from engine.store.machine import Machine
from engine.store.tables import Job, ProcessInstance, fixed, table
from engine.store.transactions import begin
from engine.store.work import JobCall, Work
from engine.turn import incidents
from engine.turn.history import record
from engine.turn.time_limits import bounded
from engine.turn.turn import turn
from engine.verbs.runtime import check_variables

Handler = Callable[[Work, JobCall], Mapping[str, Any] | None]


READY = Job.status == fixed("ready")
LOCKED = Job.status == fixed("locked")


class JobNotFound(EngineError):
    """The job is unknown, finished, or no longer wanted by its case."""

    thai = "ไม่พบงานอัตโนมัตินี้ หรือเสร็จแล้ว หรือเรื่องไม่ต้องใช้อีก"


class JobNotHeld(EngineError):
    """This worker does not hold the job: its time is over, or another worker has it."""

    thai = "ผู้ทำงานนี้ไม่ได้ถืองานอัตโนมัตินี้ เพราะหมดเวลาที่ยืมไว้ หรือผู้อื่นรับไปแล้ว"


class BpmnError(Exception):
    """A business error that the diagram handles with an error boundary event of the same code."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None):
        self.code = code
        self.variables = dict(variables or {})
        super().__init__(message or code)


def due_jobs(work: Work, types: list[str], limit: int) -> list[str]:
    """Ids of the jobs of these types whose time has come."""
    return list(work.session.scalars(rows_that(is_due, work, Job, *of_types(types), limit=limit)))


def of_types(types: list[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return (READY, Job.type.in_(types))


def run_job(machine: Machine, job_id: str, holder: str) -> bool:
    """Run the handler of a job that `holder` took and finish the job, in one transaction.

    False when there was nothing to do: the case has moved on, or the hold ran out.
    """
    try:
        with begin(machine, report_incident=False) as work, bounded(work):
            job = _held(work, job_id, holder)
            _finish_with(work, job, machine.handlers[job.type], holder)
    except (JobNotFound, JobNotHeld, InstanceNotRunning):
        return False
    except (DatabaseUnavailable, ConcurrentUpdate):
        raise  # nothing is wrong with the job
    except Exception as error:  # whatever a handler raises is kept, retried and shown
        reason = incidents.cause(error)
        with contextlib.suppress(JobNotFound, JobNotHeld), begin(machine) as work:
            fail_job(work, job_id, reason, retries=None, worker=holder)
    return True


def _finish_with(work: Work, job: Job, handler: Handler, holder: str) -> None:
    call = _call(work, job)
    try:
        result = handler(work, call)
    except BpmnError as error:
        throw_job_error(work, job.id, error.code, error.variables, worker=holder)
        return
    complete_job(work, job.id, result or {}, worker=holder)


def _call(work: Work, job: Job) -> JobCall:
    from engine.turn.definitions import load_bundle

    instance = work.session.get_one(ProcessInstance, job.instance_id)
    bundle = load_bundle(work, instance.definition_id)
    node = bundle.definition.drawn(job.element_id)
    return JobCall(
        id=job.id,
        type=job.type,
        instance_id=job.instance_id,
        business_key=instance.business_key,
        element_id=job.element_id,
        headers=job.headers,
        properties={} if node is None else dict(node.extensions.properties),
        variables=job.variables,
    )


def _held(work: Work, job_id: str, worker: str) -> Job:
    """A job that this worker holds, with its case locked.

    The case first, the job after it: whoever moves the case locks them in this order, and the
    other order would be a deadlock.

    Raises:
        JobNotFound: it is gone.
        JobNotHeld: the time of the loan is over, or it is somebody else's.
    """
    job = work.session.get(Job, job_id)
    if job is None:
        raise JobNotFound
    locked_instance(work, job.instance_id)
    job = work.session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise JobNotFound
    if job.locked_by != worker or job.locked_until is None or job.locked_until <= work.now:
        raise JobNotHeld
    return job


def _doer(worker: str, job: Job, work: Work) -> Actor:
    return SYSTEM if job.type in work.machine.handlers else Actor(worker)


def complete_job(work: Work, job_id: str, variables: Mapping[str, Any], *, worker: str) -> None:
    """The work is done: keep its result and move the case on.

    Raises:
        JobNotFound, JobNotHeld, VariablesInvalid
    """
    job = _held(work, job_id, worker)
    _complete(work, job, variables, _doer(worker, job, work))


def settle_job(work: Work, job_id: str, variables: Mapping[str, Any], *, actor: Actor) -> None:
    """What a job without a try left should have done was done by hand: the case moves on.

    Raises:
        JobNotFound: it is gone, or still has tries left.
        VariablesInvalid
    """
    job = work.session.get(Job, job_id)
    if job is None:
        raise JobNotFound
    locked_instance(work, job.instance_id)
    job = work.session.get(Job, job_id, populate_existing=True)
    if job is None or job.status != "failed":
        raise JobNotFound
    _complete(work, job, variables, actor)


def _complete(work: Work, job: Job, variables: Mapping[str, Any], actor: Actor) -> None:
    checked = check_variables(variables)
    body = {"job": job.id, "element": job.element_id, "variables": checked}
    with turn(work, job.instance_id, "job", body, actor=actor) as execution:
        execution.finish_job(uuid.UUID(job.id), checked)


def throw_job_error(
    work: Work, job_id: str, code: str, variables: Mapping[str, Any], *, worker: str
) -> None:
    """The work ended in a business error: the diagram's error boundary takes over.

    Raises:
        JobNotFound, JobNotHeld, VariablesInvalid
        StepFailed: the diagram draws no boundary for this error.
    """
    from engine.bpmn.running.host import StepFailed

    job = _held(work, job_id, worker)
    checked = check_variables(variables)
    body = {"job": job_id, "element": job.element_id, "error": code, "variables": checked}
    actor = _doer(worker, job, work)
    with turn(work, job.instance_id, "job_error", body, actor=actor) as execution:
        if not execution.throw_error(uuid.UUID(job_id), code, checked):
            raise StepFailed(element=job.element_id, reason=f"nobody handles the error {code!r}")


def fail_job(
    work: Work,
    job_id: str,
    reason: Text,
    *,
    retries: int | None,
    worker: str,
    retry_in: timedelta | None = None,
) -> None:
    """The work failed for now: try again later, or raise an incident when no try is left.

    `retries` are those that are left, one fewer than before if None; `retry_in` replaces the
    back-off.

    Raises:
        JobNotFound, JobNotHeld
    """
    job = _held(work, job_id, worker)
    left = job.retries - 1 if retries is None else retries
    wait = backoff(job.attempts + 1) if retry_in is None else retry_in
    _failed(work, job, reason, left, wait)


def _failed(work: Work, job: Job, reason: Text, retries: int, retry_in: timedelta) -> None:
    job.attempts += 1
    job.retries = retries
    job.status = "ready" if retries > 0 else "failed"
    job.last_error, job.locked_by, job.locked_until = reason.th, None, None
    job.due_at = work.now + retry_in
    data = {"job": job.id, "retries": retries}
    record(work, job.instance_id, "job_failed", data, actor=SYSTEM, element_id=job.element_id)
    if retries > 0:
        work.offer("job", job.id, job.due_at)
        return
    incidents.raise_incident(
        work, job.instance_id, "job", reason, element_id=job.element_id, job_id=job.id
    )


def lapsed_jobs(work: Work, *conditions: sa.ColumnElement[bool], limit: int) -> list[str]:
    return list(
        work.session.scalars(rows_that(is_lapsed, work, Job, LOCKED, *conditions, limit=limit))
    )


def expire_job(work: Work, job_id: str) -> None:
    """Whoever borrowed it did not answer in time: that is a failed try, and the next may have it.

    A case that somebody is at work on is left for the next look.
    """
    found = work.session.get(Job, job_id)
    if found is None or claim_instance(work, found.instance_id) is None:
        return
    lapsed = sa.select(Job).where(Job.id == job_id, LOCKED, is_lapsed(work, table(Job)))
    job = work.session.scalars(lapsed.execution_options(populate_existing=True)).first()
    if job is not None:
        _failed(work, job, incidents.WORKERS_LOST, job.retries - 1, timedelta())


def activate_jobs(
    work: Work, type: str, *, worker: str, limit: int, lock: timedelta
) -> list[JobCall]:
    """Lend jobs to an external worker for a while."""
    for job_id in sorted(lapsed_jobs(work, Job.type == type, limit=limit)):
        expire_job(work, job_id)
    work.session.flush()  # what came back can be lent at once
    ids = take(
        work, Job, *of_types([type]), holder=worker, lease=lock, limit=limit, status="locked"
    )
    lent = {
        job.id: job
        for job in work.session.scalars(
            sa.select(Job).where(Job.id.in_(ids)).execution_options(populate_existing=True)
        )
    }
    return [_call(work, lent[job_id]) for job_id in ids]


def extend_lock(work: Work, job_id: str, *, worker: str, lock: timedelta) -> None:
    """An external worker needs longer.

    Raises:
        JobNotFound, JobNotHeld
    """
    _held(work, job_id, worker).locked_until = work.now + lock


def retry_job(work: Work, job_id: str) -> None:
    """The cause is mended: the job has all its tries again, from now on."""
    job = work.session.get(Job, job_id)
    if job is not None:
        job.status, job.retries, job.due_at = "ready", work.machine.job_retries, work.now
        work.offer("job", job.id, work.now)
