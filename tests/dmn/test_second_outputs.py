"""Tables with several outputs: the second column counts, and the second rule that matches."""

from __future__ import annotations

from typing import Any

import pytest

from engine import dmn
from tests.dmn.test_decision_tables import decided, rules_of
from tests.support.decisions import table

LEVEL = 'level: string = "high", "middle", "low"'
ROUTE = 'route: string = "board", "director", "head"'


@pytest.mark.parametrize(
    ("rules", "value", "rule"),
    [
        # the first column ties: the second decides, wherever its rule stands
        ([("-", '"high"', '"head"'), ("-", '"high"', '"board"')], ["high", "board"], "rule2"),
        ([("-", '"high"', '"board"'), ("-", '"high"', '"head"')], ["high", "board"], "rule1"),
        # the first column decides, whatever the second would say
        ([("-", '"low"', '"board"'), ("-", '"high"', '"head"')], ["high", "head"], "rule2"),
        # what is in no list of values comes last
        ([("-", '"odd"', '"board"'), ("-", '"low"', '"head"')], ["low", "head"], "rule2"),
        # three of them
        (
            [("-", '"low"', '"head"'), ("-", '"low"', '"director"'), ("-", '"middle"', '"head"')],
            ["middle", "head"],
            "rule3",
        ),
        # a full tie: the first that is written
        ([("-", '"low"', '"head"'), ("-", '"low"', '"head"')], ["low", "head"], "rule1"),
    ],
)
def test_priority_goes_by_every_output_in_turn(
    rules: list[tuple[str, str, str]], value: list[str], rule: str
) -> None:
    found = decided(table(["amount"], [LEVEL, ROUTE], rules, policy="PRIORITY"), {"amount": 1})

    assert found.value == dict(zip(("level", "route"), value, strict=True))
    assert rules_of(found) == [rule]


def test_output_order_sorts_by_every_output_in_turn() -> None:
    rules = [("-", '"low"', '"head"'), ("-", '"high"', '"head"'), ("-", '"high"', '"board"')]

    found = decided(table(["amount"], [LEVEL, ROUTE], rules, policy="OUTPUT ORDER"), {"amount": 1})

    assert [tuple(row.values()) for row in found.value] == [
        ("high", "board"),
        ("high", "head"),
        ("low", "head"),
    ]
    assert rules_of(found) == ["rule3", "rule2", "rule1"]


SAME = [("> 1", '"high"', '"board"'), ("> 2", '"high"', '"board"'), ("> 3", '"high"', '"board"')]


@pytest.mark.parametrize(
    ("changed", "agrees"), [(None, True), ((1, 1), False), ((1, 2), False), ((2, 2), False)]
)
def test_any_wants_every_output_of_every_rule_alike(
    changed: tuple[int, int] | None, agrees: bool
) -> None:
    rules = [list(rule) for rule in SAME]
    if changed is not None:
        rules[changed[0]][changed[1]] = '"head"' if changed[1] == 2 else '"low"'

    found = decided(table(["amount"], [LEVEL, ROUTE], rules, policy="ANY"), {"amount": 5})

    assert found.value == ({"level": "high", "route": "board"} if agrees else None)
    assert rules_of(found) == (["rule1", "rule2", "rule3"] if agrees else [])


def test_any_of_two_rules_that_differ_is_nothing() -> None:
    rules = [("-", '"high"'), ("-", '"low"')]

    assert decided(table(["amount"], [LEVEL], rules, policy="ANY"), {"amount": 1}).value is None


def test_one_output_with_a_default_is_enough() -> None:
    logic = table(
        ["amount"], ['level: string else "low"', "why: string"], [("> 9", '"high"', '"x"')]
    )

    assert decided(logic, {"amount": 1}).value == {"level": "low", "why": None}


def test_each_column_of_a_collection_has_its_own_sum() -> None:
    rules = [("-", "1", "10"), ("-", "2", "20")]
    logic = table(["amount"], ["days", "baht"], rules, policy="COLLECT", aggregation="SUM")

    found: dmn.Result = decided(logic, {"amount": 1})

    assert found.value == {"days": 3, "baht": 30}


def test_two_rules_of_a_unique_table_are_one_too_many() -> None:
    found: Any = decided(table(["amount"], ["x"], [("> 1", "1"), ("> 2", "1")]), {"amount": 5})

    assert (found.value, rules_of(found)) == (None, [])
