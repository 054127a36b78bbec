"""Our FEEL beside feelin, the independent implementation that form-js and Camunda's editors use.

Well-typed expressions are generated from a fixed seed and evaluated by both: there they agree.
Where they are known to differ, the difference stands in DIFFERENCES with what decides it; all
references are to DMN 1.5 unless they name another standard.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import feel
from engine.feel.values.text_form import text_of
from engine.feel.values.values import kind
from tests.support.requirements import missing

ORACLE = Path(__file__).with_name("oracle")
ROUNDS = 4000
CONTEXT: dict[str, Any] = {
    "n": 7,
    "m": -2.5,
    "yes": True,
    "no": False,
    "text": "เรื่องร้องเรียน",
    "code": "ABC-12",
    "nums": [3, 1, 2],
    "words": ["ก", "b", "abc"],
    "one": {"x": 1, "y": "z"},
    "rows": [{"x": 1, "y": "a"}, {"x": 5, "y": "b"}, {"x": 3, "y": "a"}],
    "nothing": None,
}


MARKS = ('"-"', '"B"')


# How many of the rules of each kind, the first ones, need nothing deeper.
LEAVES = {"number": 3, "boolean": 2, "string": 2, "numbers": 2, "rows": 1, "date": 2, "span": 2}


class Writer:
    """Writes random well-typed expressions; a number in the name is how deep they may still go."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def of(self, kind_: str, depth: int = 3) -> str:
        rules = getattr(self, f"{kind_}_rules")(depth - 1)
        leaves = rules[: LEAVES[kind_]]
        return self.random.choice(rules if depth > 0 else leaves)()

    def _op(self, kind_: str, depth: int, *signs: str) -> str:
        sign = self.random.choice(signs)
        return f"({self.of(kind_, depth)} {sign} {self.of(kind_, depth)})"

    def number_rules(self, d: int) -> list[Any]:
        n = lambda: self.of("number", d)  # noqa: E731
        return [
            lambda: str(self.random.randint(-9, 20)),
            lambda: self.random.choice(["0.5", "2.25", "100", "3"]),
            lambda: self.random.choice(["n", "m", "one.x"]),
            lambda: self._op("number", d, "+", "-", "*"),
            lambda: f"({n()} / {self.random.choice(['2', '4', '-5'])})",
            lambda: f"-({n()})",
            lambda: f"(if {self.of('boolean', d)} then {n()} else {n()})",
            lambda: f"count({self.of('numbers', d)})",
            lambda: f"sum(append({self.of('numbers', d)}, {n()}))",
            lambda: f"max({n()}, {n()})",
            lambda: f"min([{n()}, {n()}])",
            lambda: f"abs({n()})",
            lambda: f"floor({n()})",
            lambda: f"ceiling({n()})",
            lambda: f"modulo({n()}, {self.random.choice(['3', '4', '-3'])})",
            lambda: f"string length({self.of('string', d)})",
            lambda: f"({self.of('date', d)}).{self.random.choice(['year', 'month', 'day'])}",
            lambda: f"{self.of('rows', d)}[1].x",
            lambda: f"{{a: {n()}, b: a + 1}}.b",
            lambda: f"(function(p, q) p - q)({n()}, {n()})",
        ]

    def boolean_rules(self, d: int) -> list[Any]:
        return [
            lambda: self.random.choice(["true", "false"]),
            lambda: self.random.choice(["yes", "no"]),
            lambda: self._op("number", d, "<", "<=", ">", ">=", "=", "!="),
            lambda: self._op("string", d, "=", "!=", "<", ">="),
            lambda: self._op("date", d, "=", "<", ">="),
            lambda: self._op("boolean", d, "and", "or"),
            lambda: f"not({self.of('boolean', d)})",
            lambda: f"({self.of('number', d)} between {self.random.randint(-9, 9)} and 9)",
            lambda: f"({self.of('number', d)} in [1..5])",
            lambda: f"({self.of('number', d)} in (< 2, > 4))",
            lambda: f'({self.of("string", d)} in ("ก", "b"))',
            lambda: f"list contains({self.of('numbers', d)}, {self.of('number', d)})",
            lambda: f"contains({self.of('string', d)}, {self.of('string', 0)})",
            lambda: f'starts with({self.of("string", d)}, "ก")',
            lambda: f"(some v in {self.of('numbers', d)} satisfies v > {self.of('number', 0)})",
            lambda: f"(every v in {self.of('numbers', d)} satisfies v > {self.of('number', 0)})",
            lambda: f"all([{self.of('boolean', d)}, {self.of('boolean', d)}])",
            lambda: f"({self.of('number', d)} instance of number)",
            lambda: f"odd(floor({self.of('number', d)}))",
            # the forms that are compiled to one closure, and what is seen through them
            lambda: self.random.choice(['code in ("ABC-12", "x")', "n in (1, 7)", "n in [1..7)"]),
            lambda: f"(n between {self.random.randint(-9, 8)} and {self.random.randint(8, 20)})",
            lambda: f"(count({self.of('rows', d)}[x > {self.of('number', 0)}]) >= 1)",
            lambda: f"(count({self.of('rows', d)}[item.x > n or y = code]) = 0)",
            lambda: f"(some r in {self.of('rows', d)} satisfies r.x >= {self.of('number', 0)})",
            lambda: (
                f"(every v in {self.of('numbers', d)} satisfies some w in nums satisfies w = v)"
            ),
            lambda: f"(some v in nums satisfies count(rows[x > v]) = {self.random.randint(0, 3)})",
            lambda: f"(some v in nums satisfies (function(a) a + v)(n) > {self.of('number', 0)})",
        ]

    def string_rules(self, d: int) -> list[Any]:
        s = lambda: self.of("string", d)  # noqa: E731
        return [
            lambda: self.random.choice(['"ก"', '"b"', '"สวัสดี ครับ"', '"a\\"b"', '""']),
            lambda: self.random.choice(["text", "code", "one.y"]),
            lambda: f"({s()} + {s()})",
            lambda: f"upper case({s()})",
            lambda: f'substring before({s()}, "-")',
            lambda: f"substring after(code, {self.random.choice(MARKS)})",
            lambda: f"substring(code, {self.random.choice(['2', '3, 2', '-2'])})",
            lambda: f'replace({s()}, "[a-c]", "x")',
            lambda: f'string join([{s()}, {s()}], "/")',
            lambda: f"(if {self.of('boolean', d)} then {s()} else {s()})",
            lambda: f"string({self.of('boolean', d)})",
            lambda: f"string({self.of('date', d)})",
            lambda: f"day of week({self.of('date', d)})",
        ]

    def numbers_rules(self, d: int) -> list[Any]:
        ns = lambda: self.of("numbers", d)  # noqa: E731
        return [
            lambda: "nums",
            lambda: "[2, 4, 4, 8]",
            lambda: f"[{self.of('number', d)}, {self.of('number', d)}]",
            lambda: f"{ns()}[item > {self.of('number', 0)}]",
            lambda: f"(for v in {ns()} return v * 2)",
            lambda: f"(for v in 1..{self.random.randint(1, 4)} return v + {self.of('number', d)})",
            lambda: f"sort({ns()}, function(a, b) a < b)",
            lambda: f"reverse({ns()})",
            lambda: f"distinct values({ns()})",
            lambda: f"concatenate({ns()}, {ns()})",
            lambda: f"flatten([{ns()}, [{ns()}]])",
            lambda: f"insert before(nums, 2, {self.of('number', d)})",
            lambda: f"index of({ns()}, {self.of('number', 0)})",
            lambda: f"{self.of('rows', d)}.x",
            lambda: f"(for r in {self.of('rows', d)}, v in nums return r.x * v)",
            lambda: f"(for r in rows[x > {self.of('number', 0)}] return count(rows[x < r.x]))",
            lambda: "(for f in (for v in nums return function(a) a * v) return f(2))",
            lambda: f"(for v in nums return sum(partial) + v)[item > {self.of('number', 0)}]",
        ]

    def rows_rules(self, d: int) -> list[Any]:
        return [
            lambda: "rows",
            lambda: f"rows[x > {self.of('number', d)}]",
            lambda: f"rows[y = {self.of('string', 0)}]",
            lambda: f"sort(rows, function(a, b) a.x < b.x)",  # noqa: F541
            lambda: f"[{{x: {self.of('number', d)}, y: {self.of('string', d)}}}]",
        ]

    def date_rules(self, d: int) -> list[Any]:
        return [
            lambda: f'date("{self.random.choice(["2024-02-29", "2026-03-02", "1999-12-31"])}")',
            lambda: f"date(2026, {self.random.randint(1, 12)}, {self.random.randint(1, 28)})",
            lambda: f"({self.of('date', d)} + {self.of('span', d)})",
            lambda: f"({self.of('date', d)} - {self.of('span', d)})",
        ]

    def span_rules(self, d: int) -> list[Any]:
        return [
            lambda: f'duration("P{self.random.randint(1, 40)}D")',
            lambda: f'duration("P{self.random.randint(1, 30)}M")',
        ]


