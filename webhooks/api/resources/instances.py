"""`/instances`: processes that run, where they stand and what happened in them."""

from collections.abc import Mapping
from typing import Any

from engine.store.tables import ProcessInstance
from engine.store.work import Work
from engine.verbs import queries, runtime
from webhooks import listing
from webhooks.api import paging
from webhooks.api.authentication import client
from webhooks.api.blueprint import ApiBlueprint
from webhooks.api.if_match import must_match
from webhooks.api.schemas import (
    CancelBody,
    HistorySchema,
    InstancePageSchema,
    InstanceQuery,
    OneInstanceSchema,
    PageQuery,
    StartBody,
    StartedSchema,
)
from webhooks.errors import CursorRefused
from webhooks.visibility import must_be_free, must_be_free_process, must_see

instances = ApiBlueprint("instances", "Processes that run, and what happened in them.")


@instances.reads(
    "/instances", scope="instances:read", answer=InstancePageSchema, query=InstanceQuery
)
def list_instances(work: Work, query: dict[str, Any]) -> dict[str, Any]:
    """List process instances, the newest first.

    รายการเรื่องที่ดำเนินการ เรียงจากใหม่ไปเก่า
    """
    place = paging.decode(query.get("cursor"), 2)
    after = None if place is None else (paging.moment(place[0]), paging.word(place[1]))
    limit = query["limit"]
    found = listing.instances(work, client(), query, limit=limit + 1, after=after)
    rows, following = paging.page(found, limit, lambda row: (row.started_at.isoformat(), row.id))
    return {"items": rows, "next": following}


@instances.writes(
    "/instances",
    scope="instances:write",
    body=StartBody,
    answer=StartedSchema,
    status=201,
    refusals=(404,),
)
def start_instance(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """Start the newest version of a process; `start_event` names one where it has several.

    เริ่มกระบวนงานรุ่นล่าสุด หากมีจุดเริ่มหลายจุดให้ระบุด้วย start_event
    """
    must_be_free_process(work, body["process"])
    started = runtime.start_instance(
        work,
        body["process"],
        body["variables"],
        actor=client().actor,
        business_key=body["business_key"],
        start_event=body["start_event"] or "",
    )
    return {"instance_id": started}


@instances.reads(
    "/instances/<instance_id>",
    scope="instances:read",
    answer=OneInstanceSchema,
    refusals=(404,),
    revisioned=True,
)
def get_instance(work: Work, instance_id: str) -> dict[str, Any]:
    """Read one instance and where it stands.

    ดูเรื่องหนึ่งเรื่องและตำแหน่งที่ดำเนินการอยู่
    """
    case = must_see(work, instance_id, client())
    one = _shown(queries.instance(work, instance_id))
    one["standing"] = queries.marking(work, instance_id)
    if case is None:
        one["variables"] = queries.variables(work, instance_id)
    return one


@instances.writes(
    "/instances/<instance_id>/cancel",
    scope="instances:write",
    body=CancelBody,
    status=204,
    refusals=(404, 409),
    matches=True,
)
def cancel_instance(work: Work, body: Mapping[str, Any], instance_id: str) -> None:
    """End an instance before its time.

    ยกเลิกเรื่องก่อนสิ้นสุด
    """
    must_be_free(work, instance_id, client())
    must_match(work, instance_id)
    runtime.cancel_instance(work, instance_id, body["reason"], actor=client().actor)


@instances.reads(
    "/instances/<instance_id>/history",
    scope="history:read",
    answer=HistorySchema,
    query=PageQuery,
    refusals=(404,),
)
def list_history(work: Work, query: Mapping[str, Any], instance_id: str) -> dict[str, Any]:
    """Read what happened in an instance, from the beginning.

    ดูประวัติของเรื่องตั้งแต่ต้น
    """
    must_see(work, instance_id, client())
    place = paging.decode(query.get("cursor"), 1)
    limit = query["limit"]
    found = listing.history_of(work, instance_id, limit=limit + 1, after=_number(place))
    rows, following = paging.page(found, limit, lambda event: (event.seq,))
    return {"items": rows, "next": following}


def _shown(row: ProcessInstance) -> dict[str, Any]:
    return {
        "id": row.id,
        "definition_id": row.definition_id,
        "business_key": row.business_key,
        "status": row.status,
        "revision": row.revision,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
    }


def _number(place: list[Any] | None) -> int | None:
    if place is None:
        return None
    if not isinstance(place[0], int) or isinstance(place[0], bool) or not 0 <= place[0] < 2**31:
        raise CursorRefused
    return place[0]
