"""Decision tables: hit policies, outputs, defaults, and the rules that a decision tells of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import dmn, feel
from tests.support.decisions import NAMESPACE, data, decision, definitions, table

TRACK = [
    ("< 100000", '"G"'),
    ("[100000..2000000]", '"S"'),
    ("> 2000000", '"C"'),
]


def decided(logic: str, context: dict[str, Any]) -> dmn.Result:
    model = dmn.parse("test.dmn", definitions(decision("d", logic)))
    return dmn.evaluate([model], "d", context)


def rules_of(result: dmn.Result) -> list[str]:
    return [rule for each in result.rules for rule in each["rules"]]


@pytest.mark.parametrize(("amount", "track"), [(5, "G"), (100_000, "S"), (Decimal("2e6"), "S")])
def test_a_table_decides_and_tells_its_rule(amount: Any, track: str) -> None:
    result = decided(table(["amount: number"], ["track: string"], TRACK), {"amount": amount})

    assert result.value == track
    assert result.rules == [{"decision": "d", "rules": ["rule1" if track == "G" else "rule2"]}]


def test_thai_columns_and_values_are_read_as_they_are_written() -> None:
    logic = table(
        ["วงเงิน รวม: number", "ช่องทาง: string"],
        ["เส้นทาง: string"],
        [(">= 10", '"เว็บ", "โทรศัพท์"', '"ด่วน"'), ("-", "-", '"ปกติ"')],
        policy="FIRST",
    )

    assert decided(logic, {"วงเงิน รวม": 12, "ช่องทาง": "เว็บ"}).value == "ด่วน"
    assert decided(logic, {"วงเงิน รวม": 12, "ช่องทาง": "จดหมาย"}).value == "ปกติ"


OVERLAPPING = [("> 1", '"low"', "1"), ("> 5", '"high"', "2"), ("> 9", '"high"', "4")]


@pytest.mark.parametrize(
    ("policy", "aggregation", "value", "rules"),
    [
        ("FIRST", "", {"level": "low", "points": 1}, ["rule1"]),
        ("PRIORITY", "", {"level": "high", "points": 2}, ["rule2"]),
        ("UNIQUE", "", None, []),
        ("ANY", "", None, []),
        (
            "RULE ORDER",
            "",
            [
                {"level": "low", "points": 1},
                {"level": "high", "points": 2},
                {"level": "high", "points": 4},
            ],
            ["rule1", "rule2", "rule3"],
        ),
        (
            "OUTPUT ORDER",
            "",
            [
                {"level": "high", "points": 2},
                {"level": "high", "points": 4},
                {"level": "low", "points": 1},
            ],
            ["rule2", "rule3", "rule1"],
        ),
    ],
)
def test_each_hit_policy_chooses_as_the_standard_says(
    policy: str, aggregation: str, value: Any, rules: list[str]
) -> None:
    logic = table(
        ["amount: number"],
        ['level: string = "high", "low"', "points: number"],
        OVERLAPPING,
        policy=policy,
    )

    result = decided(logic, {"amount": 10})

    assert feel.to_json(result.value) == value
    assert rules_of(result) == rules


@pytest.mark.parametrize(
    ("aggregation", "of_ten", "of_zero"),
    [("SUM", 7, None), ("MIN", 1, None), ("MAX", 4, None), ("COUNT", 3, 0), ("", [1, 2, 4], [])],
)
def test_collecting_adds_up_what_matches(aggregation: str, of_ten: Any, of_zero: Any) -> None:
    rules = [(test, points) for test, _, points in OVERLAPPING]
    logic = table(
        ["amount: number"], ["points: number"], rules, policy="COLLECT", aggregation=aggregation
    )

    assert feel.to_json(decided(logic, {"amount": 10}).value) == of_ten
    assert feel.to_json(decided(logic, {"amount": 0}).value) == of_zero


def test_any_allows_rules_that_agree() -> None:
    rules = [("> 1", '"high"'), ("> 5", '"high"')]
    logic = table(["amount: number"], ["level: string"], rules, policy="ANY")

    assert decided(logic, {"amount": 10}).value == "high"


def test_without_a_match_the_default_holds() -> None:
    rules = [("> 5", '"high"')]
    with_default = table(["amount: number"], ['level: string else "none"'], rules)
    without = table(["amount: number"], ["level: string"], rules)

    assert decided(with_default, {"amount": 1}).value == "none"
    assert decided(without, {"amount": 1}).value is None


def test_an_input_outside_its_allowed_values_decides_nothing() -> None:
    logic = table(['track: string = "C", "G"'], ["days: number"], [("-", "30")])

    result = decided(logic, {"track": "X"})

    assert result.value is None
    assert [each.code for each in result.diagnostics] == ["assertion"]


def test_a_unique_table_with_two_matches_says_which() -> None:
    rules = [("> 1", "1"), ("> 5", "2")]

    result = decided(table(["amount: number"], ["points: number"], rules), {"amount": 10})

    assert result.value is None
    assert "rule1, rule2" in result.diagnostics[0].text.en


def test_a_date_of_a_process_variable_is_iso_text() -> None:
    rules = [('< date("2026-01-01")', "true"), ("-", "false")]
    logic = table(["filed: date"], ["late: boolean"], rules, policy="FIRST")
    content = definitions(data("filed", "date"), decision("d", logic, requires=["data:#filed"]))
    model = dmn.parse("test.dmn", content)

    assert dmn.evaluate([model], "d", {"filed": "2025-12-31"}).value is True
    assert dmn.evaluate([model], "d", {"filed": "2026-01-01"}).value is False


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        NAMESPACE,
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    content = definitions(decision("d", table(["a"], ["b"], [("1", '"x"')])), version=namespace)

    model = dmn.parse("test.dmn", content)

    assert dmn.evaluate([model], "d", {"a": 1}).value == "x"
    assert model.decisions["d"].inputs == ["a"]
    assert model.decisions["d"].outputs == ["b"]


# -- holes and overlaps -------------------------------------------------------------------


def warnings(logic: str) -> list[str]:
    model = dmn.parse("test.dmn", definitions(decision("d", logic)))
    return [f"{each.element}: {each.text.en}" for each in dmn.check(model)]


def test_a_hole_between_numbers_is_found() -> None:
    rules = [("< 100", "1"), ("[100..200)", "2"), ("> 200", "3")]

    assert warnings(table(["amount: number"], ["days: number"], rules)) == [
        "table: no rule covers amount = 200"
    ]


def test_a_hole_among_choices_is_found() -> None:
    rules = [('"C"', "true", "1"), ('"G", "S"', "-", "2")]
    columns = ['track: string = "C", "G", "S"', "urgent: boolean"]

    assert warnings(table(columns, ["days: number"], rules)) == [
        'table: no rule covers track = "C" and urgent = false'
    ]


def test_an_overlap_is_found_where_only_one_rule_may_match() -> None:
    rules = [("< 10", "-", "1"), (">= 5", "true", "2"), (">= 10", "false", "3")]

    assert warnings(table(["amount: number", "urgent: boolean"], ["days: number"], rules)) == [
        "rule2: the rules rule1, rule2 all match amount [5..10) and urgent = true"
    ]


def test_a_rule_that_is_never_reached_is_found() -> None:
    rules = [('"C"', "1"), ('not("C")', "2"), ('"G"', "3")]

    found = warnings(table(["track: string"], ["days: number"], rules, policy="FIRST"))

    assert found == ["rule3: the rule is never used, being covered by rule2"]


def test_a_complete_table_gets_no_warning() -> None:
    assert warnings(table(["amount: number"], ["track: string"], TRACK)) == []


def test_a_big_table_is_checked_in_a_moment() -> None:
    rules = [(f"[{n * 10}..{n * 10 + 10})", '"C", "G"', str(n)) for n in range(200)]

    found = warnings(table(["amount: number", "track: string"], ["days: number"], rules))

    assert found == [
        "table: no rule covers amount < 0, >= 2000",
        "table: no rule covers amount [0..2000) and track = anything else",
    ]
