"""Work that service and send tasks ask for: done by handlers here or by external workers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import incidents
from engine.actor import SYSTEM, Actor
from engine.errors import EngineError, Refusal
from engine.history import record
from engine.models import Job, ProcessInstance, fixed
from engine.outbox import backoff
from engine.runtime import check_variables
from engine.text import Text
from engine.turn import turn
from engine.work import JobCall, Work

if TYPE_CHECKING:
    from engine.engine import Engine

Handler = Callable[[Work, JobCall], Mapping[str, Any] | None]


class JobNotFound(EngineError):
    """The job is unknown, finished, or held by another worker."""

    thai = "ไม่พบงานอัตโนมัตินี้ หรือเสร็จแล้ว หรือผู้อื่นกำลังทำอยู่"


class BpmnError(Exception):
    """A business error that the diagram handles with an error boundary event of the same code."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None):
        self.code = code
        self.variables = dict(variables or {})
        super().__init__(message or code)


def due_jobs(work: Work, types: list[str], limit: int) -> list[str]:
    query = (
        sa.select(Job.id)
        .where(
            Job.status != fixed("failed"),
            Job.due_at <= work.now,
            Job.type.in_(types),
            sa.or_(Job.locked_until.is_(None), Job.locked_until <= work.now),
        )
        .order_by(Job.due_at, Job.id)
        .limit(limit)
    )
    return list(work.session.scalars(query))


def run_job(engine: Engine, job_id: str) -> bool:
    """Run a job's handler and finish the job, in one transaction; False if another has it."""
    try:
        with engine.begin(tell=False) as work:
            job = _locked(work, job_id)
            if job is None:
                return False
            handler = engine.handlers[job.type]
            _finish_with(work, job, handler)
    except Exception as error:  # whatever a handler raises is kept, retried and shown
        reason = _reason(error)
        with engine.begin() as work:
            fail_job(work, job_id, reason, retries=None, worker=None)
    return True


def _finish_with(work: Work, job: Job, handler: Handler) -> None:
    call = _call(work, job)
    try:
        result = handler(work, call)
    except BpmnError as error:
        throw_job_error(work, job.id, error.code, error.variables, worker=None)
        return
    complete_job(work, job.id, result or {}, worker=None)


def _call(work: Work, job: Job) -> JobCall:
    from engine.definitions import load_bundle

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


def _locked(work: Work, job_id: str) -> Job | None:
    query = sa.select(Job).where(Job.id == job_id, Job.status != "failed")
    return work.session.scalars(query.with_for_update(skip_locked=True)).first()


def _reason(error: Exception) -> Text:
    # The text of a foreign error may hold a name or an address; its kind is enough to look it up.
    return error.text if isinstance(error, Refusal) else Text(*[type(error).__name__] * 2)


def _held(work: Work, job_id: str, worker: str | None) -> Job:
    job = work.session.get(Job, job_id)
    if job is None or (worker is not None and job.locked_by != worker):
        raise JobNotFound
    return job


def complete_job(
    work: Work, job_id: str, variables: Mapping[str, Any], *, worker: str | None
) -> None:
    """The work is done: keep its result and move the case on."""
    job = _held(work, job_id, worker)
    checked = check_variables(variables)
    body = {"job": job_id, "element": job.element_id, "variables": checked}
    actor = SYSTEM if worker is None else Actor(worker)
    with turn(work, job.instance_id, "job", body, actor=actor) as execution:
        execution.finish_job(uuid.UUID(job_id), checked)


def throw_job_error(
    work: Work, job_id: str, code: str, variables: Mapping[str, Any], *, worker: str | None
) -> None:
    """The work ended in a business error: the diagram's error boundary takes over."""
    from engine.bpmn.host import StepFailed

    job = _held(work, job_id, worker)
    checked = check_variables(variables)
    body = {"job": job_id, "element": job.element_id, "error": code, "variables": checked}
    actor = SYSTEM if worker is None else Actor(worker)
    with turn(work, job.instance_id, "job_error", body, actor=actor) as execution:
        if not execution.throw_error(uuid.UUID(job_id), code, checked):
            raise StepFailed(element=job.element_id, reason=f"nobody handles the error {code!r}")


def fail_job(
    work: Work, job_id: str, reason: Text, *, retries: int | None, worker: str | None
) -> None:
    """The work failed for now: try again later, or raise an incident when no try is left."""
    job = work.session.get(Job, job_id)
    if job is None or (worker is not None and job.locked_by != worker):
        return  # the case has moved on, or another worker has taken the job over
    job.attempts += 1
    job.retries = job.retries - 1 if retries is None else retries
    job.last_error, job.locked_by, job.locked_until = reason.th, None, None
    job.due_at = work.now + backoff(job.attempts)
    data = {"job": job_id, "retries": job.retries}
    record(work, job.instance_id, "job_failed", data, actor=SYSTEM, element_id=job.element_id)
    if job.retries <= 0:
        job.status = "failed"
        incidents.raise_incident(
            work, job.instance_id, "job", reason, element_id=job.element_id, job_id=job_id
        )


def activate_jobs(
    work: Work, type: str, *, worker: str, limit: int, lock: timedelta
) -> list[JobCall]:
    """Lend jobs to an external worker for a while."""
    activated = []
    for job_id in due_jobs(work, [type], limit):
        job = _locked(work, job_id)
        if job is not None:
            job.status, job.locked_by, job.locked_until = "locked", worker, work.now + lock
            activated.append(_call(work, job))
    return activated


def extend_lock(work: Work, job_id: str, *, worker: str, lock: timedelta) -> None:
    """An external worker needs longer."""
    job = _held(work, job_id, worker)
    job.locked_until = work.now + lock
