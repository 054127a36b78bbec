"""The record cannot be changed unseen, and one change costs one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import InstanceNotRunning
from engine.store.tables import Command, HistoryEvent, Json, ProcessInstance
from engine.verbs import queries
from tests.support.cases import OFFICER, Play
from tests.support.drawing import diagram, end, flow, gateway, path, script, start, user


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


STEPS = diagram(
    start(), user("a"), user("b"), user("c"), end(), path("start", "a", "b", "c", "end")
)


@pytest.mark.parametrize("table", [Command, HistoryEvent])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_rewrite_the_record(
    engine: Engine, table: type[Command] | type[HistoryEvent], act: str
) -> None:
    Play(engine, STEPS).start().do("a")
    statement: sa.Update | sa.Delete = sa.delete(table)
    if act == "update":
        statement = sa.update(table).values(actor="somebody-else")

    with (
        engine.database.connect() as connection,
        connection.begin(),
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
    ):
        connection.execute(statement)


def _without_guards(engine: Engine) -> None:
    """What an operator with the database's password could do."""
    with engine.database.begin() as connection:
        if engine.database.dialect.name == "sqlite":
            for table in ("command", "history_event"):
                for act in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{act}")
        else:
            for table in ("command", "history_event"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_append_only ON {table}")


def test_a_changed_event_is_found_and_named(engine: Engine) -> None:
    play = Play(engine, STEPS).start().do("a", x=1)
    _without_guards(engine)

    with engine.database.begin() as connection:
        connection.execute(sa.update(HistoryEvent).where(HistoryEvent.seq == 3).values(actor="x"))

    (found,) = engine.verify(play.id).differences
    assert (found.table, found.seq) == ("history_event", 3)


def test_a_removed_command_is_found_and_named(engine: Engine) -> None:
    play = Play(engine, STEPS).start().do("a", x=1).do("b")
    _without_guards(engine)

    with engine.database.begin() as connection:
        connection.execute(sa.delete(Command).where(Command.seq == 2))

    assert ("command", 3) in {(d.table, d.seq) for d in engine.verify(play.id).differences}


def test_a_cut_off_end_is_found(engine: Engine) -> None:
    play = Play(engine, STEPS).start().do("a")
    _without_guards(engine)

    with engine.database.begin() as connection:
        newest = connection.scalar(sa.select(sa.func.max(HistoryEvent.seq)))
        connection.execute(sa.delete(HistoryEvent).where(HistoryEvent.seq == newest))

    assert [d.table for d in engine.verify(play.id).differences] == ["history_event"]


def test_a_changed_state_is_found_by_doing_it_again(engine: Engine) -> None:
    play = Play(engine, STEPS).start(verdict="no").do("a")

    with engine.database.begin() as connection:
        state = sa.func.replace(ProcessInstance.state, '"no"', '"yes"')
        connection.execute(sa.update(ProcessInstance).values(state=state))

    (found,) = engine.verify(play.id).differences
    assert (found.table, "state" in found.what.en) == ("process_instance", True)
    (found,) = engine.replay(play.id).differences
    assert found.table == "process_instance"


def test_a_completion_is_one_commit_and_few_statements(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    play = Play(engine, STEPS).start()
    play.do("a")
    task = play.task("b").id
    statements: list[str] = []
    commits: list[object] = []
    event.listen(engine.database, "before_cursor_execute", lambda *a: statements.append(a[2]))
    event.listen(engine.database, "commit", commits.append)

    engine.complete(task, {"x": 1}, OFFICER)

    sql = [statement for statement in statements if not statement.startswith("BEGIN")]
    with capsys.disabled():
        name = engine.database.dialect.name
        print(f"\n  one completion on {name}: {len(sql)} statements, {len(commits)} commit")  # noqa: T201
    assert len(commits) == 1
    assert len(sql) <= 12


def test_an_error_after_writing_leaves_nothing(database_url: str, clock: TravellingClock) -> None:
    def refuse(work: object, event: object) -> None:
        if event.type == "task_completed":  # type: ignore[attr-defined]
            raise ZeroDivisionError

    engine = Engine.open(database_url, clock=clock, listeners=[refuse])
    play = Play(engine, STEPS).start()
    before = play.types()

    with pytest.raises(ZeroDivisionError):
        engine.complete(play.task("a").id, {"x": 1}, OFFICER)

    assert play.open() == ["a"]
    assert play.types() == before
    assert "x" not in play.variables()
    engine.close()


def test_a_running_case_stays_on_its_version(engine: Engine) -> None:
    play = Play(engine, STEPS).start()
    changed = diagram(start(), user("a"), user("new"), end(), path("start", "a", "new", "end"))

    engine.deploy({"d0.bpmn": changed}, Actor.of("owner"))
    other = engine.start("p", {"case_id": "2"})

    play.do("a")
    assert play.open() == ["b"]
    engine.complete(engine.tasks(other)[0].id, {}, OFFICER)
    assert [task.element_id for task in engine.tasks(other)] == ["new"]
    play.do("b").do("c")
    assert engine.replay(play.id).is_whole


def test_deploying_the_same_files_again_makes_no_new_version(engine: Engine) -> None:
    Play(engine, STEPS)

    again = engine.deploy({"d0.bpmn": STEPS}, Actor.of("owner"))

    assert again.new == ()
    assert again.definitions == ("p:1",)


def test_a_cancelled_case_is_over(engine: Engine) -> None:
    play = Play(engine, STEPS).start().do("a")

    engine.cancel(play.id, "duplicate", Actor.of("head"))

    assert play.open() == []
    assert play.types()[-1] == "instance_cancelled"
    assert engine.replay(play.id).is_whole


def test_a_cancelled_case_is_not_counted_as_one_that_was_handled(engine: Engine) -> None:
    handled = Play(engine, STEPS).start().do("a").do("b").do("c")
    play = Play(engine, STEPS).start(case_id="2").do("a")

    engine.cancel(play.id, "duplicate", Actor.of("head", "chief"))

    with engine.read() as work:
        ended = [queries.instance(work, each.id) for each in (handled, play)]
    assert [(row.status, row.ended_at) for row in ended] == [
        ("completed", engine.clock.now()),
        ("cancelled", engine.clock.now()),
    ]
    last = engine.history(play.id)[-1]
    assert (last.actor, last.data) == ("head", {"reason": "duplicate"})
    with pytest.raises(InstanceNotRunning):
        engine.cancel(play.id, "again", Actor.of("head"))


def test_a_failed_act_leaves_no_half_acted_case_in_memory(engine: Engine) -> None:
    # Between turns a case stays in memory. One on which an act failed half-way must not be used
    # again: its task would be done there and open in the database.
    drawing = diagram(
        start(),
        user("a"),
        gateway("exclusive", "g"),
        user("b"),
        user("c"),
        end(),
        path("start", "a", "g"),
        flow("g", "b", "=x = 1"),
        flow("g", "c", "=x = 2"),
        path("b", "end"),
        path("c", "end"),
    )
    play = Play(engine, drawing).start()
    task = play.task("a").id

    with pytest.raises(StepFailed):
        engine.complete(task, {"x": 3}, OFFICER)
    engine.complete(task, {"x": 2}, OFFICER)

    assert play.open() == ["c"]
    play.check_record()


def test_replay_names_the_element_and_the_variable(engine: Engine) -> None:
    play = Play(engine, STEPS).start(verdict="no", other=1).do("a")

    with engine.database.begin() as connection:
        state = sa.func.replace(ProcessInstance.state, '"no"', '"yes"')
        connection.execute(sa.update(ProcessInstance).values(state=state))

    told = [each.what.en for each in engine.replay(play.id).differences]
    assert told
    assert all('verdict is stored as "yes", the commands give "no"' in each for each in told)


def test_replay_names_the_command_whose_outcome_is_another(engine: Engine) -> None:
    # Chains can be forged; what follows from a command cannot.
    play = Play(engine, STEPS).start().do("a", x=1).do("b")
    _without_guards(engine)

    with engine.database.begin() as connection:
        body = sa.func.replace(Command.body, '"x":1', '"x":2')
        mine = sa.and_(Command.instance_id == play.id, Command.seq == 2)
        changed = sa.update(Command).where(mine).values(body=sa.type_coerce(body, Json))
        connection.execute(changed)

    first, *rest = engine.replay(play.id).differences
    assert (first.table, first.seq) == ("command", 2)
    assert "complete at a" in first.what.en
    assert any("variable x is stored as 1, the commands give 2" in each.what.en for each in rest)


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        ([["due", 5], ["due", 6]], "due is in the record and was not asked for"),
        ([["unit", 5]], "unit is in the record and was not asked for"),
        ([["due", 9]], "variable days is stored as 5, the commands give 9"),
        ([], "variable days is stored as 5, the commands give null"),
    ],
)
def test_replay_asks_for_what_the_record_holds_and_for_nothing_else(
    database_url: str, clock: TravellingClock, recorded: list[list[Any]], told: str
) -> None:
    engine = Engine.open(database_url, clock=clock, functions={"due": lambda call: 5})
    ask = script("ask", "=due()", "days")
    asked = diagram(start(), ask, user("a"), end(), path("start", "ask", "a", "end"))
    play = Play(engine, asked).start()
    assert engine.replay(play.id).is_whole
    _without_guards(engine)

    with engine.database.begin() as connection:
        calls = sa.select(Command.results).where(Command.seq == 1).scalar_subquery()
        results = connection.scalar(sa.select(calls))
        assert results["calls"] == [["due", 5]]
        connection.execute(sa.update(Command).values(results={**results, "calls": recorded}))

    found = engine.replay(play.id).differences
    assert (found[0].table, found[0].seq) == ("command", 1)
    assert any(told in each.what.en for each in found), found
    engine.close()


