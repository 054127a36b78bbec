"""Whoever throws what interrupts its own scope goes no further, and nothing outlives its scope.

After a throw nobody asked whether the thrower was still there: it went on, its next task opened in
a scope that had ended, and a job there failed and was tried again and again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.bpmn.running.host import BEHAVIOUR
from engine.ground.clock import TravellingClock
from engine.store.tables import Command, Job, UserTask, Wait
from engine.verbs import jobs
from tests.support.cases import Play
from tests.support.drawing import (
    TERMINATE,
    boundary,
    call,
    compensate,
    diagram,
    each,
    end,
    error,
    escalation,
    gateway,
    job,
    marked,
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
    undone,
    user,
)

ROOTS = root_signal("sig") + root_escalation("late") + root_error("bad") + root_message("m")
THROWN = {"escalation": escalation("late"), "signal": signal("sig")}
AFTER = {
    "user": user("after"),
    "script": script("after", "=1", "x"),
    "service": job("after", "mail"),
}


@pytest.fixture
def mailed() -> list[str]:
    return []


@pytest.fixture
def engine(database_url: str, clock: TravellingClock, mailed: list[str]) -> Iterator[Engine]:
    def mail(_work: object, call: object) -> dict[str, object]:
        mailed.append("mail")
        return {}

    engine = Engine.open(database_url, clock=clock, handlers={"mail": mail})
    yield engine
    assert engine.verify().differences == []
    engine.close()


def drawing(*parts: str) -> bytes:
    return diagram(*parts, roots=ROOTS)


def caught(inner: str, definition: str, *more: str) -> bytes:
    """An activity `u` and an interrupting event on it that leads to the task `r`."""
    return drawing(
        start(),
        inner,
        end(),
        boundary("b", "u", definition),
        user("r"),
        end("e2"),
        path("start", "u", "end"),
        path("b", "r", "e2"),
        *more,
    )


def throwing(definition: str, after: str = "", id: str = "u") -> str:
    """A subprocess that throws and would then go on to `after`."""
    after = after or AFTER["user"]
    inner = start("us"), throw("up", definition), after, end("ue")
    return sub(id, *inner, path("us", "up", "after", "ue"))


def only_r_goes_on(play: Play, clock: TravellingClock) -> None:
    """The event's task alone is open, and behind it the case ends with nothing left."""
    assert play.open() == ["r"]
    assert "after" not in play.visits()
    play.do("r")
    for _ in range(3):  # a job left behind would be tried again
        clock.advance(hours=6)
        play.engine.run_due()
    assert play.ended
    with play.engine.read() as work:
        assert list(work.session.scalars(sa.select(Job))) == []
        assert list(work.session.scalars(sa.select(Wait))) == []
        still = sa.select(UserTask).where(UserTask.status == "open")
        assert list(work.session.scalars(still)) == []
    play.check_record()


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("kind", THROWN)
def test_who_throws_out_of_an_interrupted_subprocess_goes_no_further(
    engine: Engine, clock: TravellingClock, mailed: list[str], kind: str, after: str
) -> None:
    file = caught(throwing(THROWN[kind], AFTER[after]), THROWN[kind])

    play = Play(engine, file).start()

    only_r_goes_on(play, clock)
    assert mailed == []


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("kind", THROWN)
def test_who_throws_to_an_event_subprocess_goes_no_further(
    engine: Engine, clock: TravellingClock, mailed: list[str], kind: str, after: str
) -> None:
    handler = (start("hs", THROWN[kind]), user("r"), end("he"), path("hs", "r", "he"))
    file = drawing(
        start(),
        throw("up", THROWN[kind]),
        AFTER[after],
        end(),
        path("start", "up", "after", "end"),
        sub("h", *handler, event=True),
    )

    play = Play(engine, file).start()

    only_r_goes_on(play, clock)
    assert mailed == []


@pytest.mark.parametrize("kind", THROWN)
def test_a_throw_through_several_scopes_ends_all_of_them(
    engine: Engine, clock: TravellingClock, kind: str
) -> None:
    # The event hangs two levels out; beside the thrower run a task, a timer and a subscription.
    fork = gateway("parallel", "fork")
    inner = sub(
        "v",
        start("vs"),
        fork,
        throwing(THROWN[kind], id="w"),
        user("beside"),
        marked(user("many"), each("=[1, 2]")),
        boundary("soon", "beside", timer("PT1H")),
        end("ve"),
        path("vs", "fork", "w", "ve"),
        path("fork", "beside", "ve"),
        path("fork", "many", "ve"),
        path("soon", "ve"),
    )
    outer = sub("u", start("xs"), inner, end("xe"), path("xs", "v", "xe"))

    play = Play(engine, caught(outer, THROWN[kind])).start()

    only_r_goes_on(play, clock)


@pytest.mark.parametrize("kind", THROWN)
def test_a_throw_in_a_called_process_is_caught_by_its_caller(
    engine: Engine, clock: TravellingClock, kind: str
) -> None:
    called = diagram(
        start("cs"),
        throw("up", THROWN[kind]),
        user("after"),
        end("ce"),
        path("cs", "up", "after", "ce"),
        id="q",
        roots=ROOTS,
    )

    play = Play(engine, caught(call("u", "q"), THROWN[kind]), called).start()

    only_r_goes_on(play, clock)


