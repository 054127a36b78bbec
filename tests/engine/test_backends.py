"""The same work on every backend: the rows are the truth, the backend only brings the workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.background import distributed, heartbeats
from engine.background.distributed import Announcer, QueueNeedsPostgres
from engine.background.worker import AnyWorker, worker_for
from engine.ground.clock import TravellingClock
from engine.store import outbox
from engine.store.tables import Wait
from engine.verbs import timers
from tests.support.cases import Play
from tests.support.drawing import catch, diagram, end, job, path, start, timer, user

MIXED = diagram(
    start(),
    job("weld", "weld"),
    catch("cool", timer("P3D")),
    user("after"),
    end(),
    path("start", "weld", "cool", "after", "end"),
)
FAR = diagram(start(), catch("wait", timer("P9D")), end(), path("start", "wait", "end"))


def weld(work: object, call: Any) -> dict[str, str]:
    return {"seam": call.business_key}


class Backend:
    """Opens engines and workers of one kind on one database."""

    def __init__(self, url: str, worker: str, clock: TravellingClock) -> None:
        self.url, self.worker, self.clock = url, worker, clock
        self.letters: list[str] = []

    def open(self) -> Engine:
        deliverers = {"letter": lambda payload, *, key: self.letters.append(key)}
        return Engine.open(
            self.url,
            worker=self.worker,
            clock=self.clock,
            handlers={"weld": weld},
            deliverers=deliverers,
        )


@pytest.fixture(
    params=[
        "sqlite-embedded",
        pytest.param("postgres-embedded", marks=pytest.mark.postgres),
        pytest.param("postgres-procrastinate", marks=pytest.mark.postgres),
    ]
)
def backend(request: pytest.FixtureRequest, clock: TravellingClock) -> Backend:
    database, worker = request.param.split("-")
    return Backend(request.getfixturevalue(f"{database}_url"), worker, clock)


@pytest.fixture
def engine(backend: Backend) -> Iterator[Engine]:
    engine = backend.open()
    yield engine
    assert engine.verify().differences == []
    engine.close()


@pytest.fixture
def queued(postgres_url: str, clock: TravellingClock) -> Iterator[Engine]:
    """An engine whose work is announced to procrastinate; no worker runs."""
    engine = Backend(postgres_url, "procrastinate", clock).open()
    yield engine
    engine.close()


def until(told: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what another thread does: nothing else tells that it has happened."""
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)


def announced(engine: Engine) -> list[Any]:
    query = sa.text("SELECT args->'items' FROM procrastinate_jobs ORDER BY id")
    with engine.read() as work:
        return [tuple(item) for items in work.session.scalars(query) for item in items]


def test_a_worker_does_jobs_timers_and_deliveries_and_stops_in_good_order(
    engine: Engine, backend: Backend
) -> None:
    play = Play(engine, MIXED)
    worker = worker_for(engine.machine, every=0.05)
    worker.start()

    play.start()
    until(lambda: "job_completed" in play.types())
    with engine.read() as work:
        (seen,) = heartbeats.seen_lately(work)
        assert (seen.id, seen.backend) == (worker.name, backend.worker)
    with engine.begin() as work:
        outbox.enqueue(work, "letter", {}, key="L1")
    backend.clock.advance(days=3)
    until(lambda: play.open() == ["after"])
    until(lambda: backend.letters == ["L1"])
    worker.stop()

    assert play.types().count("timer_fired") == play.types().count("job_completed") == 1
    with engine.read() as work:
        assert heartbeats.seen_lately(work) == []


def test_four_workers_fire_each_of_many_timers_once(engine: Engine, backend: Backend) -> None:
    play = Play(engine, FAR)
    cases = [engine.start("p", {"case_id": str(n)}) for n in range(40)]
    backend.clock.advance(days=9)
    engines = [backend.open() for _ in range(4)]
    workers: list[AnyWorker] = [
        worker_for(each.machine, every=0.05, concurrency=2) for each in engines
    ]

    for worker in workers:
        worker.start()
    until(lambda: _waiting(engine) == 0)
    for worker in workers:
        worker.stop()

    for case in cases:
        play.id = case
        assert play.types().count("timer_fired") == 1
        assert play.ended
    for each in engines:
        each.close()


