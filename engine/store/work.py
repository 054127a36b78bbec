"""One unit of work: a transaction, its moment, and the live cases touched in it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.store.database import Transaction

if TYPE_CHECKING:
    from engine.bpmn.running.execution import Execution
    from engine.engine import Engine
    from engine.store.instances import Instance

_ALONE = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("number", type_=sa.BigInteger)))


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that a worker should look at: `kind` is timer, job or delivery."""

    kind: str
    id: str
    at: datetime


@dataclass(slots=True)
class Work:
    """Handed first to every writer; only its owner commits."""

    engine: Engine
    transaction: Transaction
    now: datetime
    live: dict[str, Execution] = field(default_factory=dict)
    touched: dict[str, Instance] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)

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


class LiveCases:
    """Cases kept in memory between turns; one is valid only at the revision it was left at."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._cases: OrderedDict[str, tuple[int, Execution]] = OrderedDict()

    def take(self, instance_id: str, revision: int) -> Execution | None:
        """Take a case out: whoever holds it owns it until it is put back."""
        with self._lock:
            found = self._cases.pop(instance_id, None)
        return found[1] if found is not None and found[0] == revision else None

    def put(self, instance_id: str, revision: int, execution: Execution) -> None:
        with self._lock:
            self._cases[instance_id] = (revision, execution)
            self._cases.move_to_end(instance_id)
            while len(self._cases) > self._size:
                self._cases.popitem(last=False)

    def retag(self, instance_id: str, before: int, after: int) -> None:
        """The instance's row changed but its state did not."""
        with self._lock:
            found = self._cases.get(instance_id)
            if found is not None and found[0] == before:
                self._cases[instance_id] = (after, found[1])

    def drop(self, instance_id: str) -> None:
        with self._lock:
            self._cases.pop(instance_id, None)
