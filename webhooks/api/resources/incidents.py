"""`/incidents` and `/doors`: what needs an administrator."""

from collections.abc import Mapping
from typing import Any

from engine.ground.text import Text
from engine.store.tables import Incident, OutboxMessage
from engine.store.work import Work
from engine.verbs import incidents as engine_incidents
from engine.verbs.incidents import IncidentNotFound
from webhooks import listing
from webhooks.api import paging
from webhooks.api.authentication import client
from webhooks.api.blueprint import ApiBlueprint
from webhooks.api.schemas import (
    IncidentPageSchema,
    IncidentQuery,
    RefusalReportSchema,
    SettleSchema,
)
from webhooks.inbound.sources import refusals
from webhooks.outbound.subscribers import failed_deliveries
from webhooks.visibility import must_see

incidents = ApiBlueprint("incidents", "What needs an administrator.")


@incidents.reads(
    "/incidents", scope="incidents:read", answer=IncidentPageSchema, query=IncidentQuery
)
def list_incidents(work: Work, query: dict[str, Any]) -> dict[str, Any]:
    """List incidents, the newest first.

    รายการเหตุขัดข้อง เรียงจากใหม่ไปเก่า
    """
    place = paging.decode(query.get("cursor"), 2)
    after = None if place is None else (paging.moment(place[0]), paging.word(place[1]))
    limit = query["limit"]
    found = listing.incidents(work, client(), query, limit=limit + 1, after=after)
    rows, following = paging.page(found, limit, lambda row: (row.raised_at.isoformat(), row.id))
    return {"items": [_incident(row) for row in rows], "next": following}


@incidents.writes(
    "/incidents/<incident_id>/resolve",
    scope="incidents:write",
    status=204,
    refusals=(404, 409),
)
def resolve_incident(work: Work, incident_id: str) -> None:
    """Close an incident and let what failed be tried again.

    ปิดเหตุขัดข้องและให้ลองทำสิ่งที่ล้มเหลวใหม่
    """
    _seen(work, incident_id)
    engine_incidents.resolve_incident(work, incident_id, actor=client().actor)


@incidents.writes(
    "/incidents/<incident_id>/settle",
    scope="incidents:write",
    body=SettleSchema,
    status=204,
    refusals=(404, 409),
)
def settle_incident(work: Work, body: dict[str, Any], incident_id: str) -> None:
    """Close an incident without another try: what failed was done by hand, with this result.

    ปิดเหตุขัดข้องโดยไม่ลองใหม่ เพราะทำเองแล้ว และผลเป็นดังนี้
    """
    _seen(work, incident_id)
    engine_incidents.settle_incident(work, incident_id, body["variables"], actor=client().actor)


def _seen(work: Work, incident_id: str) -> None:
    row = work.session.get(Incident, incident_id)
    if row is None:
        raise IncidentNotFound
    if row.instance_id is not None:
        must_see(work, row.instance_id, client())


@incidents.reads("/doors", scope="hooks:read", answer=RefusalReportSchema)
def report_refusals(work: Work) -> Mapping[str, Any]:
    """Read what was refused at `/hooks`, and what never reached its subscriber.

    ดูสิ่งที่ถูกปฏิเสธที่ /hooks และเหตุการณ์ที่ส่งไม่ถึงผู้รับ
    """
    failed = [_delivery(row) for row in failed_deliveries(work)]
    return {"refusals": refusals(work), "failed_deliveries": failed}


def _incident(row: Incident) -> dict[str, Any]:
    return {
        "id": row.id,
        "instance_id": row.instance_id,
        "job_id": row.job_id,
        "element_id": row.element_id,
        "kind": row.kind,
        "message": Text(row.message_th, row.message_en),
        "raised_at": row.raised_at,
        "resolved_at": row.resolved_at,
    }


def _delivery(row: OutboxMessage) -> dict[str, Any]:
    return {
        "id": row.id,
        "subscriber": row.payload["subscriber"],
        "event": row.payload["event"]["type"],
        "attempts": row.attempts,
        "last_error": row.last_error,
        "created_at": row.created_at,
    }
