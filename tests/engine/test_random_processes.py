"""Random processes and random orders: the engine agrees with the token game of the standard, saved
and loaded at every step, and every case replays to the same states."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.clock import TravellingClock
from engine.models import Wait
from tests.support.cases import Play
from tests.support.tokengame import Game, Generator, files


def play_at_random(engine: Engine, seed: int) -> None:
    generator = Generator(seed)
    net = generator.net(depth=4)
    chance = random.Random(seed)
    play = Play(engine, *files(net)).start(**generator.facts)
    game = Game(net, dict(generator.facts))

    for _ in range(400):
        assert play.open() == game.all_open()
        assert awaited(play) == game.all_awaited()
        acts = [*game.all_open(), *game.all_awaited()]
        if not game.all_open() and (not acts or game.over):
            break
        act = chance.choice(acts)
        if chance.random() < 0.5:
            play.forget()
        if act in game.all_open():
            task = play.task(act).id
            count = play.engine.variables(play.id).get(f"v_{act}", 0) + 1
            engine.complete(task, {f"v_{act}": count} if f"v_{act}" in game.facts else {})
            game.finish(act)
        else:
            engine.correlate(f"msg_{act}", "case-1")
            game.message(act)

    assert play.ended
    assert game.over
    assert play.visits() == game.visits
    assert {n: v for n, v in play.variables().items() if n[:2] in ("v_", "n_")} == {
        n: v for n, v in game.facts.items() if n[:2] in ("v_", "n_")
    }
    play.check_record()


def awaited(play: Play) -> list[str]:
    with play.engine.read() as work:
        names = sa.select(Wait.name).where(Wait.instance_id == play.id)
        return sorted(name.removeprefix("msg_") for name in work.session.scalars(names) if name)


@pytest.mark.parametrize("seed", range(60))
def test_the_engine_plays_the_token_game(
    sqlite_url: str, clock: TravellingClock, seed: int
) -> None:
    engine = Engine.open(sqlite_url, clock=clock)
    play_at_random(engine, seed)
    engine.close()


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(100, 110))
def test_the_engine_plays_the_token_game_on_postgres(
    postgres_url: str, clock: TravellingClock, seed: int
) -> None:
    engine = Engine.open(postgres_url, clock=clock)
    play_at_random(engine, seed)
    engine.close()
