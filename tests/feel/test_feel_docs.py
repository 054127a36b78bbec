"""The examples of docs/reference/feel.md, each run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import feel
from engine.feel.builtins import BUILTINS
from engine.ground.canonical import loads

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "feel.md").read_text("utf-8")


def blocks(language: str) -> Iterator[str]:
    yield from re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def lines(language: str) -> list[tuple[str, str]]:
    """The examples as (expression, what the page says of it)."""
    written = [line for block in blocks(language) for line in block.splitlines() if line.strip()]
    return [(a.strip(), b.strip()) for a, _, b in (line.rpartition(" // ") for line in written)]


VARIABLES: dict[str, Any] = loads(next(blocks("json")))


@pytest.mark.parametrize(("expression", "answer"), lines("feel"))
def test_an_example_has_the_answer_on_the_page(expression: str, answer: str) -> None:
    value = feel.compile(expression, VARIABLES).evaluate(VARIABLES)

    assert feel.to_json(value) == feel.to_json(feel.compile(answer).evaluate({}))


@pytest.mark.parametrize(("tests", "marks"), lines("feel-test"))
def test_a_cell_passes_what_the_page_says(tests: str, marks: str) -> None:
    cell = feel.compile_unary_tests(tests)

    for mark, written in re.findall(r"([✓✗]) (.+?)(?=  |$)", marks):
        value = feel.compile(written).evaluate({})
        assert cell.matches(value, VARIABLES) is (mark == "✓"), written


def test_the_page_has_examples_at_all() -> None:
    assert len(lines("feel")) > 50
    assert len(lines("feel-test")) > 8


def test_every_function_is_on_the_page_and_no_other() -> None:
    rows = re.findall(r"^\|[^|]+\|(.+)\|$", PAGE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}

    assert named == set(BUILTINS)
