"""A round of background work: look what is due, take it, run it; on every backend alike."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.ground.errors import ConcurrentUpdate
from engine.ground.log import Log
from engine.store import leases
from engine.store.database import DatabaseUnavailable
from engine.store.leases import Condition, is_due, is_lapsed, rows_that
from engine.store.machine import Machine
from engine.store.tables import Base, Job, OutboxMessage, Wait, table
from engine.store.transactions import begin, read
from engine.store.work import Work
from engine.verbs import deliveries, jobs, timers

log = Log("samnuan.worker")

LAPSES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A row that a worker has taken: `kind` is timer, job or delivery."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rounds know about a table of due rows."""

    model: type[Base]
    conditions: Callable[[Machine], tuple[Condition, ...]]  # which rows count as due
    held: Condition  # which rows may be held at all, by whomever
    run: Callable[[Machine, str, str], bool]
    lapse: Callable[[Work, str], None]
    taken: dict[str, Any] = field(default_factory=dict)  # what taking a row writes besides
    free: dict[str, Any] = field(default_factory=dict)  # and what giving it back writes


def _done_here(machine: Machine) -> tuple[Condition, ...]:
    """Jobs of the types that have a handler; the others are for workers outside."""
    return jobs.of_types(list(machine.handlers))


KINDS = {
    "timer": Kind(
        model=Wait,
        conditions=lambda engine: (timers.TIMERS,),
        held=timers.TIMERS,
        run=timers.fire_timer,
        lapse=timers.expire_timer,
    ),
    "job": Kind(
        model=Job,
        conditions=_done_here,
        held=jobs.LOCKED,
        run=jobs.run_job,
        lapse=jobs.expire_job,
        taken={"status": "locked"},
        free={"status": "ready"},
    ),
    "delivery": Kind(
        model=OutboxMessage,
        conditions=lambda machine: deliveries.of_topics(machine.topics()),
        held=deliveries.PENDING,
        run=deliveries.run_delivery,
        lapse=deliveries.expire_delivery,
    ),
}


def take_due(
    machine: Machine, holder: str, limit: int, kinds: Sequence[str] = tuple(KINDS)
) -> list[Item]:
    """Take up to `limit` due rows of each kind; nothing is written when nothing is due."""
    waiting, lapsed = _look(machine, kinds)
    if lapsed:
        free_lapsed(machine)
        waiting = [name for name in kinds if name in waiting or name in lapsed]
    if not waiting:
        return []
    with begin(machine) as work:
        return [item for name in waiting for item in _take(work, name, holder, limit)]


def _look(machine: Machine, kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """Which kinds have due rows, and which have rows whose holder ran out of time: one query."""
    with read(machine) as work:
        questions = []
        for name in kinds:
            kind = KINDS[name]
            questions += [
                rows_that(is_due, work, kind.model, *kind.conditions(machine), limit=1).exists(),
                rows_that(is_lapsed, work, kind.model, kind.held, limit=1).exists(),
            ]
        answers = work.session.execute(sa.select(*questions)).one()
    return (
        [name for name, yes in zip(kinds, answers[::2], strict=True) if yes],
        [name for name, yes in zip(kinds, answers[1::2], strict=True) if yes],
    )


def _take(work: Work, name: str, holder: str, limit: int) -> Iterator[Item]:
    kind, machine = KINDS[name], work.machine
    hold = {"holder": holder, "lease": machine.lease, **kind.taken}
    for identifier in leases.take(work, kind.model, *kind.conditions(machine), limit=limit, **hold):
        yield Item(name, identifier)


def take_these(machine: Machine, holder: str, items: Sequence[Item]) -> list[Item]:
    """Take those of these rows that are due and that nobody holds."""
    taken: list[Item] = []
    with begin(machine) as work:
        for name, kind in KINDS.items():
            ids = [item.id for item in items if item.kind == name]
            if ids:
                conditions = (*kind.conditions(machine), table(kind.model).c.id.in_(ids))
                hold = {"holder": holder, "lease": machine.lease, **kind.taken}
                found = leases.take(
                    work, kind.model, *conditions, limit=len(ids), when=leases.is_announced, **hold
                )
                taken += [Item(name, identifier) for identifier in found]
    return taken


def run(machine: Machine, item: Item, holder: str) -> bool:
    """Run what was taken; True when something happened. What could not run now is given back.

    Raises:
        DatabaseUnavailable: the database is away; what was taken comes back by itself.
    """
    try:
        return KINDS[item.kind].run(machine, item.id, holder)
    except ConcurrentUpdate:
        give_back(machine, [item], holder)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # a bug in one case must not stop the work of all others
        log.error("item_failed", kind=item.kind, id=item.id, **where(error))
    return False


def give_back(machine: Machine, items: Sequence[Item], holder: str) -> None:
    """What was taken and not begun may be taken by others again."""
    with begin(machine) as work:
        for name, kind in KINDS.items():
            ids = [item.id for item in items if item.kind == name]
            if ids:
                leases.let_go(work, kind.model, ids, holder=holder, **kind.free)


def free_lapsed(machine: Machine) -> None:
    """Free what dead workers hold; each row by itself, so that one bad case stops no other."""
    with read(machine) as work:
        found = [
            Item(name, identifier)
            for name, kind in KINDS.items()
            for identifier in work.session.scalars(
                rows_that(is_lapsed, work, kind.model, kind.held, limit=LAPSES_AT_ONCE)
            )
        ]
    for item in found:
        with begin(machine) as work:
            KINDS[item.kind].lapse(work, item.id)


def where(error: Exception) -> dict[str, str]:
    """Where it happened: the text of a foreign error may hold what must not be logged."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "place": place}
