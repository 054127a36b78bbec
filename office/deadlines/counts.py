"""How many of the agency's deadlines are over or end soon: counted by the index of open ones."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from engine.store.tables import fixed
from engine.store.work import Work
from office.deadlines.tables import DeadlineRow

DAY = timedelta(hours=24)


def deadline_counts(work: Work) -> dict[str, int]:
    """Cases with a deadline of the agency that is over, or that ends within the next 24 hours."""
    return {
        "overdue": _cases(work, DeadlineRow.due_at <= work.now),
        "due_24h": _cases(
            work, DeadlineRow.due_at > work.now, DeadlineRow.due_at <= work.now + DAY
        ),
    }


def _cases(work: Work, *when: sa.ColumnElement[bool]) -> int:
    # The first condition is the index's own, said as it is there.
    counted = (DeadlineRow.status != fixed("finished"), DeadlineRow.status == "running")
    query = sa.select(sa.func.count(sa.distinct(DeadlineRow.case_id)))
    return work.session.scalar(query.where(*counted, DeadlineRow.owner == "agency", *when)) or 0
