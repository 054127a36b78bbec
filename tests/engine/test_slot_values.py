"""Whatever an expression gives to a slot, the step runs or is refused by its element's name."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape

import pytest

from engine import Engine
from engine.bpmn.model import Node
from engine.bpmn.running.host import StepFailed
from engine.bpmn.slot_values import Given
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected, VariablesInvalid
from engine.verbs import incidents, queries
from tests.support.drawing import (
    FORM,
    boundary,
    catch,
    conditional,
    diagram,
    el,
    end,
    ext,
    flow,
    marked,
    message,
    path,
    root_message,
    script,
    standard_loop,
    start,
    throw,
    timer,
    user,
)

# Every kind of value of the language, each under a name of its own.
VALUES = {
    "null": "null",
    "text": '"officer"',
    "blank": '" "',
    "number": "3",
    "fraction": "2.5",
    "negative": "-1",
    "vast": "10 ** 400",
    "true": "true",
    "list": '["officer", "head"]',
    "list with null": '["officer", null]',
    "list of numbers": "[1, 2]",
    "list of lists": '[["officer"]]',
    "empty list": "[]",
    "context": "{a: 1}",
    "date": 'date("2026-05-01")',
    "time": 'time("10:00:00")',
    "moment": 'date and time("2026-05-01T10:00:00+07:00")',
    "days": 'duration("P2D")',
    "months": 'duration("P2M")',
    "range": "[1..3]",
    "function": "function(x) x",
    "huge": "huge",
    "not storable": '"a\\u0000b"',
}
ASKED = f"[{', '.join(VALUES.values())}][k]"
HUGE = "x" * 100_000


def assigned(**slots: str) -> str:
    given = "".join(f' {name}="{escape("=" + ASKED)}"' for name in slots)
    return el("userTask", "x", ext(f"<zeebe:assignmentDefinition{given}/>{_FORM}"))


_FORM = '<zeebe:formDefinition formId="any"/>'


def task(inner: str) -> str:
    offered = '<zeebe:assignmentDefinition candidateGroups="officer"/>'
    return el("userTask", "x", ext(f"{offered}{_FORM}{inner}"))


def quoted(text: str) -> str:
    return escape(text, quote=True)


def line(activity: str, *more: str, roots: str = "") -> bytes:
    return diagram(start(), activity, end(), path("start", "x", "end"), *more, roots=roots)


def times(expression: str, kind: str) -> bytes:
    return line(catch("x", timer(expression, kind)))


def rounds(inner: str) -> str:
    return f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def again(attributes: str) -> str:
    """A loop over a collection, as Camunda Modeler writes it."""
    return ext(f"<zeebe:loopCharacteristics {attributes}/>")


def counted(tag: str) -> str:
    return f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">{escape("=" + ASKED)}</bpmn:{tag}>'


TEXTS = {"text", "date", "time", "moment", "days", "months", "range"}
ANYTHING = set(VALUES)
NOBODY = {"null", "function", "empty list"}


def slots() -> dict[str, tuple[bytes, set[str]]]:
    """What each slot takes; everything else must be refused by the name of `x`."""
    value = quoted("=" + ASKED)
    key = root_message("m", "=" + ASKED)
    ways = flow("g", "a", "=" + ASKED, id="x") + flow("g", "b", id="fb")
    split = diagram(
        start(), el("exclusiveGateway", "g", default="fb"), user("a"), user("b"), end(),
        path("start", "g"), ways, path("a", "end"), path("b", "end"),
    )  # fmt: skip
    names = TEXTS | {"list"}
    offered = '<zeebe:assignmentDefinition candidateGroups="officer"/>'
    twice = 'inputCollection="=[1, 2]"'
    return {
        "assignee": (line(assigned(assignee="")), TEXTS),
        "candidateGroups": (line(assigned(candidateGroups="")), names),
        "candidateUsers": (line(assigned(candidateUsers="")), names),
        "dueDate": (
            line(task(f'<zeebe:taskSchedule dueDate="{value}"/>')),
            {"null", "function", "date", "moment"},
        ),
        "priority": (
            line(task(f'<zeebe:priorityDefinition priority="{value}"/>')),
            {"null", "function", "number", "negative"},
        ),
        "separateFrom": (
            line(task(f'<zeebe:properties><zeebe:property name="separateFrom" value="{value}"/>'
                      "</zeebe:properties>")),
            {*names, *NOBODY, "blank"},
        ),
        "loopCardinality": (
            line(el("userTask", "x", ext(offered + _FORM) + rounds(counted("loopCardinality")))),
            {"number"},
        ),
        "inputCollection": (
            line(el("task", "x", rounds(again(f'inputCollection="{value}"')))),
            {"list", "list with null", "list of numbers", "list of lists", "empty list"},
        ),
        "completionCondition": (
            line(el("task", "x", rounds(again(twice) + counted("completionCondition")))),
            {"null", "true", "function"},
        ),
        "outputElement": (
            line(el("task", "x", rounds(again(f'{twice} outputCollection="o" '
                                              f'outputElement="{value}"')))),
            ANYTHING,
        ),
        "conditionExpression": (split, {"true"}),
        "loopCondition": (
            line(marked(el("task", "x"), standard_loop("=" + ASKED, loopMaximum="2"))),
            {"true"},
        ),
        "correlationKey": (
            line(catch("x", message("m")), roots=key),
            {*TEXTS, "blank", "number", "fraction", "negative", "vast"},
        ),
        "correlationKey thrown": (
            line(throw("x", message("m")), roots=key),
            {*TEXTS, "blank", "number", "fraction", "negative", "vast"},
        ),
        "timeDate": (times("=" + ASKED, "timeDate"), {"date", "moment", "days", "months"}),
        "timeDuration": (times("=" + ASKED, "timeDuration"), {"days", "months"}),
        "timeCycle": (
            diagram(
                start(), user("k"), boundary("x", "k", timer("=" + ASKED, "timeCycle"), False),
                end(), end("late"), path("start", "k", "end"), path("x", "late"),
            ),
            set(),
        ),
        "condition": (line(catch("x", conditional("=" + ASKED))), {"null", "true", "function"}),
        "script": (line(script("x", "=" + ASKED, "r")), ANYTHING),
        "input": (line(task(f'<zeebe:ioMapping><zeebe:input source="{value}" target="a.b"/>'
                            "</zeebe:ioMapping>")), ANYTHING),
        "output": (
            line(el("scriptTask", "x", ext(
                '<zeebe:script expression="=1" resultVariable="r"/><zeebe:ioMapping>'
                f'<zeebe:output source="{value}" target="a.b"/></zeebe:ioMapping>'))),
            ANYTHING,
        ),
    }  # fmt: skip


SLOTS = slots()


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def deploy(engine: Engine, *files: bytes) -> None:
    named = {f"d{number}.bpmn": content for number, content in enumerate(files)}
    engine.deploy({**named, "any.form": FORM}, Actor.of("owner"))


@pytest.mark.parametrize("slot", SLOTS)
def test_every_kind_of_value_in_every_slot(engine: Engine, slot: str) -> None:
    # An assignee that was a list, a priority "high" or a group of 250 letters ended in a traceback
    # of the database's driver, and a page without a word.
    model, accepted = SLOTS[slot]
    deploy(engine, model)
    ran, refused = set(), {}

    for k, name in enumerate(VALUES, start=1):
        given = {"k": k, "huge": HUGE}
        try:
            instance = engine.start("p", given)
        except StepFailed as failed:
            refused[name] = (failed.facts["element"], "None" in failed.text.th)
            continue
        ran.add(name)
        assert engine.replay(instance).differences == [], name

    assert ran == accepted
    assert refused == dict.fromkeys(ANYTHING - accepted, ("x", False))


def test_a_value_of_the_wrong_kind_later_in_a_case_is_an_incident(engine: Engine) -> None:
    model = diagram(
        start(), user("first"), user("x", "=[group]"), end(), path("start", "first", "x", "end")
    )
    deploy(engine, model)
    instance = engine.start("p", {"group": None})
    officer = Actor.of("officer-1", "officer")
    open_task = engine.tasks(instance)[0]

    with pytest.raises(StepFailed, match="'x' cannot be carried out: candidateGroups"):
        engine.complete(open_task.id, {}, officer)

    assert [each.element_id for each in engine.tasks(instance)] == ["first"]
    with engine.read() as work:
        assert [each.element_id for each in incidents.open_incidents(work)] == ["x"]
    engine.complete(open_task.id, {"group": "officer"}, officer)
    assert [each.element_id for each in engine.tasks(instance)] == ["x"]


def test_a_task_that_names_nobody_is_refused(engine: Engine) -> None:
    deploy(engine, diagram(start(), user("x", "=nosuch"), end(), path("start", "x", "end")))

    with pytest.raises(StepFailed, match="nobody is offered the task"):
        engine.start("p", {})


def test_a_called_process_is_given_a_part_of_a_context(engine: Engine) -> None:
    mapping = '<zeebe:ioMapping><zeebe:input source="=1" target="a.b"/></zeebe:ioMapping>'
    called = '<zeebe:calledElement processId="child" propagateAllParentVariables="false"/>'
    child = diagram(start(), script("k", "=a", "seen"), user("u"), end(),
                    path("start", "k", "u", "end"), id="child")  # fmt: skip
    deploy(engine, line(el("callActivity", "x", ext(called + mapping))), child)

    instance = engine.start("p", {"a": {"secret": 2}})

    with engine.read() as work:
        task_id = engine.tasks(instance)[0].id
        assert queries.task_variables(work, task_id)["seen"] == {"b": 1}


def test_a_recorded_turn_is_run_again_as_an_older_release_took_it() -> None:
    def given(value: object) -> Given:
        return Given(Node("x", "userTask"), "slot", value, strict=False)

    assert given(["a", None, 5]).names(1) == ["a", "5"]
    assert given({"a": 1}).names(1) == ["{'a': 1}"]
    assert given(" ").text(1) == " "
    assert given(Decimal("2.5")).whole(5) == 2
    assert given(True).key() == "True"
    assert given("no").truth()


LONG = "x" * 300
TOO_LONG = {
    "an element": diagram(start(), user(LONG), end(), path("start", LONG, "end")),
    "a process": diagram(start(), user("a"), end(), path("start", "a", "end"), id=LONG[:250]),
    "a group": diagram(start(), user("x", LONG[:130]), end(), path("start", "x", "end")),
    "a message": line(catch("x", message(LONG)), roots=root_message(LONG)),
    "a flow": diagram(start(), user("a"), end(), flow("start", "a", id=LONG), path("a", "end")),
}
FIXED = {
    "priority": line(task('<zeebe:priorityDefinition priority="high"/>')),
    "dueDate": line(task('<zeebe:taskSchedule dueDate="tomorrow"/>')),
    "retries": line(
        el("serviceTask", "x", ext('<zeebe:taskDefinition type="mail" retries="many"/>'))
    ),
}


@pytest.mark.parametrize("what", TOO_LONG)
def test_what_no_column_holds_is_refused_when_it_is_deployed(engine: Engine, what: str) -> None:
    with pytest.raises(DeploymentRejected, match=r"too-long|value-kind"):
        deploy(engine, TOO_LONG[what])


@pytest.mark.parametrize("slot", FIXED)
def test_a_fixed_value_of_the_wrong_kind_is_refused_when_it_is_deployed(
    engine: Engine, slot: str
) -> None:
    with pytest.raises(DeploymentRejected, match=rf"x: {slot} must be .*value-kind"):
        deploy(engine, FIXED[slot])


@pytest.mark.parametrize("bad", ["x" * 300, "a\0b", "\ud800"], ids=["long", "NUL", "half a pair"])
def test_names_from_outside_that_no_column_holds_are_refused(engine: Engine, bad: str) -> None:
    model = diagram(start(), user("x"), end(), path("start", "x", "end"))
    deploy(engine, model)

    for act in (
        lambda: engine.start("p", {}, business_key=bad),
        lambda: engine.correlate(bad, "k"),
        lambda: engine.correlate("m", bad),
        lambda: engine.broadcast(bad),
    ):
        with pytest.raises(VariablesInvalid):
            act()
    if bad == "\ud800":
        for variables in ({"v": bad}, {"v": [bad]}, {bad: 1}):
            with pytest.raises(VariablesInvalid):
                engine.start("p", variables)
