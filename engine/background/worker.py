"""Runs what is due, again and again: as a thread of the server or as a process of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from engine.background import heartbeats, run_due
from engine.background.run_due import Item
from engine.ground.log import Log
from engine.store.database import DatabaseUnavailable
from engine.store.machine import Doorbell, Machine
from engine.store.transactions import begin
from engine.verbs import timers

log = Log("samnuan.worker")

# Taken ahead of what is running, so that one look and one hold serve several items.
AHEAD = 4


class AnyWorker(Protocol):
    """What runs the background work, on either backend."""

    name: str
    backend: str

    def start(self) -> None:
        """Work in a thread of this process."""

    def run(self) -> None:
        """Work until stopped; a database that is away for a while is waited for."""

    def stop(self) -> None:
        """Finish what is running, give back the rest, then stop."""


class Worker:
    """One looks, several run: the database is asked once for all of them.

    Seconds are counted by a clock that nobody sets: when the machine's own jumps, the loop neither
    spins nor sleeps on.
    """

    backend = "embedded"

    def __init__(self, machine: Machine, *, every: float = 2.0, concurrency: int = 4) -> None:
        """`every`: seconds between looks when nothing wakes it; `concurrency`: items at once."""
        self.machine = machine
        self.every = every
        self.concurrency = concurrency
        self.name = heartbeats.new_name()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._running: dict[Item, float] = {}  # since when, by the monotonic clock
        self._beaten = -1e9

    def start(self) -> None:
        """Seen at once: whoever asks whether there is a worker need not wait for its first look."""
        with contextlib.suppress(DatabaseUnavailable):
            self._beat()
        self._thread = threading.Thread(target=self.run, name="samnuan-worker", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Work until stopped; a database that is away for a while is waited for."""
        with ThreadPoolExecutor(self.concurrency, "samnuan-runner") as pool:
            while not self._stopping.is_set():
                self.machine.woken.clear()
                if not self._round(pool):
                    self.machine.woken.wait(self.every)
        self._sign_off()

    def stop(self) -> None:
        """Finish what is running, give back the rest, then stop."""
        self._stopping.set()
        self.machine.wake()
        if self._thread is not None:
            self._thread.join()

    def _round(self, pool: ThreadPoolExecutor) -> int:
        """Look once; returns how much was found, 0 when it is time to wait."""
        try:
            self._beat()
            room = self.concurrency * AHEAD - len(self._running)
            if room < self.concurrency:
                return 0  # whoever finishes wakes the loop
            started = timers.start_by_timer(self.machine)
            items = run_due.take_due(self.machine, self.name, room)
        except DatabaseUnavailable:
            log.warning("database_unavailable")
            return 0
        except Exception as error:  # a bug in one round must not end the work
            log.error("round_failed", **run_due.where(error))
            return 0
        with self._guard:
            self._running.update(dict.fromkeys(items, time.monotonic()))
        for item in items:
            pool.submit(self._run, item)
        return started + len(items)

    def _run(self, item: Item) -> None:
        try:
            if self._stopping.is_set():
                run_due.give_back(self.machine, [item], self.name)
                return
            with self._guard:
                self._running[item] = time.monotonic()
            run_due.run(self.machine, item, self.name)
        except DatabaseUnavailable:
            log.warning("database_unavailable")  # what it held comes back by itself
        finally:
            with self._guard:
                del self._running[item]
                few = len(self._running) < self.concurrency
            if few:
                self.machine.wake()

    def _beat(self) -> None:
        if time.monotonic() - self._beaten < heartbeats.EVERY.total_seconds():
            return
        with begin(self.machine) as work:
            heartbeats.beat(work, self.name, self.backend, len(self._running))
        self._beaten = time.monotonic()

    def _sign_off(self) -> None:
        with contextlib.suppress(DatabaseUnavailable), begin(self.machine) as work:
            heartbeats.sign_off(work, self.name)


def worker_for(machine: Machine, *, every: float = 2.0, concurrency: int = 4) -> AnyWorker:
    """The worker of the backend that the engine was opened with."""
    if isinstance(machine.dispatch, Doorbell):
        return Worker(machine, every=every, concurrency=concurrency)
    from engine.background.queue_worker import QueueWorker

    return QueueWorker(machine, every=every, concurrency=concurrency)
