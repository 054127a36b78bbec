"""Constructs that are rewritten before they run: what is recorded is what was drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine
from engine.ground.clock import TravellingClock
from tests.support.cases import Play
from tests.support.drawing import (
    boundary,
    catch,
    diagram,
    el,
    end,
    error,
    escalation,
    flow,
    gateway,
    message,
    path,
    root_error,
    root_escalation,
    root_message,
    root_signal,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def only_drawn(play: Play) -> dict[str, int]:
    play.check_record()
    visits = play.visits()
    assert not [name for name in visits if name.startswith("~")]
    return dict(visits)


def test_a_link_is_one_long_arrow(engine: Engine) -> None:
    link = '<bpmn:linkEventDefinition id="{}" name="A"/>'
    drawing = diagram(
        start(),
        throw("jump", link.format("l1")),
        catch("land", link.format("l2")),
        user("a"),
        end(),
        path("start", "jump"),
        path("land", "a", "end"),
    )

    play = Play(engine, drawing).start().do("a")

    assert only_drawn(play) == {"start": 1, "jump": 1, "land": 1, "a": 1, "end": 1}


def test_an_error_inside_the_case_starts_its_handler(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        user("b"),
        gateway("exclusive", "g", default="fine"),
        end("broken", error("E1")),
        end("e1"),
        end("e2"),
        path("start", "fork", "a", "g"),
        path("fork", "b", "e2"),
        flow("g", "broken", "=bad"),
        flow("g", "e1", id="fine"),
        sub(
            "handler",
            start("caught", error("E1")),
            user("repair"),
            end("repaired"),
            path("caught", "repair", "repaired"),
            event=True,
        ),
        roots=root_error("E1"),
    )

    play = Play(engine, drawing).start().do("a", bad=True)
    assert play.open() == ["repair"]
    play.do("repair")
    assert play.ended
    assert only_drawn(play)["handler"] == 1

    well = Play(engine, drawing).start().do("a", bad=False)
    assert well.open() == ["b"]


def test_a_signal_starts_a_handler_beside_the_case(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("a"),
        end(),
        path("start", "a", "end"),
        sub(
            "handler",
            start("heard", signal("holiday"), isInterrupting="false"),
            user("notice"),
            end("noticed"),
            path("heard", "notice", "noticed"),
            event=True,
        ),
        roots=root_signal("holiday"),
    )
    play = Play(engine, drawing).start()

    engine.broadcast("holiday", {"name": "วันหยุดพิเศษ"})
    engine.broadcast("holiday")

    assert play.open() == ["a", "notice", "notice"]
    play.do("a")
    assert play.open() == ["notice", "notice"]
    play.do("notice").do("notice")
    assert play.ended
    assert only_drawn(play)["handler"] == 2


def test_a_signal_at_the_end_of_a_subprocess_is_thrown(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("parallel", "fork"),
        sub("s", start("s1"), user("a"), end("shout", signal("done")), path("s1", "a", "shout")),
        catch("hear", signal("done")),
        user("after"),
        end(),
        end("e2"),
        path("start", "fork", "s", "e2"),
        path("fork", "hear", "after", "end"),
        roots=root_signal("done"),
    )

    play = Play(engine, drawing).start().do("a")

    assert play.open() == ["after"]


def test_a_timer_watches_over_a_subprocess_from_inside(
    engine: Engine, clock: TravellingClock
) -> None:
    drawing = diagram(
        start(),
        sub(
            "s",
            start("s1"),
            user("slow"),
            end("s2"),
            path("s1", "slow", "s2"),
            sub(
                "late",
                start("tick", timer("P3D")),
                script("mark", "=true", "was_late"),
                end("marked"),
                path("tick", "mark", "marked"),
                event=True,
            ),
        ),
        user("after"),
        end(),
        path("start", "s", "after", "end"),
    )
    play = Play(engine, drawing).start()

    clock.advance(days=3)
    engine.run_due()

    assert play.open() == ["after"]
    assert play.variables()["was_late"] is True
    play.do("after")
    assert only_drawn(play)["s"] == 1


def test_an_escalation_reaches_the_handler_of_the_case(engine: Engine) -> None:
    drawing = diagram(
        start(),
        user("a"),
        throw("raise", escalation("late")),
        user("b"),
        end(),
        path("start", "a", "raise", "b", "end"),
        sub(
            "handler",
            start("heard", escalation("late"), isInterrupting="false"),
            user("chief"),
            end("told"),
            path("heard", "chief", "told"),
            event=True,
        ),
        roots=root_escalation("late"),
    )

    play = Play(engine, drawing).start().do("a")

    assert play.open() == ["b", "chief"]


def test_a_message_starts_a_process(engine: Engine) -> None:
    drawing = diagram(
        start("came", message("letter_came")),
        user("a"),
        end(),
        path("came", "a", "end"),
        roots=root_message("letter_came"),
    )
    Play(engine, drawing)

    instance = engine.correlate("letter_came", "case-9", {"case_id": "case-9"})

    assert [task.element_id for task in engine.tasks(instance)] == ["a"]


def test_a_cycle_starts_a_process_again_and_again(engine: Engine, clock: TravellingClock) -> None:
    drawing = diagram(
        start("monthly", timer("R/2026-04-01T08:00:00+07:00/P1M", "timeCycle")),
        user("report"),
        end(),
        path("monthly", "report", "end"),
    )
    Play(engine, drawing)

    clock.advance(days=31)
    engine.run_due()
    assert len(engine.tasks()) == 1
    clock.advance(days=31)
    engine.run_due()
    engine.run_due()
    assert len(engine.tasks()) == 2


def test_two_messages_thrown_at_the_case_itself_arrive_at_once(engine: Engine) -> None:
    drawing = diagram(
        start(),
        gateway("parallel", "fork"),
        user("a"),
        throw("call", message("ping")),
        catch("answer", message("ping")),
        user("b"),
        end(),
        end("e2"),
        path("start", "fork", "a", "call", "end"),
        path("fork", "answer", "b", "e2"),
        roots=root_message("ping"),
    )

    play = Play(engine, drawing).start().do("a")

    assert play.open() == ["b"]
    assert engine.run_due() == 0


def test_a_plain_and_a_manual_task_pass_at_once(engine: Engine) -> None:
    drawing = diagram(
        start(),
        el("task", "t"),
        el("manualTask", "m"),
        user("a"),
        end(),
        path("start", "t", "m", "a", "end"),
    )

    assert Play(engine, drawing).start().open() == ["a"]


def test_subprocesses_in_each_other_are_interrupted_together(
    engine: Engine, clock: TravellingClock
) -> None:
    inner = sub(
        "inner",
        start("i1"),
        gateway("parallel", "fork"),
        user("x"),
        user("y"),
        end("i2"),
        end("i3"),
        path("i1", "fork", "x", "i2"),
        path("fork", "y", "i3"),
    )
    drawing = diagram(
        start(),
        sub("outer", start("o1"), inner, end("o2"), path("o1", "inner", "o2")),
        boundary("late", "outer", timer("P1D")),
        user("after"),
        end(),
        end("e2"),
        path("start", "outer", "end"),
        path("late", "after", "e2"),
    )
    play = Play(engine, drawing).start().do("x", found=1)

    clock.advance(days=1)
    engine.run_due()

    assert play.open() == ["after"]
    assert play.do("after").variables()["found"] == 1
    play.check_record()
