"""Running cases move to a new version where they can, and stay where they cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.verbs.migration import MigrationPlan
from tests.support.cases import Play
from tests.support.drawing import (
    boundary,
    compensate,
    diagram,
    end,
    marked,
    path,
    standard_loop,
    start,
    sub,
    throw,
    timer,
    undone,
    user,
)

OWNER = Actor.of("owner", "process_owner")


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


OLD = diagram(
    start(), user("screen"), user("clarify"), end(), path("start", "screen", "clarify", "end")
)
NEW = diagram(
    start(),
    user("screen"),
    user("clarify", groups="unit"),
    boundary("remind", "clarify", timer("P5D"), interrupting=False),
    user("reminded"),
    user("review"),
    end(),
    end("end2"),
    path("start", "screen", "clarify", "review", "end"),
    path("remind", "reminded", "end2"),
)


def test_a_case_goes_on_in_the_new_version(engine: Engine, clock: TravellingClock) -> None:
    play = Play(engine, OLD).start(x=1).do("screen", y=2)
    task = play.task("clarify").id
    engine.deploy({"d0.bpmn": NEW}, OWNER)

    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert (report.moved, report.stayed) == ([play.id], {})
    assert play.task("clarify").id == task
    assert play.task("clarify").candidate_groups == ["unit"]
    # The work lists went on showing it to those whom the source version named.
    assert [task.id for task in engine.tasks(actor=Actor.of("u", "unit"))] == [task]
    assert engine.tasks(actor=Actor.of("o", "officer")) == []
    clock.advance(days=5)
    engine.run_due()
    assert play.open() == ["clarify", "reminded"]
    unit = Actor.of("u", "unit")
    play.do("clarify", unit, z=3).do("reminded").do("review")
    assert play.ended
    assert play.variables() == {"case_id": "case-1", "x": 1, "y": 2, "z": 3}
    play.check_record()


def test_a_reminder_that_was_given_is_not_given_again(
    engine: Engine, clock: TravellingClock
) -> None:
    # What watches an activity no more, because it has happened, was taken for an event that the
    # target adds: every migration sent the reminder anew.
    play = Play(engine, NEW).start().do("screen")
    clock.advance(days=5)
    engine.run_due()
    play.do("reminded")
    later = NEW.replace(b'name="review"', b'name="review again"')
    engine.deploy({"d0.bpmn": later}, OWNER)

    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert report.moved == [play.id]
    clock.advance(days=30)
    engine.run_due()
    assert play.open() == ["clarify"]
    play.check_record()


def test_a_case_whose_step_is_gone_stays_and_says_why(engine: Engine) -> None:
    moved = Play(engine, OLD).start()
    stays = engine.start("p", {"case_id": "2"})
    engine.complete(engine.tasks(stays)[0].id)
    shorter = diagram(start(), user("screen"), end(), path("start", "screen", "end"))
    engine.deploy({"d0.bpmn": shorter}, OWNER)

    rehearsal = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER, rehearse=True)
    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert rehearsal.moved == report.moved == [moved.id]
    assert list(report.stayed) == [stays]
    assert "clarify" in report.stayed[stays]
    assert [task.element_id for task in engine.tasks(stays)] == ["clarify"]
    moved.do("screen")
    assert moved.ended


def test_a_renamed_step_is_followed_by_the_plan(engine: Engine) -> None:
    play = Play(engine, OLD).start().do("screen")
    renamed = diagram(
        start(), user("screen"), user("explain"), end(), path("start", "screen", "explain", "end")
    )
    engine.deploy({"d0.bpmn": renamed}, OWNER)

    engine.migrate(MigrationPlan("p:1", "p:2", {"clarify": "explain"}), OWNER)

    play.do("explain")
    assert play.ended
    play.check_record()


def undoing(*more: str, undo: bool = True) -> bytes:
    """A subprocess with a payment that can be undone, and a compensation after a decision."""
    undoer = (marked(user("refund"), isForCompensation="true"), undone("pay", "refund"))
    inner = (
        start("us"),
        user("pay"),
        end("ue"),
        path("us", "pay", "ue"),
        *(undoer if undo else ()),
    )
    last = path("start", "u", "decide", "undo", "end")
    asks = throw("undo", compensate())
    return diagram(start(), sub("u", *inner), user("decide"), asks, end(), last, *more)


def test_what_was_completed_can_still_be_undone_in_the_new_version(engine: Engine) -> None:
    play = Play(engine, undoing()).start().do("pay")
    remind = boundary("remind", "decide", timer("P5D"), interrupting=False)
    beside = (remind, user("later"), end("e2"), path("remind", "later", "e2"))
    engine.deploy({"d0.bpmn": undoing(*beside)}, OWNER)

    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert (report.moved, report.stayed) == ([play.id], {})
    assert play.do("decide").open() == ["refund"]
    assert play.do("refund").ended
    play.check_record()


def test_a_case_stays_where_what_it_did_can_be_undone(engine: Engine) -> None:
    play = Play(engine, undoing()).start().do("pay")
    engine.deploy({"d0.bpmn": undoing(undo=False)}, OWNER)

    report = engine.migrate(MigrationPlan("p:1", "p:2"), OWNER)

    assert report.moved == []
    assert "pay" in str(report.stayed[play.id])
    assert play.do("decide").open() == ["refund"]


def test_a_round_of_a_loop_goes_on_under_its_new_name(engine: Engine) -> None:
    def looped(name: str) -> bytes:
        again = marked(user(name), standard_loop("=more", loopMaximum="3"))
        return diagram(start(), again, end(), path("start", name, "end"))

    play = Play(engine, looped("ask")).start().do("ask", more=True)
    engine.deploy({"d0.bpmn": looped("inquire")}, OWNER)

    report = engine.migrate(MigrationPlan("p:1", "p:2", {"ask": "inquire"}), OWNER)

    assert (report.moved, report.stayed) == ([play.id], {})
    assert play.do("inquire", more=True).do("inquire", more=True).ended
    play.check_record()
