"""Ids that SpiffWorkflow keeps for itself (Start, End, Root) are ids like any other: a file with
them was clean to the lint, and its deployment ended in a KeyError."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import Engine
from engine.bpmn.running import compile as compiling
from engine.ground.actor import Actor
from engine.ground.canonical import loads
from engine.ground.clock import TravellingClock
from engine.store.tables import ProcessInstance
from engine.verbs.gate import DEFECT, Gate
from engine.verbs.migration import MigrationPlan
from tests.support.cases import Play
from tests.support.drawing import (
    FORM,
    boundary,
    compensate,
    diagram,
    each,
    end,
    flow,
    gateway,
    marked,
    message,
    path,
    root_message,
    standard_loop,
    start,
    sub,
    throw,
    undone,
    user,
)

RESERVED = ("Start", "End", "Root")
ROOTS = root_message("m") + root_message("m2")


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    assert engine.verify().differences == []
    engine.close()


def drawn(*parts: str) -> bytes:
    return diagram(*parts, roots=ROOTS)


def line(first: str = "s", task: str = "a", last: str = "e") -> bytes:
    return drawn(start(first), user(task), end(last), path(first, task, last))


def around(activity: str, id: str) -> bytes:
    return drawn(start("s"), activity, end("e"), path("s", id, "e"))


@pytest.mark.parametrize("id", RESERVED)
def test_a_step_of_any_kind_may_have_a_reserved_id(engine: Engine, id: str) -> None:
    inner = start("us"), user("k"), end("ue"), path("us", "k", "ue")
    models = {
        "start event": (line(first=id), ["a"]),
        "task": (line(task=id), [id]),
        "end event": (line(last=id), ["a"]),
        "subprocess": (around(sub(id, *inner), id), ["k"]),
        "several": (around(marked(user(id), each("=[1, 2]")), id), [id, id]),
        "several subprocesses": (around(marked(sub(id, *inner), each("=[1]")), id), ["k"]),
        "loop": (around(marked(user(id), standard_loop(loopMaximum="2")), id), [id, id]),
        "gateway": (
            drawn(
                start("s"),
                gateway("inclusive", "f"),
                user("a"),
                user("b"),
                gateway("inclusive", id),
                end("e"),
                flow("f", "a", "=true"),
                flow("f", "b", "=true"),
                path("s", "f") + path("a", id, "e") + path("b", id),
            ),
            ["a", "b"],
        ),
    }
    for name, (model, tasks) in models.items():
        play = Play(engine, model).start()
        for task in tasks:
            play.do(task)
        assert play.ended, name
        assert id in play.visits() or name in ("start event", "end event")
        play.check_record()


def test_events_and_what_undoes_may_have_them_too(engine: Engine) -> None:
    model = drawn(
        start("s"),
        user("Start"),
        marked(user("End"), isForCompensation="true"),
        undone("Start", "End"),
        user("wait"),
        marked(boundary("Root", "wait", message("m") + message("m2")), parallelMultiple="true"),
        throw("undo", compensate("Start")),
        user("after"),
        end("e"),
        end("e2"),
        path("s", "Start", "wait", "undo", "after", "e"),
        path("Root", "e2"),
    )
    play = Play(engine, model).start().do("Start").do("wait").do("End").do("after")
    assert play.ended
    play.check_record()

    other = Play(engine, model).start(case_id="case-2").do("Start")
    engine.correlate("m", "case-2")
    engine.correlate("m2", "case-2")
    assert other.ended
    other.check_record()


def test_a_case_moves_from_and_to_a_reserved_id(engine: Engine) -> None:
    play = Play(engine, line(task="End")).start()
    engine.deploy({"d0.bpmn": line(task="b", last="Start")}, Actor.of("owner"))
    engine.migrate(MigrationPlan("p:1", "p:2", {"End": "b"}), Actor.of("owner"))
    engine.deploy({"d0.bpmn": line(task="Root")}, Actor.of("owner"))
    engine.migrate(MigrationPlan("p:2", "p:3", {"b": "Root"}), Actor.of("owner"))

    play.do("Root")

    assert play.ended
    play.check_record()


def test_the_root_of_a_moved_case_keeps_its_place(engine: Engine) -> None:
    # It was taken for a drawn "Start" and put aside: migrations that earlier releases had recorded
    # no longer replayed to their states.
    play = Play(engine, line(task="a")).start()
    engine.deploy({"d0.bpmn": line(task="a", last="b")}, Actor.of("owner"))

    engine.migrate(MigrationPlan("p:1", "p:2", {}, (play.id,)), Actor.of("owner"))

    with engine.read() as work:
        state = loads(work.session.get_one(ProcessInstance, play.id).state)
    number, parent, place, *_ = state["scopes"][0]["tokens"][0]
    assert (number, parent, place) == (1, None, "Start")


def test_a_fault_of_the_product_is_a_finding_in_the_right_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A traceback told nobody which file it was about. A forgotten kind stands here for any fault
    # in what makes a process ready to run.
    monkeypatch.setattr(compiling, "_SIMPLE", _Broken(compiling._SIMPLE))
    good, bad = diagram(start(), end(), path("start", "end"), id="q"), line()

    (finding,) = [
        finding
        for finding in Gate().check_anew({"a.bpmn": good, "b.bpmn": bad, "any.form": FORM}, {})
        if finding.severity == "error"
    ]

    assert (finding.file, finding.element, finding.rule) == ("b.bpmn", "p", DEFECT)
    assert "KeyError" in finding.text.th
    assert "KeyError" in finding.text.en


class _Broken(dict[str, object]):
    """A table of kinds in which user tasks were forgotten."""

    def get(self, tag: str, default: object = None) -> object:
        return self["nothing"] if tag == "userTask" else super().get(tag, default)
