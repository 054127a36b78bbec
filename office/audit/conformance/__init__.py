"""Conformance in words: where a case departs from its diagram, deadlines or the two-person rule.

Nothing here knows a step: what is required is what the deployed diagram of that version asks for on
the way that the case went. `record` reads one case as the checks need it; `course`, `people` and
`time_limits` are the three kinds of check; each deviation names the event to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from engine.store.work import Work
from office.audit.conformance.course import check_course
from office.audit.conformance.deviations import BREACH, NOTICE, Deviation
from office.audit.conformance.people import check_people
from office.audit.conformance.record import Record, Versions
from office.audit.conformance.time_limits import check_time
from office.ground.tables import Case

__all__ = ["BREACH", "NOTICE", "Deviation", "check_case", "check_instance", "check_period"]


def check_case(work: Work, case_id: str) -> list[Deviation]:
    """What departs from what was deployed in a complaint, in the order of its events."""
    case = work.session.get_one(Case, case_id)
    assert case.instance_id is not None, "a filed case has been started"
    return check_instance(work, case.instance_id)


def check_instance(
    work: Work, instance_id: str, *, versions: Versions | None = None
) -> list[Deviation]:
    """The same of any process instance.

    Raises:
        InstanceNotFound: there is none.
    """
    record = Record(work, versions or Versions(work), instance_id)
    found = [*check_course(record), *check_people(record)]
    found += check_time(record, record.instance.business_key or instance_id)
    last = record.events[-1].seq + 1 if record.events else 0
    return sorted(found, key=lambda each: last if each.seq is None else each.seq)


def check_period(
    work: Work, start: datetime, end: datetime
) -> Iterator[tuple[Case, list[Deviation]]]:
    """Every complaint that was open at some time in a period, with what happened to it then.

    Streams: a case is forgotten before the next one is read.
    """
    versions = Versions(work)
    query = sa.select(Case.id).where(
        Case.instance_id.is_not(None),
        Case.received_at < end,
        sa.or_(Case.closed_at.is_(None), Case.closed_at >= start),
    )
    for case_id in work.session.scalars(query.order_by(Case.received_at, Case.id)).all():
        case = work.session.get_one(Case, case_id)
        assert case.instance_id is not None
        found = check_instance(work, case.instance_id, versions=versions)
        yield case, [each for each in found if each.at is None or start <= each.at < end]
        work.session.expunge_all()
