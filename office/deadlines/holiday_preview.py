"""What a change of the calendar would move, found by making it and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.engine import Engine
from engine.ground.actor import Actor
from engine.ground.text import Text
from office.deadlines.changes import announce_holidays
from office.deadlines.holiday_table import DayChange
from office.deadlines.public_status import deadline_name
from office.deadlines.rows import changes_of
from office.ground.tables import Case


@dataclass(frozen=True, slots=True)
class Move:
    """A deadline that would move."""

    receipt_no: str
    step: Text
    before: datetime
    after: datetime


class _TakenBack(Exception):
    """Rolls the rehearsal back."""


def preview(
    engine: Engine, changes: Sequence[DayChange], *, reference: str, actor: Actor
) -> list[Move]:
    """The deadlines that these changes would move, the earliest first; nothing is written.

    Raises:
        HolidayExists, NotAHoliday, HolidayYearInvalid, ReferenceNeeded: as the change would.
    """
    found: list[Move] = []
    try:
        with engine.begin() as work:
            _, moved = announce_holidays(work, changes, reference=reference, actor=actor)
            for deadline in moved:
                last, case = (
                    changes_of(work, deadline)[-1],
                    work.session.get(Case, deadline.case_id),
                )
                name = deadline_name(work, deadline.definition_id, deadline.key)
                number = deadline.case_id if case is None else case.receipt_no
                found.append(Move(number, name, last.before, last.after))
            raise _TakenBack
    except _TakenBack:
        return sorted(found, key=lambda move: move.before)
