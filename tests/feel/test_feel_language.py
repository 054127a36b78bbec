"""The language as DMN 1.5 defines it: what an expression means, construct by construct."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine import feel

CONTEXT: dict[str, Any] = {
    "amount": 3_000_000,
    "rate": Decimal("0.035"),
    "track": "C",
    "urgent": False,
    "ชื่อ สกุล": "สมชาย ใจดี",
    "วงเงิน": 10,
    "accused": [
        {"position": "director", "level": 9, "units": [{"id": "a"}]},
        {"position": "clerk", "level": 3, "units": [{"id": "b"}, {"id": "c"}]},
    ],
    "nothing": None,
}


def value_of(expression: str) -> Any:
    return feel.to_json(feel.compile(expression).evaluate(CONTEXT))


def test_a_condition_reads_process_variables_as_they_are() -> None:
    condition = feel.compile('amount > 2000000 and track = "C"')

    assert condition.evaluate({"amount": 2_000_001, "track": "C"}) is True
    assert condition.evaluate({"amount": Decimal("2000000.00"), "track": "C"}) is False


def test_thai_names_with_spaces_need_no_declaration() -> None:
    assert value_of("ชื่อ สกุล") == "สมชาย ใจดี"
    assert value_of("วงเงิน * 2 + 1") == 21
    assert value_of('{ผู้ร้อง: {ชื่อ เล่น: "แดง"}}.ผู้ร้อง.ชื่อ เล่น') == "แดง"


def test_names_with_signs_are_read_where_they_are_known() -> None:
    context = {"a-b": 5, "a": 9, "b": 1, "time of birth and death": 70}

    assert feel.compile("a-b", context).evaluate(context) == 5
    assert feel.compile("a-b").evaluate(context) == 8
    assert feel.compile("`a-b` + 1").evaluate(context) == 6
    assert feel.compile("time of birth and death > 60", context).evaluate(context) is True


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3 - 4 / 2 ** 2", 6),
        ("10 - 2 - 3", 5),
        ("2 ** 3 ** 2", 64),  # from the left, 10.3.1.2
        ("-2 ** 2", 4),  # the sign binds tighter, rule 4
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3 * 3", Decimal("0.9999999999999999999999999999999999")),
        ("1/0", None),
        ('"ก" + "ข"', "กข"),
        ("[1, 2, 3][2]", 2),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][4]", None),
        ("[1, 2, 3, 4][item > 2]", [3, 4]),
        ("accused.position", ["director", "clerk"]),
        ("accused[level > 5].position", ["director"]),
        ('accused[position = "clerk"][1].level', 3),
        ("accused.units.id", [["a"], ["b", "c"]]),
        ("{a: 1, b: a + 1}.b", 2),
        ('if track = "C" then 30 else 15', 30),
        ("if nothing then 1 else 2", 2),
        ("for i in 1..3 return i * i", [1, 4, 9]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in [i, 10] return i + j", [2, 11, 4, 12]),
        ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3, 5]),
        ("some p in accused satisfies p.level >= 9", True),
        ("every p in accused satisfies p.level >= 9", False),
        ("5 in [1..5)", False),
        ("5 in ]1..6[", True),
        ('track in ("C", "G")', True),
        ("7 in (< 3, > 6)", True),
        ("amount between 1 and 5000000", True),
        ("5 instance of number", True),
        ("[1, 2] instance of list<number>", True),
        ("{a: 1} instance of context<a: number>", True),
        ("null instance of number", False),
        ("(function(a, b) a - b)(5, 3)", 2),
        ("(function(a, b) a - b)(b: 5, a: 3)", -2),
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(20)}.r", 2432902008176640000),
        ('substring(start position: 2, string: "abc")', "bc"),
        ("// a remark\n1 /* and\nanother */ + 1", 2),
        ('"\\u0E01\\n\\"\\U01F40E"', 'ก\n"🐎'),
        ("[1..5].start", 1),
        ('@"2026-03-02" < @"2026-03-03"', True),
        ("accused[1].missing", None),
        ("unknown", None),
    ],
)
def test_an_expression_has_the_value_of_the_standard(expression: str, expected: Any) -> None:
    assert value_of(expression) == expected


TEMPORAL = [
    ('date("2026-02-28") + duration("P1D")', "2026-03-01"),
    ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
    ('date and time("2026-03-02T09:00:00+07:00") = date and time("2026-03-02T02:00:00Z")', True),
    ('date and time("2026-03-02T09:00:00@Asia/Bangkok").time offset', "PT7H"),
    ('date and time("2026-03-02T09:00:00@Asia/Bangkok") + @"PT30H"', "2026-03-03T15:00:00+07:00"),
    ('time("23:30:00") + duration("PT1H")', "00:30:00"),
    ('date("2026-03-02") - date("2026-01-01")', "P60D"),
    ('duration("P1D") / duration("PT1H")', 24),
    ('duration("P14M")', "P1Y2M"),
    ('2 * duration("PT90M")', "PT3H"),
    ('duration("P1DT2H3M4.5S").seconds', Decimal("4.5")),
    ('date("2026-03-02").weekday', 1),
    ('date("2026-02-30")', None),
    ('date("-0044-03-15").year', -44),
    ('date("999999999-12-31") + duration("P1D")', None),
    ('years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"),
    ('date("2026-03-02") < date and time("2026-03-02T00:00:00")', None),  # no order between kinds
    ('for d in @"2026-02-27"..@"2026-03-01" return d.day', [27, 28, 1]),
]


@pytest.mark.parametrize(("expression", "expected"), TEMPORAL)
def test_dates_times_and_durations_are_exact(expression: str, expected: Any) -> None:
    assert value_of(expression) == expected


def test_now_and_today_are_those_of_the_office() -> None:
    late_evening_in_utc = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    environment = feel.Environment(now=late_evening_in_utc)

    now = feel.compile("now()").evaluate({}, environment)
    today = feel.compile("today()").evaluate({}, environment)

    assert feel.to_json(now) == "2026-03-02T01:30:00+07:00"
    assert feel.to_json(today) == "2026-03-02"


def test_without_a_clock_there_is_no_now() -> None:
    why: list[feel.Diagnostic] = []

    assert feel.compile("now()").evaluate({}, None, why) is None
    assert [each.code for each in why] == ["no-clock"]


TRUTH = {"true": True, "false": False, "null": None, '"x"': None}


@pytest.mark.parametrize("left", TRUTH)
@pytest.mark.parametrize("right", TRUTH)
def test_and_or_follow_the_three_valued_tables(left: str, right: str) -> None:
    a, b = TRUTH[left], TRUTH[right]
    both = False if a is False or b is False else None if a is None or b is None else True
    either = True if a is True or b is True else None if a is None or b is None else False

    assert value_of(f"{left} and {right}") is both
    assert value_of(f"{left} or {right}") is either
    # three operands take another way through the evaluator
    assert value_of(f"true and {left} and {right}") is both
    assert value_of(f"false or {left} or {right}") is either


@pytest.mark.parametrize(
    ("operand", "expected"), [("true", False), ("false", True), ("null", None)]
)
def test_not_of_null_is_null(operand: str, expected: bool | None) -> None:
    assert value_of(f"not({operand})") is expected


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
def test_values_of_different_kinds_cannot_be_compared(operator: str) -> None:
    why: list[feel.Diagnostic] = []

    assert feel.compile(f'1 {operator} "1"').evaluate({}, None, why) is None
    assert [(each.code, each.line, each.column) for each in why] == [("not-comparable", 1, 3)]


def test_a_null_says_why() -> None:
    why: list[feel.Diagnostic] = []

    assert feel.compile('วงเงิน +\n  "บาท"').evaluate(CONTEXT, None, why) is None

    assert str(why[0]) == "1:8: + is not defined for number and string"
    assert why[0].text.th == "ใช้เครื่องหมาย + กับ ตัวเลข และ ข้อความ ไม่ได้"


UNARY = [
    ("-", 5, True),
    ('"C", "G"', "G", True),
    ('not("C", "G")', "G", False),
    ('not("C")', None, True),
    ("< 5", 4, True),
    ("[1..5)", 5, False),
    ("? > 3 and ? < 9", 5, True),
    ("null", None, True),
    ("1, 2", "1", False),
    ('starts with(?, "สำ")', "สำนวน", True),
    ("limit", 7, True),
    ("> limit", 8, True),
    ("limit > 5", 1, True),
    ("[1, 7]", 7, True),
    # A cell that says `true` asks whether the input is true: an empty input is not.
    ("true", True, True),
    ("true", False, False),
    ("true", None, False),
    ("false", None, False),
    ("not(true)", None, True),
]


@pytest.mark.parametrize(("tests", "value", "expected"), UNARY)
def test_the_cells_of_a_table_test_one_value(tests: str, value: Any, expected: bool) -> None:
    assert feel.compile_unary_tests(tests).matches(value, {"limit": 7}) is expected
