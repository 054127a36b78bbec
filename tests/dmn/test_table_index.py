"""A large table is decided by an index and checked by the same cuts: as if rule by rule."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from engine import dmn, feel
from engine.dmn.pieces.index import Index
from engine.feel.values.scope import Root
from engine.feel.values.temporal import Date
from tests.support.decisions import decision, definitions, table

NUMBERS = [*range(-3, 30), Decimal("4.5"), Decimal("7.00"), None, "5", True, [5]]
TEXTS = ["C", "G", "S", "x", "", None, 5, "ก"]
FLAGS = [True, False, None, "true"]
DATES = [Date(2026, 3, day) for day in range(1, 9)] + [None, "2026-03-02"]
COLUMNS = ["n: number", "t: string", "f: boolean", "d"]
VALUES = [NUMBERS, TEXTS, FLAGS, DATES]


def number_cell(r: random.Random) -> str:
    a, b = sorted((r.randint(0, 25), r.randint(0, 25)))
    plain = ["-", f"{a}", f"< {a}", f">= {b}", f"[{a}..{b}]", f"({a}..{b}]", f"{a}, {b}", "null"]
    negated = [f"not({a})", f"not([{a}..{b}))", f"!= {a}", f"-{a}", f"[{b + 1}..{a}]", f"{a}.5"]
    asking = [f"> m - {a}", f"? > {a} and ? < {b}", f"? between {a} and {b}", f"[{a}, {b}]"]
    return r.choice([*plain, *negated, *asking])


def text_cell(r: random.Random) -> str:
    one, two = r.sample(['"C"', '"G"', '"S"'], 2)
    return r.choice(["-", one, f"{one}, {two}", f"not({one})", 'starts with(?, "C")', f"< {one}"])


def flag_cell(r: random.Random) -> str:
    return r.choice(["-", "true", "false", "not(true)", "true, false"])


def date_cell(r: random.Random) -> str:
    a, b = (f'date("2026-03-0{day}")' for day in sorted(r.sample(range(1, 9), 2)))
    return r.choice(["-", a, f"< {a}", f">= {b}", f"[{a}..{b}]", f"({a}..{b})", f"not({a})"])


CELLS = [number_cell, text_cell, flag_cell, date_cell]


def random_table(r: random.Random, rules: int, policy: str) -> bytes:
    rows = [(*(cell(r) for cell in CELLS), str(n)) for n in range(rules)]
    return definitions(decision("d", table(COLUMNS, ["r"], rows, policy=policy)))


def drawn(r: random.Random) -> list[Any]:
    return [r.choice(values) for values in VALUES]


@pytest.mark.parametrize("seed", range(12))
def test_the_index_finds_what_trying_each_rule_finds(seed: int) -> None:
    r = random.Random(seed)
    model = dmn.parse("t.dmn", random_table(r, 40, "COLLECT"), strict=False)
    found = model.decisions["d"].table
    assert found is not None
    index = Index(found)
    assert sum(column is not None for column in index.columns) == 4

    for _ in range(150):
        values = drawn(r)
        scope = Root({"m": 20})
        tried = [
            n
            for n, rule in enumerate(found.rules)
            if all(t.passes(scope, v) is True for t, v in zip(rule.tests, values, strict=True))
        ]
        assert list(index.matching(scope, values)) == tried, values


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "PRIORITY", "RULE ORDER", "COLLECT"])
def test_a_table_decides_alike_with_and_without_its_index(
    policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    r = random.Random(7)
    rows = [(number_cell(r), text_cell(r), str(n % 5)) for n in range(30)]
    logic = table(["n: number", "t: string"], ["r: number = 4, 3, 2, 1, 0"], rows, policy=policy)
    content = definitions(decision("d", logic))
    asked = [{"n": n, "t": t, "m": 20} for n in (0, 5, 12, None) for t in ("C", "S", "x", None)]

    def answers() -> list[tuple[Any, Any]]:
        model = dmn.parse("t.dmn", content, strict=False)
        results = [dmn.evaluate([model], "d", each) for each in asked]
        return [(feel.to_json(result.value), result.rules) for result in results]

    with_index = answers()
    monkeypatch.setattr("engine.dmn.pieces.index.LEAST_RULES", 10_000)

    assert with_index == answers()
    assert len({str(value) for value, _ in with_index}) > 2


# -- holes and overlaps of large tables -----------------------------------------------------------


def bands(count: int) -> list[tuple[str, ...]]:
    return [(f"[{n * 10}..{n * 10 + 10})", '"C", "G"', str(n)) for n in range(count)]


def warnings(rules: list[tuple[str, ...]], policy: str = "UNIQUE", *columns: str) -> list[str]:
    logic = table(
        columns or ["amount: number", "track: string"], ["days: number"], rules, policy=policy
    )
    model = dmn.parse("t.dmn", definitions(decision("d", logic)))
    return [f"{each.element} {each.rule}: {each.text.en}" for each in dmn.check(model)]


def test_more_than_five_hundred_rules_are_checked() -> None:
    # Bug: a table of 501 rules got no warning at all, which read as no fault.
    rules = bands(1500)
    rules[700] = ("[7000..7009)", '"C", "G"', "700")
    rules[900] = ("[8995..9010)", '"C"', "900")

    assert warnings(rules) == [
        "rule901 dmn-overlap: the rules rule900, rule901 all match "
        'amount [8995..9000) and track = "C"',
        "table dmn-gap: no rule covers amount < 0, [7009..7010), >= 15000",
        "table dmn-gap: no rule covers amount [0..7009), [7010..9000), [9010..15000) and "
        "track = anything else",
        'table dmn-gap: no rule covers amount [9000..9010) and track = "G" or anything else',
    ]


def test_a_rule_behind_a_thousand_others_is_found_to_be_out_of_reach() -> None:
    rules = [*bands(1000), ("[200..400)", '"G"', "1000"), ("-", "-", "1001")]

    (found,) = warnings(rules, "FIRST")

    assert found.startswith("rule1001 dmn-unreachable: the rule is never used, being covered by")
    assert "rule21" in found


@pytest.mark.parametrize(
    ("columns", "rules", "reason"),
    [
        (["amount: number"], [("> limit", "1")], "the test of “amount” in rule rule1 depends"),
        (["name: string"], [('starts with(?, "x")', "1")], "the test of “name” in rule rule1"),
        (["name: string"], [('< "m"', "1"), ('>= "m"', "2")], "the test of “name” in rule rule1"),
        (["what"], [("[1, 2]", "1"), ('"x"', "2")], "“what” has no known, ordered type"),
    ],
)
def test_a_table_that_cannot_be_analysed_says_so(
    columns: list[str], rules: list[tuple[str, ...]], reason: str
) -> None:
    # Bug: no warning, whether there was no fault or nobody had looked.
    (found,) = warnings(rules, "UNIQUE", *columns)

    assert found.startswith("table dmn-not-analysed: gaps and overlaps of this table were not")
    assert reason in found


def test_days_that_follow_each_other_leave_no_hole() -> None:
    days = ['<= date("2026-03-01")', '[date("2026-03-02")..date("2026-03-31")]', '> @"2026-04-01"']

    found = warnings([(day, "1") for day in days], "UNIQUE", "filed: date")

    assert found == ["table dmn-gap: no rule covers filed = 2026-04-01"]


def test_a_table_of_many_wild_rules_is_answered() -> None:
    r = random.Random(1)
    rules = []
    for n in range(300):
        low = r.randint(0, 5000)
        cells = [f"[{low}..{low + r.randint(1, 800)}]" for _ in range(5)]
        rules.append((*cells, str(n)))

    found = warnings(rules, "FIRST", *(f"{name}: number" for name in "abcde"))

    assert any("dmn-gap" in each or "dmn-not-analysed" in each for each in found)
