"""One chain for all who run the house: its entries follow each other, however many are at it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa

from engine import Actor, Engine
from engine.ground.clock import TravellingClock
from engine.ground.errors import InstanceNotRunning
from engine.record.verification.administration import verify_administration
from engine.store.tables import AdministrationEvent
from engine.turn import administration
from tests.support.together import together

CLERK = Actor.of("clerk", "administrator")


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


def numbers(engine: Engine) -> list[int]:
    with engine.read() as work:
        query = sa.select(AdministrationEvent.seq).order_by(AdministrationEvent.seq)
        return list(work.session.scalars(query))


def test_several_at_once_leave_one_chain_without_a_gap(engine: Engine) -> None:
    began = len(numbers(engine))

    def act(number: int) -> None:
        for turn in range(5):
            with engine.begin() as work:
                administration.note(work, "first", f"{number}/{turn}", actor=CLERK)
                administration.note(work, "second", f"{number}/{turn}", {"turn": turn})

    assert together(*(partial(act, number) for number in range(4))) == [None] * 4

    assert numbers(engine) == list(range(1, began + 4 * 5 * 2 + 1))
    with engine.read() as work:
        assert verify_administration(work).is_whole


def test_what_was_taken_back_leaves_no_entry(engine: Engine) -> None:
    began = numbers(engine)

    def fail() -> None:
        with engine.begin() as work:
            administration.note(work, "deployed", "nothing")
            raise InstanceNotRunning

    with pytest.raises(InstanceNotRunning):
        fail()

    assert numbers(engine) == began
