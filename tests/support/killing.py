"""Worker processes that are killed without warning, and a case that gives them work."""

from __future__ import annotations

import multiprocessing
import multiprocessing.context
import random
import threading
from datetime import timedelta
from typing import Any

from engine import Engine
from engine.background.worker import worker_for
from engine.store.work import JobCall, Work
from engine.turn.history import record
from tests.support.drawing import catch, diagram, end, job, path, start, timer

DRAWING = diagram(
    start(),
    job("weld", "weld"),
    catch("cool", timer("PT1S")),
    job("paint", "weld"),
    end(),
    path("start", "weld", "cool", "paint", "end"),
)


def weld(work: Work, call: JobCall) -> dict[str, str]:
    """Leaves a mark in the case's history, in the transaction of the job; takes its time."""
    from engine.ground.actor import SYSTEM

    record(work, call.instance_id, "welded", {}, actor=SYSTEM, element_id=call.element_id)
    threading.Event().wait(0.01)
    return {call.element_id: "done"}


def open_engine(url: str, worker: str) -> Engine:
    """One whose holds run out quickly, and that does not take a murder for the case's own fault."""
    engine = Engine.open(url, worker=worker, handlers={"weld": weld})
    engine.machine.lease = timedelta(seconds=2)
    engine.machine.job_retries = engine.machine.most_lapses = 1000
    dispatch: Any = engine.machine.dispatch
    if worker == "procrastinate":
        dispatch.grace = dispatch.late = timedelta(seconds=2)
    return engine


def work_until_killed(url: str, worker: str) -> None:
    worker_for(open_engine(url, worker).machine, every=0.1, concurrency=2).run()


class Crew:
    """A few worker processes; whoever is killed is replaced at once."""

    def __init__(self, url: str, worker: str, size: int) -> None:
        self._facts = (url, worker)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(
            ["tests.support.killing", "engine.background.distributed"]
        )
        self._chance = random.Random(20260302)
        self._members = [self._hire() for _ in range(size)]

    def _hire(self) -> multiprocessing.context.ForkServerProcess:
        process = self._context.Process(target=work_until_killed, args=self._facts, daemon=True)
        process.start()
        return process

    def kill_one(self) -> None:
        """SIGKILL, at a moment and to a member that nobody chose."""
        threading.Event().wait(self._chance.uniform(0.0, 0.3))
        index = self._chance.randrange(len(self._members))
        self._members[index].kill()
        self._members[index].join()
        self._members[index] = self._hire()

    def dismiss(self) -> None:
        for member in self._members:
            member.kill()
            member.join()
