"""docs/reference/spiffworkflow.md is true: what is overridden of it, and that the rest runs.

A stub in the library's place once let a thousand tests pass. So the calls that carry a case are
taken out here one by one, and each time the case must come to grief.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.script_task import ScriptTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.event import EventManager
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task

import engine.bpmn
from engine.bpmn.running.compile import compile_process
from engine.bpmn.running.execution import Execution, Surroundings
from engine.turn.definitions import read_processes
from tests.support.drawing import (
    boundary,
    diagram,
    end,
    flow,
    gateway,
    message,
    path,
    root_message,
    root_signal,
    script,
    signal,
    start,
    sub,
    throw,
    user,
)

PAGE = (Path(__file__).parents[2] / "docs/reference/spiffworkflow.md").read_text("utf-8")
BLOCK = re.compile(r"^### ([^\n]+)\n(?:(?!###? )[^\n]*\n)*?```python\n(.*?)^```", re.M | re.S)
PREAMBLE = PAGE.partition("```python\n")[2].partition("```")[0]
REPRODUCTIONS = dict(BLOCK.findall(PAGE))
CLASS_AND_METHOD = re.compile(r"`(\w+\.\w+)`")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


# ── the list ───────────────────────────────────────────────────────────────────────────────────


def test_everything_that_is_overridden_is_on_the_page_and_nothing_else_is() -> None:
    overridden = re.findall(r"^### `(\S+)`$", section("Overridden"), re.M)
    offered = CLASS_AND_METHOD.findall(section("Extension points").partition("```")[0])

    assert sorted({*overridden, *offered}) == sorted(set(_overridden()))


def _overridden() -> Iterator[str]:
    """Each method of the library that a class of ours has another of, by who defines it first."""
    for found in pkgutil.walk_packages(engine.bpmn.__path__, "engine.bpmn."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == found.name:
                yield from _overridden_by(kind)


def _overridden_by(kind: type) -> Iterator[str]:
    stock = [base for base in kind.__mro__ if base.__module__.startswith("SpiffWorkflow")]
    for name in {name for base in stock for name in vars(base) if not name.startswith("__")}:
        used = next(base for base in kind.__mro__ if name in vars(base))
        if used.__module__.startswith("engine."):
            first = [base for base in stock if name in vars(base)][-1]
            yield f"{first.__name__}.{name}"


@pytest.mark.parametrize("trap", REPRODUCTIONS)
def test_the_stock_library_still_has_the_trap(trap: str) -> None:
    """If this fails, a release has mended it: drop what is overridden for it."""
    exec(PREAMBLE + REPRODUCTIONS[trap], {})


def test_each_trap_has_its_reproduction() -> None:
    traps = re.findall(r"^### (.+)$", PAGE, re.M)

    assert list(REPRODUCTIONS) == traps
    assert len(traps) > 15


def test_the_page_speaks_of_the_installed_release() -> None:
    installed = importlib.metadata.version("SpiffWorkflow")

    assert f"({installed}, the newest release)" in PAGE


# ── the library runs ───────────────────────────────────────────────────────────────────────────

ROOTS = root_message("withdraw") + root_signal("done")
DRAWN = diagram(
    start(),
    user("ask"),
    gateway("exclusive", "big", default="no"),
    script("count", "=n + 1", "n"),
    gateway("inclusive", "some", default="rest"),
    sub("work", start("s"), user("check"), throw("tell", signal("done")), end("e"),
        path("s", "check", "tell", "e")),
    boundary("heard", "work", signal("done"), interrupting=False),
    boundary("withdrawn", "work", message("withdraw")),
    user("note"),
    user("close"),
    end(),
    end("noted"),
    path("start", "ask", "big"),
    flow("big", "count", "=n > 1"),
    flow("big", "work", id="no"),
    path("count", "some"),
    flow("some", "work", "=n > 2"),
    flow("some", "close", id="rest"),
    path("work", "close"),
    path("heard", "note", "noted"),
    path("withdrawn", "close"),
    path("close", "end"),
    roots=ROOTS,
)  # fmt: skip


GIVEN = {"ask": {"n": 2}, "check": {"checked": True}}


def walk() -> list[Any]:
    """Two cases through all of it: what is open after each act, and the variables at the end."""
    processes = read_processes({"p.bpmn": DRAWN})
    definition = compile_process(processes["p"], processes)
    seen: list[Any] = []
    for number, acts in enumerate((["ask", "check", "note", "close"], ["ask", "!", "close"])):
        case = Execution.begin(definition, f"{number + 1:032x}")
        now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        case.enter(Surroundings(now, lambda *_: None, (), ()))
        case.start({"n": 0, "case_id": "1"})
        case.run_to_rest()
        for act in acts:
            if act == "!":
                (token,) = [t for t in case.waiting() if t.facts["kind"] == "message"]
                case.fire(token.id, {"why": "ended"}, "message_received")
            else:
                (token,) = [t for t in case.standing_tasks() if t.node.id == act]
                case.complete_task(token.id, GIVEN.get(act, {}))
            case.run_to_rest()
            seen.append(sorted(token.node.id for token in case.standing_tasks()))
        seen.append((case.is_completed, case.variables()))
    return seen


CARRIERS: list[tuple[type, str]] = [
    (BpmnWorkflow, "do_engine_steps"),
    (BpmnWorkflow, "_do_engine_steps"),
    (BpmnWorkflow, "send_event"),
    (EventManager, "catch"),
    (EventManager, "add_task"),
    (EventDefinition, "has_fired"),
    (EventDefinition, "catch"),
    (CatchingEvent, "_update_hook"),
    (CatchingEvent, "catch"),
    (CatchingEvent, "catches"),
    (BoundaryEvent, "catches"),
    (ThrowingEvent, "_run_hook"),
    (ExclusiveChoice, "_run_hook"),
    (MultiChoice, "_get_matching_outputs"),
    (SubWorkflowTask, "_update_hook"),
    (SubWorkflowTask, "_on_subworkflow_completed"),
    (ScriptTask, "_execute"),
    (TaskSpec, "_update"),
    (TaskSpec, "_on_ready"),
    (TaskSpec, "_run"),
    (TaskSpec, "_on_complete"),
    (Task, "_ready"),
    (Task, "_set_state"),
    (Task, "_sync_children"),
    (Task, "run"),
    (Task, "complete"),
]


def test_two_cases_walk_through_all_of_it() -> None:
    assert walk() == [
        ["check"],
        ["close", "note"],
        ["close"],
        [],
        (True, {"n": 3, "case_id": "1", "checked": True}),
        ["check"],
        ["close"],
        [],
        (True, {"n": 3, "case_id": "1", "why": "ended"}),
    ]


@pytest.mark.parametrize(
    ("kind", "name"), CARRIERS, ids=lambda value: getattr(value, "__name__", value)
)
def test_without_the_library_a_case_comes_to_grief(
    monkeypatch: pytest.MonkeyPatch, kind: type, name: str
) -> None:
    right = walk()
    monkeypatch.setattr(kind, name, lambda *_arguments, **_more: None)

    try:
        found = walk()
    except Exception:
        return  # it stopped
    assert found != right
