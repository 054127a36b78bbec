"""Slips that can be told from an expression's literals, before anything runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import feel

ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 2, tzinfo=UTC))

# What nobody was told, and what is said now: the code, the column, and what to write.
TOLD = [
    ('date("2569-03-02") < today()', "buddhist-year", 6, "2026-03-02"),
    ('@"2569-03-02"', "buddhist-year", 1, "2026-03-02"),
    ("date(2569, 3, 2)", "buddhist-year", 6, "2026"),
    (
        'date and time("2569-03-02T10:00:00+07:00")',
        "buddhist-year",
        15,
        "2026-03-02T10:00:00+07:00",
    ),
    ('date("02/03/2569")', "buddhist-year", 6, "2026-03-02"),
    ('date("๐๒/๐๓/๒๕๖๙")', "buddhist-year", 6, "2026-03-02"),
    ('date("02/03/2026")', "date-order", 6, "2026-03-02"),
    ('date("2026/3/2")', "date-order", 6, "2026-03-02"),
    ('filed = "2-3-2026"', "date-order", 9, "2026-03-02"),
    ('filed in ("2569-03-02", "x")', "buddhist-year", 11, "2026-03-02"),
    ('today() between "2569-01-01" and x', "buddhist-year", 17, "2026-01-01"),
    ('date("soon")', "invalid", 6, ""),
    ('duration("3 days")', "invalid", 10, ""),
    ('time("9:00")', "invalid", 6, ""),
    ('today() > "2026-01-01"', "never", 9, 'date("2026-01-01")'),
    ('now() > "2026-01-01T00:00:00Z"', "never", 7, 'date and time("2026-01-01T00:00:00Z")'),
    ('amount = "3000000"', "never", 8, "3000000"),
    ('urgent = "true"', "never", 8, "true"),
    ('now() > date and time("2026-01-01T00:00:00")', "zones", 7, "+07:00"),
    ('now() >= @"2026-01-01T00:00:00"', "zones", 7, "+07:00"),
    ('@"10:00:00" < @"10:00:00Z"', "zones", 13, "+07:00"),
    ('now() in [@"2026-01-01T00:00:00"..@"2026-02-01T00:00:00"]', "zones", 10, "+07:00"),
    ('now() - @"2026-01-01T00:00:00"', "zones", 7, "+07:00"),
    ('@"2026-01-01T00:00:00" - date("2026-01-01")', "zones", 24, "+07:00"),
    ('matches(track, "[a-")', "pattern", 16, ""),
    ('matches(track, "a", "y")', "pattern", 16, ""),
    (r'replace(track, "\\bC", "G")', "pattern", 16, ""),
    ('split(track, "(")', "pattern", 14, ""),
    ("amount in [9..1]", "range-order", 11, ""),
]
TYPES = {"amount": "number", "urgent": "boolean", "track": "string"}


@pytest.mark.parametrize(("expression", "code", "column", "written"), TOLD)
def test_a_slip_is_told_with_what_to_write(
    expression: str, code: str, column: int, written: str
) -> None:
    names = {**TYPES, "filed": None, "x": None}

    (problem,) = feel.check(expression, names)

    assert (problem.code, problem.column) == (code, column)
    assert written in problem.text.th
    assert written in problem.text.en


@pytest.mark.parametrize(
    "expression",
    [
        'date("9999-12-31")',  # never ends
        'date("2026-03-02")',
        'now() > @"2026-01-01T00:00:00+07:00"',
        'now() - date("2026-01-01")',
        '@"2026-01-01T00:00:00" < x',
        'matches(track, "^[ก-ฮ]{2}\\\\d+$")',
        'matches(track, x, "y")',
        'track = "2569/0012"',
        'track = "1.2.3"',
        "amount in [1..9]",
        'date(x) = date("2026-01-01")',
    ],
)
def test_what_is_right_is_left_alone(expression: str) -> None:
    assert feel.check(expression, {**TYPES, "x": None}) == []


def test_what_is_told_never_to_work_is_null_when_it_runs() -> None:
    context = {"amount": 5, "urgent": True, "track": "C", "filed": None, "x": None}
    certain = [e for e, code, _, _ in TOLD if code in ("invalid", "zones", "pattern", "never")]

    answers = [feel.compile(each).evaluate(context, ENVIRONMENT) for each in certain]

    assert answers == [None] * len(certain)
