"""What a process owner is told before an expression is ever run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine import feel
from engine.ground.clock import BANGKOK

KNOWN = {
    "amount": "number",
    "track": "string",
    "urgent": "boolean",
    "filed on": "date",
    "accused": "list<context<position: string, level: number>>",
    "anything": None,
}


def due(key: str) -> datetime:
    return datetime(2026, 3, 5, 16, 30, tzinfo=BANGKOK)


def working_days_after(day: date, days: Decimal) -> date:
    return day + timedelta(days=int(days))


FUNCTIONS = {"due": due, "working days after": working_days_after}


@pytest.mark.parametrize(
    ("expression", "code", "column"),
    [
        ("amont > 5", "unknown-name", 1),
        ("amount > 5 and sum of(amount) > 1", "unknown-function", 16),
        ('amount > "5"', "never", 8),
        ('urgent = "yes"', "never", 8),
        ('track in (1, "C")', "never", 11),
        ('amount between "a" and "b"', "never", 8),
        ("urgent < true", "never", 8),
        ("if track then 1 else 2", "type", 4),
        ("amount and urgent", "type", 1),
        ("substring(track)", "arity", 1),
        ("substring(track, 1, 2, 3)", "arity", 1),
        ("substring(text: track)", "arity", 1),
        ("upper case(amount)", "argument", 12),
        ('amount + "บาท"', "operands", 8),
        ("filed on.yaer", "unknown-property", 9),
        ("accused[1].rank", "unknown-property", 11),
        ("accused[levl > 5]", "unknown-name", 9),
        ('accused[level > "5"]', "never", 15),
        ('some p in accused satisfies p.level = "9"', "never", 37),
        ('due("screen", 2)', "arity", 1),
        ("1 +", "syntax", 4),
    ],
)
def test_a_fault_is_found_with_its_place(expression: str, code: str, column: int) -> None:
    problems = feel.check(expression, KNOWN, FUNCTIONS)

    assert [(each.code, each.line, each.column) for each in problems] == [(code, 1, column)]
    assert problems[0].text.th != problems[0].text.en


@pytest.mark.parametrize(
    "expression",
    [
        'amount > 2000000 and track = "C" and not(urgent)',
        "accused[level > 5].position",
        "accused[item.level > amount][1].position",
        'working days after(filed on, 3) < filed on + duration("P7D")',
        'due("screen") > date and time("2026-03-02T00:00:00+07:00")',
        "anything.may.be[there] = 5",
        "track = null or amount != null",
        "for p in accused return p.level * 2",
        "{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(amount)}.r > 5",
        "sort(accused, function(a, b) a.level > b.level)[1].position",
        "string(amount) = track",
        '["C", "G"][item = track] != []',
        "count(accused) >= 1 and max(accused.level) > 3",
    ],
)
def test_a_sound_expression_is_left_alone(expression: str) -> None:
    assert feel.check(expression, KNOWN, FUNCTIONS) == []


def test_where_any_name_may_be_given_only_functions_are_checked() -> None:
    assert feel.check("whatever > 5") == []
    assert [each.code for each in feel.check("whatever > nope(5)")] == ["unknown-function"]


def test_the_cells_of_a_table_are_checked_too() -> None:
    assert feel.check('"C", "G"', KNOWN, unary=True) == []
    assert [each.code for each in feel.check("> amont", KNOWN, unary=True)] == ["unknown-name"]


# -- the host -------------------------------------------------------------------------------------


def test_functions_of_the_host_are_called_with_plain_python_values() -> None:
    environment = feel.Environment(functions=FUNCTIONS)

    ask = feel.compile('working days after(date("2026-03-02"), 3)')
    when = feel.compile('due("screen") + duration("P1D")')

    assert feel.to_json(ask.evaluate({}, environment)) == "2026-03-05"
    assert feel.to_json(when.evaluate({}, environment)) == "2026-03-06T16:30:00+07:00"


def test_a_function_that_is_not_given_is_null_with_a_reason() -> None:
    why: list[feel.Diagnostic] = []

    assert feel.compile('due("screen")').evaluate({}, None, why) is None
    assert why[0].text.th == "ไม่รู้จักฟังก์ชัน “due”"


def test_what_a_host_function_raises_is_the_hosts_own_affair() -> None:
    def failing() -> None:
        raise LookupError("ไม่มีปฏิทิน")

    with pytest.raises(LookupError):
        feel.compile("calendar()").evaluate({}, feel.Environment(functions={"calendar": failing}))


def test_values_leave_as_json() -> None:
    value = feel.compile(
        '{whole: 6/2, part: 1/4, day: date("2026-03-02"), span: duration("PT36H"), list: [null]}'
    ).evaluate({})

    assert feel.to_json(value) == {
        "whole": 3,
        "part": Decimal("0.25"),
        "day": "2026-03-02",
        "span": "P1DT12H",
        "list": [None],
    }
    assert isinstance(feel.to_json(value)["whole"], int)


def test_values_of_the_host_come_in_exactly() -> None:
    given: dict[str, Any] = {
        "real": 0.1,
        "pair": (1, 2),
        "day": date(2026, 3, 2),
        "moment": datetime(2026, 3, 2, 9, tzinfo=BANGKOK),
        "span": timedelta(hours=36),
    }

    assert feel.compile("real * 3 = 0.3").evaluate(given) is True
    assert feel.compile("sum(pair) = 3").evaluate(given) is True
    assert feel.compile('day + span = date("2026-03-03")').evaluate(given) is True
    assert feel.compile("moment.timezone").evaluate(given) == "Asia/Bangkok"
    with pytest.raises(TypeError):
        feel.from_json(object())
