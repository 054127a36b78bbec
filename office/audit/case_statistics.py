"""Figures of many cases for the eye: how often each step is reached, how long it lasts, where cases
wait. What a person must not even be able to count is not in them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from engine.store.tables import HistoryEvent, ProcessInstance, UserTask
from engine.store.work import Work
from office.ground.tables import Case
from office.people.access import countable, sights_of
from office.people.people import User

PIECE = 100  # visits whose cases are looked at together
ENTERED, LEFT, GIVEN_UP = "activity_entered", "activity_completed", "activity_cancelled"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases are counted: of a process, of one version or of all, received in a period."""

    key: str
    version: int | None
    since: datetime
    until: datetime  # not included


@dataclass(frozen=True, slots=True)
class Figures:
    """One step in many cases. Spans are of time as it passes, nights and holidays included."""

    element_id: str
    visits: int
    lasted: tuple[timedelta, ...]  # of the visits that have ended, sorted
    waited: tuple[timedelta, ...]  # until somebody took the task, sorted
    now: int  # visits that have not ended
    longest_now: timedelta

    @property
    def median(self) -> timedelta | None:
        return percentile(self.lasted, 50)

    @property
    def p90(self) -> timedelta | None:
        return percentile(self.lasted, 90)

    @property
    def median_wait(self) -> timedelta | None:
        return percentile(self.waited, 50)

    @property
    def total(self) -> timedelta:
        """All the time that cases have spent here."""
        return sum(self.lasted, timedelta())


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of a selection, by element."""

    cases: int
    closed: int
    figures: Mapping[str, Figures]

    def bottlenecks(self, most: int = 5) -> list[tuple[Figures, float]]:
        """Where the most time goes, each with its share of all the time spent in steps."""
        whole = sum((each.total for each in self.figures.values()), timedelta())
        if not whole:
            return []
        found = sorted(self.figures.values(), key=lambda each: each.total, reverse=True)
        return [(each, each.total / whole) for each in found[:most] if each.total]


@dataclass(frozen=True, slots=True)
class Stay:
    """One case in one step, for a closer look."""

    case_id: str
    receipt_no: str
    seq: int
    entered_at: datetime
    lasted: timedelta
    is_over: bool


@dataclass(slots=True)
class _Visits:
    count: int = 0
    lasted: list[timedelta] = field(default_factory=list)
    waited: list[timedelta] = field(default_factory=list)
    open: list[datetime] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Visit:
    instance_id: str
    element_id: str
    seq: int
    entered_at: datetime
    left_at: datetime | None


def percentile(spans: Sequence[timedelta], share: int) -> timedelta | None:
    """The smallest span that this many in a hundred do not exceed (nearest rank)."""
    if not spans:
        return None
    return spans[max(0, math.ceil(share * len(spans) / 100) - 1)]


def statistics(work: Work, user: User, selection: Selection) -> Statistics:
    """The figures of the cases that this person may count."""
    found: dict[str, _Visits] = defaultdict(_Visits)
    lasting = _lasting(work, user, selection)
    for visit in _visits(work, user, selection):
        one = found[visit.element_id]
        one.count += 1
        if visit.left_at is not None:
            one.lasted.append(visit.left_at - visit.entered_at)
        elif visit.element_id in lasting and visit.instance_id in lasting[visit.element_id]:
            one.open.append(visit.entered_at)
    for element, waited in _waits(work, user, selection):
        found[element].waited.append(waited)
    cases, closed = _count(work, user, selection)
    figures = {name: _figures(name, each, work.now) for name, each in found.items()}
    return Statistics(cases, closed, figures)


def longest_stays(
    work: Work, user: User, selection: Selection, element_id: str, *, limit: int = 50
) -> list[Stay]:
    """The cases that were longest in a step; only those that this person may open."""
    found = [
        (visit, (visit.left_at or work.now) - visit.entered_at)
        for visit in _visits(work, user, selection, element_id)
    ]
    found.sort(key=lambda each: each[1], reverse=True)
    stays: list[Stay] = []
    for start in range(0, len(found), PIECE):
        some = found[start : start + PIECE]
        cases = _seen(work, user, {visit.instance_id for visit, _ in some})
        for visit, lasted in some:
            case, is_over = cases.get(visit.instance_id), visit.left_at is not None
            if case is not None:
                stay = Stay(case.id, case.receipt_no, visit.seq, visit.entered_at, lasted, is_over)
                stays.append(stay)
        if len(stays) >= limit:
            break
    return stays[:limit]


def _seen(work: Work, user: User, instance_ids: AbstractSet[str]) -> dict[str, Case]:
    """The cases of these instances that the person may open, by instance."""
    query = sa.select(Case).where(Case.instance_id.in_(instance_ids))
    cases = list(work.session.scalars(query))
    seen = sights_of(work, cases, user)
    return {str(case.instance_id): case for case in cases if case.id in seen}


# ── parts ──────────────────────────────────────────────────────────────────────────────────────


def _chosen(work: Work, user: User, selection: Selection) -> list[ColumnElement[bool]]:
    of_process = ProcessInstance.definition_id.startswith(f"{selection.key}:", autoescape=True)
    if selection.version is not None:
        of_process = ProcessInstance.definition_id == f"{selection.key}:{selection.version}"
    return [
        *countable(work, user),
        of_process,
        Case.received_at >= selection.since,
        Case.received_at < selection.until,
    ]


def _visits(
    work: Work, user: User, selection: Selection, element_id: str | None = None
) -> Iterator[_Visit]:
    """Each coming to an element with its leaving, in constant memory for each case."""
    event = HistoryEvent
    query = (
        sa.select(event.instance_id, event.seq, event.type, event.element_id, event.at)
        .join(ProcessInstance, ProcessInstance.id == event.instance_id)
        .join(Case, Case.instance_id == event.instance_id)
        .where(event.type.in_([ENTERED, LEFT, GIVEN_UP]), *_chosen(work, user, selection))
        .order_by(event.instance_id, event.seq)
    )
    if element_id is not None:
        query = query.where(event.element_id == element_id)
    coming: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
    case = ""
    with work.session.execute(query.execution_options(yield_per=2000)) as rows:
        for instance, seq, type, element, at in rows:
            if instance != case:
                yield from _open_ones(case, coming)
                coming.clear()
                case = instance
            if type == ENTERED:
                coming[element].append((seq, at))
            elif coming[element]:
                first, entered = coming[element].pop(0)
                yield _Visit(instance, element, first, entered, at)
    yield from _open_ones(case, coming)


def _open_ones(instance: str, coming: Mapping[str, list[tuple[int, datetime]]]) -> Iterator[_Visit]:
    for element, visits in coming.items():
        for seq, entered in visits:
            yield _Visit(instance, element, seq, entered, None)


def _lasting(work: Work, user: User, selection: Selection) -> dict[str, set[str]]:
    """Where running cases stand: the elements of their open tasks, by element. What takes no time
    is entered and never left, and is no place to stand."""
    query = (
        sa.select(UserTask.element_id, UserTask.instance_id)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(Case, Case.instance_id == UserTask.instance_id)
        .where(UserTask.status == "open", *_chosen(work, user, selection))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for element, instance in work.session.execute(query):
        found[element].add(instance)
    return found


def _waits(work: Work, user: User, selection: Selection) -> Iterator[tuple[str, timedelta]]:
    """How long each task lay before somebody took it."""
    query = (
        sa.select(UserTask.element_id, UserTask.created_at, UserTask.claimed_at)
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .join(Case, Case.instance_id == UserTask.instance_id)
        .where(UserTask.claimed_at.is_not(None), *_chosen(work, user, selection))
    )
    for element, created, claimed in work.session.execute(query):
        if claimed is not None:
            yield element, claimed - created


def _count(work: Work, user: User, selection: Selection) -> tuple[int, int]:
    query = (
        sa.select(sa.func.count(), sa.func.count(Case.closed_at))
        .select_from(Case)
        .join(ProcessInstance, ProcessInstance.id == Case.instance_id)
        .where(*_chosen(work, user, selection))
    )
    cases, closed = work.session.execute(query).one()
    return int(cases), int(closed)


def _figures(element: str, visits: _Visits, now: datetime) -> Figures:
    longest = max((now - entered for entered in visits.open), default=timedelta())
    lasted, waited = tuple(sorted(visits.lasted)), tuple(sorted(visits.waited))
    return Figures(element, visits.count, lasted, waited, len(visits.open), longest)
