"""`/tasks`: what waits for somebody in the client's groups."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.ground.errors import InstanceNotFound, TaskClosed, TaskNotFound
from engine.ground.text import Text
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.verbs import queries, runtime
from office.people import handover
from office.people.access import NONE
from webhooks.api import paging
from webhooks.api.authentication import client
from webhooks.api.blueprint import ApiBlueprint
from webhooks.api.if_match import must_match
from webhooks.api.schemas import (
    CompletionBody,
    HandoverBody,
    OneTaskSchema,
    TaskPageSchema,
    TaskQuery,
)
from webhooks.completion import complete
from webhooks.context import api_context
from webhooks.visibility import as_user, hidden_instances, must_see

tasks = ApiBlueprint("tasks", "What waits for somebody in the client's groups.")


@tasks.reads("/tasks", scope="tasks:read", answer=TaskPageSchema, query=TaskQuery)
def list_tasks(work: Work, query: Mapping[str, Any]) -> dict[str, Any]:
    """List open tasks of the client's groups, by due date.

    รายการงานที่เปิดอยู่ของกลุ่มที่โปรแกรมนี้ทำงานแทน เรียงตามกำหนดเสร็จ
    """
    after = _place(query.get("cursor"))
    found = queries.open_tasks(
        work,
        actor=client().actor,
        instance_id=query.get("instance_id"),
        limit=query["limit"] + 1,
        after=after,
    )
    rows, following = paging.page(found, query["limit"], _place_of)
    hidden = hidden_instances(work, [task.instance_id for task in rows], client())
    items = [shown(task) for task in rows if task.instance_id not in hidden]
    return {"items": items, "next": following}


@tasks.reads(
    "/tasks/<task_id>",
    scope="tasks:read",
    answer=OneTaskSchema,
    refusals=(404,),
    revisioned=True,
)
def get_task(work: Work, task_id: str) -> dict[str, Any]:
    """Read one open task.

    ดูงานหนึ่งงานที่เปิดอยู่
    """
    try:
        return _one(work, _mine(work, task_id))
    except TaskClosed as closed:
        raise TaskNotFound from closed  # only open ones can be read here


@tasks.writes(
    "/tasks/<task_id>/claim",
    scope="tasks:write",
    answer=OneTaskSchema,
    refusals=(404, 409),
    matches=True,
)
def claim_task(work: Work, task_id: str) -> dict[str, Any]:
    """Claim a task, so that nobody else works on it.

    รับงานไว้ทำ ผู้อื่นจะทำซ้ำไม่ได้
    """
    must_match(work, _mine(work, task_id).instance_id)
    runtime.claim_user_task(work, task_id, actor=client().actor)
    return _one(work, queries.task(work, task_id))


@tasks.writes(
    "/tasks/<task_id>/release",
    scope="tasks:write",
    answer=OneTaskSchema,
    refusals=(404, 409),
    matches=True,
)
def release_task(work: Work, task_id: str) -> dict[str, Any]:
    """Give a claimed task back to its groups.

    คืนงานให้กลุ่มที่รับผิดชอบ
    """
    must_match(work, _mine(work, task_id).instance_id)
    runtime.release_user_task(work, task_id, actor=client().actor)
    return _one(work, queries.task(work, task_id))


@tasks.writes(
    "/tasks/<task_id>/reassign",
    scope="tasks:write",
    body=HandoverBody,
    status=204,
    refusals=(404, 409),
)
def reassign_task(work: Work, body: Mapping[str, Any], task_id: str) -> None:
    """Hand a task of a complaint over to another of its candidates, as their head.

    มอบงานของเรื่องร้องเรียนให้ผู้อื่นที่ทำได้ ในฐานะหัวหน้า
    """
    if must_see(work, _task(work, task_id).instance_id, client()) is None:
        raise TaskNotFound  # other processes know no heads
    services, head = api_context().services, as_user(client())
    handover.hand_over(work, services, [task_id], body["to"], head, reason=body["reason"])


@tasks.writes(
    "/tasks/<task_id>/complete",
    scope="tasks:write",
    body=CompletionBody,
    status=204,
    refusals=(404, 409),
    matches=True,
)
def complete_task(work: Work, body: Mapping[str, Any], task_id: str) -> None:
    """Complete a task with the answers to its form.

    ทำงานให้เสร็จด้วยคำตอบตามแบบฟอร์มของงาน
    """
    task = _mine(work, task_id)
    must_match(work, task.instance_id)
    complete(work, api_context().services, task, body["answers"], client())


def shown(task: UserTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "instance_id": task.instance_id,
        "definition_id": task.definition_id,
        "process": task.process_key,
        "element_id": task.element_id,
        "name": Text(task.name_th, task.name_en),
        "form": task.form,
        "assignee": task.assignee,
        "candidate_groups": task.candidate_groups,
        "priority": task.priority,
        "created_at": task.created_at,
        "due_at": task.due_at,
    }


def _one(work: Work, task: UserTask) -> dict[str, Any]:
    instance = queries.instance(work, task.instance_id)
    one = shown(task) | {"revision": instance.revision}
    if must_see(work, task.instance_id, client()) is None:
        one["variables"] = queries.task_variables(work, task.id)
    return one


def _mine(work: Work, task_id: str) -> UserTask:
    """An open task that the client may take or holds; any other does not exist for it.

    Raises:
        TaskNotFound
    """
    task, actor = _task(work, task_id), client().actor
    named = actor.id in {task.assignee, *task.candidate_users}
    if not named and actor.groups.isdisjoint(task.candidate_groups):
        raise TaskNotFound
    return runtime.must_be_open(task)


def _task(work: Work, task_id: str) -> UserTask:
    """A task of a case that the client sees, open or not."""
    task = work.session.get(UserTask, task_id, populate_existing=True)
    try:
        must_see(work, NONE if task is None else task.instance_id, client())
    except InstanceNotFound:
        raise TaskNotFound from None
    if task is None:
        raise TaskNotFound
    return task


def _place_of(task: UserTask) -> tuple[str | None, str]:
    return (task.due_at.isoformat() if task.due_at else None, task.id)


def _place(cursor: str | None) -> tuple[datetime | None, str] | None:
    place = paging.decode(cursor, 2)
    return (
        None if place is None else (paging.moment(place[0], optional=True), paging.word(place[1]))
    )