@pytest.mark.parametrize("attributes", [{}, {"isSequential": "true"}])
@pytest.mark.parametrize("kind", THROWN)
def test_a_throw_in_one_of_several_instances_ends_them_all(
    engine: Engine, clock: TravellingClock, kind: str, attributes: dict[str, str]
) -> None:
    several = marked(throwing(THROWN[kind]), each("=[1, 2, 3]", **attributes))

    play = Play(engine, caught(several, THROWN[kind])).start()

    only_r_goes_on(play, clock)
    assert play.types().count("signal_thrown") == (kind == "signal")


def test_what_an_interrupted_event_has_not_yet_thrown_it_throws_no_more(
    engine: Engine, clock: TravellingClock
) -> None:
    # An event with several definitions throws them as drawn; the first ends its scope.
    both = escalation("late") + signal("sig")
    outside = (boundary("o", "u", signal("sig"), interrupting=False), user("never"), end("oe"))
    file = caught(throwing(both), escalation("late"), *outside, path("o", "never", "oe"))

    play = Play(engine, file).start()

    only_r_goes_on(play, clock)
    assert "signal_thrown" not in play.types()


def test_an_interrupted_event_undoes_nothing(engine: Engine, clock: TravellingClock) -> None:
    inner = (
        start("us"),
        user("pay"),
        throw("up", escalation("late") + compensate()),
        user("after"),
        end("ue"),
        path("us", "pay", "up", "after", "ue"),
        marked(user("refund"), isForCompensation="true"),
        undone("pay", "refund"),
    )

    play = Play(engine, caught(sub("u", *inner), escalation("late"))).start().do("pay")

    assert "refund" not in play.visits()
    only_r_goes_on(play, clock)


@pytest.mark.parametrize("kind", ["escalation", "signal", "error"])
def test_an_end_event_that_interrupts_its_scope_ends_it_with_all_that_runs(
    engine: Engine, clock: TravellingClock, kind: str
) -> None:
    definition = error("bad") if kind == "error" else THROWN[kind]
    inner = sub(
        "u",
        start("us"),
        gateway("parallel", "fork"),
        user("k"),
        user("after"),
        job("send", "other"),
        end("up", definition),
        end("ue"),
        path("us", "fork", "k", "up"),
        path("fork", "send", "after", "ue"),
    )

    play = Play(engine, caught(inner, definition)).start().do("k")

    only_r_goes_on(play, clock)


def test_an_error_of_a_job_ends_the_scopes_around_it(
    engine: Engine, clock: TravellingClock
) -> None:
    fork = start("vs"), gateway("parallel", "fork"), end("ve"), path("vs", "fork", "send")
    after = job("send", "other"), user("after"), user("beside")
    ways = path("send", "after", "ve"), path("fork", "beside", "ve")
    inner = sub("v", *fork, *after, *ways)
    outer = sub("u", start("us"), inner, end("ue"), path("us", "v", "ue"))
    play = Play(engine, caught(outer, error("bad"))).start()

    with engine.begin() as work:
        minute = timedelta(minutes=1)
        (lent,) = jobs.activate_jobs(work, "other", worker="w", limit=1, lock=minute)
        jobs.throw_job_error(work, lent.id, "bad", {}, worker="w")

    only_r_goes_on(play, clock)


def test_a_message_to_its_own_scope_leaves_nothing_behind(
    engine: Engine, clock: TravellingClock
) -> None:
    # A message travels: the thrower goes on until it rests, then the message finds its scope.
    play = Play(engine, caught(throwing(message("m")), message("m"))).start()

    assert play.open() == ["r"]
    play.do("r")
    assert play.ended
    play.check_record()


def test_an_end_of_everything_also_ends_what_runs_beside_it(engine: Engine) -> None:
    # An event subprocess that had begun beside the process outlived its terminate end event.
    handler = sub(
        "h",
        start("hs", message("m"), isInterrupting="false"),
        user("aside"),
        end("he"),
        path("hs", "aside", "he"),
        event=True,
    )
    file = drawing(start(), user("a"), end("end", TERMINATE), path("start", "a", "end"), handler)
    play = Play(engine, file).start()
    engine.correlate("m", "case-1")
    assert play.open() == ["a", "aside"]

    play.do("a")

    assert play.open() == []
    assert play.ended
    play.check_record()


def test_a_non_interrupting_event_lets_its_thrower_go_on(engine: Engine) -> None:
    file = drawing(
        start(),
        throwing(escalation("late")),
        end(),
        boundary("b", "u", escalation("late"), interrupting=False),
        user("r"),
        end("e2"),
        path("start", "u", "end"),
        path("b", "r", "e2"),
    )

    play = Play(engine, file).start()

    assert play.open() == ["after", "r"]
    play.do("r").do("after")
    assert play.ended
    play.check_record()


def test_every_command_says_by_which_behaviour_it_was_run(engine: Engine) -> None:
    play = Play(engine, caught(user("u"), message("m"))).start().do("u")

    with engine.read() as work:
        mine = sa.select(Command).where(Command.instance_id == play.id)
        commands = list(work.session.scalars(mine))

    assert [command.results["behaviour"] for command in commands] == [BEHAVIOUR] * 2
