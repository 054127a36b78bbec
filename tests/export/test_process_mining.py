"""pm4py reads what we export, and finds that cases by the thousand fit the deployed diagram."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pm4py
import pytest
import sqlalchemy as sa
from pm4py.util import constants

from engine.bpmn.model import Node
from engine.bpmn.net import lasts
from engine.engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.record.export import Trace, XesWriter, entries_of
from engine.store.tables import ProcessInstance
from engine.store.work import HostCall
from engine.verbs import queries
from office.guideline.files import guideline_files
from tests.conftest import START
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE
from tests.support.databases import SqliteTemplates
from tests.support.petrinet import petri_net
from tests.walks.test_three_walks import ASSESSED, COMPLAINT, SCREENED_G

# pm4py 2.7.23 still calculates with numpy's matrices.
pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
constants.SHOW_INTERNAL_WARNINGS = False  # that a faster reader could be installed
constants.SHOW_PROGRESS_BAR = False
CASES = int(os.environ.get("SAMNUAN_MINED_CASES", "60"))  # `make mining` asks for 1,000
RUNNING = (".bpmn", ".dmn", ".form")  # letters and tables are the office's
Script = list[tuple[str, Mapping[str, Any]]]
FACTS = {
    "channel": "web",
    "amount": None,
    "running_procurement": False,
    "evidence_count": 0,
    "witness_count": 0,
    "has_attachments": False,
    "accused": [],
    "reply_by": "inbox",
    "received_on": START.date().isoformat(),
}
ACCEPTED: Script = [
    ("screen", SCREENED_G),
    ("assign", {**ASSIGNED, "lead_unit": "it"}),
    ("accept", {"accepted": True}),
    ("clarify", CLARIFIED),
]
TOLD: Script = [("assess", ASSESSED), ("decide", {**DECIDED, "decision": "เยียวยา"})]
WAYS: list[tuple[int, Mapping[str, Any], Script]] = [  # how often, the complaint, what people do
    (75, {"track": "F"}, [("reply_feedback", {"reply_text": "ขอบคุณ"})]),
    (15, {}, [("screen", {**SCREENED_G, "jurisdiction": False}), ("refer", {"method": "post"})]),
    (5, {}, [*ACCEPTED, *TOLD]),
    (5, {}, [*ACCEPTED, ("assess", INCOMPLETE), ("clarify", CLARIFIED), *TOLD]),
]


@pytest.fixture(scope="module")
def engine(sqlite_templates: SqliteTemplates) -> Iterator[Engine]:
    """The agency's law, and many cases at their end. No office watches them: its clocks and
    letters are not what is looked at."""
    with sqlite_templates.copy() as url:
        clock = TravellingClock(START)
        functions = {"due": _due, "escalate": _escalate, "rounds": _rounds}
        engine = Engine.open(url, clock=clock, functions=functions)
        engine.machine.handlers.update(letter=_said, notice=_said, ladder=_said)
        law = {n: c for n, c in guideline_files().items() if n.endswith(RUNNING)}
        engine.deploy(law, Actor.of("owner"))
        _play(engine, clock)
        yield engine
        engine.close()


def _said(_work: object, _job: object) -> dict[str, Any]:
    return {}


def _due(call: HostCall, _key: str, _unless_told: str = "") -> str:
    return (call.work.now + timedelta(days=3)).isoformat()


def _escalate(call: HostCall, key: str, _number: object) -> str:
    return _due(call, key)


def _rounds(call: HostCall, _key: str, _ahead: int = 0) -> str:
    """No progress letter: the Petri net leaves event subprocesses out."""
    return f"R/{(call.work.now + timedelta(days=365)).isoformat()}/P30D"


def _play(engine: Engine, clock: TravellingClock) -> None:
    """Case by case a way at random, all of them step by step; units clarify too late."""
    ways = [way for way in WAYS for _ in range(way[0] * CASES // 100)]
    random.Random(6).shuffle(ways)
    waiting: dict[str, Script] = {}
    for number, (_, complaint, script) in enumerate(ways):
        facts = {**FACTS, **COMPLAINT, **complaint, "case_id": f"case-{number}"}
        key = engine.start("complaint", facts, business_key=f"case-{number}")
        waiting[key] = list(script)
    while waiting:
        engine.run_due(100_000)
        for instance, script in list(waiting.items()):
            _do(engine, instance, *script.pop(0))
            if not script:
                del waiting[instance]
        clock.advance(days=4)
    engine.run_due(100_000)
    for _ in range(2):  # nobody asks for a review, neither in time nor late
        clock.advance(days=4)
        engine.run_due(100_000)


def _do(engine: Engine, instance: str, element: str, answers: Mapping[str, Any]) -> None:
    (task,) = [task for task in engine.tasks(instance) if task.element_id == element]
    engine.complete(task.id, answers, Actor(f"{element}-officer", frozenset(task.candidate_groups)))


@pytest.fixture(scope="module")
def traces(engine: Engine) -> list[Trace]:
    with engine.read() as work:
        nodes: dict[str, Node] = {
            node.id: node
            for process in queries.models(work, "complaint:1").values()
            # The branches of aftercare, and what it calls, are one step of the net.
            if process.id not in ("aftercare", "review_right")
            for node in process.body.walk()
        }
        lasting = frozenset(id for id, node in nodes.items() if lasts(node))
        found = []
        for instance in work.session.scalars(sa.select(ProcessInstance)).all():
            assert instance.status == "completed", queries.marking(work, instance.id)
            entries = list(entries_of(queries.history(work, instance.id), nodes, lasting))
            name = str(instance.business_key)
            found.append(Trace(id=instance.id, name=name, attributes={}, entries=entries))
    return found


@pytest.fixture(scope="module")
def net(engine: Engine) -> tuple[Any, Any, Any]:
    with engine.read() as work:
        return petri_net(queries.models(work, "complaint:1"), "complaint")


def fitness(traces: list[Trace], net: tuple[Any, Any, Any], path: Path) -> list[float]:
    """The fitness of each trace, as pm4py finds it in the file that we write."""
    with path.open("w", encoding="utf-8") as file:
        writer = XesWriter(file, name="complaints")
        writer.begin()
        for trace in traces:
            writer.write(trace)
        writer.end()
    log = pm4py.read_xes(str(path), return_legacy_log_object=False)
    done = log[log["lifecycle:transition"] == "complete"]
    assert done["case:concept:name"].nunique() == len(traces)
    found = pm4py.conformance_diagnostics_alignments(done, *net)
    return [alignment["fitness"] for alignment in found]


def test_cases_by_the_thousand_fit_the_deployed_diagram(
    traces: list[Trace], net: tuple[Any, Any, Any], tmp_path: Path
) -> None:
    assert len(traces) == CASES
    variants = {tuple(e.element for e in t.entries if e.transition == "complete") for t in traces}
    assert len(variants) >= 4

    found = fitness(traces, net, tmp_path / "log.xes")

    assert len(found) == CASES
    assert set(found) == {1.0}


def test_a_case_with_a_step_too_many_does_not_fit(
    traces: list[Trace], net: tuple[Any, Any, Any], tmp_path: Path
) -> None:
    trace = max(traces, key=lambda each: len(each.entries))
    done = [entry for entry in trace.entries if entry.transition == "complete"]
    decided = next(entry for entry in done if entry.element == "decide")
    injected = replace(decided, at=done[5].at)  # pm4py reads by time
    extra = replace(trace, name="tampered", entries=[*done[:6], injected, *done[6:]])

    found = fitness([trace, extra], net, tmp_path / "log.xes")

    assert max(found) == 1.0
    assert min(found) < 1.0
