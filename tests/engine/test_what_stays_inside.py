"""What is mapped into an activity stays inside it, and what was found out is not lost with a scope.

Random processes with mappings, conditions and scopes that end early found these: none was drawn
before, so no number of seeds had tried them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine import Engine
from engine.ground.clock import TravellingClock
from tests.support.cases import Play
from tests.support.drawing import (
    TERMINATE,
    boundary,
    call,
    conditional,
    diagram,
    each,
    end,
    escalation,
    ext,
    flow,
    gateway,
    job,
    marked,
    message,
    path,
    root_escalation,
    root_message,
    start,
    sub,
    throw,
    user,
)

ROOTS = root_escalation("late") + root_message("m")


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock, handlers={"mail": lambda _work, _call: {}})
    yield engine
    assert engine.verify().differences == []
    engine.close()


def mapped(activity: str, inputs: str = "", outputs: str = "") -> str:
    """`target=source` pairs, apart by semicolons."""
    lines = "".join(
        f'<zeebe:{side} source="={source}" target="{target}"/>'
        for side, text in (("input", inputs), ("output", outputs))
        for target, _, source in (pair.partition("=") for pair in filter(None, text.split(";")))
    )
    mapping = f"<zeebe:ioMapping>{lines}</zeebe:ioMapping>"
    head, _, rest = activity.partition(">")
    if rest.startswith("<bpmn:extensionElements>"):
        rest = rest.removeprefix("<bpmn:extensionElements>")
        return f"{head}><bpmn:extensionElements>{mapping}{rest}"
    return f"{head}>{ext(mapping)}{rest}"


def inner(*parts: str) -> str:
    return sub("u", start("us"), user("a"), end("ue"), path("us", "a", "ue"), *parts)


def play(engine: Engine, *parts: str, **variables: Any) -> Play:
    ends = start(), end(), user("z")
    return Play(engine, diagram(*ends, *parts, roots=ROOTS)).start(**variables)


def test_an_output_sees_what_was_mapped_in(engine: Engine) -> None:
    task = mapped(user("a"), inputs="rate=base * 2", outputs="price=rate + n")
    case = play(engine, task, path("start", "a", "z", "end"), base=5).do("a", n=1)

    assert case.variables() == {"case_id": "case-1", "base": 5, "price": 11}
    case.check_record()


def test_an_answer_overrides_what_was_mapped_in_under_its_name(engine: Engine) -> None:
    task = mapped(user("a"), inputs="rate=1", outputs="price=rate")
    case = play(engine, task, path("start", "a", "z", "end")).do("a", rate=7)

    assert case.variables() == {"case_id": "case-1", "price": 7}


@pytest.mark.parametrize("inside", [inner(), call("u", "q")])
def test_what_is_mapped_into_a_scope_does_not_come_out(engine: Engine, inside: str) -> None:
    called = diagram(start("cs"), user("a"), end("ce"), path("cs", "a", "ce"), id="q")
    drawn = diagram(
        start(), end(), user("z"), mapped(inside, inputs="rate=2"), path("start", "u", "z", "end")
    )
    case = Play(engine, drawn, called).start(rate=1).do("a", found=3)

    assert case.variables() == {"case_id": "case-1", "rate": 1, "found": 3}
    case.check_record()


def test_nor_does_it_come_out_of_a_scope_that_is_interrupted(engine: Engine) -> None:
    event = boundary("b", "u", message("m")), user("r"), end("e2"), path("b", "r", "e2")
    case = play(engine, mapped(inner(), inputs="rate=2"), *event, path("start", "u", "z", "end"))
    engine.correlate("m", "case-1", {})

    assert case.open() == ["r"]
    assert case.variables() == {"case_id": "case-1"}
    case.check_record()


def test_an_interrupted_scope_with_outputs_lets_nothing_out(engine: Engine) -> None:
    more = user("a2"), path("a", "a2")
    scope = sub("u", start("us"), user("a"), end("ue"), path("us", "a"), path("a2", "ue"), *more)
    event = boundary("b", "u", message("m")), user("r"), end("e2"), path("b", "r", "e2")
    scope = mapped(scope, outputs="only=found")
    case = play(engine, scope, *event, path("start", "u", "z", "end")).do("a", found=3)
    engine.correlate("m", "case-1", {})

    assert case.variables() == {"case_id": "case-1"}
    case.check_record()


def test_the_item_of_a_running_instance_is_seen_by_nobody_else(engine: Engine) -> None:
    scope = inner().replace(user("a"), marked(user("a"), each("=[1, 2]")))
    event = boundary("b", "u", message("m")), user("r"), end("e2"), path("b", "r", "e2")
    case = play(engine, scope, *event, path("start", "u", "z", "end"))
    engine.correlate("m", "case-1", {})

    assert case.variables() == {"case_id": "case-1"}
    case.check_record()


def test_what_others_had_found_out_stays_when_one_branch_ends_all(engine: Engine) -> None:
    # A person's answer was gone as if it had never been given.
    scope = sub(
        "u",
        start("us"),
        gateway("parallel", "f"),
        user("a"),
        user("a2"),
        user("stop"),
        end("over", TERMINATE),
        end("ue"),
        path("us", "f", "a", "a2", "ue"),
        path("f", "stop", "over"),
    )
    case = play(engine, scope, path("start", "u", "z", "end")).do("a", found=3).do("stop", why="x")

    assert case.open() == ["z"]
    assert case.variables() == {"case_id": "case-1", "found": 3, "why": "x"}
    case.check_record()


def test_what_a_handler_had_found_out_stays_when_another_ends_its_scope(engine: Engine) -> None:
    aside, instead = (
        sub(
            f"h{n}",
            start(f"hs{n}", message(name), isInterrupting=flag),
            *(user(f"x{n}"), user(f"y{n}"), end(f"he{n}")),
            path(f"hs{n}", f"x{n}", f"y{n}", f"he{n}"),
            event=True,
        )
        for n, name, flag in ((1, "m", "false"), (2, "m2", "true"))
    )
    drawn = inner(aside, instead), path("start", "u", "z", "end")
    roots = ROOTS + root_message("m2")
    case = Play(engine, diagram(start(), end(), user("z"), *drawn, roots=roots)).start()
    engine.correlate("m", "case-1", {})
    case.do("x1", found=3)
    engine.correlate("m2", "case-1", {})
    case.do("x2").do("y2").do("z")

    assert case.variables() == {"case_id": "case-1", "found": 3}
    case.check_record()


def test_two_conditions_of_which_one_is_met_and_interrupts(engine: Engine) -> None:
    # A KeyError, for whoever completed the task: the one that was met was asked again.
    events = [
        boundary("b1", "a", conditional("=x > 0")),
        boundary("b2", "u", conditional("=y > 0")),
        *(user("r1"), user("r2"), end("e2"), path("b1", "r1", "e2"), path("b2", "r2", "e2")),
    ]
    parts = gateway("parallel", "f"), user("a"), user("t"), end("e3"), path("t", "e3")
    ways = path("start", "f", "a", "z", "end") + path("f", "u", "e3") + path("f", "t")
    case = play(engine, *parts, *events, inner().replace('"a"', '"i"'), ways, x=0, y=0)
    case.do("t", x=1)

    assert case.open() == ["i", "r1"]
    case.check_record()


def test_a_task_that_throws_after_a_job_keeps_what_it_mapped(engine: Engine) -> None:
    scope = sub(
        "u",
        start("us"),
        mapped(user("a"), inputs="k=1", outputs="kept=k + 1"),
        throw("t", escalation("late")),
        job("never", "mail"),
        end("ue"),
        path("us", "a", "t", "never", "ue"),
    )
    event = boundary("b", "u", escalation("late")), user("r"), end("e2"), path("b", "r", "e2")
    case = play(engine, scope, *event, path("start", "u", "z", "end")).do("a")

    assert case.open() == ["r"]
    assert case.variables() == {"case_id": "case-1", "kept": 2}
    case.check_record()


def test_a_call_that_sees_only_what_is_mapped_leaves_the_callers_variables(engine: Engine) -> None:
    calling = call("u", "q").replace('"q"', '"q" propagateAllParentVariables="false"')
    called = diagram(start("cs"), user("a"), end("ce"), path("cs", "a", "ce"), id="q")
    choice = gateway("exclusive", "x", default="no"), end("e2")
    ways = path("start", "u", "x") + flow("x", "z", "=mine = 1") + flow("x", "e2", id="no")
    drawn = diagram(
        start(), end(), user("z"), mapped(calling, inputs="k=1"), *choice, ways, path("z", "end")
    )
    case = Play(engine, drawn, called).start(mine=1).do("a", found=3)

    assert case.open() == ["z"]
    assert case.variables() == {"case_id": "case-1", "mine": 1, "found": 3}
    case.check_record()
