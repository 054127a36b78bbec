"""Internal notices: a reminder or a warning to a role or unit, asked for by the diagram."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import SYSTEM
from engine.ground.text import Text
from engine.store.tables import ProcessInstance
from engine.store.work import JobCall, Work
from engine.turn import history
from engine.turn.definitions import load_bundle
from office.deadlines.public_status import deadline_name
from office.deadlines.reminders.reminder_text import (
    words_of_decision,
    words_of_notice,
    words_of_request,
)
from office.ground.services import Services
from office.ground.tables import Case, Notice
from office.people.access import open_to
from office.people.people import User

CATCH_UP = "catch_up"  # the kind of a notice that makes up for several
EXTENSION, LATE_REPORT = "extension", "late_report"  # of one about a request for more time


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as its reader sees it."""

    id: str
    kind: str
    words: Text  # what the diagram calls the step that sent it
    case_id: str
    receipt_no: str
    sent_at: datetime


def notice_handler(services: Services) -> Callable[[Work, JobCall], Mapping[str, Any] | None]:
    """The handler of `notice` jobs: headers `notice` (its kind) and `to` (groups, by commas)."""

    def send(work: Work, job: JobCall) -> None:
        case = work.session.get_one(Case, job.business_key)
        kind = job.headers.get("notice", job.element_id)
        groups = [group.strip() for group in job.headers.get("to", "").split(",") if group.strip()]
        send_notice(
            work, case, groups, kind=kind, element_id=job.element_id, facts={}, job_id=job.id
        )
        data = {"kind": kind, "to": groups}
        history.record(
            work, job.instance_id, "notice_sent", data, actor=SYSTEM, element_id=job.element_id
        )

    return send


def send_notice(
    work: Work,
    case: Case,
    groups: Iterable[str],
    *,
    kind: str,
    element_id: str,
    facts: Mapping[str, Any],
    job_id: str | None = None,
) -> None:
    """Tell groups of people something about a case; the caller records it."""
    for audience in dict.fromkeys(placed(group, case) for group in groups):
        row = Notice(id=uuid.uuid4().hex, case_id=case.id, audience=audience, kind=kind)
        row.element_id, row.job_id = element_id, job_id
        row.sent_at, row.facts = work.now, dict(facts)
        work.session.add(row)


def notices(work: Work, user: User, *, limit: int = 50) -> list[NoticeView]:
    """Notices to a person's groups, the newest first; one that reached several of them once."""
    query = (
        sa.select(Notice, Case.receipt_no, ProcessInstance.definition_id)
        .join(Case, Case.id == Notice.case_id)
        .join(ProcessInstance, ProcessInstance.id == Case.instance_id)
        .where(Notice.audience.in_(sorted(user.groups)), *open_to(work, user))
        .order_by(Notice.sent_at.desc(), Notice.id)
        .limit(limit)
    )
    found: dict[tuple[str, str, datetime], NoticeView] = {}
    for row, receipt_no, definition_id in work.session.execute(query):
        words = _words(work, definition_id, row)
        view = NoticeView(row.id, row.kind, words, row.case_id, receipt_no, row.sent_at)
        found.setdefault((row.case_id, row.element_id, row.sent_at), view)
    return list(found.values())


def _words(work: Work, definition_id: str, notice: Notice) -> Text:
    def name(key: str) -> Text:
        return deadline_name(work, definition_id, key)

    if "rungs" in notice.facts:
        return words_of_notice(notice.facts, name, is_catch_up=notice.kind == CATCH_UP)
    if "asked" in notice.facts:
        return words_of_request(notice.facts["asked"], name, is_late=notice.kind == LATE_REPORT)
    if "decided" in notice.facts:
        return words_of_decision(notice.facts["decided"], name)
    node = load_bundle(work, definition_id).definition.drawn(notice.element_id)
    return node.name if node is not None else Text(notice.kind, notice.kind)


def placed(group: str, case: Case) -> str:
    """`unit_director@` means the director of the unit that holds the case."""
    return f"{group}{case.lead_unit or ''}" if group.endswith("@") else group
