"""What a unit of work needs of its surroundings: a plain holder that every room below the face
can be given, so that none of them has to know the engine's verbs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from engine.bpmn.running.execution import Execution
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import SYSTEM, Actor
from engine.ground.clock import Clock, SystemClock
from engine.ground.findings import Finding

JOB_RETRIES = 5
# How long a worker may be at one timer, job or delivery before another one takes it over.
LEASE = timedelta(minutes=2)
# A timer that took so many workers down with it is shown before it is tried again.
MOST_LAPSES = 5
INTERNAL_TOPICS = ("message", "signal")

Files = Mapping[str, bytes]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that a worker should look at: `kind` is timer, job or delivery."""

    kind: str
    id: str
    at: datetime


class Dispatch(Protocol):
    """Called at the end of a transaction that leaves work behind, before it commits."""

    def bring(self, work: Any, offers: Sequence[Offer]) -> None: ...


class DeployGate(Protocol):
    """What all checks have to say about files before they may run, beside those deployed.

    `named` tells which application files say that they are, if they do; `shared` gives the files
    that all applications see; `identify` tells what a file of the packages
    above defines, as kind and id.
    """

    @property
    def named(self) -> Callable[[Files], str | None]: ...

    @property
    def shared(self) -> Callable[[Any], Files]: ...

    @property
    def identify(self) -> Callable[[str, bytes], Iterable[tuple[str, str]]]: ...

    def check(self, files: Files, carried: Files) -> list[Finding]: ...


class Meter(Protocol):
    """Told of every turn that was committed, with its kind and its seconds."""

    def turned(self, kind: str, seconds: float) -> None: ...


class Doorbell:
    """Wakes the worker of this process; those of other processes look by themselves."""

    def bring(self, work: Any, offers: Sequence[Offer]) -> None:
        if any(offer.at <= work.now for offer in offers):
            work.after_commit(work.machine.wake)


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


@dataclass(slots=True, eq=False)
class Machine:
    """The database, the clock, what the packages above have registered, and what is kept in memory.

    `report_incident` is told of a case whose automatic step failed; `caches` holds one object of
    each class that a room keeps between transactions.
    """

    database: sa.Engine
    gate: DeployGate
    meter: Meter
    report_incident: Callable[[Machine, str, StepFailed], None]
    clock: Clock = field(default_factory=SystemClock)
    by: Actor = SYSTEM  # who acts where nobody is signed in: a command of this machine
    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)
    handlers: dict[str, Callable[..., Any]] = field(default_factory=dict)
    listeners: list[Callable[..., None]] = field(default_factory=list)
    on_deploy: list[Callable[..., None]] = field(default_factory=list)
    deliverers: dict[str, Callable[..., None]] = field(default_factory=dict)
    dispatch: Dispatch = field(default_factory=Doorbell)
    job_retries: int = JOB_RETRIES
    lease: timedelta = LEASE
    most_lapses: int = MOST_LAPSES
    cases: LiveCases = field(default_factory=LiveCases)
    woken: threading.Event = field(default_factory=threading.Event)
    caches: dict[type, Any] = field(default_factory=dict)

    def cache(self, kind: type[T]) -> T:
        """This room's cache, made when it is first asked for."""
        if kind not in self.caches:
            self.caches.setdefault(kind, kind())
        found: T = self.caches[kind]
        return found

    def wake(self) -> None:
        """There is something to do: do not sleep until the next round."""
        self.woken.set()

    def topics(self) -> list[str]:
        return [*INTERNAL_TOPICS, *self.deliverers]
