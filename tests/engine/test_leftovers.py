"""Verification names what outlives its case or its scope, without doing the case again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.canonical import dumps
from engine.ground.clock import TravellingClock
from engine.record.differences import Report
from engine.record.verification.leftovers import GOES_ON, NOBODY, OUTLIVES, report_leftovers
from engine.store.tables import ProcessInstance, UserTask, table
from tests.support.cases import Play
from tests.support.drawing import diagram, end, path, start, sub, user
from tests.support.tampering import unguarded

INNER = sub("u", start("us"), user("a"), end("ue"), path("us", "a", "ue"))
FILE = diagram(start(), INNER, user("b"), end(), path("start", "u", "b", "end"))


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


def test_a_task_that_is_open_in_an_ended_case_is_named(engine: Engine) -> None:
    play = Play(engine, FILE).start().do("a").do("b")
    task = table(UserTask)
    with unguarded(engine.database) as connection:
        still = sa.update(task).where(task.c.element_id == "a").values(status="open")
        connection.execute(still)

    (found,) = engine.verify(play.id).differences

    assert found.table.startswith("user_task/")
    assert found.what == OUTLIVES.format(element="a")


def test_a_task_of_a_scope_that_has_ended_is_named(engine: Engine) -> None:
    play = Play(engine, FILE).start().do("a")
    task = table(UserTask)
    with unguarded(engine.database) as connection:
        still = sa.update(task).where(task.c.element_id == "a").values(status="open")
        connection.execute(still)

    (found,) = engine.verify(play.id).differences

    assert found.what == OUTLIVES.format(element="a")


def told(engine: Engine, play: Play, **changed: Any) -> Report:
    """What is said of a case's row if it were another one."""
    report = Report()
    with engine.read() as work:
        instance = work.session.get_one(ProcessInstance, play.id)
        row = {"id": instance.id, "status": instance.status, "state": instance.state, **changed}
        report_leftovers(work, {play.id: row}, {play.id: report})
    return report


def test_a_case_that_has_ended_and_goes_on_is_named(engine: Engine) -> None:
    play = Play(engine, FILE).start().do("a")

    report = told(engine, play, status="completed")

    assert [each.what for each in report.differences] == [
        GOES_ON.format(element="b"),
        OUTLIVES.format(element="b"),
    ]


def test_a_subprocess_that_nobody_holds_open_is_named(engine: Engine) -> None:
    play = Play(engine, FILE).start()
    state: dict[str, Any] = {"scopes": [{"tokens": []}, {"of": 3, "tokens": [[4, 3, "a", 16]]}]}

    report = told(engine, play, state=dumps(state))

    assert report.differences[0].what == NOBODY.format(element="a")


@pytest.mark.parametrize(
    "state", ["", "[", "[]", "{}", '{"scopes": [1]}', '{"scopes": [{"tokens": [[]]}]}']
)
def test_a_state_that_nobody_can_read_is_told_elsewhere(engine: Engine, state: str) -> None:
    play = Play(engine, FILE).start()

    assert told(engine, play, state=state).differences == []
