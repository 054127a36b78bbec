"""Whoever looks is recorded too: which case they opened, what they searched for, when."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.store.tables import AdministrationEvent, HistoryEvent
from engine.store.work import Work
from engine.turn import administration, history
from engine.turn.commitments import moment
from office.cases.reveal_tables import AuditLook
from office.people.access import as_examiner, load_case
from office.people.people import User

CASE_OPENED = "case_opened"
VISITS_KEPT = 10_000
ONE_VISIT = timedelta(minutes=30)  # stepping through a case is one look at it, not three hundred


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
    """Keep what an examiner searched for or took out; `facts` hold keys and dates, nothing that was
    typed."""
    administration.note(work, kind, data=facts, actor=as_examiner(work, user))


class Visits(OrderedDict[tuple[str, str], datetime]):
    """Who opened which case last, as far as this process has written it down: the next page of a
    visit need not ask the database."""

    def keep(self, user_id: str, case_id: str, at: datetime) -> None:
        self[user_id, case_id] = at
        self.move_to_end((user_id, case_id))
        while len(self) > VISITS_KEPT:
            self.popitem(last=False)


def is_opening_noted(work: Work, case_id: str, user: User) -> bool:
    """Whether this visit of theirs to a case stands in the chain of administration already."""
    known = work.machine.cache(Visits).get((user.id, case_id))
    if known is not None and known > work.now - ONE_VISIT:
        return True
    query = sa.select(AdministrationEvent.seq).where(
        AdministrationEvent.subject == case_id,
        AdministrationEvent.type == CASE_OPENED,
        AdministrationEvent.actor == user.id,
        AdministrationEvent.at > work.now - ONE_VISIT,
    )
    return work.session.scalar(query.limit(1)) is not None


def note_opening(work: Work, case_id: str, user: User) -> None:
    """Write down that somebody has a page of a case before them; once a visit, and not in the case
    itself, which would grow by being looked at."""
    if not is_opening_noted(work, case_id, user):
        administration.note(work, CASE_OPENED, case_id, actor=user.actor)
        visits, at = work.machine.cache(Visits), work.now
        work.after_commit(lambda: visits.keep(user.id, case_id, at))


def carry_over(work: Work) -> None:
    """Enter the searches that older releases kept in a table of their own, each with its moment."""
    for row in work.session.scalars(sa.select(AuditLook).order_by(AuditLook.at, AuditLook.id)):
        facts = {**row.facts, "at": moment(row.at)}
        administration.note(work, row.kind, data=facts, actor=Actor(row.account_id))
