"""Tasks, waits and jobs are rows that people and workers find: one that was removed, added or
changed by hand is found by doing the case again, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.clock import TravellingClock
from engine.record import replay
from engine.record.differences import Difference
from engine.store.tables import Job, Moment, UserTask, UserTaskCandidate, Wait, table
from engine.verbs import jobs
from tests.conftest import START
from tests.support.cases import OFFICER, Play
from tests.support.drawing import (
    boundary,
    catch,
    diagram,
    end,
    gateway,
    job,
    message,
    path,
    root_message,
    start,
    timer,
    user,
)

SHIPPED = diagram(
    start(),
    user("first"),
    gateway("parallel", "fork"),
    user("second", due='="2026-03-09T16:30:00+07:00"', separateFrom="first"),
    boundary("late", "second", timer("P2D"), interrupting=False),
    end("reminded"),
    catch("answer", message("reply")),
    job("weld", "weld", speed="fast"),
    end(),
    path("start", "first", "fork", "second", "end"),
    path("fork", "answer", "end"),
    path("fork", "weld", "end"),
    path("late", "reminded"),
    roots=root_message("reply"),
)
# How a worker is at it, which no command says.
FREE = {
    UserTask: {"id", "instance_id"},
    Wait: {"id", "instance_id", "attempts", "locked_by", "locked_until"},
    Job: {"id", "instance_id", "status", "retries", "attempts", "due_at", "locked_by"}
    | {"locked_until", "last_error", "created_at"},
}


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def play(engine: Engine) -> Play:
    play = Play(engine, SHIPPED).start(x=1)
    engine.claim(play.task("first").id, OFFICER)
    play.do("first")
    assert engine.replay(play.id).differences == []
    return play


KNOWS = "knows nothing of it"


class _UndoneError(Exception):
    pass


def after(play: Play, act: Callable[[Any], Any]) -> list[Difference]:
    """What doing the case again finds after an act, which does not last."""
    found: list[Difference] = []
    try:
        with play.engine.begin() as work:
            if work.session.get_bind().dialect.name == "sqlite":
                work.session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
            else:
                work.session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            act(work.session)
            work.session.expire_all()
            found = replay.replay(work, play.id).differences
            raise _UndoneError
    except _UndoneError:
        return found


def changed(column: sa.Column[Any], value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(column.type, Moment):
        return (value or START) + timedelta(days=1)
    if isinstance(value, list):
        return [*value, "x"]
    if isinstance(value, dict):
        return {**value, "added": 1}
    if column.name == "status":
        return "cancelled" if value != "cancelled" else "completed"
    return value + 1 if isinstance(value, int) else f"x{(value or '')[1:]}"


def rows(play: Play, model: Any) -> list[Any]:
    with play.engine.read() as work:
        query = sa.select(table(model)).where(table(model).c.instance_id == play.id)
        return list(work.session.execute(query.order_by(table(model).c.id)).all())


@pytest.mark.parametrize("model", [UserTask, Wait, Job])
def test_every_column_of_a_row_is_held_to_the_record(play: Play, model: Any) -> None:
    tried = 0
    for row in rows(play, model):
        for column in table(model).columns:
            if column.name in FREE[model]:
                continue
            value = changed(column, row._mapping[column.name])
            update = sa.update(table(model)).where(table(model).c.id == row.id)
            # What only an open row says is not compared once it has ended.
            is_over = model is UserTask and row.status != "open"
            found = after(play, lambda s, u=update, c=column, v=value: s.execute(u.values({c: v})))
            named = [each for each in found if each.table == f"{model.__tablename__}/{row.id}"]
            assert named or (is_over and column.name in ONLY_OPEN), column.name
            assert all(column.name in each.what.en for each in named if each.what.en[:2] == "at")
            tried += 1
    assert tried > 3


ONLY_OPEN = {
    *("definition_id", "process_key", "name_th", "name_en", "form", "priority", "due_at"),
    *("candidate_groups", "candidate_users", "separate_from"),
}


@pytest.mark.parametrize("model", [UserTask, Wait, Job])
def test_a_row_that_was_removed_or_added_is_named(play: Play, model: Any) -> None:
    for row in rows(play, model):
        gone = sa.delete(table(model)).where(table(model).c.id == row.id)
        more = sa.insert(table(model)).values({**row._mapping, "id": "f" * 32})

        removed = after(play, lambda s, act=gone: s.execute(act))
        added = after(play, lambda s, act=more: s.execute(act))

        assert [d.what.en for d in removed if d.table == f"{model.__tablename__}/{row.id}"] == [
            f"at {row.element_id}: it is gone, and the record has it"
        ]
        assert [(d.table, d.what.en) for d in added] == [
            (f"{model.__tablename__}/{'f' * 32}", f"at {row.element_id}: the record {KNOWS}")
        ]


def test_whoever_the_work_list_is_to_show_a_task_to_is_held_to_the_record(play: Play) -> None:
    task = play.task("second").id
    gone = sa.delete(table(UserTaskCandidate)).where(table(UserTaskCandidate).c.task_id == task)
    more = {"kind": "group", "name": "friends", "task_id": task}

    hidden = after(play, lambda s: s.execute(gone))
    shown = after(play, lambda s: s.execute(sa.insert(table(UserTaskCandidate)).values(more)))

    assert [d.table for d in hidden] == [f"user_task_candidate/{task}/group/officer"]
    assert [d.table for d in shown] == [f"user_task_candidate/{task}/group/friends"]


def test_a_worker_at_work_and_a_timer_put_off_are_no_differences(
    play: Play, clock: TravellingClock
) -> None:
    engine = play.engine
    with engine.begin() as work:
        jobs.activate_jobs(work, "weld", worker="w", limit=1, lock=timedelta(minutes=1))
    engine.release(*_claimed(play))
    clock.advance(days=3)
    engine.run_due()

    assert engine.replay(play.id).differences == []


def _claimed(play: Play) -> tuple[str, Any]:
    second = OFFICER.of("officer-2", "officer")
    task = play.task("second").id
    play.engine.claim(task, second)
    return task, second
