"""Workers are killed at random under load: nothing is lost, nothing happens twice, nothing stays.

`make faults-workers` kills two hundred times; here it is a handful.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Event

import pytest
import sqlalchemy as sa

from bench.stuck import what_is_stuck
from engine import Engine
from engine.store.tables import Job, Wait
from engine.verbs import incidents
from tests.support.drawing import FORM
from tests.support.killing import DRAWING, Crew, open_engine

KILLS = int(os.environ.get("SAMNUAN_KILLS", "8"))
CREW = 3
AT_WORK = 12  # cases under way at any time
LONGEST = 60 + KILLS  # seconds until everything must have come to rest

ONE_OF_EACH = {
    ("welded", "weld"): 1,
    ("job_completed", "weld"): 1,
    ("timer_fired", "cool"): 1,
    ("welded", "paint"): 1,
    ("job_completed", "paint"): 1,
    ("instance_completed", ""): 1,
}


@pytest.fixture(
    params=[
        "sqlite-embedded",
        pytest.param("postgres-embedded", marks=pytest.mark.postgres),
        pytest.param("postgres-procrastinate", marks=pytest.mark.postgres),
    ]
)
def place(request: pytest.FixtureRequest) -> tuple[str, str]:
    database, worker = request.param.split("-")
    return request.getfixturevalue(f"{database}_url"), worker


@pytest.fixture
def engine(place: tuple[str, str]) -> Iterator[Engine]:
    engine = open_engine(*place)
    engine.deploy({"d.bpmn": DRAWING, "any.form": FORM})
    yield engine
    engine.close()


def test_killed_workers_lose_nothing_and_repeat_nothing(
    engine: Engine, place: tuple[str, str], record_property: Callable[[str, object], None]
) -> None:
    record_property("times", KILLS)  # for the table of `make faults`
    cases: list[str] = []
    crew = Crew(*place, size=CREW)
    try:
        for _ in range(KILLS):
            _keep_busy(engine, cases)
            crew.kill_one()
        _wait_for_rest(engine)
    finally:
        crew.dismiss()

    for case in cases:
        assert _what_happened(engine, case) == ONE_OF_EACH
    with engine.read() as work:
        assert incidents.open_incidents(work) == []
    assert engine.verify().differences == []


def _keep_busy(engine: Engine, cases: list[str]) -> None:
    for _ in range(AT_WORK - _under_way(engine)):
        cases.append(engine.start("p", {"case_id": str(len(cases))}))


def _under_way(engine: Engine) -> int:
    with engine.read() as work:
        waiting = sa.union_all(sa.select(Wait.id), sa.select(Job.id)).subquery()
        return work.session.scalar(sa.select(sa.func.count()).select_from(waiting)) or 0


def _wait_for_rest(engine: Engine) -> None:
    deadline = time.monotonic() + LONGEST
    while _under_way(engine):
        assert time.monotonic() < deadline, what_is_stuck(engine)
        Event().wait(0.1)


def _what_happened(engine: Engine, case: str) -> Counter[tuple[str, str]]:
    """How often each decisive thing happened, as the history tells it."""
    seen = Counter((event.type, event.element_id) for event in engine.history(case))
    return Counter({what: times for what, times in seen.items() if what in ONE_OF_EACH})
