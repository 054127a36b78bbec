"""One unit of work: a transaction, its moment, and the live cases touched in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bpmn.running.execution import Execution
from engine.ground.actor import SYSTEM, Actor
from engine.store.database import Transaction
from engine.store.machine import Machine, Offer

T = TypeVar("T")
_ALONE = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("number", type_=sa.BigInteger)))


@dataclass(slots=True)
class Instance:
    """A process instance as a turn sees it. `state` is what this unit of work makes of it: the
    stored one is not even read while the case is alive in memory."""

    id: str
    definition_id: str
    business_key: str | None
    status: str
    revision: int
    ended_at: datetime | None
    command_seq: int
    command_head: str
    event_seq: int
    event_head: str
    state: str | None = None
    is_ahead: bool = False  # of what is written
    is_written: bool = False  # in this unit of work


@dataclass(slots=True, weakref_slot=True)
class Work:
    """Handed first to every writer; only its owner commits."""

    machine: Machine
    transaction: Transaction
    now: datetime
    live: dict[str, Execution] = field(default_factory=dict)
    touched: dict[str, Instance] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)
    is_readonly: bool = False
    by: Actor = SYSTEM  # for whom it was opened, as far as that is known
    _last_acts: list[Callable[[], None]] = field(default_factory=list)
    _kept: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _last: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def kept(self, what: str, of: Any, find: Callable[[], T]) -> T:
        """Find something once and keep it to the end of this unit of work, or until whoever
        changes it says `forget`."""
        known: dict[Any, T] = self._kept.setdefault(what, {})
        if of not in known:
            known[of] = find()
        return known[of]

    def once(self, what: str, of: Any, find: Callable[[], T]) -> T:
        """The same for what a unit of work that only reads asks for several times; only the last
        one of a kind is kept, so that looking through many cases does not fill the memory."""
        if not self.is_readonly:
            return find()
        if what not in self._last or self._last[what][0] != of:
            self._last[what] = of, find()
        found: T = self._last[what][1]
        return found

    def forget(self, *kinds: str) -> None:
        """What was kept of these kinds has changed in this unit of work."""
        for what in kinds:
            self._kept.pop(what, None)

    def offer(self, kind: str, id: str, at: datetime) -> None:
        """A timer, job or delivery of this transaction wants a worker at this moment."""
        self.offers.append(Offer(kind, id, at))

    @property
    def session(self) -> Session:
        return self.transaction.session

    @property
    def connection(self) -> sa.Connection:
        """For the hot path's own statements; what the session holds back is not written first."""
        return self.transaction.connection

    def one_at_a_time(self, what: str) -> None:
        """Wait until nobody else is at this, and be alone at it to the end of the transaction.

        On SQLite every writer is alone anyway.
        """
        if self.transaction.dialect.name == "postgresql":
            number = int.from_bytes(sha256(what.encode()).digest()[:8], "big", signed=True)
            self.connection.execute(_ALONE, {"number": number})

    def before_commit(self, callback: Callable[[], None]) -> None:
        """Do something at the very end of the transaction, once; it may ask for more of that."""
        self._last_acts.append(callback)

    def finish(self) -> None:
        """Do what was put off to the end."""
        while self._last_acts:
            self._last_acts.pop(0)()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Do something once everything is safely written."""
        self.transaction.after_commit.append(callback)


@dataclass(frozen=True, slots=True)
class HostCall:
    """Who calls a host function, from where."""

    work: Work
    instance_id: str
    business_key: str | None
    element_id: str
    variables: Any


@dataclass(frozen=True, slots=True)
class JobCall:
    """A job as its handler sees it."""

    id: str
    type: str
    instance_id: str
    business_key: str | None
    element_id: str
    headers: dict[str, str]
    properties: dict[str, str]
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A history event as a listener sees it, with the properties of the drawn element."""

    instance_id: str
    business_key: str | None
    type: str
    element_id: str
    name: Any
    properties: dict[str, str]
    data: dict[str, Any]
    at: datetime
    actor: str
