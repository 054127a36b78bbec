"""Each limit of an answer: what is just on it is taken, the next one beyond it is refused, and the
sentence names the limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forms import Answers, Form, FormInvalid
from tests.forms.test_form_homes import leaf, rows

LINE = {"minLength": 3, "maxLength": 5}
PEOPLE = {"min_rows": "1", "max_rows": "2"}
SCANS = {"multiple": True, "properties": {"max_files": "2"}}
# The component, the last answer that is taken, the first that is not, and what is said of it.
EDGES: dict[str, tuple[dict[str, Any], Any, Any, str]] = {
    "shortest": (leaf("x", validate=LINE), "กขค", "กข", "This needs at least 3 characters."),
    "longest": (
        leaf("x", validate=LINE), "กขคงจ", "กขคงจฉ",
        "This may hold at most 5 characters (it has 6).",
    ),
    "least": (leaf("x", "number", validate={"min": 1}), 1, "0.9", "This must be at least 1."),
    "most": (
        leaf("x", "number", validate={"max": 500000}), "๕๐๐,๐๐๐", "500000.01",
        "This must be at most 500,000.",
    ),
    "digits": (leaf("x", "number", decimalDigits=2), "0.25", "0.125", "At most 2 decimal places."),
    "step": (
        leaf("x", "number", validate={"min": 1}, increment=2), 7, 8, "This must go in steps of 2.",
    ),
    "files": (leaf("x", "filepicker", **SCANS), ["a", "b"], ["a", "b", "c"], "At most 2 files."),
    "one file": (leaf("x", "filepicker"), ["a"], ["a", "b"], "At most 1 files."),
    "fewest rows": (rows("x", leaf("n"), **PEOPLE), [{"n": "ก"}], [{}], "At least 1 needed."),
    "most rows": (
        rows("x", leaf("n"), **PEOPLE), [{"n": "ก"}] * 2, [{"n": "ก"}] * 3, "At most 2 allowed.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("component", "last", "beyond", "said"), EDGES.values(), ids=EDGES)
def test_a_limit_belongs_to_what_is_allowed(
    small: Callable[..., Form],
    accepted: Callable[..., Answers],
    component: dict[str, Any],
    last: Any,
    beyond: Any,
    said: str,
) -> None:
    form = small(component)

    accepted(form, {"x": last})
    with pytest.raises(FormInvalid) as refused:
        accepted(form, {"x": beyond})
    assert [text.en for text in refused.value.errors["x"]] == [said]
