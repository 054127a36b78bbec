"""The small JUEL of Camunda 7 says in FEEL what it said there, or is left as it stands."""

from typing import Any

import pytest

from engine import feel

SAME = [
    ("x == 'a' && !y", {"x": "a", "y": False}, True),
    ("x == 'a' && !y", {"x": "a"}, True),
    ("x == 'a' and not y", {"x": "a", "y": True}, False),
    ("x == 'b' || y", {"x": "a", "y": True}, True),
    ("!(x == 'a')", {"x": "b"}, True),
    ("!!x", {"x": True}, True),
    ("x eq 5", {"x": 5}, True),
    ("x ne 5", {"x": 5}, False),
    ("x lt 5 or x gt 7", {"x": 8}, True),
    ("x ge 5 and x le 7", {"x": 8}, False),
    ("x != null", {"x": 1}, True),
    ("x == null", {}, True),
    ("x % 2 == 1", {"x": 5}, True),
    ("x mod 2", {"x": 5}, 1),
    ("x div 2", {"x": 5}, 2.5),
    ("a - b - c == 1", {"a": 6, "b": 3, "c": 2}, True),
    ("-x + 2 * 3 == 1", {"x": 5}, True),
    ("x > 5 ? 'big' : x > 3 ? 'some' : 'small'", {"x": 4}, "some"),
    ("(x ne 5 ? 1 : 2) == 1", {"x": 4}, True),
    ("xs[0] == 1 && xs[1] == 2", {"xs": [1, 2]}, True),
    ("xs[1]", {"xs": [1, 2]}, 2),
    ("o['k'] == 1", {"o": {"k": 1}}, True),
    ("o[\"two words\"] == 1", {"o": {"two words": 1}}, True),
    ("o.in['k'].x == 1", {"o": {"in": {"k": {"x": 1}}}}, True),
    ("x == 'it\\'s'", {"x": "it's"}, True),
    ("x == 'a \"quoted\" word'", {"x": 'a "quoted" word'}, True),
    ("x == 'C:\\\\new'", {"x": "C:\\new"}, True),
    ("ชื่อ == 'ก'", {"ชื่อ": "ก"}, True),
    *(("empty x", {"x": value}, empty) for value, empty in (
        (None, True), ("", True), ([], True), ({}, True),
        ("a", False), ([1], False), ({"a": 1}, False), (0, False), (False, False),
    )),
    ("empty x", {}, True),
    ("not empty x && x.y == 1", {"x": {"y": 1}}, True),
    ("empty xs ? 'none' : 'some'", {"xs": [1]}, "some"),
]  # fmt: skip


def value_of(slot: str, context: dict[str, Any]) -> Any:
    parsed = feel.parse_slot(slot)
    assert parsed.is_expression
    return feel.to_json(feel.compile(parsed.text).evaluate(context))


@pytest.mark.parametrize(("text", "context", "expected"), SAME, ids=str)
@pytest.mark.parametrize("mark", ["$", "#"])
def test_juel_means_what_it_means_in_camunda_7(
    mark: str, text: str, context: dict[str, Any], expected: object
) -> None:
    found = value_of(f"{mark}{{{text}}}", context)

    assert found == expected
    assert type(found) is not bool or type(expected) is bool


@pytest.mark.parametrize(
    "text",
    [
        'x = "yes"',
        "count(xs) > 0",
        "some p in xs satisfies p > 3",
        "xs[item > 3]",
        "count(xs[1]) = 0",
        "if x then 1 else 2",
        "not(x)",
        "{a: 1}.a",
        "x in [1, 2]",
        'x = "&&"',
        "date and time(x)",
    ],
)
def test_feel_between_the_brackets_stays_feel(text: str) -> None:
    slot = feel.parse_slot(f"${{{text}}}")

    assert (slot.text, slot.as_written) == (text, None)


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("เรื่อง ${no} ถึง #{unit}", {"no": 7, "unit": "กอง"}, "เรื่อง 7 ถึง กอง"),
        ("${a}-${b}", {"a": "x", "b": True}, "x-true"),
        ("a ${missing} b", {}, "a  b"),
        ("${x == 'a' ? 'yes' : 'no'}!", {"x": "a"}, "yes!"),
        ("${'}'}${\"{\"}", {}, "}{"),
        ('say "${x}"\n', {"x": 1}, 'say "1"'),
    ],
)
def test_expressions_inside_text_are_put_together(
    text: str, context: dict[str, Any], expected: str
) -> None:
    assert value_of(text, context) == expected


@pytest.mark.parametrize("text", ["${", "a ${x", "$ {x}", "costs $5", "#1", "{x}", ""])
def test_what_is_never_closed_is_text(text: str) -> None:
    assert not feel.parse_slot(text).is_expression


@pytest.mark.parametrize(
    "text",
    ["x &&", "&& x", "x == == y", "x ! y", "'", "x[0", "(" * 5000, "!" * 5000 + "x"],
)
def test_what_is_neither_language_is_a_mistake_and_never_a_crash(text: str) -> None:
    slot = feel.parse_slot(f"${{{text}}}")

    if slot.is_expression and not slot.as_written:
        with pytest.raises(feel.FeelSyntaxError):
            feel.compile(slot.text)
