"""Runs what is due, again and again: as a thread of the server or as a process of its own."""

from __future__ import annotations

import threading

import structlog

from engine.database import DatabaseUnavailable
from engine.engine import Engine

log = structlog.get_logger("samnuan.worker")


class Worker:
    """A loop over `run_due`; wakes early when a turn leaves work behind."""

    def __init__(self, engine: Engine, *, every: float = 2.0) -> None:
        """`every`: seconds between looks when nothing wakes it."""
        self.engine = engine
        self.every = every
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self.run, name="samnuan-worker", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Work until stopped; a database that is away for a while is waited for."""
        while not self._stopping.is_set():
            self.engine.woken.clear()
            try:
                ran = self.engine.run_due()
            except DatabaseUnavailable:
                log.warning("database_unavailable")
                ran = 0
            if not ran:
                self.engine.woken.wait(self.every)

    def stop(self) -> None:
        """Finish what is running, then stop."""
        self._stopping.set()
        self.engine.wake()
        if self._thread is not None:
            self._thread.join()
