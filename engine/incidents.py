"""What needs a person to look at: the case waits, the cause is kept, nothing is lost."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from engine.actor import Actor
from engine.errors import EngineError
from engine.history import record
from engine.models import Incident, Job
from engine.text import Text
from engine.work import Work


class IncidentNotFound(EngineError):
    """There is no such open incident."""

    thai = "ไม่พบเหตุขัดข้องนี้ หรือแก้ไขเสร็จแล้ว"


def raise_incident(
    work: Work,
    instance_id: str | None,
    kind: str,
    reason: str | Text,
    *,
    element_id: str,
    job_id: str | None = None,
) -> str:
    """Open an incident, once per cause: the same element failing again adds nothing."""
    from engine.actor import SYSTEM

    text = reason if isinstance(reason, Text) else Text(reason, reason)
    query = sa.select(Incident.id).where(
        Incident.instance_id == instance_id,
        Incident.element_id == element_id,
        Incident.kind == kind,
        Incident.job_id == job_id,
        Incident.resolved_at.is_(None),
    )
    found = work.session.scalar(query)
    if found is not None:
        return found
    row = Incident(
        id=uuid.uuid4().hex,
        instance_id=instance_id,
        job_id=job_id,
        element_id=element_id,
        kind=kind,
        message_th=text.th,
        message_en=text.en,
        raised_at=work.now,
        resolved_at=None,
        resolved_by=None,
    )
    work.session.add(row)
    if instance_id is not None:
        data = {"incident": row.id, "kind": kind}
        record(work, instance_id, "incident_raised", data, actor=SYSTEM, element_id=element_id)
    return row.id


def resolve_incident(work: Work, incident_id: str, *, actor: Actor) -> None:
    """Close an incident and let what failed be tried again."""
    from engine import outbox

    row = work.session.get(Incident, incident_id)
    if row is None or row.resolved_at is not None:
        raise IncidentNotFound
    row.resolved_at, row.resolved_by = work.now, actor.id
    if row.kind == "outbox" and row.job_id is not None:
        outbox.retry(work, row.job_id)
    job = None if row.job_id is None else work.session.get(Job, row.job_id)
    if job is not None:
        job.status, job.retries, job.due_at = "ready", work.engine.job_retries, work.now
        work.after_commit(work.engine.wake)
    if row.instance_id is not None:
        record(
            work,
            row.instance_id,
            "incident_resolved",
            {"incident": row.id},
            actor=actor,
            element_id=row.element_id,
        )


def open_incidents(work: Work, limit: int = 200) -> list[Incident]:
    query = sa.select(Incident).where(Incident.resolved_at.is_(None))
    return list(work.session.scalars(query.order_by(Incident.raised_at).limit(limit)))
