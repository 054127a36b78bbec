"""How fast four workers drain what is due, among a hundred thousand open cases, on each backend."""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import sqlalchemy as sa

from bench.databases import DATABASES, fresh_postgres
from bench.rows import Row
from bench.stuck import what_is_stuck
from engine import Engine
from engine.background.worker import worker_for
from engine.store.tables import Wait, table

OPEN_CASES, DUE, WORKERS = 100_000, 1_000, 4
# Seconds, on the slowest machine: what takes longer stands still.
LONGEST_START, LONGEST_DRAIN, LONGEST_STOP = 60, 300, 30
WAITING = Path(__file__).parent.parent / "diagrams" / "waiting.bpmn"


class Stuck(RuntimeError):
    """A part of the bench stands still; a number would be a lie."""


def rows() -> Iterator[Row]:
    """One row for each database and backend; PostgreSQL where one answers."""
    with tempfile.TemporaryDirectory() as folder:
        yield _drain(f"sqlite:///{folder}/bench.sqlite3", "SQLite", "embedded")
    if "PostgreSQL" in DATABASES:
        for worker in ("embedded", "procrastinate"):
            with fresh_postgres() as url:
                yield _drain(url, "PostgreSQL", worker)


def _drain(url: str, place: str, worker: str) -> Row:
    engine = Engine.open(url, worker=worker)
    try:
        _fill(engine)
        with _crew(url, worker):
            took = _time_to_drain(engine)
        _must_have_fired_once(engine)
    finally:
        engine.close()
    told = f"{DUE:,} due timers among {OPEN_CASES:,} drained by {WORKERS} workers, each once"
    name = f"{told}: {place}, {worker}"
    return Row(f"drain/{place.lower()}/{worker}", name, DUE / took, "per second")


def _fill(engine: Engine) -> None:
    """A thousand real cases, and a hundred thousand timers of other ones that are not due."""
    engine.deploy({WAITING.name: WAITING.read_bytes()})
    cases = [engine.start("p", {"case_id": str(number)}) for number in range(DUE)]
    with engine.begin() as work:
        later = {"kind": "timer", "due_at": work.now + timedelta(days=365)}
        facts = {"instance_id": cases[0], "task_id": "x", "element_id": "wait", **later}
        others = [{**facts, "id": f"other{number}"} for number in range(OPEN_CASES)]
        work.session.execute(sa.insert(Wait), others)


@contextlib.contextmanager
def _crew(url: str, worker: str) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    ready = [context.Event() for _ in range(WORKERS)]
    crew = [context.Process(target=_work, args=(url, worker, each)) for each in ready]
    for member in crew:
        member.start()
    try:
        _must_be_ready(ready, crew)
        yield
    finally:
        _dismiss(crew)


def _must_be_ready(ready: Sequence[Any], crew: Sequence[Any]) -> None:
    until = time.monotonic() + LONGEST_START
    for each, member in zip(ready, crew, strict=True):
        if not each.wait(max(0.0, until - time.monotonic())):
            state = f"exit code {member.exitcode}" if member.exitcode is not None else "still busy"
            raise Stuck(f"{member.name} did not begin within {LONGEST_START} s: {state}")


def _dismiss(crew: Sequence[Any]) -> None:
    for member in crew:
        member.terminate()
    for member in crew:
        member.join(LONGEST_STOP)
        if member.is_alive():
            member.kill()
            member.join()


def _work(url: str, worker: str, ready: Any) -> None:
    running = worker_for(Engine.open(url, worker=worker).machine, every=0.2, concurrency=2)
    ready.set()
    running.run()


def _time_to_drain(engine: Engine) -> float:
    waits = table(Wait)
    mine = waits.c.id.not_like("other%")
    with engine.begin() as work:
        work.session.execute(sa.update(waits).where(mine).values(due_at=work.now))
    began = time.perf_counter()
    left = DUE
    while left:
        if time.perf_counter() - began > LONGEST_DRAIN:
            raise Stuck(f"not drained within {LONGEST_DRAIN} s: {what_is_stuck(engine)}")
        Event().wait(0.05)
        with engine.read() as work:
            count = sa.select(sa.func.count()).where(waits.c.due_at <= work.now)
            left = work.session.scalar(count) or 0
    return time.perf_counter() - began


def _must_have_fired_once(engine: Engine) -> None:
    """A number is worth nothing if a timer fired twice or not at all."""
    fired = "SELECT count(*), count(DISTINCT instance_id) FROM history_event"
    with engine.read() as work:
        found = work.session.execute(sa.text(f"{fired} WHERE type = 'timer_fired'")).one()
    assert tuple(found) == (DUE, DUE), found
