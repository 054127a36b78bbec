"""Processes of Camunda 7 keep their meaning: what a call gives and takes, what JUEL says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from engine import Engine
from engine.bpmn.reading import dialect, source
from engine.bpmn.running.compile import compile_process
from engine.bpmn.running.execution import Execution, Surroundings
from engine.bpmn.running.host import AS_WRITTEN, JUEL_MEANT
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock

BEFORE = 2
CASE = "00000000-0000-4000-8000-000000000001"
OWNER, OFFICER = Actor.of("owner"), Actor.of("o", "officer")
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    opened = Engine.open(database_url, clock=clock)
    yield opened
    opened.close()


def user(id: str, inner: str = "", **attributes: str) -> str:
    given = "".join(f' camunda:{name}="{value}"' for name, value in attributes.items())
    return f'<userTask id="{id}" camunda:candidateGroups="officer"{given}>{inner}</userTask>'


def process(id: str, *ids: str, parts: str) -> str:
    ends = f'<startEvent id="{ids[0]}"/><endEvent id="{ids[-1]}"/>'
    flows = "".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(ids)
    )
    return f'<process id="{id}" isExecutable="true">{ends}{parts}{flows}</process>'


def calling(mapping: str = "") -> bytes:
    extension = f"<extensionElements>{mapping}</extensionElements>" if mapping else ""
    call = f'<callActivity id="call" calledElement="child">{extension}</callActivity>'
    outer = process("p", "s", "call", "back", "e", parts=call + user("back"))
    child = process("child", "cs", "ask", "ce", parts=user("ask", assignee="${secret}"))
    return f"{HEAD}{outer}{child}</definitions>".encode()


def one(engine: Engine, element: str) -> Any:
    (task,) = [task for task in engine.tasks() if task.element_id == element]
    return task


def begun(engine: Engine, content: bytes, **variables: Any) -> str:
    engine.deploy({"a.bpmn": content}, OWNER)
    return engine.start("p", variables, actor=OWNER)


@pytest.mark.parametrize(
    ("mapping", "seen", "after"),
    [
        ("", None, {"secret": "s", "x": 1}),
        ('<camunda:in source="x" target="secret"/>', None, {"secret": "s", "x": 1}),
        ('<camunda:in sourceExpression="${x + 1}" target="y"/>', None, {"secret": "s", "x": 1}),
        ('<camunda:in variables="all"/>', "s", {"secret": "s", "x": 1}),
        (
            '<camunda:out source="found" target="f"/>',
            None,
            {"secret": "s", "x": 1, "f": 3},
        ),
        ('<camunda:out variables="all"/>', None, {"secret": "changed", "x": 1, "found": 3}),
        (
            '<camunda:in variables="all"/><camunda:out variables="all"/>',
            "s",
            {"secret": "changed", "x": 1, "found": 3},
        ),
    ],
)
def test_a_call_gives_and_takes_what_it_maps_and_nothing_else(
    engine: Engine, mapping: str, seen: str | None, after: dict[str, Any]
) -> None:
    if 'target="secret"' in mapping:
        mapping, seen = mapping.replace('source="x"', "sourceExpression=\"${'one'}\""), "one"
    case = begun(engine, calling(mapping), secret="s", x=1)

    task = one(engine, "ask")
    assert task.assignee == seen
    who = Actor.of(seen or "o", "officer")
    engine.complete(task.id, {"found": 3, "secret": "changed"}, who)

    assert engine.variables(case) == after
    engine.complete(one(engine, "back").id, {}, OFFICER)
    assert engine.replay(case).differences == []
    assert engine.verify(case).differences == []


@pytest.mark.parametrize(
    ("behaviour", "begins", "ends"),
    [
        (BEFORE, {"secret": "s", "x": 1}, {"secret": "changed", "x": 1, "found": 3}),
        (AS_WRITTEN, {}, {"secret": "s", "x": 1}),
    ],
)
def test_a_turn_of_an_earlier_release_is_done_again_as_it_was_done(
    behaviour: int, begins: dict[str, Any], ends: dict[str, Any]
) -> None:
    # Until then a call without mappings gave and took everything; such records stay true.
    model = dialect.read("a.bpmn", source.read("a.bpmn", calling()))
    execution = Execution.begin(compile_process(model.processes["p"], model.processes), CASE)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    execution.enter(Surroundings(now, lambda *_: None, (), (), behaviour))

    execution.start({"secret": "s", "x": 1})
    execution.run_to_rest()
    (inside,) = execution.standing_tasks()
    assert inside.data == begins
    execution.complete_task(inside.id, {"found": 3, "secret": "changed"})
    execution.run_to_rest()

    assert execution.variables() == ends


@pytest.mark.parametrize(("behaviour", "expected"), [(BEFORE, 1), (JUEL_MEANT, 2)])
def test_an_expression_of_an_earlier_release_gives_again_what_it_gave(
    behaviour: int, expected: int
) -> None:
    # JUEL counts from nought; until then `${xs[1]}` was taken for FEEL, which counts from one.
    parts = user("ask", assignee="${string(xs)}", priority="${xs[1]}")
    content = f"{HEAD}{process('p', 's', 'ask', 'e', parts=parts)}</definitions>".encode()
    model = dialect.read("a.bpmn", source.read("a.bpmn", content))
    execution = Execution.begin(compile_process(model.processes["p"], {}), CASE)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    execution.enter(Surroundings(now, lambda *_: None, (), (), behaviour))

    execution.start({"xs": [1, 2]})
    execution.run_to_rest()

    (task,) = execution.standing_tasks()
    assert task.task_spec.offer(task)["priority"] == expected
