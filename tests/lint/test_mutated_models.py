"""Rich models changed at random: whatever the gate is given, it names what is wrong or the files
deploy. It once let ids through that SpiffWorkflow keeps for itself: lint was clean, and the
deployment ended in a KeyError. The damaged files of the lint were never compiled.

SAMNUAN_MUTANTS=N tries so many instead of 500.
"""

from __future__ import annotations

import copy
import os
import random
from collections import Counter

import pytest
from lxml import etree

from engine.bpmn.lint import lint
from engine.bpmn.lint.tree import MODEL
from engine.ground.findings import has_errors
from engine.verbs.gate import DEFECT, Gate, diagrams
from tests.support.drawing import FORM
from tests.support.netdrawing import files
from tests.support.netgenerator import Generator

COUNT = int(os.environ.get("SAMNUAN_MUTANTS", "500"))
MODELS = 25  # each is changed in several ways
RESERVED = (
    "Start", "End", "Root", "start", "root", "END", "None", "True", "self", "Start~each", "~Start",
    "p", "p.EndJoin", "p.BoundaryEventParent", "x [StandardLoop]", "~body.p", "~passage", "a/b",
)  # fmt: skip
DELETED = (
    "id", "name", "sourceRef", "targetRef", "attachedToRef", "cancelActivity", "messageRef",
    "triggeredByEvent", "isInterrupting", "default", "processId", "expression", "resultVariable",
    "type", "isForCompensation", "loopMaximum", "inputCollection", "correlationKey",
)  # fmt: skip


TELLING = ("standard", "runnable")  # the groups that refuse; the others take most of the time


class Mutants:
    """Random models of every construct, changed at random."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        generator = Generator(seed)
        drawn = files(generator.everything(depth=0))
        self.roots = [etree.fromstring(content) for content in drawn]

    def next(self) -> dict[str, bytes]:
        roots = [copy.deepcopy(root) for root in self.roots]
        for _ in range(self.dice.randint(1, 3)):
            self._change(self.dice.choice(roots))
        drawn = {f"d{n}.bpmn": etree.tostring(root) for n, root in enumerate(roots)}
        return {**drawn, "any.form": FORM}

    def _change(self, root: etree._Element) -> None:
        named = [e for e in root.iter(f"{{{MODEL}}}*") if e.get("id") and e is not root]
        kind = self.dice.choice(["rename", "rename", "swap", "delete", "double", "drop"])
        if not named:
            return
        one, other = self.dice.choice(named), self.dice.choice(named)
        if kind == "rename":
            _rename(root, {one.get("id", ""): self.dice.choice(RESERVED)})
        elif kind == "swap":
            first, second = one.get("id", ""), other.get("id", "")
            one.set("id", second)
            other.set("id", first)
        elif kind == "double":
            one.addnext(copy.deepcopy(one))
        elif kind == "drop":
            one.getparent().remove(one)  # type: ignore[union-attr]
        else:
            self._delete_attribute(root)

    def _delete_attribute(self, root: etree._Element) -> None:
        name = self.dice.choice(DELETED)
        having = [element for element in root.iter(etree.Element) if element.get(name) is not None]
        if having:
            del self.dice.choice(having).attrib[name]


def _rename(root: etree._Element, names: dict[str, str]) -> None:
    """Another id, also where it is meant."""
    for element in root.iter(etree.Element):
        for attribute, value in element.attrib.items():
            if value in names and attribute != "name":
                element.set(attribute, names[str(value)])
        if element.text in names:
            element.text = names[element.text]


@pytest.mark.parametrize("seed", range(MODELS))
def test_a_changed_model_is_refused_by_name_or_deploys(seed: int) -> None:
    gate, mutants = Gate(functions={"ticket": lambda _where: 1}), Mutants(seed)
    answers: Counter[str] = Counter()

    for _ in range(max(COUNT // MODELS, 1)):
        mutant = mutants.next()
        refused = has_errors(lint(diagrams(mutant), rulesets=TELLING))
        found = [] if refused else gate.check_anew(mutant, {})
        assert not [finding for finding in found if finding.rule == DEFECT], mutant
        answers["refused" if refused or has_errors(found) else "deploys"] += 1

    assert answers["refused"]
