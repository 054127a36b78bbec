"""Keyset lists that machines read: instances, their history, incidents."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.tables import (
    Deployment,
    HistoryEvent,
    Incident,
    ProcessDefinition,
    ProcessInstance,
)
from engine.store.work import Work
from office.ground.tables import Case
from webhooks.clients import Client
from webhooks.visibility import has_standing, seen

Place = tuple[datetime, str]


def instances(
    work: Work, client: Client, filters: dict[str, Any], *, limit: int, after: Place | None
) -> list[ProcessInstance]:
    """Instances the client may see, the newest first; `after` is the last row's place."""
    started, id = ProcessInstance.started_at, ProcessInstance.id
    query = sa.select(ProcessInstance, Case).outerjoin(Case, Case.instance_id == id)
    query = query.where(*_matching(filters))
    if not has_standing(work, client):
        # Its complaints, if any, it reaches through its tasks; looking through all others would
        # cost more the more complaints there are.
        query = query.where(Case.id.is_(None))
    if after is not None:
        query = query.where(sa.tuple_(started, id) < _bound(started, after))
    return _first(work, client, query.order_by(started.desc(), id.desc()), limit)


def _matching(filters: dict[str, Any]) -> Iterator[sa.ColumnElement[bool]]:
    if filters.get("status"):
        yield ProcessInstance.status == filters["status"]
    if filters.get("business_key"):
        yield ProcessInstance.business_key == filters["business_key"]
    if filters.get("process"):
        ids = sa.select(ProcessDefinition.id).where(ProcessDefinition.key == filters["process"])
        yield ProcessInstance.definition_id.in_(ids)


def history_of(
    work: Work, instance_id: str, *, limit: int, after: int | None
) -> list[HistoryEvent]:
    """What happened in an instance, from the beginning; `after` is the last event's number."""
    query = sa.select(HistoryEvent).where(HistoryEvent.instance_id == instance_id)
    if after is not None:
        query = query.where(HistoryEvent.seq > after)
    return list(work.session.scalars(query.order_by(HistoryEvent.seq).limit(limit)))


def incidents(
    work: Work, client: Client, filters: dict[str, Any], *, limit: int, after: Place | None
) -> list[Incident]:
    """Incidents, the newest first; those of complaints only for whom the complaint is."""
    raised, id = Incident.raised_at, Incident.id
    query = sa.select(Incident, Case).outerjoin(Case, Case.instance_id == Incident.instance_id)
    is_open = Incident.resolved_at.is_(None)
    query = query.where(~is_open if filters.get("resolved") else is_open)
    if filters.get("instance_id"):
        query = query.where(Incident.instance_id == filters["instance_id"])
    if after is not None:
        query = query.where(sa.tuple_(raised, id) < _bound(raised, after))
    return _first(work, client, query.order_by(raised.desc(), id.desc()), limit)


def versions(work: Work, key: str | None = None) -> list[tuple[ProcessDefinition, datetime]]:
    """Every version of every process (or of one), newest first, with the moment of deployment."""
    query = sa.select(ProcessDefinition, Deployment.deployed_at).join(
        Deployment, Deployment.id == ProcessDefinition.deployment_id
    )
    if key is not None:
        query = query.where(ProcessDefinition.key == key)
    newest_first = (ProcessDefinition.key, ProcessDefinition.version.desc())
    return [(row, at) for row, at in work.session.execute(query.order_by(*newest_first))]


def _bound(moment: Any, after: Place) -> Any:
    return sa.tuple_(sa.literal(after[0], moment.type), sa.literal(after[1]))


def _first(work: Work, client: Client, query: sa.Select[Any, Any], limit: int) -> list[Any]:
    """The first rows whose complaint, if they have one, the client sees: decided for as many rows
    at once as a page has, in the same few statements however many they are."""
    found: list[Any] = []
    # Closed by name: on PostgreSQL a page that ends early leaves a server-side cursor open.
    with work.session.execute(query.execution_options(yield_per=max(limit, 100))) as rows:
        for part in rows.partitions():
            shown = seen(work, [case for _, case in part], client)
            found += [row for row, case in part if (case and case.id) in shown]
            if len(found) >= limit:
                break
    return found[:limit]
