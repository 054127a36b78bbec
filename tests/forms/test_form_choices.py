"""Options that are written with blanks, and lists that must be filled in."""

from collections.abc import Callable
from typing import Any

import pytest

from forms import Answers, Form, FormInvalid, FormRejected, compile_form

Small = Callable[..., Form]
Accepted = Callable[..., Answers]
Draw = Callable[..., bytes]
SPELLINGS = [
    "กอง  คลัง",
    "กอง\u00a0คลัง",
    "กอง\nคลัง",
    "กอง\tคลัง",
    " กองคลัง",
    "กองคลัง\u3000",
    "\u200bกอง",
]


def choice(kind: str, *values: object, **more: Any) -> dict[str, Any]:
    english = {f"en:{value}": f"Option {n}" for n, value in enumerate(values)}
    listed = [{"label": str(value), "value": value} for value in values]
    named = {"label": "ฝ่าย", "properties": {"label_en": "Unit", **english}}
    return {"id": "F_s", "type": kind, "key": "s", "values": listed} | named | more


@pytest.mark.parametrize("value", SPELLINGS, ids=repr)
@pytest.mark.parametrize("sent", ["as it stands", "by a page"])
def test_every_option_that_is_offered_can_be_chosen(
    small: Small, accepted: Accepted, value: str, sent: str
) -> None:
    # A page sends line ends as CR LF; whoever copies the text loses doubled and no-break blanks.
    given = value if sent == "as it stands" else value.replace("\n", "\r\n")
    required = {"validate": {"required": True}}
    one, several = (
        small(choice(kind, value, "อื่น", **required)) for kind in ("select", "checklist")
    )

    assert accepted(one, {"s": given}).variables == {"s": value}
    assert accepted(one, {"s": " ".join(given.split())}).variables == {"s": value}
    assert accepted(several, {"s": [given, value]}).variables == {"s": [value]}


def test_an_option_of_the_case_with_blanks_can_be_chosen(small: Small, accepted: Accepted) -> None:
    form = small(choice("select") | {"values": None, "valuesExpression": "=offered"})

    answers = accepted(form, {"s": "กอง คลัง"}, offered=["กอง\u00a0คลัง", " ", ""])

    assert answers.variables == {"s": "กอง\u00a0คลัง"}


@pytest.mark.parametrize(
    "values", [(" ",), ("\u00a0",), ("a\u0000b",), ("กอง คลัง", "กอง  คลัง")], ids=repr
)
def test_an_option_that_nobody_could_choose_is_refused(draw: Draw, values: tuple[str, ...]) -> None:
    with pytest.raises(FormRejected) as caught:
        compile_form("small.form", draw(choice("select", *values)))

    assert "form.options" in {finding.rule for finding in caught.value.findings}


def leaf(key: str, kind: str = "textfield", **more: Any) -> dict[str, Any]:
    named = {"label": "ช่อง", "properties": {"label_en": key, **more.pop("properties", {})}}
    return {"id": f"F_{key}", "type": kind, "key": key} | named | more


def rows(path: str, *components: dict[str, Any], **properties: str) -> dict[str, Any]:
    named = {"label": "พยาน", "properties": {"label_en": path} | properties}
    return {
        "id": f"R_{path}",
        "type": "dynamiclist",
        "path": path,
        "components": components,
    } | named


WITNESSES = rows(
    "people",
    leaf("name"),
    leaf("sure", "checkbox"),
    leaf("number", "number", readonly=True, properties={"default": "=i"}),
    {"id": "E", "type": "expression", "key": "twice", "expression": "=i * 2"},
    rows("calls", leaf("phone")),
    min_rows="2",
)


@pytest.mark.parametrize(
    "given",
    [
        [{}, {}],
        [{"name": "ก"}],
        [{"name": "ก"}, {"name": "  ", "sure": False}],
        [{"name": "ก"}, {"calls": [{}, {"phone": ""}]}, {}],
    ],
    ids=str,
)  # fmt: skip
def test_a_row_in_which_nothing_stands_is_not_counted(small: Small, given: list[Any]) -> None:
    with pytest.raises(FormInvalid) as caught:
        small(WITNESSES).load({"people": given})

    assert set(caught.value.errors) == {"people"}


@pytest.mark.parametrize(
    "given",
    [
        [{"name": "ก"}, {"sure": True}],
        [{"name": "ก"}, {}, {"calls": [{}, {"phone": "1"}]}],
    ],
    ids=str,
)
def test_a_row_counts_as_soon_as_it_says_something(
    small: Small, accepted: Accepted, given: list[Any]
) -> None:
    assert len(accepted(small(WITNESSES), {"people": given}).submission["people"]) == len(given)


def test_bytes_of_another_encoding_are_never_replaced_in_silence(draw: Draw) -> None:
    content = draw(choice("select", "caf\u00e9")).replace("\u00e9".encode(), b"\xe9")

    with pytest.raises(FormRejected):
        compile_form("small.form", content)
