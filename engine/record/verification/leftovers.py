"""Nothing outlives its case or its scope: an open task, a wait or a job without a live token behind
it, or a subprocess that goes on where nobody is, is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.bpmn.running.tokens import LIVE
from engine.ground.canonical import loads
from engine.ground.text import Text
from engine.record.differences import Report
from engine.store.tables import Job, UserTask, Wait, table
from engine.store.work import Work

OUTLIVES = Text(
    "ที่ {element}: ยังเปิดอยู่ ทั้งที่เรื่องหรือขั้นตอนที่ครอบอยู่สิ้นสุดแล้ว",
    "at {element}: it is still open, and its case or the scope around it has ended",
)
GOES_ON = Text(
    "เรื่องสิ้นสุดแล้ว แต่ยังมีขั้นตอนดำเนินอยู่ที่ {element}", "the case has ended, and {element} still goes on"
)
NOBODY = Text(
    "กระบวนงานย่อยยังดำเนินอยู่ ทั้งที่ไม่มีขั้นตอนใดเปิดมันไว้ ({element})",
    "a subprocess goes on that no live step holds open ({element})",
)


def report_leftovers(
    work: Work, instances: Mapping[str, Mapping[str, Any]], reports: Mapping[str, Report]
) -> None:
    """Look at the rows `instances` (with id, status and state) and at what is open for them."""
    living = {id: _living(row, reports[id]) for id, row in instances.items()}
    for model in (UserTask, Wait, Job):
        for instance_id, id, element in _open_rows(work, model, list(instances)):
            alive = living[instance_id]
            if alive is not None and _number(id, instance_id) not in alive:
                place = f"{model.__tablename__}/{id}"
                reports[instance_id].differ(instance_id, place, 0, OUTLIVES.format(element=element))


def _open_rows(work: Work, model: type[Any], ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    rows = table(model)
    query = sa.select(rows.c.instance_id, rows.c.id, rows.c.element_id)
    query = query.where(rows.c.instance_id.in_(ids)).order_by(rows.c.id)
    if model is UserTask:
        query = query.where(rows.c.status == "open")
    return (tuple(row) for row in work.session.execute(query))


def _living(instance: Mapping[str, Any], report: Report) -> set[int] | None:
    """The numbers of the live tokens in the stored state, None if it cannot be read.

    A state that was changed since is told where its hash is compared.
    """
    try:
        scopes = loads(instance["state"])["scopes"]
        found: set[int] = set()
        for scope in scopes:  # the outer ones stand first
            tokens = [(row[0], row[2]) for row in scope["tokens"] if row[3] & LIVE]
            element = tokens[0][1] if tokens else "–"
            if "of" in scope and scope["of"] not in found:
                report.differ(instance["id"], "process_instance", 0, NOBODY.format(element=element))
                continue
            found.update(number for number, _ in tokens)
            if tokens and instance["status"] != "running":
                what = GOES_ON.format(element=element)
                report.differ(instance["id"], "process_instance", 0, what)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    return found if instance["status"] == "running" else set()


def _number(id: str, instance_id: str) -> int:
    try:
        return (UUID(id).int - UUID(instance_id).int) % (1 << 128)
    except (ValueError, TypeError, AttributeError):  # whatever lies there for an id
        return -1
