"""Whatever a diagram asks for, the answer comes within seconds and names what was too much."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.bpmn.timers import Duration, first_due, next_due, parse_cycle
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from tests.support.drawing import diagram, el, end, ext, marked, path, script, start, sub, user

OWNER = Actor.of("owner")
SECONDS = 20.0  # several times what it takes here


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    opened = Engine.open(database_url, clock=clock)
    yield opened
    opened.close()


def repeated(size: int, *inner: str, id: str) -> str:
    counted = (
        f'<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">={size}</bpmn:loopCardinality>'
    )
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{counted}"
    return marked(sub(id, *inner), loop + "</bpmn:multiInstanceLoopCharacteristics>")


def begun(engine: Engine, *parts: str, **variables: Any) -> str:
    form = b'{"type":"default","id":"any","schemaVersion":18,"components":[]}'
    engine.deploy({"p.bpmn": diagram(*parts), "any.form": form}, OWNER)
    return engine.start("p", variables, actor=OWNER)


def test_nine_hundred_rounds_of_four_steps_are_carried_out(engine: Engine) -> None:
    steps = [script(f"c{n}", "=loopCounter", f"r{n}") for n in range(4)]
    inner = path("is", "c0", "c1", "c2", "c3", "ie")
    loop = ext(
        '<zeebe:loopCharacteristics inputCollection="=xs" inputElement="x" '
        'outputCollection="o" outputElement="=r0"/>'
    )
    loop = f"<bpmn:multiInstanceLoopCharacteristics>{loop}</bpmn:multiInstanceLoopCharacteristics>"
    body = marked(sub("u", start("is"), *steps, end("ie"), inner), loop)
    case = begun(engine, start(), body, end(), path("start", "u", "end"), xs=list(range(900)))

    assert engine.history(case)[-1].type == "instance_completed"
    assert engine.variables(case)["o"] == list(range(1, 901))


@pytest.mark.parametrize("leaf", [el("task", "leaf"), user("leaf")], ids=["task", "user"])
def test_rounds_within_rounds_are_refused_by_name_within_seconds(engine: Engine, leaf: str) -> None:
    inner = repeated(300, start("s2"), leaf, end("e2"), path("s2", "leaf", "e2"), id="inner")
    outer = repeated(300, start("s1"), inner, end("e1"), path("s1", "inner", "e1"), id="outer")
    before = time.perf_counter()

    with pytest.raises(StepFailed, match="20,000 automatic steps") as refused:
        begun(engine, start(), outer, end(), path("start", "outer", "end"))

    assert time.perf_counter() - before < SECONDS
    named = refused.value.text.en.split("'")[1]
    assert named in ("inner", "outer", "leaf", "s2", "e2")
    assert "20,000" in refused.value.text.th


def test_many_scopes_are_no_slower_each_than_a_few(engine: Engine) -> None:
    inner = repeated(40, start("s2"), user("leaf"), end("e2"), path("s2", "leaf", "e2"), id="inner")
    outer = repeated(40, start("s1"), inner, end("e1"), path("s1", "inner", "e1"), id="outer")
    before = time.perf_counter()

    begun(engine, start(), outer, end(), path("start", "outer", "end"))

    assert len(engine.tasks(limit=2000)) == 1600
    assert time.perf_counter() - before < SECONDS


def stepped(facts: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """The next round by counting, one after the other."""
    cycle = parse_cycle(facts["cycle"])
    first, number = datetime.fromisoformat(facts["first"]), facts["round"]
    missed = 0
    while cycle.rounds is None or number < cycle.rounds:
        number += 1
        every = Duration(cycle.every.months * (number - 1), cycle.every.span * (number - 1))
        if every.after(first) > now:
            due = every.after(first).astimezone(UTC).isoformat()
            return {"due": due, "round": number, "missed": missed}
        missed += 1
    return None


EVERY = st.sampled_from(
    ["PT1M", "PT7M", "P1D", "P1M", "P1Y", "P1M2D", "PT90S", "P1W", "P1Y1M1DT1H"]
)
MOMENTS = st.integers(0, 700 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(
    every=EVERY,
    rounds=st.one_of(st.none(), st.integers(1, 40)),
    first=MOMENTS,
    later=st.timedeltas(timedelta(days=-3), timedelta(days=3)),
    done=st.integers(0, 3),
)
def test_the_next_round_is_the_one_that_counting_would_find(
    every: str, rounds: int | None, first: datetime, later: timedelta, done: int
) -> None:
    text = f"R{'' if rounds is None else rounds}/{first.isoformat()}/{every}"
    facts = dict(first_due(text, "timeCycle", first, "t"))
    facts["round"] += done
    expected = stepped(facts, first + later)

    again = next_due(facts, first + later)

    assert again == (expected is not None)
    if expected is not None:
        assert {name: facts[name] for name in expected} == expected


def test_a_cycle_of_minutes_that_began_long_ago_is_not_stepped_through() -> None:
    facts = dict(first_due("R/1970-01-01T00:00:00Z/PT1M", "timeCycle", datetime.now(UTC), "t"))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    before = time.perf_counter()

    assert next_due(facts, now)

    assert time.perf_counter() - before < 0.5
    assert facts["due"] == (now + timedelta(minutes=1)).isoformat()
    assert facts["round"] == facts["missed"] + 2


def test_a_cycle_ends_where_the_calendar_does() -> None:
    facts = dict(first_due("R/2000-01-01/P100Y", "timeCycle", datetime.now(UTC), "t"))

    assert not next_due(facts, datetime(9999, 6, 1, tzinfo=UTC))
