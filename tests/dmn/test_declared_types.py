"""What a case gives a decision is JSON: it is read by the type that is declared, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from engine import dmn, feel
from tests.support.decisions import data, decision, definitions, literal, table


def asked(column: str, cell: str, value: Any) -> dmn.Result:
    rules = [(cell, '"yes"'), (f"not({cell})", '"no"')]
    model = dmn.parse("t.dmn", definitions(decision("d", table([f"v: {column}"], ["r"], rules))))
    return dmn.evaluate([model], "d", {"v": value})


@pytest.mark.parametrize(
    ("column", "cell", "value", "answer"),
    [
        # Bug: each was null without a word, and no rule matched.
        ("number", ">= 2000000", "3000000", "yes"),
        ("number", ">= 2000000", "-1.5", "no"),
        ("date", '>= date("2026-03-02")', "2026-03-02", "yes"),
        ("date", '>= date("2026-03-02")', "2026-03-01", "no"),
        ("time", '< time("16:30:00")', "09:00:00", "yes"),
        ("dateTime", '> @"2026-03-02T00:00:00Z"', "2026-03-02T08:00:00+07:00", "yes"),
        ("dayTimeDuration", '> @"P1D"', "PT25H", "yes"),
        ("yearMonthDuration", '> @"P1Y"', "P13M", "yes"),
        ("string", '"3000000"', "3000000", "yes"),
    ],
)
def test_a_text_is_read_by_the_declared_type(
    column: str, cell: str, value: Any, answer: str
) -> None:
    result = asked(column, cell, value)

    assert (result.value, result.refused) == (answer, [])


@pytest.mark.parametrize(
    ("column", "value", "given"),
    [
        ("number", "3,000,000", "string"),
        ("number", "สามล้าน", "string"),
        ("number", True, "boolean"),
        ("date", "02/03/2569", "string"),
        ("date", "2026-02-30", "string"),
        ("date", 20260302, "number"),
        ("boolean", "true", "string"),
        ("string", 5, "number"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(column: str, value: Any, given: str) -> None:
    result = asked(column, "null", value)

    assert result.value is None or result.value == "yes"
    (refused,) = result.refused
    assert refused.en == f"“v” must be {column}, given {given} that cannot be read as one"
    assert str(value) not in refused.th  # no personal data


def test_nothing_is_refused_where_nothing_is_given() -> None:
    assert asked("number", "null", None).refused == []
    assert asked("number", "5", None).refused == []


ITEMS = (
    '<itemDefinition name="tCase"><itemComponent name="filed"><typeRef>date</typeRef>'
    '</itemComponent><itemComponent name="amounts" isCollection="true"><typeRef>number</typeRef>'
    "</itemComponent></itemDefinition>"
)


def test_texts_within_lists_and_contexts_are_read_too() -> None:
    logic = literal("{y: case.filed.year, sum: sum(case.amounts)}")
    content = definitions(
        ITEMS, data("case", "tCase"), decision("d", logic, requires=["data:#case"])
    )
    model = dmn.parse("t.dmn", content)

    def result(filed: str) -> dmn.Result:
        return dmn.evaluate([model], "d", {"case": {"filed": filed, "amounts": ["1.5", 2]}})

    assert feel.to_json(result("2026-03-02").value) == {"y": 2026, "sum": feel.from_json(3.5)}
    assert [text.en.split(",")[0] for text in result("soon").refused] == ["“case” must be tCase"]