def both(questions: list[tuple[str, str]], value: Any = None) -> list[tuple[Any, Any]]:
    """The answers of ours and of feelin to (kind, expression) pairs; `value` is that of `?`."""
    node = shutil.which("node")
    if node is None or not (ORACLE / "node_modules" / "feelin").is_dir():
        missing("feelin (node, and `npm ci --ignore-scripts` in tests/feel/oracle)")
    asked = [(kind_, expression, {**CONTEXT, "?": value}) for kind_, expression in questions]
    done = subprocess.run(
        [node, "oracle.mjs"],
        cwd=ORACLE,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return list(zip(map(ours, questions), json.loads(done.stdout), strict=True))


def ours(question: tuple[str, str]) -> Any:
    how, expression = question
    context = feel.from_json(CONTEXT)
    if how == "test":
        return feel.compile_unary_tests(expression).matches(context["n"], context)
    return shown(feel.compile(expression).evaluate(context))


def shown(value: Any) -> Any:
    """A value as the oracle writes it."""
    if kind(value) == "number":
        return float(value)
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if value is None or isinstance(value, str | bool):
        return value
    return {"text": text_of(value)}


def agree(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, float) and isinstance(theirs, int | float):
        return abs(Decimal(mine) - Decimal(theirs)) <= Decimal("1e-9") * max(1, abs(int(mine)))
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(agree, mine, theirs))
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(agree(mine[k], theirs[k]) for k in mine)
    return type(mine) is type(theirs) and mine == theirs


