"""A worker of the second backend: procrastinate tells it which rows to look at."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import procrastinate
from procrastinate.jobs import Status
from psycopg.conninfo import make_conninfo

from engine.background import heartbeats, run_due
from engine.background.distributed import QUEUE, TASK, Announcer, plan
from engine.background.run_due import KINDS, Item
from engine.ground.log import Log
from engine.store.database import DatabaseUnavailable
from engine.store.machine import Machine
from engine.store.transactions import begin

log = Log("samnuan.worker")


class QueueWorker:
    """A procrastinate worker for our rows, and a planner beside it; many may run on many hosts."""

    backend = "procrastinate"

    def __init__(self, machine: Machine, *, every: float = 2.0, concurrency: int = 4) -> None:
        """`every`: seconds between looks when no notice comes; `concurrency`: items at once."""
        assert isinstance(machine.dispatch, Announcer)
        self.machine = machine
        self.announcer = machine.dispatch
        self.every = every
        self.concurrency = concurrency
        self.name = heartbeats.new_name()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._beaten = -1e9
        self._halt: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Seen at once: whoever asks whether there is a worker need not wait for its first look."""
        with contextlib.suppress(DatabaseUnavailable):
            self._beat()
        self._thread = threading.Thread(target=self.run, name="samnuan-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is running, give back the rest, then stop."""
        self._stopping.set()
        self._halt()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Work until stopped; a database that is away for a while is waited for."""
        planner = threading.Thread(target=self._plan, name="samnuan-planner", daemon=True)
        planner.start()
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work())
            except (procrastinate.exceptions.ProcrastinateException, OSError) as error:
                log.warning("database_unavailable", error=type(error).__name__)
            self._stopping.wait(self.every)
        planner.join()
        with contextlib.suppress(DatabaseUnavailable), begin(self.machine) as work:
            heartbeats.sign_off(work, self.name)

    async def _work(self) -> None:
        """Until stopped: procrastinate listens for notices, takes announcements and runs them."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self.concurrency, "samnuan-runner"))
        app = procrastinate.App(connector=self._connector())
        app.task(name=TASK, queue=QUEUE)(self._run_items)
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[QUEUE],
                    name=self.name,
                    concurrency=self.concurrency,
                    fetch_job_polling_interval=self.every,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            )
            sweeper = asyncio.create_task(self._sweep(app))

            def halt() -> None:
                loop.call_soon_threadsafe(worker.cancel)  # it finishes what is running

            self._halt = halt
            if self._stopping.is_set():
                halt()
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await worker
            finally:
                self._halt = lambda: None
                sweeper.cancel()

    def _connector(self) -> procrastinate.PsycopgConnector:
        options = self.machine.database.dialect.create_connect_args(self.machine.database.url)[1]
        options.pop("context", None)
        conninfo = make_conninfo("", **options)
        return procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4)

    async def _sweep(self, app: procrastinate.App) -> None:
        """Announcements that a killed worker was at are rubbish: their rows come again by plan."""
        manager = app.job_manager
        while True:
            await asyncio.sleep(heartbeats.EVERY.total_seconds())
            silence = heartbeats.LATELY.total_seconds()
            with contextlib.suppress(procrastinate.exceptions.ConnectorException):
                await manager.prune_stalled_workers(silence)
                for job in await manager.get_stalled_jobs(seconds_since_heartbeat=silence):
                    await manager.finish_job(job, Status.ABORTED, delete_job=True)

    def _run_items(self, items: list[list[str]]) -> None:
        """What an announcement asks for; anything that goes wrong is logged here, without data."""
        wanted = [Item(kind, identifier) for kind, identifier in items if kind in KINDS]
        try:
            taken = run_due.take_these(self.machine, self.name, wanted)
            for number, item in enumerate(taken):
                if self._stopping.is_set():
                    run_due.give_back(self.machine, taken[number:], self.name)
                    return
                run_due.run(self.machine, item, self.name)
        except DatabaseUnavailable:
            log.warning("database_unavailable")  # what it held comes back by itself

    def _plan(self) -> None:
        """Beat and plan; seconds are counted by a clock that nobody sets."""
        while not self._stopping.is_set():
            try:
                self._beat()
                plan(self.machine, self.announcer)
            except DatabaseUnavailable:
                log.warning("database_unavailable")
            except Exception as error:  # a bug in one plan must not end the planning
                log.error("plan_failed", **run_due.where(error))
            self._stopping.wait(self.every)

    def _beat(self) -> None:
        if time.monotonic() - self._beaten < heartbeats.EVERY.total_seconds():
            return
        with begin(self.machine) as work:
            heartbeats.beat(work, self.name, self.backend, 0)
        self._beaten = time.monotonic()
