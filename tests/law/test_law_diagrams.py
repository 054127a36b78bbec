"""What the diagrams say is complete: names, sentences, roles, forms, deadlines, ways out."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine import Engine
from engine.bpmn.model import Node, Process
from engine.bpmn.reading import dialect
from forms import check as check_form
from office.applications.letter_templates import check_template
from office.deadlines import deadlines
from office.guideline.files import check_facts, check_table, guideline_files

GUIDELINE = Path(__file__).resolve().parents[2] / "processes" / "complaint"
DIAGRAMS = sorted(path.name for path in GUIDELINE.glob("*.bpmn"))
THAI = re.compile(r"[\u0e01-\u0e5b]")


def root_of(name: str) -> Any:
    return etree.parse(GUIDELINE / name).getroot()


@pytest.fixture(params=DIAGRAMS)
def process(request: pytest.FixtureRequest) -> Process:
    name = str(request.param)
    model = dialect.read(name, root_of(name))
    (only,) = model.processes.values()
    return only


@pytest.fixture
def complaint() -> Process:
    return dialect.read("complaint.bpmn", root_of("complaint.bpmn")).processes["complaint"]


def table(name: str) -> Path:
    """A table of the guideline, or one that all applications share."""
    own = GUIDELINE / name
    return own if own.exists() else GUIDELINE.parent / "agency" / name


def rows(name: str) -> list[dict[str, str]]:
    with table(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_whole_law_passes_the_gate_without_a_remark() -> None:
    checks = {".form": check_form, ".md": check_template}
    checks |= {".csv": check_table, ".json": check_facts}
    functions = deadlines.FUNCTIONS  # the gate refuses a function that the office does not lend
    engine = Engine.open("sqlite://", packages=["engine"], checks=checks, functions=functions)

    findings = engine.lint(guideline_files())

    engine.close()
    assert [finding.line("en") for finding in findings] == []


@pytest.mark.parametrize("name", DIAGRAMS)
def test_ids_are_unique_and_the_profile_is_camunda_8(name: str) -> None:
    root = root_of(name)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    platform = "{http://camunda.org/schema/modeler/1.0}executionPlatform"

    assert len(ids) == len(set(ids))
    assert root.get(platform) == "Camunda Cloud"
    assert root.get(f"{platform}Version") == "8.7.0"


def test_every_element_is_named_and_told_in_both_languages(process: Process) -> None:
    assert THAI.search(process.name.th)
    assert process.name.en
    assert THAI.search(process.documentation.th)
    assert process.documentation.en
    assert process.pool.th
    assert process.pool.en
    for node in process.body.walk():
        assert THAI.search(node.name.th), node.id
        assert node.name.en, node.id
        assert not THAI.search(node.name.en), node.id
        assert THAI.search(node.documentation.th), node.id
        assert node.documentation.en.endswith("."), node.id


def test_a_citizen_can_read_every_sentence(process: Process) -> None:
    """Short, without the names of fields and tables, and one sentence at a time."""
    for node in process.body.walk():
        assert len(node.documentation.th) <= 160, node.id
        assert not re.search(r"[_={}]", node.documentation.th), node.id


def test_every_lane_has_a_role_and_every_step_a_lane(process: Process) -> None:
    known = {row["key"] for row in rows("roles.csv")} | {"complainant"}
    for lane in process.lanes.values():
        assert lane.role in known
        assert lane.name.th
        assert lane.name.en
    assert all(node.lane in process.lanes for node in process.body.walk())


def test_every_task_of_a_person_has_form_groups_deadline_and_clock(process: Process) -> None:
    for node in process.body.walk():
        if node.tag != "userTask":
            continue
        key = node.extensions.properties["sla"]
        assert node.extensions.form, node.id
        assert node.extensions.candidate_groups, node.id
        assert node.extensions.due_date == f'=due("{key}")', node.id


def test_every_choice_has_a_way_when_no_condition_holds(process: Process) -> None:
    for scope in process.body.scopes():
        for node in scope.nodes.values():
            ways = scope.outgoing(node.id)
            if node.tag != "exclusiveGateway" or len(ways) < 2:
                continue
            assert node.default in {way.id for way in ways}, node.id
            conditions = [way.condition for way in ways if way.id != node.default]
            assert all(condition.startswith("=") for condition in conditions), node.id
            assert all(way.name for way in ways), node.id


def test_statuses_and_outcomes_are_those_of_the_table(process: Process) -> None:
    known = {row["key"] for row in rows("statuses.csv")}
    terminal = {row["key"] for row in rows("statuses.csv") if row["terminal"] == "yes"}
    for node in process.body.walk():
        properties = node.extensions.properties
        assert properties.get("status", "RECEIVED") in known, node.id
        assert properties.get("outcome", "CLOSED") in terminal, node.id


def test_the_ways_a_complaint_ends(complaint: Process) -> None:
    outcomes = {node.extensions.properties.get("outcome") for node in complaint.body.walk()}

    assert outcomes - {None} == {
        "NOTIFIED",
        "NOT_ACCEPTED",
        "REFERRED",
        "MERGED",
        "WITHDRAWN",
        "CLOSED",
    }


def test_nobody_judges_what_they_did_themselves(complaint: Process) -> None:
    def apart(step: str) -> str:
        return complaint.body.nodes[step].extensions.properties["separateFrom"]

    assert apart("screen") == '=if track = "C" then ["filed"] else []'
    assert apart("assess") == "clarify"
    assert set(apart("decide").split(",")) == {"clarify", "assess"}


def test_the_decision_goes_where_the_table_of_handlers_says(complaint: Process) -> None:
    fact_finding = dialect.read("fact-finding.bpmn", root_of("fact-finding.bpmn"))
    appoint = fact_finding.processes["fact_finding"].body.nodes["appoint"]

    decide = complaint.body.nodes["decide"]
    assert decide.extensions.candidate_groups == "=[handler.decision_group]"
    assert appoint.extensions.candidate_groups == "=[handler.decision_group]"


def test_every_message_waits_for_the_case_it_is_meant_for(complaint: Process) -> None:
    def messages(node: Node) -> list[tuple[str, str]]:
        return [(e.name, e.correlation_key) for e in node.events if e.kind == "message"]

    awaited = [found for node in complaint.body.walk() for found in messages(node)]
    assert {name for name, _ in awaited} == {
        "reply_received",
        "withdrawal_requested",
        "withdrawal_granted",
        "overall_extended",
        "review_requested",
    }
    assert {key for _, key in awaited} == {"=case_id"}


def test_a_withdrawal_can_be_asked_for_at_any_time_and_stops_everything(
    complaint: Process,
) -> None:
    asked = complaint.body.nodes["withdrawal"]
    takes_effect = complaint.body.nodes["withdrawn_scope"]

    assert asked.triggered_by_event
    assert takes_effect.triggered_by_event
    assert asked.scope is not None
    assert takes_effect.scope is not None
    assert not asked.scope.nodes["withdrawal_asked"].interrupting
    assert takes_effect.scope.nodes["withdrawal_takes_effect"].interrupting


def test_every_letter_that_is_sent_is_worded(complaint: Process) -> None:
    sent = {node.extensions.headers.get("letter") for node in complaint.body.walk()} - {None}
    worded = {path.name.partition("-")[0] for path in (GUIDELINE / "letters").glob("*.md")}

    assert sent <= worded
    assert {f"L{number}" for number in range(1, 9)} <= worded
