"""Timers, jobs, deliveries: each runs once, whoever asks; what is bad in one stops no other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.background import run_due
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import EngineError
from engine.store.tables import Incident, Job, OutboxMessage, Wait
from engine.verbs import incidents, jobs
from tests.support.cases import OFFICER, Play
from tests.support.drawing import (
    boundary,
    catch,
    diagram,
    end,
    flow,
    gateway,
    job,
    path,
    start,
    timer,
    user,
)

ADMINISTRATOR = Actor.of("admin")

WAITING = diagram(
    start(),
    catch("wait", timer("P3D")),
    user("after"),
    end(),
    path("start", "wait", "after", "end"),
)
# After the timer no condition may hold: the step cannot be done until `x` says where to go.
POISONED = diagram(
    start(),
    user("a"),
    boundary("late", "a", timer("P3D"), interrupting=False),
    gateway("exclusive", "where"),
    user("there"),
    end(),
    path("start", "a", "end"),
    path("late", "where"),
    flow("where", "there", "=x = 1"),
    path("there", "end"),
    id="poisoned",
)
WELDING = diagram(
    start(), job("weld", "weld"), user("after"), end(), path("start", "weld", "after", "end")
)


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def at_once(*acts: Callable[[], Any]) -> None:
    """Let them all go at the same moment, and wait for all."""
    barrier = threading.Barrier(len(acts))

    def go(act: Callable[[], Any]) -> None:
        barrier.wait()
        act()

    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def started(engine: Engine, count: int, process: str = "p", **variables: Any) -> list[str]:
    return [
        engine.start(process, {"case_id": str(n), **variables}, business_key=str(n))
        for n in range(count)
    ]


def fired(engine: Engine, instance: str) -> int:
    return [event.type for event in engine.history(instance)].count("timer_fired")


def open_incidents(engine: Engine) -> list[Incident]:
    with engine.read() as work:
        return incidents.open_incidents(work)


def test_four_workers_at_once_fire_each_timer_once(engine: Engine, clock: TravellingClock) -> None:
    engine.deploy({"d.bpmn": WAITING, "any.form": b'{"id":"any","type":"default"}'})
    cases = started(engine, 12)
    clock.advance(days=3)
    taken: list[str] = []

    def work(name: str) -> None:
        while items := run_due.take_due(engine.machine, name, 2):
            taken.extend(item.id for item in items)
            for item in items:
                run_due.run(engine.machine, item, name)

    at_once(*(lambda n=n: work(f"worker-{n}") for n in range(4)))

    assert len(taken) == len(set(taken)) == 12
    assert [fired(engine, case) for case in cases] == [1] * 12


def test_a_timer_and_a_completion_at_the_same_moment_are_one_or_the_other(
    engine: Engine, clock: TravellingClock
) -> None:
    # Once the timer's row was locked before its case: a completion locks them the other way
    # round, and one of the two was thrown out by the database as a deadlock.
    drawing = diagram(
        start(),
        user("a"),
        boundary("late", "a", timer("P3D")),
        user("escalated"),
        end(),
        path("start", "a", "end"),
        path("late", "escalated", "end"),
    )
    play = Play(engine, drawing)
    cases = started(engine, 8)
    clock.advance(days=3)
    tasks = {task.instance_id: task.id for task in engine.tasks()}
    refused: list[str] = []

    def complete() -> None:
        for case in cases:
            try:
                engine.complete(tasks[case], {}, OFFICER)
            except EngineError as error:
                refused.append(type(error).__name__)

    def fire() -> None:
        for item in run_due.take_due(engine.machine, "worker", 50):
            run_due.run(engine.machine, item, "worker")

    at_once(complete, fire)
    engine.run_due()

    assert set(refused) <= {"TaskClosed"}
    for case in cases:
        types = [event.type for event in engine.history(case)]
        assert types.count("timer_fired") + types.count("task_completed") == 1
    play.id = cases[0]
    play.check_record()


def test_what_a_dead_worker_held_is_taken_over(engine: Engine, clock: TravellingClock) -> None:
    play = Play(engine, WAITING).start()
    clock.advance(days=3)
    assert len(run_due.take_due(engine.machine, "dies", 10)) == 1

    assert engine.run_due() == 0
    clock.advance(seconds=engine.machine.lease.total_seconds() + 1)
    assert engine.run_due() == 1

    assert play.open() == ["after"]
    assert open_incidents(engine) == []


def test_a_hold_from_before_the_clock_was_set_back_does_not_last(
    engine: Engine, clock: TravellingClock
) -> None:
    play = Play(engine, WAITING).start()
    clock.advance(days=9)
    run_due.take_due(engine.machine, "dies", 10)
    clock.advance(days=-5)

    assert engine.run_due() == 1
    assert play.open() == ["after"]


def test_a_timer_that_takes_its_workers_down_is_shown_instead_of_tried_for_ever(
    engine: Engine, clock: TravellingClock
) -> None:
    play = Play(engine, WAITING).start()
    clock.advance(days=3)

    for _ in range(5):
        assert len(run_due.take_due(engine.machine, "dies", 10)) == 1
        clock.advance(seconds=engine.machine.lease.total_seconds() + 1)

    assert engine.run_due() == 0
    (incident,) = open_incidents(engine)
    assert (incident.kind, incident.element_id) == ("timer", "wait")
    with engine.begin() as work:
        incidents.resolve_incident(work, incident.id, actor=ADMINISTRATOR)
    assert engine.run_due() == 1
    assert play.open() == ["after"]


def test_a_timer_whose_step_cannot_be_done_waits_longer_each_time_and_is_told_once(
    engine: Engine, clock: TravellingClock
) -> None:
    good = Play(engine, WAITING, POISONED).start()
    bad = engine.start("poisoned", {"case_id": "bad", "x": 3})
    clock.advance(days=3)
    assert engine.run_due() == 1
    assert good.open() == ["after"]

    looks = 0
    for _ in range(48):
        clock.advance(minutes=5)
        assert engine.run_due() == 0
        with engine.read() as work:
            looks = work.session.scalars(sa.select(Wait.attempts)).one()

    assert 5 <= looks <= 9  # four hours: after 1, 2, 4 … minutes, not 48 times
    (incident,) = open_incidents(engine)
    assert (incident.kind, incident.instance_id) == ("timer", bad)
    raised = [event for event in engine.history(bad) if event.type == "incident_raised"]
    assert len(raised) == 1


def test_a_start_timer_that_fails_holds_up_nobody(engine: Engine, clock: TravellingClock) -> None:
    nightly = diagram(
        start("begin", timer("R/P1D", "timeCycle")),
        gateway("exclusive", "g"),
        user("u"),
        end(),
        path("begin", "g"),
        flow("g", "u", "=x = 1"),
        path("u", "end"),
        id="nightly",
    )
    good = Play(engine, WAITING, nightly).start()
    clock.advance(days=3)

    assert engine.run_due() == 1
    assert engine.run_due() == 0

    assert good.open() == ["after"]
    (incident,) = open_incidents(engine)
    assert (incident.kind, incident.element_id) == ("start", "nightly/begin")
    with engine.begin() as work:
        incidents.resolve_incident(work, incident.id, actor=ADMINISTRATOR)
    engine.run_due()
    assert [found.kind for found in open_incidents(engine)] == ["start"]


def test_a_bug_met_in_one_case_is_kept_there(database_url: str, clock: TravellingClock) -> None:
    # It once ended the worker's thread, and with it the timers of every other case.
    def stumble(work: object, event: Any) -> None:
        if event.type == "timer_fired" and event.business_key == "0":
            raise KeyError("somebody's name")

    engine = Engine.open(database_url, clock=clock, listeners=[stumble])
    Play(engine, WAITING)
    bad, good = started(engine, 2)
    clock.advance(days=3)

    assert engine.run_due() == 1

    assert (fired(engine, bad), fired(engine, good)) == (0, 1)
    (incident,) = open_incidents(engine)
    assert (incident.instance_id, incident.message_en) == (bad, "KeyError")
    engine.close()


def test_a_loan_that_ran_out_is_over(engine: Engine, clock: TravellingClock) -> None:
    play = Play(engine, WELDING).start()
    minute = timedelta(minutes=1)
    with engine.begin() as work:
        (lent,) = jobs.activate_jobs(work, "weld", worker="slow", limit=1, lock=minute)
    clock.advance(seconds=61)

    with pytest.raises(jobs.JobNotHeld), engine.begin() as work:
        jobs.complete_job(work, lent.id, {}, worker="slow")
    with engine.begin() as work:
        (again,) = jobs.activate_jobs(work, "weld", worker="quick", limit=1, lock=minute)
    with pytest.raises(jobs.JobNotHeld), engine.begin() as work:
        jobs.complete_job(work, lent.id, {}, worker="slow")
    with engine.begin() as work:
        jobs.complete_job(work, again.id, {"seam": "good"}, worker="quick")

    assert play.variables()["seam"] == "good"
    assert play.types().count("job_completed") == 1
    assert play.types().count("job_failed") == 1  # the loan that nobody answered


def test_two_programs_are_never_lent_the_same_job(engine: Engine) -> None:
    Play(engine, WELDING)
    started(engine, 8)
    lent: list[str] = []

    def borrow(name: str) -> None:
        with engine.begin() as work:
            found = jobs.activate_jobs(
                work, "weld", worker=name, limit=8, lock=timedelta(minutes=1)
            )
        lent.extend(job.id for job in found)

    at_once(*(lambda n=n: borrow(f"w{n}") for n in range(4)))

    assert len(lent) == len(set(lent)) == 8


def test_a_program_that_never_answers_becomes_an_incident(
    engine: Engine, clock: TravellingClock
) -> None:
    Play(engine, WELDING).start()

    for _ in range(5):
        with engine.begin() as work:
            lent = jobs.activate_jobs(
                work, "weld", worker="silent", limit=1, lock=timedelta(minutes=1)
            )
        assert len(lent) == 1
        clock.advance(minutes=2)
    engine.run_due()

    (incident,) = open_incidents(engine)
    assert incident.kind == "job"
    assert "did not answer in time" in incident.message_en


def test_a_handler_that_hangs_loses_its_job_to_a_colleague(database_url: str) -> None:
    """On SQLite it held the one place from which anybody writes, for as long as it hung."""
    stuck, go = threading.Event(), threading.Event()
    calls: list[str] = []

    def init_app(work: object, call: Any) -> dict[str, str]:
        calls.append(call.id)
        if len(calls) == 1:
            stuck.set()
            go.wait(30)
        return {"by": f"call {len(calls)}"}

    engine = Engine.open(database_url, handlers={"weld": init_app})
    engine.machine.lease = timedelta(seconds=0.4)
    play = Play(engine, WELDING).start()
    first = threading.Thread(target=engine.run_due)
    first.start()
    stuck.wait(10)

    colleague = Engine(engine.database, handlers={"weld": init_app})
    while not play.open():
        colleague.run_due()
    go.set()
    first.join()

    assert play.variables()["by"] == "call 2"
    assert play.types().count("job_completed") == 1
    engine.close()


def test_looking_uses_an_index_however_many_wait(engine: Engine, clock: TravellingClock) -> None:
    Play(engine, WAITING).start()
    _fill(engine, clock)
    with engine.begin() as work:
        work.session.execute(sa.text("ANALYZE"))

    with engine.read() as work:
        looks = [
            run_due.rows_that(
                run_due.is_due, work, kind.model, *kind.conditions(engine.machine), limit=50
            )
            for kind in run_due.KINDS.values()
        ]
        plans = [_plan(work.session, look) for look in looks]

    assert "ix_wait_due" in plans[0]
    assert "ix_job_ready" in plans[1]
    assert "ix_outbox_message_due" in plans[2]
    with engine.begin() as work:  # no case stands behind them, as verification would say
        for model in (Wait, Job):
            work.session.execute(sa.delete(model).where(model.id.startswith("filler-")))


def _fill(engine: Engine, clock: TravellingClock) -> None:
    """Thousands of rows of each kind that are not due, around the few that are."""
    later = clock.now() + timedelta(days=30)
    with engine.begin() as work:
        found = work.session.scalars(sa.select(Wait)).one()
        wait = {"instance_id": found.instance_id, "task_id": "x", "element_id": "wait"}
        job = {"instance_id": found.instance_id, "element_id": "j", "type": "other"}
        job |= {"headers": {}, "variables": {}, "status": "ready", "retries": 1}
        mail = {"topic": "message", "payload": {}, "status": "pending"}
        for model, row in (
            (Wait, wait | {"kind": "timer", "due_at": later}),
            (Job, job | {"due_at": clock.now(), "created_at": later}),
            (OutboxMessage, mail | {"due_at": later, "created_at": later}),
        ):
            rows = [row | {"id": f"filler-{n}"} for n in range(5_000)]
            work.session.execute(sa.insert(model), rows)
    engine.machine.handlers["weld"] = lambda work, call: None


def _plan(session: Any, query: sa.Select[Any]) -> str:
    dialect = session.get_bind().dialect
    text = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(str(row) for row in session.execute(sa.text(explain + text)))
