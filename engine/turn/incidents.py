"""Raising an incident: the case waits, the cause is kept for an administrator, nothing is lost."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from engine.bpmn.running.host import StepFailed
from engine.ground.actor import SYSTEM
from engine.ground.errors import Refusal
from engine.ground.text import Text
from engine.store.machine import Machine
from engine.store.tables import Incident
from engine.store.transactions import begin
from engine.store.work import Work
from engine.turn.history import record

WORKERS_LOST = Text(
    "ผู้ทำงานเบื้องหลังหยุดไปกลางคันหรือไม่ตอบภายในเวลาที่กำหนด",
    "The worker stopped in the middle, or did not answer in time",
)


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


def report_failed_step(machine: Machine, instance_id: str, failed: StepFailed) -> None:
    """Tell an administrator of a case whose automatic step failed, in a transaction of its own."""
    element = str(failed.facts["element"])
    with begin(machine, report_incident=False) as work:
        raise_incident(work, instance_id, "step", failed.text, element_id=element)
