"""Examiners are recorded too: which case they opened, what they searched for, when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.store.tables import HistoryEvent
from engine.store.work import Work
from engine.turn import history
from office.cases.reveal_tables import AuditLook
from office.people import people
from office.people.access import as_examiner, load_case
from office.people.people import User

ONE_VISIT = timedelta(minutes=30)  # stepping through a case is one look at it, not three hundred


@dataclass(frozen=True, slots=True)
class Look:
    """A search or a page of figures that somebody asked for."""

    id: str
    by: str
    at: datetime
    kind: str
    facts: Mapping[str, Any]


def is_noted(work: Work, case_id: str, user: User) -> bool:
    """Whether this visit of theirs to the case stands in its record already.

    Raises:
        CaseNotFound: the case is not there, or not for them.
    """
    case, _ = load_case(work, case_id, user)
    if case.instance_id is None:
        return True
    query = sa.select(HistoryEvent.seq).where(
        HistoryEvent.instance_id == case.instance_id,
        HistoryEvent.type == "case_read",
        HistoryEvent.actor == user.id,
        HistoryEvent.at > work.now - ONE_VISIT,
    )
    return work.session.scalar(query.limit(1)) is not None


def note_case(work: Work, case_id: str, user: User) -> None:
    """Write into the case's own chain that somebody opened it to examine it.

    Raises:
        CaseNotFound: the case is not there, or not for them.
    """
    case, _ = load_case(work, case_id, user)
    if case.instance_id is not None and not is_noted(work, case_id, user):
        history.record(work, case.instance_id, "case_read", {}, actor=as_examiner(work, user))


def note_access(work: Work, kind: str, facts: Mapping[str, Any], user: User) -> None:
    """Keep what an examiner searched for; `facts` hold keys and dates, nothing that was typed."""
    row = AuditLook(id=uuid.uuid4().hex, account_id=user.id, at=work.now, kind=kind)
    row.facts = dict(facts)
    work.session.add(row)


def looks(work: Work, *, limit: int = 50, after: str | None = None) -> list[Look]:
    """What examiners asked for, the newest first; `after` is the last id of a page."""
    query = sa.select(AuditLook).order_by(AuditLook.at.desc(), AuditLook.id.desc()).limit(limit)
    last = work.session.get(AuditLook, after) if after else None
    if last is not None:
        query = query.where(sa.tuple_(AuditLook.at, AuditLook.id) < (last.at, last.id))
    rows = list(work.session.scalars(query))
    names = people.display_names(work, [row.account_id for row in rows])
    return [
        Look(row.id, names.get(row.account_id, "—"), row.at, row.kind, row.facts) for row in rows
    ]
