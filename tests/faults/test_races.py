"""Many at once, behind a barrier: one wins, the others are told, and the record has it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import InstanceNotRunning, TaskNotFound
from engine.store.tables import Command, ProcessDefinition
from engine.verbs.migration import MigrationPlan, migrate_instance
from office.ground.settings import OfficeSettings
from tests.support.cases import OFFICER, Play
from tests.support.drawing import (
    boundary,
    catch,
    diagram,
    end,
    message,
    path,
    root_message,
    start,
    timer,
    user,
)
from tests.support.together import kinds, together
from tests.support.verbs import Office
from webhooks.clients import SCOPES, register_client

OWNER = Actor.of("owner")
STEPS = diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))
LONGER = diagram(
    start(), user("a"), user("b"), user("c"), end(), path("start", "a", "b", "c", "end")
)
WAITS = diagram(
    start(),
    catch("wait", message("answer")),
    user("after"),
    end(),
    path("start", "wait", "after", "end"),
    roots=root_message("answer"),
)
LATE = diagram(
    start(),
    user("a"),
    boundary("too_late", "a", timer("PT1H")),
    user("chased"),
    user("b"),
    end(),
    path("start", "a", "b", "end"),
    path("too_late", "chased", "end"),
)


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, packages=("engine", "office", "webhooks"), clock=clock)
    yield engine
    engine.close()


def test_fifty_programs_complete_one_task_and_one_has_done_it(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    from flask import Flask

    import webhooks

    play = Play(engine, STEPS).start()  # before the office's stricter gate
    office = Office.open(
        OfficeSettings(database_url=database_url, data_dir=tmp_path), engine=engine
    )
    app = Flask("api")
    app.config.update(SECRET_KEY="tests", TESTING=True)
    webhooks.register(app, office)
    address = f"/api/v1/tasks/{play.task('a').id}/complete"
    with engine.begin() as work:
        _, token = register_client(work, "robot", SCOPES, ("officer",), actor=OWNER)
    headers = {"Authorization": f"Bearer {token}"}

    def complete() -> int:
        return app.test_client().post(address, json={"answers": {}}, headers=headers).status_code

    assert Counter(together(*[complete] * 50)) == {204: 1, 409: 49}
    assert play.types().count("task_completed") == 1
    assert play.open() == ["b"]
    play.check_record()


def test_fifty_officers_claim_one_task_and_one_has_it(engine: Engine) -> None:
    play = Play(engine, STEPS).start()
    task = play.task("a").id
    officers = [Actor.of(f"officer-{number}", "officer") for number in range(50)]

    results = together(*[lambda o=officer: engine.claim(task, o) for officer in officers])

    assert kinds(results) == {"done": 1, "TaskAlreadyClaimed": 49}
    assert play.task("a").assignee == officers[results.index(None)].id
    assert play.types().count("task_claimed") == 1
    play.check_record()


def test_one_message_sent_a_hundred_times_arrives_once(engine: Engine) -> None:
    play = Play(engine, WAITS).start()

    results = together(*[lambda: engine.correlate("answer", "case-1")] * 100)

    assert kinds(results) == {"done": 1, "MessageNotAwaited": 99}
    assert play.types().count("message_received") == 1
    play.check_record()


def test_the_same_request_sent_twenty_times_is_answered_alike(engine: Engine) -> None:
    Play(engine, WAITS)

    def send() -> str:
        return engine.start("p", {"case_id": "case-1"}, idempotency_key="double click")

    assert len(set(together(*[send] * 20))) == 1
    with engine.read() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Command)) == 1


def test_a_message_with_one_key_is_answered_alike_to_everybody(engine: Engine) -> None:
    play = Play(engine, WAITS).start()

    results = together(*[lambda: engine.correlate("answer", "case-1", idempotency_key="once")] * 20)

    assert results == [play.id] * 20
    assert play.types().count("message_received") == 1


def test_a_case_migrates_while_its_task_is_completed(engine: Engine) -> None:
    for number in range(6):
        play = Play(engine, STEPS).start(case_id=f"case-{number}")
        source = play.engine.history(play.id)[0].data["definition"]
        target = engine.deploy({"d0.bpmn": _variant(LONGER, number)}, OWNER).definitions[0]
        plan, task = MigrationPlan(source, target, instances=(play.id,)), play.task("a").id

        def migrate(plan: MigrationPlan = plan, case: str = play.id) -> None:
            with engine.begin() as work:
                migrate_instance(work, case, plan, actor=OWNER)

        results = together(lambda t=task: engine.complete(t, {}, OFFICER), migrate)

        assert kinds(results) == {"done": 2}
        play.do("b")
        assert play.open() == ["c"]  # it runs on the new version, whoever came first
        play.check_record()


def _variant(drawing: bytes, number: int) -> bytes:
    """Each round deploys another version."""
    return drawing.replace(b'name="c"', f'name="c {number}"'.encode())


def test_cases_start_while_a_version_is_deployed(engine: Engine) -> None:
    Play(engine, STEPS)
    deployments = [
        lambda n=n: engine.deploy({"d0.bpmn": _variant(LONGER, n)}, OWNER) for n in range(4)
    ]
    starts = [lambda n=n: engine.start("p", {"case_id": str(n)}) for n in range(12)]

    results = together(*deployments, *starts)

    assert kinds(results) == {"done": 16}
    with engine.read() as work:
        versions = work.session.scalars(sa.select(ProcessDefinition.version)).all()
    assert sorted(versions) == [1, 2, 3, 4, 5]
    for instance in results[4:]:
        engine.complete(engine.tasks(instance)[0].id, {}, OFFICER)
        assert engine.replay(instance).is_whole


def test_a_timer_and_a_completion_meet_and_one_of_them_is_it(
    engine: Engine, clock: TravellingClock
) -> None:
    for number in range(6):
        play = Play(engine, LATE).start(case_id=f"case-{number}")
        task = play.task("a").id
        clock.advance(hours=1)

        _, completed = together(
            engine.run_due, lambda task=task: engine.complete(task, {}, OFFICER)
        )

        fired = "timer_fired" in play.types()
        assert completed is None or isinstance(completed, TaskNotFound)
        assert fired == (completed is not None)
        assert play.open() == (["chased"] if fired else ["b"])
        play.check_record()


def test_a_task_is_claimed_while_somebody_else_completes_it(engine: Engine) -> None:
    other = Actor.of("officer-2", "officer")
    for number in range(8):
        play = Play(engine, STEPS).start(case_id=f"case-{number}")
        task = play.task("a").id

        claimed, completed = together(
            lambda task=task: engine.claim(task, other),
            lambda task=task: engine.complete(task, {}, OFFICER),
        )

        # Either it was completed first, or the claim holds and the other is told.
        done = (claimed is None, completed is None)
        assert done in {(True, False), (False, True)}, (claimed, completed)
        play.check_record()


def test_two_servers_take_turns_on_one_case(
    engine: Engine, database_url: str, clock: TravellingClock
) -> None:
    # Each keeps the case in memory as it left it; what the other did since must not be undone.
    other = Engine.open(database_url, clock=clock)
    play = Play(engine, LONGER).start()

    for step, server in (("a", engine), ("b", other), ("c", engine)):
        server.complete(play.task(step).id, {}, OFFICER)

    assert play.ended
    play.check_record()
    other.close()


def test_a_case_is_cancelled_while_it_is_worked_on(engine: Engine) -> None:
    for number in range(4):
        play = Play(engine, STEPS).start(case_id=f"case-{number}")
        task = play.task("a").id
        cancelled, completed = together(
            lambda p=play: engine.cancel(p.id, "duplicate"),
            lambda t=task: engine.complete(t, {}, OFFICER),
        )
        assert cancelled is None
        assert completed is None or isinstance(completed, InstanceNotRunning | TaskNotFound)
        assert play.open() == []
        assert play.ended
        play.check_record()
