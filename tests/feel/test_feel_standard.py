"""What other FEEL engines answered rightly and ours did not: each row with what decides it.

References are to DMN 1.5 unless they name another standard.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine import feel
from engine.feel.values.text_form import text_of

ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
NEW_YORK = "@America/New_York"

# expression -> the answer as the language writes it, and why
ROWS: list[tuple[str, str, str]] = [
    # a zone's name may hold a T, the sign between a day and a time
    ('@"10:00:00@Asia/Tokyo"', '@"10:00:00@Asia/Tokyo"', "10.3.2.3.5"),
    ('@"10:00:00@Etc/GMT+7".hour', "10", "10.3.2.3.5"),
    # the end of a day
    ('@"24:00:00"', '@"00:00:00"', "XML Schema 1.1, 3.3.8: 24:00:00 is the next midnight"),
    ('time("24:00:00Z")', '@"00:00:00Z"', "XML Schema 1.1, 3.3.8"),
    ('time("24:00:01")', "null", "XML Schema 1.1, 3.3.8"),
    ('date and time("2026-12-31T24:00:00Z")', '@"2027-01-01T00:00:00Z"', "XML Schema 1.1, 3.3.7"),
    ('date and time("2026-12-31T24:00:00.1Z")', "null", "XML Schema 1.1, 3.3.7"),
    # clocks that are put forward and back
    (
        f'@"2026-03-08T01:30:00{NEW_YORK}" + duration("PT1H")',
        f'@"2026-03-08T03:30:00{NEW_YORK}"',
        "10.3.2.13: the sum of instants; there was no 02:30",
    ),
    (
        f'@"2026-03-08T01:30:00{NEW_YORK}" + duration("P1D")',
        f'@"2026-03-09T02:30:00{NEW_YORK}"',
        "10.3.2.13: a day is 24 hours",
    ),
    (
        f'@"2026-11-01T03:30:00{NEW_YORK}" - @"2026-11-01T00:30:00{NEW_YORK}"',
        '@"PT4H"',
        "10.3.2.13: clocks show 01:30 twice",
    ),
    (
        f'(@"2026-11-01T00:30:00{NEW_YORK}" + @"PT2H") - @"2026-11-01T00:30:00{NEW_YORK}"',
        '@"PT2H"',
        "what is added comes off again, in the doubled hour too",
    ),
    (
        f'(@"2026-11-01T00:30:00{NEW_YORK}" + @"PT2H") + @"P1M"',
        f'@"2026-12-01T01:30:00{NEW_YORK}"',
        "a month later nothing of the doubled hour is left",
    ),
    (
        f'@"2026-02-08T02:30:00{NEW_YORK}" + duration("P1M")',
        f'@"2026-03-08T03:30:00{NEW_YORK}"',
        "10.3.2.13: there was no 02:30 that day",
    ),
    # a date beside a date and time is its midnight in UTC
    (
        '@"2026-03-02T10:00:00" - @"2026-03-01"',
        "null",
        "10.3.2.13: one side with a zone, one without",
    ),
    ('@"2026-03-02" - @"2026-03-01T10:00:00"', "null", "10.3.2.13"),
    ('@"2026-03-02T10:00:00+07:00" - @"2026-03-02"', '@"PT3H"', "10.3.2.13"),
    # DMN 1.6
    (
        'date and time(@"2026-03-02", @"10:00:00", "Asia/Bangkok")',
        '@"2026-03-02T10:00:00@Asia/Bangkok"',
        "DMN 1.6",
    ),
    ('date and time(@"2026-03-02", @"10:00:00", "+07:00").time offset', '@"PT7H"', "DMN 1.6"),
    ('date and time(@"2026-03-02", @"10:00:00Z", "Asia/Bangkok")', "null", "two zones"),
    ('date and time(@"2026-03-02", @"10:00:00", "ไทย")', "null", "no such zone"),
    # durations
    ('duration("PT0.S")', '@"PT0S"', "10.3.4.1"),
    ('duration("PT.5S")', '@"PT0.5S"', "XML Schema 1.1, 3.3.6"),
    ('duration("PT.S")', "null", "XML Schema 1.1, 3.3.6"),
    ('@"P0D" = @"P0Y"', "true", "10.3.2.13: durations of no length are equal"),
    ('@"P1D" = @"P1M"', "false", "10.3.2.13"),
    ('@"P0D" < @"P1Y"', "null", "10.3.2.13: equality only"),
    ('@"10:11:12.5".second', "12.5", "10.3.2.13"),
    # regular expressions
    (r'matches("a\rb", "a.b")', "false", "XPath 5.6.1: a point is neither line feed nor return"),
    (r'matches("a\rb", "a.b", "s")', "true", "XPath 5.6.2, flag s"),
    (r'matches("hello world", "hello\\ sworld", "x")', "true", "XPath 5.6.2, flag x"),
    ('matches("helloworld", "hello[ ]world", "x")', "false", "XPath 5.6.2: not within classes"),
    (r'matches("aa", "(a)[\\1]")', "null", "XPath 5.6.1: no back-reference in a class"),
    (r'matches("aa", "\\1(a)")', "null", "XPath 5.6.1: the group is not closed there"),
    (r'matches("aa", "(a)\\1")', "true", "XPath 5.6.1"),
    (r'matches("aaaaaaaaaaa2", "(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)\\12")', "true", "\\1, then 2"),
    (r'matches("a", "\\bA", "i")', "null", "XML Schema, appendix G: no such escape"),
    ('matches("aa", "a*+")', "null", "XML Schema, appendix G: no possessive repetition"),
    ('matches("a{", "a{")', "null", "XML Schema, appendix G: a lone bracket"),
    ('matches("a]", "a]")', "null", "XML Schema, appendix G: a lone bracket"),
    ('matches("b", "[c-a]")', "null", "XML Schema, appendix G: the wrong way round"),
    (r'matches("ผู้ร้อง", "^\\w+$")', "true", "XML Schema: vowels and tone marks are of words"),
    (r'matches("a_b", "^\\w+$")', "false", "XML Schema: punctuation is not"),
    (r'matches("x-y", "^[\\c-[a]]+$")', "true", "XML Schema: classes take away"),
    (r'matches("ก", "\\p{IsThai}")', "true", "XML Schema: blocks by name"),
    (r'matches("a\nb\n", "^$", "m")', "false", "XPath 5.6.2: no line after the last line feed"),
    # contexts have all the members of their type
    ("{a: 1} instance of context<a: number, b: string>", "false", "10.3.2.9.2"),
    ("{a: 1, b: null} instance of context<a: number, b: string>", "true", "10.3.2.9.2"),
    ("[{a: 1}] instance of list<context<a: number, b: string>>", "false", "10.3.2.9.2"),
    ("{a: {b: 1}} instance of context<a: context<c: number>>", "false", "10.3.2.9.2"),
    ("(function(x: context<a: number, b: number>) x)({a: 1})", "null", "10.3.2.9.2"),
    ("(< 5) instance of range<number>", "true", "10.3.2.9.2: the open side is of any type"),
    # scales and positions lose their fraction
    ("round up(5.55, 1.9)", "5.6", "10.3.4.5"),
    ("decimal(1/3, 2.5)", "0.33", "10.3.4.5"),
    ("decimal(1/3, -0.5)", "0", "10.3.4.5"),
    ("sublist([1, 2, 3], 2.5)", "[2, 3]", "10.3.4.4"),
    ("insert before([1, 2], 1.9, 0)", "[0, 1, 2]", "10.3.4.4"),
    ("remove([1, 2, 3], 1.9)", "[2, 3]", "10.3.4.4"),
    ("list replace([1, 2], 2.9, 0)", "[1, 0]", "10.3.4.4"),
    ("[1, 2, 3][1.9]", "1", "10.3.2.13"),
    ("[1, 2, 3][0.9]", "null", "10.3.2.13: 0 is no position"),
    # what is written can be read again
    ('string({"}": 2})', r'"{\"}\": 2}"', "10.3.4.1"),
    ('string({":": 1, ab: 2})', r'"{\":\": 1, ab: 2}"', "10.3.4.1"),
    ("string(-0)", '"0"', "there is no zero below zero"),
    ("0 ** 0", "1", "10.3.2.13"),
    # number
    ('number("1.5", null, ",")', "null", "10.3.4.1: the decimal separator is the comma"),
    ('number("+1")', "null", "10.3.4.1: a numeric literal"),
    ('number("5.")', "null", "10.3.4.1: a numeric literal"),
    ('number(" 5")', "null", "10.3.4.1: a numeric literal"),
    ('number("-1.000,5", ".", ",")', "-1000.5", "10.3.4.1"),
    # string join
    ('string join(["a", "b"], ",", "[")', "null", "10.3.4.3: a prefix comes with a suffix"),
    ('string join(["a", "b"], ",", "[", "]")', '"[a,b]"', "10.3.4.3"),
    # is
    ('is([@"10:00:00Z"], [@"11:00:00+01:00"])', "false", "10.3.4.8: not the same element"),
    ('is({a: @"10:00:00Z"}, {a: @"10:00:00Z"})', "true", "10.3.4.8"),
    ('is([@"10:00:00Z"..@"12:00:00Z"], [@"11:00:00+01:00"..@"12:00:00Z"])', "false", "10.3.4.8"),
    ('is(@"2026-01-01T00:00:00@Etc/UTC", @"2026-01-01T00:00:00Z")', "true", "a zone is its offset"),
    # ranges begin before they end
    ("[3..1]", "null", "10.3.2.7"),
    ("5 in [9..1]", "null", "10.3.2.7"),
    ("for i in [2..1] return i", "null", "10.3.2.7"),
    ("for i in 2..1 return i", "[2, 1]", "10.3.2.14: an iteration may go down"),
    ('range("[3..1]")', "null", "10.3.4.1"),
    ('range("[18..)")', "(>= 18)", "10.3.4.1: an open side"),
    ('range("(..21]")', "(<= 21)", "10.3.4.1: an open side"),
    ('range("[..21)")', "null", "10.3.4.1: an open side has a round bracket"),
    ('range("(..)")', "null", "10.3.4.1"),
    ("(=10) = [10..10]", "true", "10.3.2.7"),
    ("(<10) = (null..10)", "false", "10.3.2.7: an unknown limit is none that is absent"),
    ("(!=10).start included", "false", "10.3.2.7"),
]


@pytest.mark.parametrize(("expression", "answer", "why"), ROWS, ids=[row[0] for row in ROWS])
def test_it_is_as_the_standard_says(expression: str, answer: str, why: str) -> None:
    found = feel.compile(expression).evaluate({}, ENVIRONMENT)

    assert text_of(found, inside=True) == answer, why


def test_the_doubled_hour_leaves_as_the_instant_it_is() -> None:
    later = feel.compile(f'@"2026-11-01T00:30:00{NEW_YORK}" + @"PT2H"').evaluate({})

    assert feel.to_json(later) == "2026-11-01T01:30:00-05:00"


def test_a_reversed_range_in_a_cell_matches_nothing() -> None:
    values: list[Any] = [0, 1, 5, 9, 10]

    assert not any(feel.compile_unary_tests("[9..1]").matches(value) for value in values)
    assert not any(feel.compile_unary_tests("not([9..1])").matches(value) for value in values)
