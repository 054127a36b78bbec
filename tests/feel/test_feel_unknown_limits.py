"""What a limit that is null, or of another kind, decides: nothing (DMN 1.5, 10.3.2.13).

Every form of range and comparison meets every kind of value, with null and with a value of another
kind in each place. The oracle below is the standard's own rule for each form (tables 50 to 55 and
10.3.4.7), over kinds and ranks; it knows nothing of how the product computes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from engine import dmn, feel
from tests.support.decisions import decision, definitions, table

Truth = bool | None


@dataclass(frozen=True)
class Value:
    text: str
    kind: str
    rank: int = 0


NULL = Value("null", "null")
# Three values of each kind, the smallest first.
ORDERED = {
    "number": ("1", "5", "9.5"),
    "string": ('"ก"', '"ค"', '"ง"'),
    "date": ('date("2026-01-01")', 'date("2026-03-02")', 'date("2027-01-01")'),
    "time": ('time("08:00:00")', 'time("12:00:00")', 'time("16:30:00")'),
    "date and time": (
        'date and time("2026-01-01T00:00:00+07:00")',
        'date and time("2026-03-02T00:00:00+07:00")',
        'date and time("2026-03-02T00:00:00Z")',
    ),
    "days and time duration": ('duration("PT1H")', 'duration("P1D")', 'duration("P30D")'),
    "years and months duration": ('duration("P1M")', 'duration("P13M")', 'duration("P2Y")'),
}
OTHERS = [Value("true", "boolean"), Value("{a: 1}", "context")]


def of(kind: str) -> list[Value]:
    return [Value(text, kind, rank) for rank, text in enumerate(ORDERED[kind])]


# -- the standard's rules -------------------------------------------------------------------------


def less(a: Value, b: Value) -> Truth:
    """Only two values of one ordered kind have an order; with anything else the answer is null."""
    return a.rank < b.rank if a.kind == b.kind and a.kind in ORDERED else None


def same(a: Value, b: Value) -> Truth:
    """Null equals null alone; values of two kinds cannot be compared."""
    if NULL in (a, b):
        return a == b
    return a == b if a.kind == b.kind else None


def negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


def conjunction(*truths: Truth) -> Truth:
    if False in truths:
        return False
    return None if None in truths else True


def disjunction(*truths: Truth) -> Truth:
    return negation(conjunction(*map(negation, truths)))


def at_most(a: Value, b: Value) -> Truth:
    return negation(less(b, a))


def no_range(a: Value, b: Value) -> bool:
    """The limits of a range are of one kind and in order; otherwise there is no such range."""
    return NULL not in (a, b) and at_most(a, b) is not True


def within(low: Callable[..., Truth], high: Callable[..., Truth]) -> Callable[..., Truth]:
    def rule(v: Value, a: Value, b: Value) -> Truth:
        return None if no_range(a, b) else conjunction(low(a, v), high(v, b))

    return rule


# What `v in …` means for each way to write a test; a and b are the limits.
TESTS: dict[str, Callable[[Value, Value, Value], Truth]] = {
    "[a..b]": within(at_most, at_most),
    "[a..b)": within(at_most, less),
    "(a..b]": within(less, at_most),
    "(a..b)": within(less, less),
    "]a..b]": within(less, at_most),
    "[a..b[": within(at_most, less),
    "< a": lambda v, a, b: less(v, a),
    "<= a": lambda v, a, b: at_most(v, a),
    "> a": lambda v, a, b: less(a, v),
    ">= a": lambda v, a, b: at_most(a, v),
    "= a": lambda v, a, b: same(v, a),
    "!= a": lambda v, a, b: negation(same(v, a)),
    "< a, > b": lambda v, a, b: disjunction(less(v, a), less(b, v)),
    "[a..b], = b": lambda v, a, b: disjunction(TESTS["[a..b]"](v, a, b), same(v, b)),
}
COMPARISONS: dict[str, Callable[[Value, Value, Value], Truth]] = {
    "v < a": lambda v, a, b: less(v, a),
    "v <= a": lambda v, a, b: at_most(v, a),
    "v > a": lambda v, a, b: less(a, v),
    "v >= a": lambda v, a, b: at_most(a, v),
    "v = a": lambda v, a, b: same(v, a),
    "v != a": lambda v, a, b: negation(same(v, a)),
    "v between a and b": lambda v, a, b: conjunction(at_most(a, v), at_most(v, b)),
    "v >= a and v <= b": lambda v, a, b: conjunction(at_most(a, v), at_most(v, b)),
    "list contains([a, b], v)": lambda v, a, b: True in (same(v, a), same(v, b)),
    "v in [a, b]": lambda v, a, b: True in (same(v, a), same(v, b)),
    "max(v, a) = a": lambda v, a, b: among(v, a, lambda: at_most(v, a)),
    "min([v, a]) = v": lambda v, a, b: among(v, a, lambda: at_most(v, a), least=v),
    "before(v, a)": lambda v, a, b: less(v, a),
    "after(v, a)": lambda v, a, b: less(a, v),
    "before(v, [a..b])": lambda v, a, b: None if no_range(a, b) else less(v, a),
    "after(v, [a..b])": lambda v, a, b: None if no_range(a, b) else less(b, v),
    "before([a..b], v)": lambda v, a, b: None if no_range(a, b) else less(b, v),
    "during(v, [a..b])": within(at_most, at_most),
    "includes([a..b], v)": within(at_most, at_most),
    "includes((a..b), v)": within(less, less),
    "includes([a..b], [v..v])": within(at_most, at_most),
    "overlaps([a..b], [v..v])": within(at_most, at_most),
    "starts(v, [a..b])": lambda v, a, b: meets(v, a, a, b),
    "finishes(v, [a..b])": lambda v, a, b: meets(v, b, a, b),
    "coincides(v, a)": lambda v, a, b: meets(v, a, a, a),
}


def among(v: Value, a: Value, answer: Callable[[], Truth], least: Value | None = None) -> Truth:
    """`min` and `max` of values that have no order are null, and null equals only null."""
    if less(v, a) is None:
        return same(NULL, least or a)
    return answer()


def meets(point: Value, limit: Value, a: Value, b: Value) -> Truth:
    """A point against one end of a range: an end that is null may lie anywhere."""
    return None if no_range(a, b) or less(point, limit) is None else same(point, limit)


# -- the product's answers ------------------------------------------------------------------------


def cases(kind: str) -> Iterator[tuple[Value, Value, Value]]:
    """Every value with every two limits, of which one or more may be unknown or of another kind."""
    other = Value('"x"', "string") if kind != "string" else Value("7", "number")
    limits = [*of(kind)[:2], NULL, other]
    yield from product([*limits, of(kind)[2], *OTHERS], limits, limits)


def written(expression: str, names: dict[str, str]) -> str:
    words = expression.split(" ")
    marks = "[]()., <>=!"
    return " ".join("".join(_replaced(word, names, marks)) for word in words)


def _replaced(word: str, names: dict[str, str], marks: str) -> Iterator[str]:
    """The word with the single letters that stand for values written out."""
    for n, sign in enumerate(word):
        beside = (word[n - 1] if n else " ", word[n + 1] if n + 1 < len(word) else " ")
        alone = sign in names and all(each in marks for each in beside)
        yield names[sign] if alone else sign


def value_of(value: Value) -> Any:
    return feel.compile(value.text).evaluate({})


def wrong_answers(
    kind: str, expression: str, rule: Callable[[Value, Value, Value], Truth]
) -> list[str]:
    """Where the product answers otherwise: written with literals, and with names of a context."""
    named = feel.compile(expression)
    found: list[str] = []
    for v, a, b in cases(kind):
        expected = rule(v, a, b)
        text = written(expression, {"v": v.text, "a": a.text, "b": b.text})
        answers = {
            text: feel.compile(text).evaluate({}),
            f"{expression} with {v.text}, {a.text}, {b.text}": named.evaluate(
                {"v": value_of(v), "a": value_of(a), "b": value_of(b)}
            ),
        }
        found += [
            f"{how}: {got}, not {expected}" for how, got in answers.items() if got != expected
        ]
    return found


@pytest.mark.parametrize("kind", ORDERED)
@pytest.mark.parametrize("test", TESTS)
def test_a_range_with_an_unknown_limit_decides_nothing(kind: str, test: str) -> None:
    # Bug: `5 in [1..null]` was true; the missing limit opened the gateway.
    found = wrong_answers(kind, f"v in ({test})", TESTS[test])

    assert not found, f"{len(found)} wrong:\n" + "\n".join(found[:10])


@pytest.mark.parametrize("kind", ORDERED)
@pytest.mark.parametrize("comparison", COMPARISONS)
def test_a_comparison_with_an_unknown_value_decides_nothing(kind: str, comparison: str) -> None:
    found = wrong_answers(kind, comparison, COMPARISONS[comparison])

    assert not found, f"{len(found)} wrong:\n" + "\n".join(found[:10])


@pytest.mark.parametrize("kind", ORDERED)
@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("negated", [False, True], ids=["as it is", "not(…)"])
def test_a_cell_with_an_unknown_limit_never_matches(kind: str, test: str, negated: bool) -> None:
    found: list[str] = []
    for v, a, b in cases(kind):
        answer = TESTS[test](v, a, b)
        expected = (negation(answer) if negated else answer) is True
        literal = written(test, {"a": a.text, "b": b.text})
        context = {"a": value_of(a), "b": value_of(b)}
        for cell in (literal, test):
            cell = f"not({cell})" if negated else cell
            got = feel.compile_unary_tests(cell).matches(value_of(v), context)
            found += [f"{cell} of {v.text}, {a.text}, {b.text}: {got}"] if got != expected else []

    assert not found, f"{len(found)} wrong:\n" + "\n".join(found[:10])


# Cells that are conditions of their own, or ask with `?`: an unknown answer matches no value,
# an unknown value least of all.
CONDITIONS = (
    "a > b",
    "a between 1 and b",
    "a in [1..b]",
    "a > 1 and a < b",
    "? > b",
    "? in [1..b]",
    "? between b and 9",
    "before(a, b)",
    'contains(b, "x")',
    "not(a > b), a > b",
    '[a.."x"]',
)


@pytest.mark.parametrize("cell", CONDITIONS)
@pytest.mark.parametrize("value", [5, None, True, False, "x"], ids=str)
@pytest.mark.parametrize("shape", ["{}", "not({})"])
def test_a_condition_that_cannot_be_told_matches_no_value(
    cell: str, value: Any, shape: str
) -> None:
    tests = feel.compile_unary_tests(shape.format(cell))

    assert not tests.matches(value, {"a": 5, "b": None})


def test_a_list_of_ranges_with_an_unknown_limit_decides_only_what_it_can() -> None:
    answers = {
        text: feel.compile(text).evaluate({"limit": None})
        for text in ("5 in [[1..limit], [4..6]]", "5 in [[1..limit], 7]", "0 in [[1..limit], 7]")
    }

    assert list(answers.values()) == [True, None, False]


def test_a_range_without_a_limit_on_one_side_still_has_none() -> None:
    # `(> 1)` has no upper limit; `[1..null]` has one that nobody knows (TCK 0068 and 0072).
    yes = ["5 in (> 1)", "after(9, (< 5))", "(< 10) = (< 10)", "overlaps((> 1), (> 9))"]
    no = ["(< 10) = (null..10)", "(> 10) = (10..null)", "after(9, (> 5))"]

    assert [feel.compile(text).evaluate({}) for text in yes] == [True] * len(yes)
    assert [feel.compile(text).evaluate({}) for text in no] == [False] * len(no)
    assert feel.compile("(> 1).end").evaluate({}) is None
    assert feel.compile("string([1..null])").evaluate({}) == "[1..null]"
    assert feel.compile("string((> 1))").evaluate({}) == "(> 1)"


# TCK level 3, 0072-feel-in: null_001, null_001_a to null_001_d
TCK_IN = (
    "null in [1..10]",
    "5 in (null..10]",
    "5 in [null..10]",
    "5 in [1..null)",
    "5 in [1..null]",
)


def test_the_answers_are_those_of_the_compatibility_kit() -> None:
    assert [feel.compile(text).evaluate({}) for text in TCK_IN] == [None] * len(TCK_IN)


def test_the_rule_of_a_missing_limit_is_not_taken() -> None:
    ceiling = table(
        ["amount"],
        ["path"],
        [["[1..limit]", '"within"'], ["> limit", '"above"'], ["-", '"ask somebody"']],
        policy="FIRST",
    )
    models = dmn.load({"ceiling.dmn": definitions(decision("ceiling", ceiling))})

    def decided(limit: Any) -> Any:
        return dmn.evaluate(models, "ceiling", {"amount": 5, "limit": limit}).value

    assert [decided(9), decided(2), decided(None), decided("nine")] == [
        "within",
        "above",
        "ask somebody",
        "ask somebody",
    ]
