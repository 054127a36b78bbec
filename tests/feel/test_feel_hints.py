"""Who types what another language writes is told what FEEL writes there."""

import pytest

from engine import feel

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
