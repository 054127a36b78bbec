"""The built-in functions, by the examples of DMN 1.5, 10.3.4, and at their edges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import feel
from engine.feel.builtins import BUILTINS

D = Decimal

CONVERSION = [
    ('date("2012-12-25") – date("2012-12-24") = duration("P1D")'.replace("–", "-"), True),
    ('date and time("2012-12-24T22:00:00") - date and time("2012-12-24T20:00:00")', "PT2H"),
    ("date(2012, 12, 25)", "2012-12-25"),
    ('date(date and time("2012-12-24T23:59:00"))', "2012-12-24"),
    ('date and time(date("2012-12-24"), time("23:59:00"))', "2012-12-24T23:59:00"),
    ('time("23:59:00z")', "23:59:00Z"),
    ('time(23, 59, 0, duration("PT7H"))', "23:59:00+07:00"),
    ('time(date and time("2012-12-24T23:59:00Z"))', "23:59:00Z"),
    ('number("1 000,0", " ", ",")', 1000),
    ('number("1,000.5", ",", ".")', D("1000.5")),
    ('number("1,000", ",", ",")', None),
    ('number("NaN")', None),
    ("string(1.10)", "1.10"),
    ("string(1e3)", "1000"),
    ("string(null)", None),
    ('string([1, "ก", null, {a: true}])', '[1, "ก", null, {a: true}]'),
    ('duration("P0D")', "PT0S"),
    ('duration("P1Y1D")', None),
    ('years and months duration(date("2016-01-31"), date("2016-02-29"))', "P0M"),
]
STRINGS = [
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", 3, 3)', "oba"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring("\\U01F40Eab", 2)', "ab"),
    ('substring("foobar", 0)', None),
    ('string length("foo")', 3),
    ('upper case("aBc4")', "ABC4"),
    ('lower case("aBc4")', "abc4"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring before("foobar", "xyz")', ""),
    ('substring after("foobar", "ob")', "ar"),
    ('substring after("", "a")', ""),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
    ('replace("abracadabra", ".*?", "x")', None),  # XQuery: FORX0003
    ('replace("a.b", ".", "-", "q")', "a-b"),
    ('contains("foobar", "of")', False),
    ('starts with("สำนวน", "สำ")', True),
    ('ends with("foobar", "r")', True),
    ('matches("foobar", "^fo*b")', True),
    ('matches("Foo", "^fo+$", "i")', True),
    ('matches("a\\nb", "a.b")', False),
    ('matches("a\\nb", "a.b", "s")', True),
    ('matches("foo\\n", "foo$")', False),
    ('matches("x", "[a-z-[aeiou]]") and not(matches("e", "[a-z-[aeiou]]"))', True),
    ('matches("x", "(?=x)")', None),  # XPath has no look-ahead
    ('split("John Doe", "\\\\s")', ["John", "Doe"]),
    ('split("a;b;;", ";")', ["a", "b", "", ""]),
    ('string join(["a", null, "c"], "_and_")', "a_and_c"),
    ("string join([])", ""),
    ('string join([1], "x")', None),
]
LISTS = [
    ("list contains([1, 2, null], null)", True),
    ("count([1, 2, 3])", 3),
    ("count(null)", None),
    ("min(1, 2, 3)", 1),
    ('max(["a", "c"])', "c"),
    ("min([])", None),
    ("sum([1, 2, 0.5])", D("3.5")),
    ('sum([duration("PT1H"), duration("PT30M")])', "PT1H30M"),
    ("sum([])", None),
    ("mean(1, 2, 3)", 2),
    ("all([true, null])", None),
    ("all([false, null])", False),
    ("all([])", True),
    ("any([false, null])", None),
    ("any([true, null])", True),
    ("any([])", False),
    ("sublist([4, 5, 6], 1, 2)", [4, 5]),
    ("sublist([4, 5, 6], -2)", [5, 6]),
    ("sublist([4, 5, 6], 2, 5)", None),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("concatenate([1, 2], [3])", [1, 2, 3]),
    ("insert before([1, 3], 1, 2)", [2, 1, 3]),
    ("remove([1, 2, 3], 2)", [1, 3]),
    ("remove([1, 2, 3], -1)", [1, 2]),
    ("reverse([1, 2, 3])", [3, 2, 1]),
    ("index of([1, 2, 3, 2], 2)", [2, 4]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ('distinct values([1, 1.0, "1", null, null, {a: 1}, {a: 1}])', [1, "1", None, {"a": 1}]),
    ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
    ("product([2, 3, 4])", 24),
    ("median(8, 2, 5, 3, 4)", 4),
    ("median([6, 1, 2, 3])", D("2.5")),
    ("stddev([47])", None),
    ("decimal(stddev(2, 4, 7, 5), 6)", D("2.081666")),
    ("mode([6, 1, 9, 6, 1])", [1, 6]),
    ("mode([])", []),
    ("list replace([2, 4, 7, 8], 3, 6)", [2, 4, 6, 8]),
    ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", [5, 5, 7, 8]),
    ("sort([3, 1, 5, 2], function(x, y) x > y)", [5, 3, 2, 1]),
    ("sort([3, 1, 2])", [1, 2, 3]),
]
NUMERIC = [
    ("decimal(1/3, 2)", D("0.33")),
    ("decimal(2.5, 0)", 2),
    ("floor(-1.56, 1)", D("-1.6")),
    ("ceiling(-1.5)", -1),
    ("round up(-5.5, 0)", -6),
    ("round down(5.5, 0)", 5),
    ("round half up(-5.5, 0)", -6),
    ("round half down(5.5, 0)", 5),
    ("round half up(1234, -2)", 1200),
    ("decimal(1, 7000)", None),
    ("abs(-10)", 10),
    ('abs(@"-PT5H")', "PT5H"),
    ("modulo(-12, 5)", 3),
    ("modulo(12, -5)", -3),
    ("modulo(10.1, 4.5)", D("1.1")),
    ("modulo(1, 0)", None),
    ("sqrt(16)", 4),
    ("sqrt(-3)", None),
    ("decimal(log(10), 8)", D("2.30258509")),
    ("decimal(exp(5), 8)", D("148.41315910")),
    ("odd(5)", True),
    ("even(-2)", True),
]
DATES = [
    ("day of year(date(2019, 9, 17))", 260),
    ("day of week(date(2019, 9, 17))", "Tuesday"),
    ("month of year(date(2019, 9, 17))", "September"),
    ("week of year(date(2003, 12, 29))", 1),
    ("week of year(date(2005, 1, 1))", 53),
    ('is(date("2012-12-25"), time("23:00:50"))', False),
    ('is(time("23:00:50z"), time("23:00:50+00:00"))', True),
    ('is(time("23:00:50z"), time("23:00:50"))', False),
]
RANGES = [
    ("before([1..5], [6..10])", True),
    ("before([1..5), [5..10])", True),
    ("after(10, 5)", True),
    ("meets([1..5], [5..10])", True),
    ("met by([5..10], [1..5))", False),
    ("overlaps([1..5), [5..8])", False),
    ("overlaps before([1..5], [4..10])", True),
    ("overlaps after([5..10], [1..6])", True),
    ("finishes(10, [1..10])", True),
    ("finished by([1..10], [5..10])", True),
    ("includes([1..10], [1..10))", True),
    ("during(5, [1..10])", True),
    ("starts((1..5], [1..5])", False),
    ("started by([1..10], 1)", True),
    ("coincides([1..5), [1..5))", True),
    ('before([1..5], "x")', None),
    ('range("[18..21)").end', 21),
    ('18 in range("[18..21)")', True),
    ('range("[a..b]")', None),
]
CONTEXTS = [
    ('get value({key1: "value1"}, "key1")', "value1"),
    ('get value({a: {b: 1}}, ["a", "b"])', 1),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
    ('context put({x: 1}, "y", 2)', {"x": 1, "y": 2}),
    ('context put({x: {a: 1}}, ["x", "b"], 2)', {"x": {"a": 1, "b": 2}}),
    ("context merge([{x: 1}, {x: 2, y: 3}])", {"x": 2, "y": 3}),
]
OF_CAMUNDA = [
    ("is defined(nothing)", False),
    ("get or else(null, 5)", 5),
    ("is empty([])", True),
    ('trim("  ก ")', "ก"),
    ('is blank(" ")', True),
    ('extract("references are 1234, 1256", "12[0-9]*")', ["1234", "1256"]),
    ('last day of month(date("2024-02-10"))', "2024-02-29"),
    ("duplicate values([1, 2, 3, 2, 1])", [2, 1]),
    ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
]


@pytest.mark.parametrize(
    ("call", "expected"),
    CONVERSION + STRINGS + LISTS + NUMERIC + DATES + RANGES + CONTEXTS + OF_CAMUNDA,
)
def test_a_function_gives_what_the_standard_says(call: str, expected: Any) -> None:
    assert feel.to_json(feel.compile(call).evaluate({})) == expected


# DMN 1.5, 10.3.4
STANDARD = """
    date; date and time; time; number; string; duration; years and months duration; not;
    substring; string length; upper case; lower case; substring before; substring after; replace;
    contains; starts with; ends with; matches; split; string join;
    list contains; count; min; max; sum; mean; all; any; sublist; append; concatenate;
    insert before; remove; list replace; reverse; index of; union; distinct values; flatten;
    product; median; stddev; mode;
    decimal; floor; ceiling; round up; round down; round half up; round half down; abs; modulo;
    sqrt; log; exp; odd; even; is; now; today;
    before; after; meets; met by; overlaps; overlaps before; overlaps after; finishes; finished by;
    includes; during; starts; started by; coincides; range;
    day of year; day of week; month of year; week of year; sort;
    get value; get entries; context; context put; context merge
"""


def test_every_function_of_the_standard_is_there() -> None:
    named = {name.strip() for name in STANDARD.split(";")}

    assert named - BUILTINS.keys() == set()


def test_a_wrong_argument_is_named() -> None:
    why: list[feel.Diagnostic] = []

    assert feel.compile("string length(5)").evaluate({}, None, why) is None

    assert why[0].text.en == "“string” of function “string length” must be string, given number"


def test_a_list_of_one_stands_for_its_item_and_an_item_for_a_list_of_one() -> None:
    assert feel.compile('upper case(["a"])').evaluate({}) == "A"
    assert feel.to_json(feel.compile("count(5)").evaluate({})) == 1


def test_a_function_of_the_context_wins_over_a_built_in() -> None:
    shadowing = feel.compile("{count: function(x) 42, r: count([1])}.r")

    assert shadowing.evaluate({}) == 42
