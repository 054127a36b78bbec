"""The turn of a procrastinate worker as a scene: announcements are fetched, worked on, finished."""

from __future__ import annotations

import asyncio
from typing import Any

import procrastinate
from psycopg.conninfo import make_conninfo

from engine.background.distributed import QUEUE, TASK, Announcer, plan
from engine.background.queue_worker import QueueWorker
from engine.ground.clock import TravellingClock
from tests.faults import engine_scenes
from tests.faults.grounds import Ground
from tests.faults.killing import Facts, Installation, Scene, engine_over
from tests.faults.watching import WatchedAsyncPostgres


def furnish(ground: Ground, clock: TravellingClock) -> Installation:
    handlers = engine_scenes.HANDLERS
    return engine_over(ground, clock, handlers=handlers, dispatch=Announcer(ground.database))


def work_off(installation: Installation) -> None:
    """What a worker does until the queue is empty, one announcement after the other."""
    announcer = installation.engine.machine.dispatch
    assert isinstance(announcer, Announcer)
    plan(installation.engine.machine, announcer)
    worker = QueueWorker(installation.engine.machine)
    asyncio.run(_work_off(worker))


async def _work_off(worker: QueueWorker) -> None:
    options = worker.machine.database.dialect.create_connect_args(worker.machine.database.url)[1]
    options.pop("context", None)
    connector = procrastinate.PsycopgConnector(
        conninfo=make_conninfo("", **options),
        connection_class=WatchedAsyncPostgres,
        min_size=1,
        max_size=1,
    )
    app = procrastinate.App(connector=connector)
    app.task(name=TASK, queue=QUEUE)(worker._run_items)
    async with app.open_async():
        await app.run_worker_async(
            queues=[QUEUE],
            name=worker.name,
            concurrency=1,
            wait=False,
            listen_notify=False,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=600,
            abort_job_polling_interval=600,
        )


def announced(installation: Installation, _facts: Facts, _key: str) -> Any:
    """The jobs of two cases and what they threw."""
    installation.clock.advance(minutes=1)
    work_off(installation)


def timers(installation: Installation, _facts: Facts, _key: str) -> Any:
    """What the clock brings, planned and announced."""
    installation.clock.advance(hours=2)
    work_off(installation)


def rested(installation: Installation) -> Facts:
    """Nothing is left but what the clock brings."""
    facts = engine_scenes.waiting(installation)
    work_off(installation)
    return facts


SCENES = [
    Scene(
        "queue: jobs, outbox",
        engine_scenes.waiting,
        announced,
        furnish,
        settle=(10, 10, 10),
        work=work_off,
        database="postgres",
    ),
    Scene(
        "queue: timers",
        rested,
        timers,
        furnish,
        settle=(130, 10, 10),
        work=work_off,
        database="postgres",
    ),
]
