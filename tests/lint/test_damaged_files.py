"""Files damaged at random: whatever is wrong, it is told, in time, at an element of the file."""

from __future__ import annotations

import copy
import random
import time

import pytest
from lxml import etree

from engine.bpmn.lint import lint, words
from engine.bpmn.lint.explain import explain
from engine.bpmn.lint.tree import MODEL
from tests.lint.pieces import SUITES, E, S, file, path, process, tag
from tests.support.requirements import missing

MODELS = ("A.4.1", "B.1.0", "C.1.1", "C.3.0", "C.9.0", "C.9.2")
TAGS = (*words.FLOW_NODES, *words.DEFINITIONS, "sequenceFlow", "lane", "laneSet", "dataInput")
VALUES = ("", "x", "-1", "true", "=(", "P99999999Y")


def reference(name: str) -> bytes:
    path = SUITES / "miwg-reference" / f"{name}.bpmn"
    if not path.is_file():
        missing(f"the reference model {path}")
    return path.read_bytes()


def damaged(content: bytes, dice: random.Random) -> bytes:
    root = etree.fromstring(content)
    for drawn in root.iter(f"{{{MODEL}}}process"):
        drawn.set("isExecutable", "true")
    elements = [e for e in root.iter(f"{{{MODEL}}}*") if e.getparent() is not None]
    ids = [e.get("id", "") for e in elements]
    for _ in range(dice.randint(1, 4)):
        _damage(dice.choice(elements), dice, [*ids, *VALUES])
    return etree.tostring(root)


def _damage(element: etree._Element, dice: random.Random, values: list[str]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    kind = dice.randrange(6)
    attributes = [str(name) for name in element.attrib]
    if kind == 0 and attributes:
        del element.attrib[dice.choice(attributes)]
    elif kind == 1 and attributes:
        element.set(dice.choice(attributes), dice.choice(values))
    elif kind == 2:
        parent.remove(element)
    elif kind == 3:
        parent.append(copy.deepcopy(element))
    elif kind == 4:
        element.tag = f"{{{MODEL}}}{dice.choice(TAGS)}"
    else:
        element.text = dice.choice(values)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_judged_and_never_crashes_anything(seed: int) -> None:
    dice = random.Random(seed)
    content = damaged(reference(dice.choice(MODELS)), dice)
    ids = {element.get("id", "") for element in etree.fromstring(content).iter(etree.Element)}
    began = time.process_time()

    findings = lint({"a.bpmn": content}, known_forms=(), known_decisions=(), known_processes=())

    assert time.process_time() - began < 5
    assert {finding.element for finding in findings} <= ids | {""}
    assert explain({"a.bpmn": content}) is not None


def test_a_lane_inside_of_itself_is_told_and_hangs_nothing() -> None:
    """Found by damaging files: the search for the lane's role went round for ever."""
    inner = tag("childLaneSet", "cs", tag("lane", "l", "<flowNodeRef>x</flowNodeRef>"))
    lanes = tag("laneSet", "ls", tag("lane", "l", inner))
    content = file(process(lanes, S, tag("userTask", "x"), E, path("s", "x", "e")))

    findings = lint({"a.bpmn": content})

    assert {"id-duplicate", "role-missing"} <= {finding.rule for finding in findings}
    assert explain({"a.bpmn": content})


@pytest.mark.parametrize("place", ["extensionElements", "documentation"])
def test_a_step_hidden_in_an_extension_or_in_prose_is_no_step(place: str) -> None:
    """Found by damaging files: a flow into it was taken for whole, and the token game fell over."""
    hidden = tag(place, "", tag("userTask", "x"))
    content = file(process(hidden, S, E, path("s", "x", "e")))

    rules = {finding.rule for finding in lint({"a.bpmn": content})}

    assert "reference-dangling" in rules
