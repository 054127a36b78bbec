"""Playing a case back: what the record gives when it is done again is what there was."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine import Engine
from engine.ground.clock import TravellingClock
from engine.record import playback
from engine.record.playback import Playback, Step
from engine.verbs import queries
from tests.support.cases import Play
from tests.support.drawing import (
    boundary,
    call,
    diagram,
    end,
    flow,
    gateway,
    path,
    script,
    start,
    timer,
    user,
)
from tests.support.netdrawing import files
from tests.support.netgenerator import Generator
from tests.support.randomwalk import open_engine


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


ROUNDS = diagram(
    start(),
    script("count", "=if rounds = null then 1 else rounds + 1", "rounds"),
    user("ask", due='="2026-03-09T16:30:00+07:00"'),
    boundary("late", "ask", timer("P2D"), interrupting=False),
    end("reminded"),
    gateway("exclusive", "enough", default="yes"),
    call("inquire", "child"),
    end(),
    path("start", "count", "ask", "enough"),
    flow("late", "reminded"),
    flow("enough", "count", "=rounds < 2"),
    flow("enough", "inquire", id="yes"),
    flow("inquire", "end"),
)
CHILD = diagram(start(), user("hear"), end(), path("start", "hear", "end"), id="child")


def played(engine: Engine, instance_id: str) -> tuple[Playback, list[Step]]:
    with engine.read() as work:
        found = playback.play(work, instance_id)
        return found, playback.steps(work, instance_id, found)


def standing(step: Step) -> list[str]:
    return sorted(token.element_id for token in step.frame.tokens)


def step_at(steps: list[Step], type: str, element: str, nth: int = 1) -> Step:
    found = [s for s in steps if (s.event.type, s.event.element_id) == (type, element)]
    return found[nth - 1]


def test_each_event_shows_tokens_rounds_and_timers_of_its_moment(
    engine: Engine, clock: TravellingClock
) -> None:
    play = Play(engine, ROUNDS, CHILD).start().do("ask", first=True)
    clock.advance(days=3)
    engine.run_due()
    play.do("ask", second=True).do("hear")

    found, steps = played(engine, play.id)

    assert found.trouble == ""
    assert all(step.is_proved for step in steps)
    offered = step_at(steps, "task_created", "ask")
    assert standing(offered) == ["ask"]
    assert [(each.element_id, each.due) for each in offered.frame.awaited] == [
        ("late", clock.now() - timedelta(days=1))
    ]
    assert found.offers[offered.event.data["task"]].due is not None
    again = step_at(steps, "activity_entered", "ask", 2)
    assert (again.round, standing(again)) == (2, ["ask"])
    assert standing(step_at(steps, "activity_entered", "late")) == ["ask", "late"]
    inside = step_at(steps, "activity_entered", "hear")
    assert inside.frame.process_key == "child"
    assert standing(inside) == ["hear", "inquire"]
    assert standing(steps[-1]) == []


def test_the_data_before_and_after_are_those_of_the_act(engine: Engine) -> None:
    play = Play(engine, ROUNDS, CHILD).start().do("ask", first=True).do("ask", second=True)

    _, steps = played(engine, play.id)

    done = step_at(steps, "task_completed", "ask")
    assert "first" not in done.before
    assert done.frame.variables["first"] is True
    counted = step_at(steps, "activity_completed", "count", 2)
    assert (counted.before["rounds"], counted.frame.variables["rounds"]) == (1, 2)


def test_a_new_command_is_played_and_the_old_playback_forgotten(engine: Engine) -> None:
    play = Play(engine, ROUNDS, CHILD).start()
    before, _ = played(engine, play.id)
    assert played(engine, play.id)[0] is before

    play.do("ask")

    after, steps = played(engine, play.id)
    assert len(after.moves) == len(before.moves) + 1
    assert len(steps) == len(engine.history(play.id))


def watch_at_random(engine: Engine, seed: int) -> None:
    """Walk a random process, noting after each act where the case really stands."""
    generator = Generator(seed)
    net = generator.net(depth=3)
    chance = random.Random(seed)
    play = Play(engine, *files(net)).start(**generator.facts)
    stood: dict[int, list[tuple[str, str]]] = {}
    for _ in range(40):
        with engine.read() as work:
            row = queries.instance(work, play.id)
            marks = queries.marking(work, play.id)
            stood[row.command_seq] = sorted((m["element_id"], m["process_key"]) for m in marks)
        if row.status != "running" or not play.open():
            break
        play.do(chance.choice(play.open()))

    found, steps = played(engine, play.id)

    assert found.trouble == ""
    for seq, marks in stood.items():
        tokens = found.moves[seq].rest.tokens
        assert sorted((token.element_id, token.process_key) for token in tokens) == marks
    assert [step.event.seq for step in steps] == list(range(1, len(steps) + 1))
    arrived = Counter(s.event.element_id for s in steps if s.event.type == "activity_entered")
    assert arrived == play.visits()
    for step in steps:
        element = step.event.element_id
        # A compensation event (`undo_…`) holds no token: it points to what undoes.
        if step.event.type == "activity_entered" and not element.startswith("undo_"):
            assert element in standing(step)


@pytest.mark.parametrize("seed", range(8))
def test_a_random_case_stood_where_the_playback_says(
    sqlite_url: str, clock: TravellingClock, seed: int
) -> None:
    engine = open_engine(sqlite_url, clock)
    watch_at_random(engine, seed)
    engine.close()


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [20, 21])
def test_a_random_case_stood_where_the_playback_says_on_postgres(
    postgres_url: str, clock: TravellingClock, seed: int
) -> None:
    engine = open_engine(postgres_url, clock)
    watch_at_random(engine, seed)
    engine.close()
