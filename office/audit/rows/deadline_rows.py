"""Deadlines held to what they follow from: their rule and the calendar, and the recorded moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.tables import Command
from engine.store.work import Work
from office.audit.rows.recorded_rows import ADDED, GONE, NOT_SAID, Recorded
from office.deadlines.deadlines import due
from office.deadlines.derivation import Count, Pause, deadline_of
from office.deadlines.holiday_table import calendar_at
from office.deadlines.rows import (
    assumed_count,
    case_deadlines,
    changes_of,
    count_of,
    days_left_to_pause,
    iso,
)
from office.deadlines.tables import DeadlineRow

MOVES = {
    "clock_moved": "moved",
    "clock_paused": "paused",
    "clock_resumed": "resumed",
    "clock_extended": "extended",
}
DERIVED = Text(
    "ครบกำหนด {stored} แต่กฎ วันเริ่ม และปฏิทินให้ {found}",
    "it is due on {stored}; its rule, beginning and calendar give {found}",
)
ABSENT = Text(
    "กระบวนงานได้รับกำหนด {value} ไป แต่ไม่มีกำหนดเวลาของเรื่องนี้ที่เป็นเช่นนั้น",
    "the diagram was told {value}, and no deadline of the case ever was that",
)


def compare(
    work: Work, case_id: str, instance_id: str, events: Sequence[Recorded]
) -> Iterator[tuple[str, str, Text]]:
    """Where the deadlines of a case, or the list of what moved them, are not as they must be."""
    moves: dict[str, list[Recorded]] = defaultdict(list)
    for event in events:
        if event.type in MOVES:
            moves[str(event.data["clock"])].append(event)
    clocks = case_deadlines(work, case_id)
    for value in _given(work, instance_id, clocks):
        yield "office_clock", case_id, ABSENT.format(value=value)
    for id in work.session.scalars(_astray(case_id, instance_id)):
        yield "office_clock", id, NOT_SAID.format(column="case_id, instance_id")
    for clock in clocks:
        for what in _derived(work, clock):
            yield "office_clock", clock.id, what
        yield from _changes(work, clock, moves[clock.id])


def _astray(case_id: str, instance_id: str) -> sa.Select[str]:
    """Deadlines that name this case in one column and another one in the other."""
    of_case, of_instance = DeadlineRow.case_id == case_id, DeadlineRow.instance_id == instance_id
    return sa.select(DeadlineRow.id).where(of_case != of_instance)


def _derived(work: Work, clock: DeadlineRow) -> Iterator[Text]:
    if clock.owner != clock.rule.get("owner", clock.owner):
        yield NOT_SAID.format(column="owner")
    count = _count(work, clock)
    found = deadline_of(count, calendar_at(work, clock.calendar_version))
    if found.due_at != clock.due_at:
        yield DERIVED.format(stored=iso(clock.due_at), found=iso(found.due_at))


def _count(work: Work, clock: DeadlineRow) -> Count:
    """What it is counted from; one that ended while it stood still is counted as it was then."""
    changes = changes_of(work, clock)
    if clock.status != "finished" or not changes or changes[-1].kind != "paused":
        return assumed_count(work, clock)
    count = count_of(work, clock)
    began = changes[-1].at.astimezone(BANGKOK).date()
    longest = Pause(began, began + timedelta(days=days_left_to_pause(count)), lasts=True)
    return replace(count, pauses=(*count.pauses, longest))


def _given(work: Work, instance_id: str, clocks: Sequence[DeadlineRow]) -> Iterator[str]:
    """What the diagram was told of a deadline, as far as no deadline of the case ever was that."""
    known = {moment for clock in clocks for moment in _moments(work, clock)}
    query = sa.select(Command.results).where(Command.instance_id == instance_id)
    for results in work.session.scalars(query.order_by(Command.seq)):
        for name, value in results.get("calls", []):
            if name == due.__name__ and datetime.fromisoformat(str(value)) not in known:
                yield str(value)


def _moments(work: Work, clock: DeadlineRow) -> Iterator[datetime]:
    yield clock.due_at
    for change in changes_of(work, clock):
        yield from (change.before, change.after)


def _changes(
    work: Work, clock: DeadlineRow, moves: Sequence[Recorded]
) -> Iterator[tuple[str, str, Text]]:
    """Each recorded move has its row in the list, and each row its move."""
    rows = changes_of(work, clock)
    if clock.changes != len(rows):
        yield "office_clock", clock.id, NOT_SAID.format(column="changes")
    for position in range(max(len(rows), len(moves))):
        place = f"{clock.id}/{position + 1}"
        if position >= len(rows):
            yield "office_clock_change", place, GONE
        elif position >= len(moves):
            yield "office_clock_change", place, ADDED
        else:
            row, move = rows[position], moves[position]
            # A pause is over before what it gives is counted: its row has no later moment yet.
            after = "before" if row.kind == "resumed" else "after"
            said = {
                "seq": position + 1,
                "kind": MOVES[move.type],
                "at": move.at,
                "actor": move.actor,
                "before": datetime.fromisoformat(move.data["before"]),
                "after": datetime.fromisoformat(move.data[after]),
                "reason": move.data.get("reason", row.reason),
            }
            for column, value in said.items():
                if getattr(row, column) != value:
                    yield "office_clock_change", place, NOT_SAID.format(column=column)
