"""The complaint process keeps its rules; take something away, and a rule says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.lint import lint, rules_of
from engine.turn.definitions import form_names

GUIDELINE = Path(__file__).parents[2] / "processes" / "complaint"
DIAGRAMS = {path.name: path.read_bytes() for path in sorted(GUIDELINE.glob("*.bpmn"))}
NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "z": "http://camunda.org/schema/zeebe/1.0",
}
Change = Callable[[etree._Element], None]


def changed(change: Change) -> dict[str, bytes]:
    root = etree.fromstring(DIAGRAMS["complaint.bpmn"])
    change(root)
    return {**DIAGRAMS, "complaint.bpmn": etree.tostring(root)}


def broken(change: Change) -> set[tuple[str, str]]:
    findings = lint(changed(change), rulesets=("guideline",))
    return {(finding.rule, finding.element) for finding in findings}


def at(root: etree._Element, path: str) -> etree._Element:
    found = root.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    assert found, path
    return found[0]  # type: ignore[return-value]


def without(path: str) -> Change:
    def change(root: etree._Element) -> None:
        element = at(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def with_attribute(path: str, name: str, value: str) -> Change:
    return lambda root: at(root, path).set(name, value)


def routed_around(flow: str, target: str) -> Change:
    return with_attribute(f"//b:sequenceFlow[@id='{flow}']", "targetRef", target)


def node(name: str) -> str:
    return f"//b:*[@id='{name}']"


def prop(name: str, key: str) -> str:
    return f"{node(name)}/b:extensionElements/z:properties/z:property[@name='{key}']"


def flow_between(source: str, target: str) -> str:
    root = etree.fromstring(DIAGRAMS["complaint.bpmn"])
    found = at(root, f"//b:sequenceFlow[@sourceRef='{source}'][@targetRef='{target}']")
    return str(found.get("id"))


def test_the_complaint_process_has_no_error_and_no_warning() -> None:
    forms = {
        path.name: path.read_bytes() for path in GUIDELINE.parents[1].glob("forms/complaint/*.form")
    }

    findings = lint(
        DIAGRAMS,
        known_forms=set(form_names(forms)) or None,
        known_functions={"due", "remind", "escalate", "rounds"},
    )

    assert [f.line("en") for f in findings if f.severity != "info"] == []


CASES: dict[str, tuple[Change, str, str]] = {
    "no English name": (without(prop("screen", "name_en")), "guideline-name", "screen"),
    "no Thai name": (with_attribute(node("screen"), "name", "Screen"), "guideline-name", "screen"),
    "a lane without an English name": (
        without(prop("lane_head", "name_en")),
        "guideline-name",
        "lane_head",
    ),
    "no sentence": (without(f"{node('clarify')}/b:documentation"), "guideline-sentence", "clarify"),
    "no English sentence": (
        without(prop("clarify", "documentation_en")),
        "guideline-sentence",
        "clarify",
    ),
    "no form": (
        without(f"{node('screen')}/b:extensionElements/z:formDefinition"),
        "guideline-form",
        "screen",
    ),
    "no deadline": (without(prop("clarify", "sla")), "guideline-deadline", "clarify"),
    "a fixed time": (
        lambda root: setattr(at(root, f"{node('reply_overdue')}//b:timeDate"), "text", "P15D"),
        "guideline-timer",
        "reply_overdue",
    ),
    "an end without outcome": (
        without(prop("notified", "outcome")),
        "guideline-outcome",
        "notified",
    ),
    "a decision nobody is told of": (
        routed_around(flow_between("is_sent_on", "send_result"), "notified"),
        "guideline-notice",
        "notified",
    ),
    "a refusal without its letter": (
        routed_around(flow_between("is_refused", "send_refusal"), "not_accepted"),
        "guideline-refusal",
        "not_accepted",
    ),
    "a refusal by another letter": (
        with_attribute(
            f"{node('send_refusal')}//z:header[@key='letter']", "value", "L9"
        ),
        "guideline-refusal",
        "not_accepted",
    ),
    "a misspelt separation": (
        with_attribute(prop("assess", "separateFrom"), "value", "clarifi"),
        "guideline-separate-unknown",
        "assess",
    ),
    "a reviewer in the doer's lane": (
        with_attribute(prop("assess", "separateFrom"), "value", "screen"),
        "guideline-same-lane",
        "assess",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_guideline_that_lacks_something_is_refused_at_the_element(name: str) -> None:
    change, rule, element = CASES[name]

    assert (rule, element) in broken(change)


def test_a_task_without_owner_is_refused() -> None:
    def change(root: etree._Element) -> None:
        without(f"{node('screen')}/b:extensionElements/z:assignmentDefinition")(root)
        without(prop("lane_head", "role"))(root)

    assert ("guideline-role", "screen") in broken(change)


def test_a_process_in_which_nobody_reviews_is_warned_of() -> None:
    def change(root: etree._Element) -> None:
        for found in root.xpath("//z:property[@name='separateFrom']", namespaces=NS):  # type: ignore[union-attr]
            found.getparent().remove(found)  # type: ignore[union-attr]

    assert ("guideline-unreviewed", "complaint") in broken(change)


def test_a_part_that_nobody_calls_is_remarked_on() -> None:
    alone = {"fact-finding.bpmn": DIAGRAMS["fact-finding.bpmn"]}

    findings = lint(alone, rulesets=("guideline",))

    assert [(f.rule, f.severity) for f in findings] == [("guideline-part", "info")]


def test_a_process_that_does_not_ask_for_the_guideline_rules_is_left_alone() -> None:
    assert broken(without("//z:property[@name='ruleset']")) == set()


def test_every_rule_of_the_group_is_met_above() -> None:
    met = {rule for _, rule, _ in CASES.values()}
    met |= {"guideline-role", "guideline-unreviewed", "guideline-part"}

    assert {rule.id for rule in rules_of("guideline")} == met
