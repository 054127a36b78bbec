"""Who types what another language writes is told what FEEL writes there."""

import re
from pathlib import Path

import pytest

from engine import feel
from engine.feel import messages

SLIPS = {
    "x == 1": "FEEL writes =",
    "x === 1": "FEEL writes =",
    "a && b": "FEEL writes and",
    "a || b": "FEEL writes or",
    "!a": "FEEL writes not(…)",
    "x <> 3": "FEEL writes !=",
    "x => 3": "FEEL writes >=",
    "x =< 3": "FEEL writes <=",
    "x ≥ 3": "FEEL writes >=",
    "x ≤ 3": "FEEL writes <=",
    "x ≠ 3": "FEEL writes !=",
    "x × 3": "FEEL writes *",
    "x ÷ 3": "FEEL writes /",
    "x − 3": "FEEL writes -",
    "x – 3": "FEEL writes -",
    "x % 2": "FEEL writes modulo(a, b)",
    "x > 7.5%": "FEEL writes 7.5 / 100",
    "x ^ 2": "FEEL writes **",
    "x = 'text'": 'FEEL writes "',
    "x = “text”": 'FEEL writes "',
    "x = ‘text’": 'FEEL writes "',
    "1,000,000": "FEEL writes 1000000",
    "x > 25,000": "FEEL writes 25000",
    "x is null": "FEEL writes = null",
    "x is not null": "FEEL writes != null",
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_with_what_feel_writes(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text)

    assert SLIPS[text] in caught.value.problem.en
    assert SLIPS[text].removeprefix("FEEL writes ") in caught.value.problem.th
    assert caught.value.problem.en in str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("TRUE", "true"),
        ("x = True", "true"),
        ("x = FALSE", "false"),
        ("x = NULL", "null"),
        ("x = None", "null"),
        ("x > ๕๐", "50"),
        ("ａｍｏｕｎｔ > 5", "amount"),
        ("amont > 5", "amount"),
        ("Amount > 5", "amount"),
        ("leadUnit = 1", "lead unit"),
        ('startsWith(x, "b")', "starts with"),
        ("stringLength(x)", "string length"),
        ('get_value(x, "b")', "get value"),
        ("cuont([x])", "count"),
    ],
)
def test_an_unknown_name_is_told_with_the_one_that_is_meant(text: str, meant: str) -> None:
    known = {"x": None, "amount": "number", "lead unit": None}

    said = [problem.text for problem in feel.check(text, known)]

    assert any(f"did you mean “{meant}”?" in each.en for each in said)
    assert any(f"หมายถึง “{meant}” หรือไม่" in each.th for each in said)


@pytest.mark.parametrize("text", ["(a", "if a then b", "a and or b", '"abc', "[1, , 2]", "x in"])
def test_other_mistakes_are_told_as_they_are(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text)

    assert "FEEL writes" not in caught.value.problem.en


def test_a_name_that_resembles_nothing_is_only_unknown() -> None:
    (problem,) = feel.check("zebra = 1", {"amount": "number"})

    assert problem.text.en == "unknown name “zebra”"


@pytest.mark.parametrize(
    "typed",
    [
        "จ\u0e4d\u0e32นวน",  # sara am in two parts
        "จำ\u200bนวน",  # a space of no width
        "จ\u200dำนวน",
    ],
)
def test_a_name_that_only_looks_the_same_is_told_as_the_trap(typed: str) -> None:
    # Bug: it was told as unknown beside what seemed to be itself, or was null in silence.
    (problem,) = feel.check(f"{typed} > 5", {"จำนวน": "number"})

    assert problem.code == "unknown-name"
    assert "มองเห็นเหมือน “จำนวน” แต่พิมพ์ด้วยอักขระต่างกัน" in problem.text.th
    assert "U+" in problem.text.th


def test_a_doubled_sara_e_is_no_sara_ae() -> None:
    (problem,) = feel.check("เเผนก = 1", {"แผนก": "number"})

    assert "looks like “แผนก”" in problem.text.en
    assert "(U+0E40 U+0E40 ≠ U+0E41)" in problem.text.en


def test_hidden_characters_are_told_where_any_name_may_be_given() -> None:
    assert [p.code for p in feel.check("เเผนก = 1")] == ["hidden-characters"]
    assert feel.check("แผนก = 1") == []


def test_not_before_a_name_is_told() -> None:
    # Bug: `not urgent` was a name of two words, and null.
    for known in (None, {"track": None, "urgent": "boolean"}):
        (problem,) = feel.check("track = 1 and not urgent", known)

        assert (problem.code, problem.column) == ("negation", 15)
        assert "not(urgent)" in problem.text.th
    assert feel.check("not urgent = 1", {"not urgent": "number"}) == []


def test_names_of_functions_stay_as_they_are_in_thai() -> None:
    (problem,) = feel.check("string(1, 2, 3)")

    assert problem.text.th == "ฟังก์ชัน “string” รับ 1 แต่ได้รับ 3"


def test_no_reason_is_said_in_english_within_thai() -> None:
    source = Path(feel.__file__).parent
    said = {
        found
        for path in (*source.rglob("*.py"), *(source.parent / "dmn").glob("*.py"))
        for found in re.findall(
            r'(?:reason|what|kind|expected)="([^"]+)"|BudgetExceeded\("([^"]+)"\)',
            path.read_text("utf-8"),
        )
    }
    words = {one or other for one, other in said}

    left = {word for word in words if messages.in_thai(word) == word and "<" not in word}

    assert len(words) > 20
    assert left == set()