def _waiting(engine: Engine) -> int:
    with engine.read() as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(Wait)) or 0


def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_not_begun(
    engine: Engine, backend: Backend
) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(work: object, call: Any) -> None:
        begun.set()
        go.wait(30)

    Play(engine, MIXED)
    engine.machine.handlers["weld"] = slow
    for number in range(3):
        engine.start("p", {"case_id": str(number)})
    worker = worker_for(engine.machine, every=0.05, concurrency=1)
    worker.start()
    begun.wait(30)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    go.set()
    stopping.join()

    engine.machine.handlers["weld"] = weld
    backend.clock.advance(seconds=2)
    assert engine.run_due() == 2


@pytest.mark.postgres
def test_an_announcement_is_there_if_and_only_if_its_row_is(queued: Engine) -> None:
    play = Play(queued, MIXED)

    def change_my_mind() -> None:
        with queued.begin() as work:
            outbox.enqueue(work, "letter", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_my_mind()
    assert announced(queued) == []

    play.start()
    with queued.begin() as work:
        letter = outbox.enqueue(work, "letter", {})

    assert [kind for kind, _ in announced(queued)] == ["job", "delivery"]
    assert announced(queued)[1] == ("delivery", letter)


@pytest.mark.postgres
def test_a_far_timer_is_announced_when_it_comes_near_at_its_new_moment(
    queued: Engine, clock: TravellingClock
) -> None:
    play = Play(queued, FAR).start()
    assert isinstance(queued.machine.dispatch, Announcer)
    assert distributed.plan(queued.machine, queued.machine.dispatch) == 0
    with queued.begin() as work:
        timers.move_timer(work, play.id, "wait", (clock.now() + timedelta(days=2)).isoformat())
    assert announced(queued) == []

    clock.advance(days=2, minutes=-3)
    assert distributed.plan(queued.machine, queued.machine.dispatch) == 1
    assert distributed.plan(queued.machine, queued.machine.dispatch) == 0

    with queued.read() as work:
        scheduled = sa.text("SELECT scheduled_at - now() FROM procrastinate_jobs")
        ahead = work.session.scalars(scheduled).one()
    assert timedelta(minutes=2) < ahead <= timedelta(minutes=3)


@pytest.mark.postgres
def test_lost_and_doubled_announcements_do_no_harm(queued: Engine, clock: TravellingClock) -> None:
    play = Play(queued, MIXED).start()
    assert isinstance(queued.machine.dispatch, Announcer)
    with queued.begin() as work:
        work.session.execute(sa.text("DELETE FROM procrastinate_jobs"))

    clock.advance(minutes=1)
    assert distributed.plan(queued.machine, queued.machine.dispatch) == 1
    with queued.begin() as work:
        again = "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        copy = "SELECT queue_name, task_name, args FROM procrastinate_jobs, generate_series(1, 5)"
        work.session.execute(sa.text(f"{again} {copy}"))
    worker = worker_for(queued.machine, every=0.05)
    worker.start()
    until(lambda: announced(queued) == [])
    worker.stop()

    assert play.types().count("job_completed") == 1


@pytest.mark.postgres
def test_two_processes_that_open_at_once_make_the_tables_once(
    postgres_url: str, clock: TravellingClock
) -> None:
    opened: list[Engine] = []

    def open() -> None:
        opened.append(Backend(postgres_url, "procrastinate", clock).open())

    threads = [threading.Thread(target=open) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 3
    for engine in opened:
        engine.close()


def test_sqlite_is_told_to_use_the_embedded_backend(
    sqlite_url: str, clock: TravellingClock
) -> None:
    with pytest.raises(QueueNeedsPostgres, match="embedded"):
        Backend(sqlite_url, "procrastinate", clock).open()
