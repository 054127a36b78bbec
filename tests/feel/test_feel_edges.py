"""The edges of the language: null, what is true and what only looks so, the limit itself, the last
day of a month; a table in which each row says what comes out, and why it matters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine import feel

CONTEXT: dict[str, Any] = {
    "yes": True,
    "no": False,
    "one": 1,
    "exact": Decimal("1.0"),
    "text": "x",
    "nothing": None,
    "limit": 500_000,
    "day": "2026-03-31",
}

ROWS: list[tuple[str, Any]] = [
    # null is a value that can be asked for; anything else compared with it is no
    ("nothing = null", True),
    ("text = null", False),
    ("text != null", True),
    ("nothing != null", False),
    ("missing = null", True),
    ("nothing > 1", None),
    # true is no number, and one is not true
    ("yes = 1", None),
    ("one = 1", True),
    ("exact = 1", True),
    ("one = true", None),
    ("yes = true", True),
    ("no = 0", None),
    ("yes = one", None),
    ("if one then 1 else 2", 2),
    ('if "x" then 1 else 2', 2),
    ("if nothing then 1 else 2", 2),
    ("yes and one", None),
    ("yes and text and yes", None),
    ("yes and text and no", False),
    ("no or text or no", None),
    # the limit itself
    ("limit < 500000", False),
    ("limit <= 500000", True),
    ("limit in (500000..600000]", False),
    ("limit in [500000..600000]", True),
    ("{r: (500000..600000], x: limit in r}.x", False),
    ("{r: [500000..600000], x: limit in r}.x", True),
    ("includes([400000..500000), limit)", False),
    ("limit in [400000..500000)", False),
    ("limit in [400000..500000]", True),
    ("date(day) <= date(day)", True),
    ("date(day) < date(day)", False),
    ("date(day) >= date(day)", True),
    ("date(day) > date(day)", False),
    ('duration("P1D") <= duration("PT24H")', True),
    # an unknown limit beside one that says no
    ("limit in [nothing..400000]", False),
    ("limit in [nothing..600000]", None),
    ("limit in [600000..nothing]", False),
    ("limit between 600000 and nothing", False),
    # the last day of a month
    ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
    ('date("2028-01-31") + duration("P1M")', "2028-02-29"),
    ('date("2026-03-31") - duration("P1M")', "2026-02-28"),
    ('date("2026-05-31") + duration("P2M")', "2026-07-31"),
]


@pytest.mark.parametrize(("expression", "value"), ROWS)
def test_an_edge_is_where_the_standard_draws_it(expression: str, value: Any) -> None:
    found = feel.to_json(feel.compile(expression).evaluate(CONTEXT))

    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("tests", "value", "passes"),
    [
        ("null", None, True),
        ("null", 0, False),
        ("true", 1, False),
        ("1", True, False),
        ("not(null)", "x", True),
        ("(500000..600000]", 500_000, False),
        ("[500000..600000]", 500_000, True),
        ('< date("2026-03-31")', "2026-03-31", False),
    ],
)
def test_a_cell_of_a_table_draws_it_there_too(tests: str, value: Any, passes: bool) -> None:
    assert feel.compile_unary_tests(tests).matches(value, {}) is passes
