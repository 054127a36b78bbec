"""Finding cases to examine: by number, unit, time, outcome, and by what is out of the ordinary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.tables import Command, Incident
from engine.store.work import Work
from forms.text.numerals import arabic_digits
from office.applications import master_data
from office.applications.application import kind_of
from office.audit.conformance import BREACH, check_case
from office.cases.reveal_tables import Reveal
from office.deadlines.derivation import AGENCY
from office.deadlines.tables import DeadlineRow
from office.ground import reference
from office.ground.tables import Case, IdentityRead
from office.people.access import open_to, sights_of
from office.people.people import User


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for; empty means any."""

    number: str = ""  # a part of the receipt number
    unit: str = ""
    kind: str = ""  # an application, or one of its variants as `application/variant`
    outcome: str = ""  # a status key, or "open"
    since: date | None = None
    until: date | None = None  # the last day, included
    signs: frozenset[str] = field(default_factory=frozenset)

    def facts(self) -> dict[str, Any]:
        """What the record of searches keeps: keys and dates; of what was typed only its digits."""
        typed = "".join(c for c in arabic_digits(self.number) if c.isdigit() or c == "/")
        found = {
            "number": typed,
            "unit": self.unit,
            "kind": self.kind,
            "outcome": self.outcome,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "signs": sorted(self.signs),
        }
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Found:
    """A case as a list of examined cases shows it."""

    id: str
    receipt_no: str
    kind: Text
    subject: str | None
    status: Text
    outcome: Text | None
    unit: Text | None
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    signs: tuple[str, ...]


SCANNED = 200  # cases that one page checks at most; the next page goes on from there
DEPARTED = "departed"  # not a column: each case is checked against the diagram of its version
DEPARTED_WORDS = Text(
    "ผิดไปจากแผนภาพหรือหลักสองคน", "Departed from the diagram or the two-person rule"
)
# Each sign with its words; what it means in the tables stands below, under the same key.
SIGNS: Mapping[str, Text] = {
    "overdue": Text("เกินกำหนดทั้งเรื่อง", "Overdue as a whole"),
    "late_step": Text("มีขั้นตอนล่าช้า", "A step was late"),
    "rounds": Text("ทำซ้ำหลายรอบ", "Went round again"),
    "incident": Text("มีเหตุขัดข้อง", "Had an incident"),
    "moved": Text("ย้ายรุ่นแผนภาพ", "Moved to another version"),
    "opened": Text("มีการเปิดเผยข้อมูลปกปิด", "Covered data was laid open"),
}


def _overdue(now: datetime) -> ColumnElement[bool]:
    return Case.due_at < sa.func.coalesce(Case.closed_at, sa.literal(now, Case.due_at.type))


def _late_step(now: datetime) -> ColumnElement[bool]:
    ended = sa.func.coalesce(DeadlineRow.finished_at, sa.literal(now, DeadlineRow.due_at.type))
    return (
        sa.select(DeadlineRow.id)
        .where(
            DeadlineRow.case_id == Case.id, DeadlineRow.owner == AGENCY, DeadlineRow.due_at < ended
        )
        .exists()
    )


def _rounds(_now: datetime) -> ColumnElement[bool]:
    return (
        sa.select(DeadlineRow.id)
        .where(DeadlineRow.case_id == Case.id, DeadlineRow.round > 1)
        .exists()
    )


def _incident(_now: datetime) -> ColumnElement[bool]:
    return sa.select(Incident.id).where(Incident.instance_id == Case.instance_id).exists()


def _moved(_now: datetime) -> ColumnElement[bool]:
    moves = sa.select(Command.seq).where(Command.instance_id == Case.instance_id)
    return moves.where(Command.kind == "migrate").exists()


def _opened(_now: datetime) -> ColumnElement[bool]:
    reveals = sa.select(Reveal.id).where(Reveal.case_id == Case.id, Reveal.opened_at.is_not(None))
    return sa.or_(
        reveals.exists(), sa.select(IdentityRead.id).where(IdentityRead.case_id == Case.id).exists()
    )


_CONDITIONS: Mapping[str, Callable[[datetime], ColumnElement[bool]]] = {
    "overdue": _overdue,
    "late_step": _late_step,
    "rounds": _rounds,
    "incident": _incident,
    "moved": _moved,
    "opened": _opened,
}


