"""What leaves the register as an event log: cases that a person may see, without personal data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.record.export import Trace, Writer
from engine.store.work import Work
from office.applications.master_data import units
from office.audit.access_log import note_access
from office.audit.export_trace import FACTS, TraceReader
from office.ground.errors import OfficeError
from office.ground.tables import Case
from office.people.access import Sight, open_to, sight_of, within_reach
from office.people.people import User

__all__ = [
    "FACTS",
    "Selection",
    "UnitUnknown",
    "case_ids",
    "export_cases",
    "record_export",
]


class UnitUnknown(OfficeError):
    """There is no unit {unit}; there are {known}."""

    thai = "ไม่มีฝ่าย {unit} ที่มีคือ {known}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases: received in a span of time, of a track, of a unit."""

    since: datetime
    until: datetime
    track: str | None = None
    unit: str | None = None


def case_ids(work: Work, user: User, selection: Selection) -> list[str]:
    """The cases of a selection as far as a first sieve lets this person reach them.

    Raises:
        UnitUnknown: the selection names a unit that is not in the table.
    """
    conditions = [*open_to(work, user), *within_reach(work, user), Case.instance_id.is_not(None)]
    conditions += [Case.received_at >= selection.since, Case.received_at < selection.until]
    if selection.track is not None:
        conditions.append(Case.track == selection.track)
    if selection.unit is not None:
        conditions.append(_of_unit(work, selection.unit))
    query = sa.select(Case.id).where(*conditions).order_by(Case.received_at, Case.id)
    return list(work.session.scalars(query))


def _of_unit(work: Work, unit: str) -> sa.ColumnElement[bool]:
    known = {row.key for row in units(work)}
    if unit not in known:
        raise UnitUnknown(unit=unit, known=", ".join(sorted(known)))
    co_units = sa.type_coerce(Case.co_units, sa.Text)
    return sa.or_(Case.lead_unit == unit, co_units.contains(f'"{unit}"'))


def export_cases(work: Work, user: User, ids: Sequence[str], writer: Writer) -> Iterator[str]:
    """Write the log of these cases; yields the id of each that was written, one at a time.

    A case that the person may not see is left out without a word: that it exists is told to nobody.
    """
    reader = TraceReader(work)
    writer.begin()
    for case_id in ids:
        trace = _trace(work, reader, case_id, user)
        if trace is not None:
            writer.write(trace)
            yield case_id
        work.session.expunge_all()
    writer.end()


def _trace(work: Work, reader: TraceReader, case_id: str, user: User) -> Trace | None:
    case = work.session.get(Case, case_id)
    sight = None if case is None else sight_of(work, case, user)
    if case is None or sight is None:
        return None
    # A unit sees what it was asked and what it answered, not who did what elsewhere.
    return reader.trace(case, with_people=sight is not Sight.UNIT)


def record_export(
    work: Work, user: User, format: str, selection: Selection, *, cases: int, sha256: str
) -> None:
    """Write down who took what out of the agency; `sha256` is that of the file."""
    chosen = {name: _plain(value) for name, value in asdict(selection).items()}
    facts = {"format": format, **chosen, "cases": cases, "sha256": sha256}
    note_access(work, "export", facts, user)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
