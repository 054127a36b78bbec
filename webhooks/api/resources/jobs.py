"""`/jobs`: work that external workers do for service tasks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.ground.text import Text
from engine.store.tables import Job
from engine.store.work import Work
from engine.verbs import jobs as engine_jobs
from webhooks.api.authentication import client
from webhooks.api.blueprint import ApiBlueprint
from webhooks.api.long_polling import wait_for_jobs
from webhooks.api.schemas import (
    ActivateBody,
    JobCompletionBody,
    JobErrorBody,
    JobExtensionBody,
    JobFailureBody,
    JobSchema,
    JobsSchema,
)
from webhooks.errors import JobsDoneHere

jobs = ApiBlueprint("jobs", "Work that external workers do for service tasks.")


@jobs.writes(
    "/jobs/activate",
    scope="jobs:work",
    body=ActivateBody,
    answer=JobsSchema,
    before=wait_for_jobs,
)
def activate_jobs(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """Borrow jobs of one type for a while; with `wait_seconds`, wait until there is one.

    ขอยืมงานอัตโนมัติชนิดหนึ่งไปทำชั่วคราว ถ้าระบุ wait_seconds จะรอจนกว่าจะมีงาน
    """
    if body["type"] in work.machine.handlers:
        raise JobsDoneHere(type=body["type"])
    lent = engine_jobs.activate_jobs(
        work,
        body["type"],
        worker=_worker(body),
        limit=body["limit"],
        lock=timedelta(seconds=body["lock_seconds"]),
    )
    return {"items": [_shown(work.session.get_one(Job, job.id), body) for job in lent]}


def _shown(job: Job, body: Mapping[str, Any]) -> dict[str, Any]:
    """The job with the variables that the worker asked for, all of them if it named none."""
    wanted = body["fetch_variables"]
    shown = {name: getattr(job, name) for name in JobSchema().fields}
    if wanted is not None:
        shown["variables"] = {n: v for n, v in job.variables.items() if n in set(wanted)}
    return shown


@jobs.writes(
    "/jobs/<job_id>/complete",
    scope="jobs:work",
    body=JobCompletionBody,
    status=204,
    refusals=(404, 409),
)
def complete_job(work: Work, body: Mapping[str, Any], job_id: str) -> None:
    """Finish a borrowed job with its result.

    ส่งผลของงานอัตโนมัติที่ยืมไป
    """
    engine_jobs.complete_job(work, job_id, body["variables"], worker=_worker(body))


@jobs.writes(
    "/jobs/<job_id>/fail",
    scope="jobs:work",
    body=JobFailureBody,
    status=204,
    refusals=(404, 409),
)
def fail_job(work: Work, body: Mapping[str, Any], job_id: str) -> None:
    """Give a borrowed job back as failed; without a try left it becomes an incident.

    คืนงานอัตโนมัติที่ทำไม่สำเร็จ เมื่อครบจำนวนครั้งจะเป็นเหตุขัดข้อง
    """
    pause = body["retry_in_seconds"]
    engine_jobs.fail_job(
        work,
        job_id,
        Text(body["message"], body["message"]),
        retries=body["retries"],
        worker=_worker(body),
        retry_in=timedelta(seconds=pause) if pause else None,
    )


@jobs.writes(
    "/jobs/<job_id>/error",
    scope="jobs:work",
    body=JobErrorBody,
    status=204,
    refusals=(404, 409),
)
def throw_job_error(work: Work, body: Mapping[str, Any], job_id: str) -> None:
    """End a borrowed job in a business error: the diagram's error boundary takes over.

    แจ้งข้อผิดพลาดทางธุรกิจของงานที่ยืมไป แผนภาพจะไปตามเส้นทางข้อผิดพลาดที่วาดไว้
    """
    worker = _worker(body)
    engine_jobs.throw_job_error(work, job_id, body["code"], body["variables"], worker=worker)


@jobs.writes(
    "/jobs/<job_id>/extend",
    scope="jobs:work",
    body=JobExtensionBody,
    status=204,
    refusals=(404, 409),
)
def extend_job(work: Work, body: Mapping[str, Any], job_id: str) -> None:
    """Keep a borrowed job for longer.

    ขอเวลาทำงานอัตโนมัติเพิ่ม
    """
    lock = timedelta(seconds=body["lock_seconds"])
    engine_jobs.extend_lock(work, job_id, worker=_worker(body), lock=lock)


def _worker(body: Mapping[str, Any]) -> str:
    """A worker of this client: no other client can finish what it borrowed."""
    return f"{client().actor.id}/{body['worker']}"
