"""Rules at their edge: one flow more or fewer than a rule allows, told by its own number."""

from __future__ import annotations

import pytest

from engine.bpmn.lint import lint
from tests.support.drawing import (
    catch,
    diagram,
    end,
    flow,
    gateway,
    marked,
    path,
    start,
    timer,
    user,
)


def told(content: bytes, rule: str) -> list[str]:
    return [each.text.en for each in lint({"p.bpmn": content}) if each.rule == rule]


@pytest.mark.parametrize(
    ("direction", "incoming", "outgoing", "fits"),
    [
        ("Converging", 2, 1, True),
        ("Converging", 2, 2, False),
        ("Converging", 1, 1, False),
        ("Converging", 1, 2, False),
        ("Diverging", 1, 2, True),
        ("Diverging", 2, 2, False),
        ("Diverging", 1, 1, False),
        ("Mixed", 2, 2, True),
        ("Mixed", 2, 1, False),
        ("Mixed", 1, 2, False),
        ("Unspecified", 1, 1, True),
    ],
)
def test_a_gateway_goes_the_way_it_says(
    direction: str, incoming: int, outgoing: int, fits: bool
) -> None:
    parts = [start(), gateway("parallel", "split"), flow("start", "split")]
    parts.append(marked(gateway("parallel", "g"), gatewayDirection=direction))
    for n in range(incoming):
        parts += [user(f"in{n}"), path("split", f"in{n}", "g")]
    for n in range(outgoing):
        parts += [user(f"out{n}"), end(f"e{n}"), path("g", f"out{n}", f"e{n}")]

    found = told(diagram(*parts), "gateway-direction")

    facts = f"Its direction is {direction}, but it has {incoming} incoming and {outgoing} outgoing"
    assert len(found) == (not fits)
    assert all(text.startswith(f"{facts} flows.") for text in found)


@pytest.mark.parametrize("ways", [0, 1, 2, 3])
def test_an_event_based_gateway_tells_how_many_ways_it_has(ways: int) -> None:
    parts = [start(), gateway("eventBased", "g"), flow("start", "g")]
    for n in range(ways):
        parts += [catch(f"c{n}", timer("P1D")), end(f"e{n}"), path("g", f"c{n}", f"e{n}")]

    found = told(diagram(*parts), "event-gateway-few")

    assert len(found) == (ways < 2)
    assert all(text.startswith(f"An event-based gateway has {ways} ") for text in found)