def find_cases(
    work: Work, user: User, criteria: Criteria, *, limit: int = 50, after: str | None = None
) -> list[Found]:
    """The cases that fit and that this person may see, the newest first; `after` is the last id of
    the page before."""
    signs = {name: condition(work.now) for name, condition in _CONDITIONS.items()}
    columns = [sa.func.coalesce(signs[name], sa.false()).label(name) for name in SIGNS]
    query = sa.select(Case, *columns).where(*open_to(work, user), *_conditions(criteria, signs))
    last = work.session.get(Case, after) if after else None
    if last is not None:
        query = query.where(sa.tuple_(Case.received_at, Case.id) < (last.received_at, last.id))
    query = query.order_by(Case.received_at.desc(), Case.id.desc())
    found: list[Found] = []
    # Closed by name: on PostgreSQL a page that ends early leaves a server-side cursor open.
    with work.session.execute(query.execution_options(yield_per=100)) as rows:
        for some in rows.partitions():
            seen = sights_of(work, [case for case, *_ in some], user)
            for case, *marks in (row for row in some if row[0].id in seen):
                shown = tuple(name for name, is_so in zip(SIGNS, marks, strict=True) if is_so)
                found.append(_found(work, case, shown))
            if len(found) >= limit:
                break
    return found[:limit]


@dataclass(frozen=True, slots=True)
class Page:
    """Cases found, and from where the next page goes on; nowhere when all have been looked at."""

    cases: list[Found]
    after: str | None


def search(
    work: Work, user: User, criteria: Criteria, *, limit: int = 50, after: str | None = None
) -> Page:
    """A page of cases; where departures are looked for, as many as can be checked in time."""
    if DEPARTED not in criteria.signs:
        found = find_cases(work, user, criteria, limit=limit, after=after)
        return Page(found, found[-1].id if len(found) == limit else None)
    scanned = find_cases(work, user, criteria, limit=SCANNED, after=after)
    cases: list[Found] = []
    for case in scanned:
        if any(each.severity == BREACH for each in check_case(work, case.id)):
            cases.append(replace(case, signs=(*case.signs, DEPARTED)))
        if len(cases) == limit:
            return Page(cases, case.id)
    return Page(cases, scanned[-1].id if len(scanned) == SCANNED else None)


def units(work: Work) -> list[tuple[str, Text]]:
    """The units to choose from, also those that no longer exist: old cases name them."""
    return [(key, master_data.unit_text(work, key)) for key in reference.units(work)]


def outcomes(work: Work) -> list[tuple[str, Text]]:
    """How cases have ended so far."""
    query = sa.select(Case.outcome, Case.application).where(Case.outcome.is_not(None)).distinct()
    found = {str(key): application for key, application in work.session.execute(query)}
    return [(key, master_data.status_text(work, found[key], key)) for key in sorted(found)]


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), BANGKOK)


def _conditions(
    criteria: Criteria, signs: Mapping[str, ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    found = [signs[name] for name in sorted(criteria.signs) if name in signs]
    if criteria.number.strip():
        wanted = arabic_digits(criteria.number.strip())
        found.append(Case.receipt_no.contains(wanted, autoescape=True))
    if criteria.unit:
        co_units = sa.type_coerce(Case.co_units, sa.Text)
        found.append(
            sa.or_(Case.lead_unit == criteria.unit, co_units.contains(f'"{criteria.unit}"'))
        )
    if criteria.kind:
        application, _, variant = criteria.kind.partition("/")
        found.append(Case.application == application)
        if variant:
            found.append(Case.track == variant)
    if criteria.outcome == "open":
        found.append(Case.closed_at.is_(None))
    elif criteria.outcome:
        found.append(Case.outcome == criteria.outcome)
    if criteria.since:
        found.append(Case.received_at >= start_of(criteria.since))
    if criteria.until:
        found.append(Case.received_at < start_of(criteria.until + timedelta(days=1)))
    return found


def _found(work: Work, case: Case, signs: tuple[str, ...]) -> Found:
    return Found(
        id=case.id,
        receipt_no=case.receipt_no,
        kind=kind_of(work, case.application, case.track),
        subject=case.subject,
        status=master_data.status_text(work, case.application, case.status),
        outcome=master_data.outcome_text(work, case.application, case.outcome),
        unit=master_data.unit_text(work, case.lead_unit) if case.lead_unit else None,
        received_at=case.received_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
        signs=signs,
    )
