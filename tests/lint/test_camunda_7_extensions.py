"""No element and no attribute that Camunda Modeler can write for Camunda 7 is dropped in silence.

`descriptors/camunda.json` is camunda-bpmn-moddle's own list (8.0.1, MIT), from which the Modeler
writes files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn import lint
from engine.bpmn.lint.runnable import camunda7
from engine.bpmn.lint.runnable.zeebe import ACTS, REFUSED, SILENT, TOLD
from tests.lint.test_camunda_7_files import drawn

TYPES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "descriptors" / "camunda.json").read_text(encoding="utf-8")
)["types"]
NAMED = {each["name"]: each for each in TYPES}
ABSTRACT = {"InOutBinding", "InputOutputParameter", "InputOutputParameterDefinition"}
EXTENDED = [each for each in TYPES if "extends" in each]
OWN = [each for each in TYPES if "extends" not in each and each["name"] not in ABSTRACT]
ATTRIBUTES = sorted(
    {
        part["name"].rpartition(":")[2]
        for each in EXTENDED
        for part in each.get("properties", [])
        if part.get("isAttr")
    }
)


def _written(name: str) -> str:
    return name[0].lower() + name[1:]


def _attributes_of(each: dict[str, Any]) -> list[str]:
    lines = [each, *(NAMED[name] for name in each.get("superClass", []) if name in NAMED)]
    parts = [part for line in lines for part in line.get("properties", [])]
    return [part["name"] for part in parts if part.get("isAttr")]


def said(content: bytes) -> list[tuple[str, str]]:
    return [(each.rule, each.text.en) for each in lint.lint({"a.bpmn": content})]


def test_every_element_and_attribute_of_the_descriptor_is_in_the_table() -> None:
    names = {_written(each["name"]) for each in OWN}

    assert names == camunda7.ELEMENTS.keys() | camunda7.WITHIN
    assert sorted(camunda7.ATTRIBUTES) == ATTRIBUTES
    for each in OWN:
        name = _written(each["name"])
        if name in camunda7.ELEMENTS and camunda7.answer_for_element(name) == ACTS:
            assert set(_attributes_of(each)) == camunda7.ELEMENTS[name].keys(), name


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_that_does_nothing_is_told_by_its_name(name: str) -> None:
    places = camunda7.PLACES.get(name, ())
    tag = next((place for place in places if place.endswith("Task")), "serviceTask")
    answer = camunda7.answer_for_attribute(name)
    rules = {REFUSED: "extension-acting", TOLD: "extension-unread"}

    found = said(drawn(f'<{tag} id="x" camunda:{name}="v"/>'))

    told = [rule for rule, text in found if f"camunda:{name}" in text and rule in rules.values()]
    assert told == ([rules[answer]] if answer in rules else [])
    assert answer in (ACTS, SILENT, *rules)


@pytest.mark.parametrize("name", camunda7.PLACES)
def test_an_attribute_where_nobody_reads_it_is_told(name: str) -> None:
    found = said(drawn(f'<manualTask id="x" camunda:{name}="v"/>'))

    assert [rule for rule, text in found if f"camunda:{name} does nothing" in text] == [
        "extension-elsewhere"
    ]


@pytest.mark.parametrize("name", camunda7.ELEMENTS)
def test_an_element_that_does_nothing_is_told_by_its_name(name: str) -> None:
    outer = camunda7.INSIDE.get(name, "inputOutput" if name in camunda7.COMPUTED else "")
    inner = f"<camunda:{name} name='a'/>"
    if name in camunda7.COMPUTED:
        inner = f"<camunda:inputParameter name='a'>{inner}</camunda:inputParameter>"
    inner = f"<camunda:{outer}>{inner}</camunda:{outer}>" if outer else inner
    task = f'<serviceTask id="x"><extensionElements>{inner}</extensionElements></serviceTask>'
    rules = {"extension-acting", "extension-unread", "mapping-computed", "payload-elsewhere"}

    told = [rule for rule, text in said(drawn(task)) if f"camunda:{name}" in text and rule in rules]

    acts = camunda7.answer_for_element(name) == ACTS and name not in ("in", "out")
    assert (told == []) == acts


@pytest.mark.parametrize("shape", ["resultList", "singleResult"])
def test_a_result_in_another_shape_is_refused(shape: str) -> None:
    task = f'<businessRuleTask id="x" camunda:decisionRef="d" camunda:mapDecisionResult="{shape}"/>'

    assert "decision-result" in [rule for rule, _ in said(drawn(task))]
