"""Closing an incident: what failed is tried again, or was settled by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.errors import EngineError
from engine.store.instances import locked_instance
from engine.store.tables import Incident
from engine.store.work import Work
from engine.turn.history import record
from engine.verbs import deliveries, jobs, timers


class IncidentNotFound(EngineError):
    """There is no such open incident."""

    thai = "ไม่พบเหตุขัดข้องนี้ หรือแก้ไขเสร็จแล้ว"


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
    if incident.kind == "outbox" and incident.job_id is not None:
        deliveries.retry(work, incident.job_id)
    if incident.kind == "job" and incident.job_id is not None:
        jobs.retry_job(work, incident.job_id)
    if incident.kind == "timer" and incident.instance_id is not None:
        timers.retry_timers(work, incident.instance_id, incident.element_id)
    if incident.kind == "start":
        timers.retry_start(work, incident.element_id)


def open_incidents(work: Work, limit: int = 200) -> list[Incident]:
    query = sa.select(Incident).where(Incident.resolved_at.is_(None))
    return list(work.session.scalars(query.order_by(Incident.raised_at).limit(limit)))
