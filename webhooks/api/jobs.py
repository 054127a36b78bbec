"""`/jobs`: work that external workers do for service tasks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine import jobs as engine_jobs
from engine.models import Job
from engine.text import Text
from engine.work import Work
from webhooks.api.blueprint import ApiBlueprint
from webhooks.api.gate import client
from webhooks.api.schemas import (
    ActivateBody,
    JobCompletionBody,
    JobExtensionBody,
    JobFailureBody,
    JobsSchema,
)
from webhooks.errors import JobsDoneHere

jobs = ApiBlueprint("jobs", "Work that external workers do for service tasks.")


@jobs.writes("/jobs/activate", scope="jobs:work", body=ActivateBody, answer=JobsSchema)
def activate_jobs(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """Borrow jobs of one type for a while.

    ขอยืมงานอัตโนมัติชนิดหนึ่งไปทำชั่วคราว
    """
    if body["type"] in work.engine.handlers:
        raise JobsDoneHere(type=body["type"])
    lent = engine_jobs.activate_jobs(
        work,
        body["type"],
        worker=_worker(body),
        limit=body["limit"],
        lock=timedelta(seconds=body["lock_seconds"]),
    )
    return {"items": [work.session.get_one(Job, job.id) for job in lent]}


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
