"""The OMG's reference models were drawn to exchange, not to run: each is read and checked."""

from __future__ import annotations

import time

import pytest

from engine import Engine
from engine.bpmn.lint import lint
from engine.bpmn.lint.explain import explain
from engine.bpmn.lint.tree import Tree
from engine.bpmn.reading import source
from engine.verbs import queries
from tests.lint.pieces import SUITES
from tests.support.drawing import FORM, diagram, end, path, start, user
from tests.support.requirements import missing

MODELS = sorted((SUITES / "miwg-reference").glob("*.bpmn"))


def test_the_reference_models_are_there() -> None:
    if not MODELS:
        missing(f"the reference models ({SUITES}; SAMNUAN_SUITES names the suites' folder)")
    assert len(MODELS) == 21


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_reference_model_is_judged_in_time_and_each_finding_names_an_element(model) -> None:  # type: ignore[no-untyped-def]
    content = model.read_bytes()
    known = set(Tree(model.name, source.read(model.name, content)).by_id)
    began = time.process_time()

    findings = lint({model.name: content}, known_forms=(), known_decisions=(), known_processes=())

    assert time.process_time() - began < 5
    assert {finding.element for finding in findings} <= known
    assert all(finding.file == model.name and finding.row for finding in findings)


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_a_reference_model_breaks_no_constraint_of_the_standard(model) -> None:  # type: ignore[no-untyped-def]
    findings = lint({model.name: model.read_bytes()}, rulesets=("standard",))

    assert [f.line("en") for f in findings if f.severity == "error"] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda path: path.stem)
def test_every_element_of_a_reference_model_is_told_in_both_languages(model) -> None:  # type: ignore[no-untyped-def]
    explanations = explain({model.name: model.read_bytes()})

    assert explanations
    for explanation in explanations:
        assert explanation.sentences
        assert all(told.th and told.en for told in explanation.sentences)


RUNNING = diagram(start(), user("a"), end(), path("start", "a", "end"), id="running")


def test_every_reference_picture_is_kept_byte_for_byte(sqlite_url: str) -> None:
    """What was drawn to exchange is deployed as a picture, beside a process that runs."""
    pictures = {
        model.name: model.read_bytes().replace(b'isExecutable="true"', b'isExecutable="false"')
        for model in MODELS
    }
    engine = Engine.open(sqlite_url)

    engine.deploy({**pictures, "running.bpmn": RUNNING, "any.form": FORM})

    with engine.read() as work:
        for name, content in pictures.items():
            assert queries.definition_file(work, "running:1", name) == content
    engine.close()
