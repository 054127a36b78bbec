"""Random processes and random orders: the engine agrees with the token game of the standard, saved
and loaded at every step, and every case replays to the same states."""

from __future__ import annotations

import random

import pytest

from engine import Engine
from engine.clock import TravellingClock
from tests.support.cases import Play
from tests.support.drawing import diagram
from tests.support.tokengame import Game, Generator, draw


@pytest.mark.parametrize("seed", range(60))
def test_the_engine_plays_the_token_game(
    sqlite_url: str, clock: TravellingClock, seed: int
) -> None:
    generator = Generator(seed)
    net = generator.net(depth=4)
    orders = random.Random(seed)
    engine = Engine.open(sqlite_url, clock=clock)
    play = Play(engine, diagram(*draw(net))).start(**generator.facts)
    game = Game(net, dict(generator.facts))

    for _ in range(400):
        assert play.open() == game.all_open()
        if not play.open():
            break
        task = orders.choice(game.all_open())
        if orders.random() < 0.5:
            play.forget()
        engine.complete(play.task(task).id)
        game.finish(task)

    assert play.ended
    assert game.over
    assert play.visits() == game.visits
    play.check_record()
    engine.close()
