"""Who may take a task, who finishes it, and what happens when two people want the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import (
    EngineError,
    FourEyes,
    NotAllowed,
    TaskAlreadyClaimed,
    TaskNotFound,
    VariablesInvalid,
)
from tests.support.cases import OFFICER, Play
from tests.support.drawing import diagram, end, path, start, user

COLLEAGUE = Actor.of("officer-2", "officer")
STRANGER = Actor.of("stranger", "cook")


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


TWO_STEPS = diagram(
    start(),
    user("register"),
    user("screen", separateFrom="register"),
    end(),
    path("start", "register", "screen", "end"),
)


def test_a_task_is_offered_to_its_group_only(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start()

    assert [task.element_id for task in engine.tasks(actor=OFFICER)] == ["register"]
    assert engine.tasks(actor=STRANGER) == []
    with pytest.raises(NotAllowed):
        engine.claim(play.task("register").id, STRANGER)
    with pytest.raises(NotAllowed):
        engine.complete(play.task("register").id, {}, STRANGER)


def test_a_claimed_task_is_its_holders_until_released(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start()
    task = play.task("register").id

    engine.claim(task, OFFICER)
    engine.claim(task, OFFICER)
    with pytest.raises(TaskAlreadyClaimed):
        engine.claim(task, COLLEAGUE)
    with pytest.raises(TaskAlreadyClaimed):
        engine.complete(task, {}, COLLEAGUE)
    with pytest.raises(NotAllowed):
        engine.release(task, COLLEAGUE)
    assert engine.tasks(actor=COLLEAGUE) == []

    engine.release(task, OFFICER)
    engine.complete(task, {}, COLLEAGUE)
    assert play.open() == ["screen"]
    assert play.types().count("task_claimed") == 1


def test_whoever_registered_may_not_screen(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start().do("register", OFFICER)

    with pytest.raises(FourEyes) as refused:
        engine.complete(play.task("screen").id, {}, OFFICER)

    assert "register" in refused.value.text.th
    play.do("screen", COLLEAGUE)
    assert play.ended


def test_whoever_filed_the_case_may_be_kept_from_screening_it(engine: Engine) -> None:
    drawing = diagram(
        start("filed"),
        user("screen", separateFrom='=if track = "C" then ["filed"] else []'),
        end(),
        path("filed", "screen", "end"),
    )
    Play(engine, drawing)
    corruption = engine.start("p", {"case_id": "1", "track": "C"}, actor=OFFICER)
    service = engine.start("p", {"case_id": "2", "track": "G"}, actor=OFFICER)

    with pytest.raises(FourEyes):
        engine.claim(engine.tasks(corruption)[0].id, OFFICER)

    engine.claim(engine.tasks(corruption)[0].id, COLLEAGUE)
    engine.claim(engine.tasks(service)[0].id, OFFICER)


def test_a_completed_task_cannot_be_completed_again(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start()
    task = play.task("register").id
    engine.complete(task, {"x": 1}, OFFICER)
    before = play.types()

    with pytest.raises(TaskNotFound):
        engine.complete(task, {"x": 2}, OFFICER)

    assert play.types() == before
    assert play.variables()["x"] == 1


def test_the_same_key_gives_the_same_answer_once(engine: Engine) -> None:
    Play(engine, TWO_STEPS)

    first = engine.start("p", {"case_id": "1"}, idempotency_key="web-17")
    again = engine.start("p", {"case_id": "1"}, idempotency_key="web-17")
    assert first == again

    (task,) = engine.tasks(first)
    engine.complete(task.id, {"x": 1}, OFFICER, idempotency_key="click-1")
    engine.complete(task.id, {"x": 1}, OFFICER, idempotency_key="click-1")
    assert [event.type for event in engine.history(first)].count("task_completed") == 1


def test_ten_who_complete_the_same_task_at_once_are_one(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start()
    task = play.task("register").id
    barrier = threading.Barrier(10)
    outcomes: list[str] = []

    def complete(number: int) -> None:
        actor = Actor.of(f"officer-{number}", "officer")
        barrier.wait()
        try:
            engine.complete(task, {"by": number}, actor)
        except EngineError as refused:
            outcomes.append(type(refused).__name__)
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=complete, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("done") == 1
    assert set(outcomes) - {"done"} <= {"TaskClosed", "ConcurrentUpdate"}
    assert play.types().count("task_completed") == 1


def test_ten_who_claim_the_same_task_at_once_are_one(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start()
    task = play.task("register").id
    barrier = threading.Barrier(10)
    holders: list[str] = []

    def claim(number: int) -> None:
        barrier.wait()
        try:
            engine.claim(task, Actor.of(f"officer-{number}", "officer"))
        except EngineError:
            return
        holders.append(f"officer-{number}")

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(holders) == 1
    assert play.task("register").assignee == holders[0]


def test_what_json_cannot_hold_is_refused_by_name(engine: Engine) -> None:
    play = Play(engine, TWO_STEPS).start()

    with pytest.raises(VariablesInvalid, match="picture"):
        engine.complete(play.task("register").id, {"picture": object()}, OFFICER)

    assert play.open() == ["register"]


def test_a_reserved_name_of_the_library_is_an_ordinary_variable(engine: Engine) -> None:
    # SpiffWorkflow 3.2's serializer reads a dictionary with the key "typename" as one of its own
    # types, which made such an instance unloadable.
    play = Play(engine, TWO_STEPS).start(typename="x", Start=1)

    play.do("register", data_objects={"typename": "y"})

    assert play.variables()["typename"] == "x"
    assert play.open() == ["screen"]


def test_due_dates_and_groups_come_from_the_diagram(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("clarify", groups='=["unit@" + unit, "chief"]', due="=deadline"),
        end(),
        path("start", "clarify", "end"),
    )
    play = Play(engine, drawing).start(unit="legal", deadline="2026-03-09T16:30:00+07:00")

    task = play.task("clarify")

    assert task.candidate_groups == ["unit@legal", "chief"]
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-03-09T09:30:00+00:00"
    with pytest.raises(StepFailed, match=r"clarify.*Buddhist year; write 2026"):
        Play(engine, drawing).start(unit="legal", deadline="2569-03-09")
