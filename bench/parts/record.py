"""How fast the record is checked, beside the engine that wrote it, and what memory that takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from bench import complaint
from bench.engines import OFFICER, our_engine
from bench.rows import Row, at_least, at_most
from engine import Engine
from engine.record.verification import verify_all
from engine.store.tables import ProcessInstance, UserTask
from engine.store.work import Work
from engine.verbs import runtime

CASES = 10_000
OWN = 200  # cases run as the product does, one transaction for each act
AT_ONCE = 100  # cases in one transaction while the rest is made: that is not measured
ACTS = 2  # of each case, after its start
REPLAYED = 1_000


def rows() -> Iterator[Row]:
    with our_engine() as (engine, _):
        engine.deploy(complaint.files())
        own = OWN / _seconds(lambda: _make_singly(engine, OWN))
        for _ in range((CASES - OWN) // AT_ONCE):
            _make(engine, AT_ONCE)
        yield from _verified(engine, own)
        yield from _replayed(engine, own)


def _verified(engine: Engine, own: float) -> Iterator[Row]:
    checked, early = 0, 0
    began = time.perf_counter()
    for _, report in verify_all(engine.machine):
        assert report.is_whole
        checked += 1
        if checked == CASES // 10:
            early = _memory()
    rate = checked / (time.perf_counter() - began)
    yield Row("record/verify", f"the record of {checked:,} cases checked", rate, "cases/s")
    told = "the same, against the rate at which the engine works"
    yield Row("record/verify/ratio", told, rate / own, "× its rate", at_least(1.0))
    told = "memory after the last of them, against after a tenth"
    yield Row("record/verify/memory", told, _memory() / early, "×", at_most(1.1))


def _replayed(engine: Engine, own: float) -> Iterator[Row]:
    with engine.read() as work:
        ids = list(work.session.scalars(sa.select(ProcessInstance.id).limit(REPLAYED)))
    rate = len(ids) / _seconds(lambda: _replay(engine, ids))
    yield Row("record/replay", f"{len(ids):,} cases run again", rate, "cases/s")
    told = "the same, against the rate at which the engine works"
    yield Row("record/replay/ratio", told, rate / own, "× its rate", at_least(1.0))


def _replay(engine: Engine, ids: Sequence[str]) -> None:
    for id in ids:
        assert engine.replay(id).is_whole


def _make_singly(engine: Engine, count: int) -> None:
    for _ in range(count):
        _make(engine, 1)


def _make(engine: Engine, count: int) -> None:
    """Start cases and do their first steps; alone, every act is a transaction of its own."""
    started: list[str] = []
    acts: list[Callable[[Work], None]] = []
    for _ in range(count):
        acts.append(lambda work: started.append(_start(work)))
        acts += [
            partial(_complete, started, given) for _, given in islice(complaint.steps(1), ACTS)
        ]
    size = 1 if count == 1 else len(acts)
    for at in range(0, len(acts), size):
        with engine.begin() as work:
            for act in acts[at : at + size]:
                act(work)


def _start(work: Work) -> str:
    return runtime.start_instance(work, complaint.PROCESS, {"case_id": "1"}, actor=OFFICER)


def _complete(started: Sequence[str], answers: dict[str, object], work: Work) -> None:
    mine = UserTask.instance_id == started[-1]
    task = work.session.scalar(sa.select(UserTask.id).where(mine, UserTask.status == "open"))
    assert task is not None
    runtime.complete_user_task(work, task, answers, actor=OFFICER)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _memory() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