@pytest.mark.parametrize("kind_", ["number", "boolean", "string", "numbers", "date"])
def test_generated_expressions_agree(kind_: str) -> None:
    writer = Writer(seed=20260302)
    expressions = [writer.of(kind_) for _ in range(ROUNDS // 5)]

    answers = both([("expression", expression) for expression in expressions])

    differing = [
        f"{expression}\n  ours {mine}\n  feelin {theirs}"
        for expression, (mine, theirs) in zip(expressions, answers, strict=True)
        if "error" in theirs or not agree(mine, theirs["value"])
    ]
    assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing[:10])


TESTS = [
    ("-", True),
    ("7", True),
    ("6, 7", True),
    ("6, 8", False),
    ("< 7", False),
    (">= 7", True),
    ("[7..9]", True),
    ("(7..9]", False),
    ("not(7)", False),
    ("not(< 3, > 9)", True),
    ("? > 5 and ? < 9", True),
    ("m", False),
    ("> m", True),
    ("nums", False),
]


def test_the_cells_of_tables_agree() -> None:
    answers = both([("test", tests) for tests, _ in TESTS], value=CONTEXT["n"])

    for (tests, expected), (mine, theirs) in zip(TESTS, answers, strict=True):
        assert mine is expected, tests
        assert theirs == {"value": expected}, tests


# expression -> our answer, and what decides it
DIFFERENCES: dict[str, tuple[Any, str]] = {
    '"a" < 1': (None, "10.3.2.13: no order between different kinds, so null"),
    'if "x" then 1 else 2': (2, "10.3.2.13: only true chooses the first branch"),
    "remove([1,2,3], -1)": ([1, 2], "10.3.4.4: positions may count from the end"),
    "remove([1,2,3], 4)": (None, "10.3.4.4: the domain of position is 1 to the length"),
    "insert before([1,3], 3, 2)": (None, "10.3.4.4: the domain of position is 1 to the length"),
    "sublist([4,5,6], 2, 5)": (None, "10.3.4.4: the list must have as many elements"),
    "sublist([4,5,6], 0)": (None, "10.3.4.4: 0 is no position"),
    'substring("foobar", 0)': (None, "10.3.4.3: 0 is no position"),
    'substring("foobar", 9)': (None, "10.3.4.3: the start position is outside the string"),
    'replace("abc", "b", "$")': (None, "XQuery functions 5.6.4, FORX0004: a lone $"),
    'replace("abc", "x*", "-")': (None, "XQuery functions 5.6.4, FORX0003: matches nothing"),
    "odd(5.5)": (None, "10.3.4.5: the domain is the whole numbers"),
    'duration("P1Y1D")': (None, "10.3.2.3.7: a duration has months or days, never both"),
    'years and months duration(date("2011-12-22"), date("2013-08-24"))': (
        "P1Y8M",
        "10.3.4.1: whole months only",
    ),
    'date("2016-01-31") + duration("PT30H")': (
        "2016-02-01",
        "10.3.2.13: date + duration is a date",
    ),
    'duration("P1D") * 2': ("P2D", "10.3.2.13: durations multiply by numbers"),
    'duration("P1Y") / 5': ("P2M", "10.3.2.13: durations divide by numbers"),
    'duration("P1D") / duration("PT1H")': (24, "10.3.2.13: a ratio of durations is a number"),
    '-duration("P1D")': ("-P1D", "10.3.2.13: negation of a duration"),
    "every x in [1, null] satisfies x > 0": (None, "10.3.2.13: a conjunction of true and null"),
    "finishes(10, [1..10])": (True, "10.3.4.7: finishes"),
    "during(5, [1..10])": (True, "10.3.4.7: during"),
    "starts(1, [1..10])": (True, "10.3.4.7: starts"),
    "coincides(5, 5)": (True, "10.3.4.7: coincides"),
    "overlaps before([1..5], [3..8])": (True, "10.3.4.7: overlaps before"),
    'range("[1..5]").end': (5, "10.3.4.1: range(from)"),
    'min("a", "b")': ("a", "10.3.4.4: any comparable items"),
    "5 in [1..null]": (None, "10.3.2.13 and TCK 0072: 5 <= null is null"),
    "5 in (null..10]": (None, "10.3.2.13 and TCK 0072: 5 > null is null"),
    "7 between 9 and 4": (False, "10.3.2.13: 7 >= 9 and 7 <= 4"),
    "5 in [9..1]": (None, "10.3.2.7: a range begins before it ends"),
    "for i in [2..1] return i": (None, "10.3.2.7: a range begins before it ends"),
    'matches("ก่", "^\\\\w+$")': (True, "XML Schema, appendix G: tone marks are of words"),
    "after(9, [1..nothing])": (None, "10.3.4.7: 9 > null is null"),
    "string(decimal(1.5, 2))": ("1.50", "10.3.2.3.1: a number keeps its scale"),
}


def test_known_differences_are_still_there_and_ours_is_the_standards() -> None:
    answers = both([("expression", expression) for expression in DIFFERENCES])

    for (expression, (expected, why)), (_, theirs) in zip(
        DIFFERENCES.items(), answers, strict=True
    ):
        value = feel.compile(expression).evaluate(feel.from_json(CONTEXT))
        assert feel.to_json(value) == expected, (expression, why)
        same = "value" in theirs and agree(shown(value), theirs["value"])
        assert not same, f"{expression}: feelin agrees now; take it off the list"
