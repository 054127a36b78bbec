"""Whatever the engine runs fits its diagram; whatever is skipped, doubled, foreign or out of order
is told, by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.store.tables import HistoryEvent
from engine.verbs.migration import MigrationPlan
from office.audit.conformance import Deviation, check_instance
from tests.support.cases import OFFICER, Play
from tests.support.drawing import boundary, diagram, end, flow, gateway, path, start, timer, user
from tests.support.tampering import unguarded


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    engine.close()


REVIEW = diagram(
    start(),
    user("register"),
    user("clarify"),
    user("assess", separateFrom="clarify"),
    gateway("exclusive", "complete", default="back"),
    user("decide"),
    end(),
    path("start", "register", "clarify", "assess", "complete"),
    flow("complete", "decide", "=done = true"),
    flow("complete", "clarify", id="back"),
    path("decide", "end"),
)
HEAD = Actor.of("head-1", "officer")


def reviewed(engine: Engine) -> Play:
    """A case that went through two rounds, with two people."""
    play = Play(engine, REVIEW).start().do("register")
    play.do("clarify").do("assess", HEAD, done=False)
    play.do("clarify").do("assess", HEAD, done=True).do("decide")
    return play


def deviations(play: Play) -> list[Deviation]:
    with play.engine.read() as work:
        return check_instance(work, play.id)


def breaches(play: Play) -> list[tuple[str, str]]:
    return [(d.kind, d.element_id) for d in deviations(play) if d.severity == "breach"]


def remove(play: Play, element: str, *, last: bool = False) -> None:
    """Take one visit of a step out of the record."""
    with unguarded(play.engine.database) as connection:
        choose = sa.func.max if last else sa.func.min
        seqs = sa.select(choose(HistoryEvent.seq)).where(
            HistoryEvent.instance_id == play.id, HistoryEvent.element_id == element
        )
        for type in ("activity_entered", "activity_completed"):
            seq = connection.scalar(seqs.where(HistoryEvent.type == type))
            connection.execute(sa.delete(HistoryEvent).where(HistoryEvent.seq == seq))


def insert(play: Play, element: str, behind: int) -> None:
    """Write a visit of a step into the record, behind one of its events."""
    with unguarded(play.engine.database) as connection:
        for _ in range(2):
            move_up(connection, behind)
        row = connection.execute(sa.select(HistoryEvent).where(HistoryEvent.seq == 1)).mappings()
        facts = dict(row.one())
        for number, type in enumerate(("activity_entered", "activity_completed"), start=1):
            new = {"seq": behind + number, "type": type, "element_id": element, "actor": "ghost"}
            connection.execute(sa.insert(HistoryEvent).values({**facts, **new}))


def move_up(connection: sa.Connection, behind: int) -> None:
    seqs = connection.scalars(
        sa.select(HistoryEvent.seq)
        .where(HistoryEvent.seq > behind)
        .order_by(HistoryEvent.seq.desc())
    ).all()
    for seq in seqs:
        connection.execute(
            sa.update(HistoryEvent).where(HistoryEvent.seq == seq).values(seq=seq + 1)
        )


def entered(play: Play, element: str) -> list[int]:
    return [
        e.seq
        for e in play.engine.history(play.id)
        if (e.type, e.element_id) == ("activity_entered", element)
    ]


def test_a_case_that_went_its_way_shows_its_rounds_and_nothing_else(engine: Engine) -> None:
    play = reviewed(engine)

    found = deviations(play)

    assert {(d.kind, d.element_id) for d in found} == {
        ("repeated", "clarify"),
        ("repeated", "assess"),
    }
    assert {d.severity for d in found} == {"notice"}
    assert "2 รอบ" in found[0].text.th
    assert "2 times" in found[0].text.en


@pytest.mark.parametrize("element", ["register", "clarify", "assess", "decide"])
def test_a_step_that_was_skipped_is_named(engine: Engine, element: str) -> None:
    play = reviewed(engine)

    remove(play, element)

    assert breaches(play)[0] == ("skipped", element)


def test_what_was_skipped_tells_before_which_step_and_by_whom(engine: Engine) -> None:
    play = reviewed(engine)

    remove(play, "register")

    told = next(d for d in deviations(play) if d.kind == "skipped")
    assert "“register”" in told.text.th
    assert "“clarify”" in told.text.th
    assert told.actor == OFFICER.id
    assert told.seq == entered(play, "clarify")[0]


def test_a_step_that_was_done_twice_is_named(engine: Engine) -> None:
    play = reviewed(engine)
    insert(play, "register", behind=entered(play, "clarify")[0] - 1)

    (told,) = [d for d in deviations(play) if d.severity == "breach"]

    assert (told.kind, told.element_id, told.actor) == ("doubled", "register", "ghost")


def test_a_step_that_no_diagram_has_is_foreign(engine: Engine) -> None:
    play = reviewed(engine)
    insert(play, "smuggled", behind=entered(play, "assess")[1] - 1)

    assert breaches(play) == [("foreign", "smuggled")]


def test_a_step_that_the_diagram_does_not_lead_to_is_told(engine: Engine) -> None:
    play = Play(engine, REVIEW).start().do("register")
    insert(play, "decide", behind=entered(play, "clarify")[0] - 1)

    assert breaches(play) == [("unexpected", "decide")]


def test_steps_in_the_wrong_order_are_told_once(engine: Engine) -> None:
    steps = diagram(
        start(), user("a"), user("b"), user("c"), end(), path("start", "a", "b", "c", "end")
    )
    play = Play(engine, steps).start().do("a").do("b").do("c")
    remove(play, "a")
    insert(play, "a", behind=entered(play, "c")[0] - 1)

    (told,) = [d for d in deviations(play) if d.severity == "breach"]
    assert (told.kind, told.element_id) == ("out_of_order", "b")
    assert told.text.en.endswith("the diagram asks for it after “a”.")


def test_a_case_closed_too_early_names_what_was_left_undone(engine: Engine) -> None:
    play = Play(engine, REVIEW).start().do("register").do("clarify")
    with unguarded(engine.database) as connection:
        connection.exec_driver_sql("UPDATE process_instance SET status = 'completed'")

    assert ("unfinished", "decide") in breaches(play)


def test_a_completion_of_a_task_that_was_never_opened_is_told(engine: Engine) -> None:
    play = reviewed(engine)
    with unguarded(engine.database) as connection:
        opened = sa.and_(HistoryEvent.type == "task_created", HistoryEvent.element_id == "decide")
        connection.execute(sa.delete(HistoryEvent).where(opened))

    assert ("loose_record", "decide") in breaches(play)


def test_one_person_alone_where_two_are_asked_for_is_a_breach(engine: Engine) -> None:
    play = Play(engine, REVIEW).start().do("register").do("clarify").do("assess", HEAD, done=True)
    with unguarded(engine.database) as connection:
        done = sa.and_(HistoryEvent.type == "task_completed", HistoryEvent.element_id == "assess")
        connection.execute(sa.update(HistoryEvent).where(done).values(actor=OFFICER.id))

    (told,) = [d for d in deviations(play) if d.severity == "breach"]

    assert (told.kind, told.element_id, told.actor) == ("same_person", "assess", OFFICER.id)
    assert "clarify" in told.text.en


def test_whoever_began_a_case_is_told_where_the_diagram_keeps_them_out(engine: Engine) -> None:
    drawing = diagram(
        start("filed"), user("screen", separateFrom="filed"), user("decide"), end(),
        path("filed", "screen", "decide", "end"),
    )  # fmt: skip
    play = Play(engine, drawing)
    play.id = engine.start("p", {"case_id": "case-1"}, actor=OFFICER)
    play.do("screen", HEAD).do("decide", OFFICER)
    assert breaches(play) == []
    with unguarded(engine.database) as connection:
        done = sa.and_(HistoryEvent.type == "task_completed", HistoryEvent.element_id == "screen")
        connection.execute(sa.update(HistoryEvent).where(done).values(actor=OFFICER.id))

    (told,) = [d for d in deviations(play) if d.severity == "breach"]

    assert (told.kind, told.element_id, told.actor) == ("same_person", "screen", OFFICER.id)
    assert "filed" in told.text.en


def test_who_did_not_act_in_the_role_that_is_asked_for_is_told(engine: Engine) -> None:
    play = Play(engine, REVIEW).start().do("register")
    with unguarded(engine.database) as connection:
        done = HistoryEvent.type == "task_completed"
        connection.execute(sa.update(HistoryEvent).where(done).values(role="visitor"))

    (told,) = [d for d in deviations(play) if d.severity == "breach"]

    assert (told.kind, told.element_id, told.role.th) == ("wrong_role", "register", "visitor")
    assert "officer" in told.text.en


def test_a_migrated_case_is_read_on_both_of_its_diagrams(engine: Engine) -> None:
    play = Play(engine, REVIEW).start().do("register")
    longer = diagram(
        start(),
        user("register"),
        user("clarify"),
        user("second_look"),
        end(),
        path("start", "register", "clarify", "second_look", "end"),
    )
    engine.deploy({"d0.bpmn": longer}, Actor.of("owner"))
    engine.migrate(MigrationPlan("p:1", "p:2"), Actor.of("owner"))
    play.do("clarify").do("second_look")

    found = deviations(play)

    assert [(d.kind, d.severity) for d in found] == [("migrated", "notice")]
    remove(play, "second_look")
    assert breaches(play) == [("skipped", "second_look")]


def test_events_beside_a_step_and_scopes_that_end_fit_too(
    engine: Engine, clock: TravellingClock
) -> None:
    drawing = diagram(
        start(),
        user("clarify"),
        boundary("late", "clarify", timer("P1D"), interrupting=False),
        user("urge"),
        end("urged"),
        end(),
        path("start", "clarify", "end"),
        path("late", "urge", "urged"),
    )
    play = Play(engine, drawing).start()
    clock.advance(days=2)
    engine.run_due()
    play.do("urge").do("clarify")

    assert breaches(play) == []
    remove(play, "urge")
    assert breaches(play) == [("skipped", "urge")]