def test_replay_compares_what_happened_with_what_is_recorded(engine: Engine) -> None:
    play = Play(engine, STEPS).start().do("a")
    _without_guards(engine)

    with engine.database.begin() as connection:
        entered = sa.and_(HistoryEvent.type == "activity_entered", HistoryEvent.element_id == "b")
        connection.execute(sa.update(HistoryEvent).where(entered).values(element_id="c"))

    (found,) = engine.replay(play.id).differences
    assert (found.table, found.seq) == ("command", 2)
    assert "activity_entered b, the record has activity_entered c" in found.what.en


@pytest.mark.parametrize("act", ["truncate", "replace"])
def test_no_other_statement_gets_around_the_guards(engine: Engine, act: str) -> None:
    Play(engine, STEPS).start().do("a")
    is_sqlite = engine.database.dialect.name == "sqlite"
    if act == "truncate":
        statement = "DELETE FROM {0}" if is_sqlite else "TRUNCATE {0} CASCADE"
    else:
        statement = (
            "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
            if is_sqlite
            else "INSERT INTO {0} SELECT * FROM {0} "
            "ON CONFLICT (instance_id, seq) DO UPDATE SET actor = 'x'"
        )
    for table in ("command", "history_event"):
        with (
            engine.database.connect() as connection,
            connection.begin(),
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
        ):
            connection.exec_driver_sql(statement.format(table))
