"""What needs a person to look at: the case waits, the cause is kept, nothing is lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.errors import EngineError, Refusal
from engine.ground.text import Text
from engine.store.instances import locked_instance
from engine.store.tables import Incident
from engine.store.work import Work
from engine.turn.history import record

WORKERS_LOST = Text(
    "ผู้ทำงานเบื้องหลังหยุดไปกลางคันหรือไม่ตอบภายในเวลาที่กำหนด",
    "The worker stopped in the middle, or did not answer in time",
)


class IncidentNotFound(EngineError):
    """There is no such open incident."""

    thai = "ไม่พบเหตุขัดข้องนี้ หรือแก้ไขเสร็จแล้ว"


def cause(error: Exception) -> Text:
    """What an administrator may read about an error.

    The text of a foreign error may hold a name or an address; its kind is enough to look it up.
    """
    return error.text if isinstance(error, Refusal) else Text(*[type(error).__name__] * 2)


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
    from engine.ground.actor import SYSTEM

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
    """Close an incident and let what failed be tried again.

    Raises:
        IncidentNotFound: there is none, or it was closed before.
    """
    row = _close(work, incident_id, actor, {})
    _try_again(work, row)


def settle_incident(
    work: Work, incident_id: str, variables: Mapping[str, Any], *, actor: Actor
) -> None:
    """Close an incident without another try. What a job should have done was done by hand, and
    these variables are its result; anything else stays as it failed.

    Raises:
        IncidentNotFound: there is none, or it was closed before.
        JobNotFound: the case does not wait for the job any more.
        VariablesInvalid: a result cannot be kept.
    """
    from engine.verbs import jobs

    row = _close(work, incident_id, actor, {"by_hand": True})
    if row.kind == "job" and row.job_id is not None:
        jobs.settle_job(work, row.job_id, variables, actor=actor)


def _close(work: Work, incident_id: str, actor: Actor, how: Mapping[str, Any]) -> Incident:
    row = work.session.get(Incident, incident_id)
    if row is not None and row.instance_id is not None:
        locked_instance(work, row.instance_id)  # the case first, as everybody who moves it does
    row = work.session.get(Incident, incident_id, with_for_update=True, populate_existing=True)
    if row is None or row.resolved_at is not None:
        raise IncidentNotFound
    row.resolved_at, row.resolved_by = work.now, actor.id
    if row.instance_id is not None:
        data = {"incident": row.id, **how}
        record(
            work,
            row.instance_id,
            "incident_resolved",
            data,
            actor=actor,
            element_id=row.element_id,
        )
    return row


def _try_again(work: Work, incident: Incident) -> None:
    from engine.verbs import jobs, outbox, timers

    if incident.kind == "outbox" and incident.job_id is not None:
        outbox.retry(work, incident.job_id)
    if incident.kind == "job" and incident.job_id is not None:
        jobs.retry_job(work, incident.job_id)
    if incident.kind == "timer" and incident.instance_id is not None:
        timers.retry_timers(work, incident.instance_id, incident.element_id)
    if incident.kind == "start":
        timers.retry_start(work, incident.element_id)


def open_incidents(work: Work, limit: int = 200) -> list[Incident]:
    query = sa.select(Incident).where(Incident.resolved_at.is_(None))
    return list(work.session.scalars(query.order_by(Incident.raised_at).limit(limit)))
