"""Conditions, computed fields and the homes of answers, on small forms."""

from collections.abc import Callable
from typing import Any

import pytest

from forms import Answers, Form, FormInvalid, merge

Small = Callable[..., Form]
Accepted = Callable[..., Answers]


def leaf(key: str, kind: str = "textfield", **more: Any) -> dict[str, Any]:
    properties = {"label_en": key} | more.pop("properties", {})
    return {
        "id": f"Field_{key}",
        "type": kind,
        "key": key,
        "label": "ช่อง",
        "properties": properties,
        **more,
    }


def rows(path: str, *components: dict[str, Any], **properties: str) -> dict[str, Any]:
    return {
        "id": f"Rows_{path}",
        "type": "dynamiclist",
        "path": path,
        "label": "รายการ",
        "properties": {"label_en": path} | properties,
        "components": components,
    }


def hidden_if(condition: str) -> dict[str, Any]:
    return {"conditional": {"hide": f"={condition}"}}


def test_each_kind_of_answer_has_its_home(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("text"),
        leaf("code", properties={"variable": "true"}),
        leaf("name", properties={"personal": "true"}),
        leaf("count", "number"),
        leaf("tick", "checkbox"),
        leaf("day", "datetime"),
        leaf("scan", "filepicker"),
        leaf("quiet", "checkbox", properties={"variable": "false"}),
    )

    given = {"text": "ก", "code": "x", "name": "ข", "count": "๓", "tick": True, "day": "5/3/2569"}
    answers = accepted(form, given | {"scan": "f1", "quiet": True})

    assert answers.variables == {"code": "x", "count": 3, "tick": True, "day": "2026-03-05"}
    assert answers.submission == {"text": "ก", "quiet": True}
    assert answers.personal == {"name": "ข"}
    assert answers.files == {"scan": ["f1"]}


def test_a_list_is_split_leaf_by_leaf_and_joined_again(small: Small, accepted: Accepted) -> None:
    person = (
        leaf("name", properties={"personal": "true"}),
        leaf("old", "checkbox"),
        leaf("card", "filepicker"),
    )
    form = small(rows("people", *person))
    given = {
        "people": [
            {"name": "ก", "old": True, "card": ["f1"]},
            {"name": "ข", "old": False, "card": []},
        ]
    }

    answers = accepted(form, given)

    assert answers.variables == {"people": [{"old": True}, {"old": False}]}
    assert answers.personal == {"people": [{"name": "ก"}, {"name": "ข"}]}
    assert answers.files == {"people.0.card": ["f1"], "people.1.card": []}
    assert answers.merged() == given


def test_a_group_with_a_path_keeps_its_answers_under_it(small: Small, accepted: Accepted) -> None:
    group = {
        "id": "g",
        "type": "group",
        "path": "home",
        "label": "ที่อยู่",
        "properties": {"label_en": "Home"},
        "components": [leaf("city"), leaf("flat", "number", **hidden_if('city != "กรุงเทพ"'))],
    }
    form = small(group)

    assert accepted(form, {"home": {"city": "กรุงเทพ", "flat": 5}}).merged() == {
        "home": {"city": "กรุงเทพ", "flat": 5}
    }
    assert accepted(form, {"home": {"city": "น่าน", "flat": 5}}).variables == {"home": {}}


def test_hiding_runs_down_a_chain(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("a", "checkbox"),
        leaf("b", "checkbox", **hidden_if("a != true")),
        leaf("c", "number", **hidden_if("b != true")),
    )

    assert accepted(form, {"a": True, "b": True, "c": 1}).variables == {
        "a": True,
        "b": True,
        "c": 1,
    }
    # b is hidden by a, so that it counts as not given and hides c, although the client sent it.
    assert accepted(form, {"a": False, "b": True, "c": "wrong"}).variables == {"a": False}


def test_conditions_that_chase_each_other_come_to_an_end(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("a", "checkbox", **hidden_if("b != true")),
        leaf("b", "checkbox", **hidden_if("a = true")),
    )

    answers = accepted(form, {"a": True, "b": True})

    assert set(answers.variables) <= {"a", "b"}


def test_a_condition_in_a_row_sees_the_row_first(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("kind"),
        rows(
            "items",
            leaf("kind") | {"id": "Row_kind"},
            leaf("size", "number", **hidden_if('kind != "box" or parent.kind = "x"')),
        ),
    )
    items = [{"kind": "box", "size": 1}, {"kind": "bag", "size": 2}]

    assert accepted(form, {"kind": "bag", "items": items}).variables == {"items": [{"size": 1}, {}]}
    assert accepted(form, {"kind": "x", "items": items}).variables == {"items": [{}, {}]}


def test_a_condition_sees_the_variables_of_the_case(small: Small, accepted: Accepted) -> None:
    form = small(leaf("why", **hidden_if("amount < 100")))

    assert accepted(form, {"why": "ก"}, amount=500).submission == {"why": "ก"}
    assert accepted(form, {"why": "ก"}, amount=50).submission == {}


def test_a_computed_field_is_the_servers(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("price", "number"),
        leaf("count", "number"),
        {"id": "e", "type": "expression", "key": "total", "expression": "=price * count"},
    )

    assert accepted(form, {"price": "๑๐.๕", "count": 2}).variables["total"] == 21
    with pytest.raises(FormInvalid):
        form.load({"price": 1, "count": 1, "total": 999})


def test_what_is_read_only_is_never_taken_from_the_client(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("unit", readonly=True, properties={"default": "=proposal", "variable": "true"}),
        leaf("off", disabled=True),
    )

    answers = accepted(form, {"unit": "forged", "off": "forged"}, proposal="legal")

    assert answers.variables == {"unit": "legal"}
    assert answers.submission == {}


def test_what_is_wrong_with_a_field_that_nobody_can_change_is_not_held_against_them(
    small: Small, accepted: Accepted
) -> None:
    fixed = leaf("days", "number", readonly=True, properties={"default": "=30"})
    after_all = leaf("fine", "number", readonly="=settled", validate={"required": True})
    form = small(fixed, leaf("settled", "checkbox"), after_all)

    answers = accepted(form, {"days": "thirty", "settled": True, "fine": "?"})

    assert answers.variables == {"days": 30, "settled": True, "fine": None}
    with pytest.raises(FormInvalid) as refused:
        accepted(form, {"settled": False, "fine": "?"})
    assert set(refused.value.errors) == {"fine"}


def test_what_is_wrong_in_a_hidden_list_is_forgotten_with_it(
    small: Small, accepted: Accepted
) -> None:
    """Somebody who ticked "no witnesses" after all could not send, and saw no field to mend."""
    alone = hidden_if("alone")
    group = {
        "id": "Group_at", "type": "group", "path": "at", "components": [leaf("km", "number")],
        "label": "ที่", "properties": {"label_en": "At"}, **alone,
    }  # fmt: skip
    form = small(
        leaf("alone", "checkbox"),
        rows("witnesses", leaf("age", "number")) | alone,
        rows("witnesses_asked", leaf("years", "number")),
        group,
    )
    wrong = [{"age": "?"}]

    answers = accepted(form, {"alone": True, "witnesses": wrong, "at": {"km": "?"}})

    assert answers.variables == {"alone": True, "witnesses_asked": []}
    with pytest.raises(FormInvalid) as refused:
        accepted(form, {"alone": True, "witnesses": wrong, "witnesses_asked": [{"years": "?"}]})
    assert set(refused.value.errors) == {"witnesses_asked.0.years"}


def test_a_default_by_its_own_name_is_what_the_case_holds(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("amount", "number", properties={"default": "=amount"}),
        leaf("unit", readonly=True, properties={"default": "=unit", "variable": "true"}),
    )

    assert form.initial({"amount": 5}) == {"amount": 5}
    assert accepted(form, {"amount": 7}, amount=5, unit="legal").variables == {
        "amount": 7, "unit": "legal",
    }  # fmt: skip
    shown = form.view(None, {}, {"unit": "legal"}).items[1]
    assert (shown.kind, shown.value) == ("fixed", "legal")


def test_options_may_come_from_the_case(small: Small, accepted: Accepted) -> None:
    form = small(
        leaf("unit", "select", valuesExpression="=units"), leaf("tag", "taglist", valuesKey="tags")
    )

    answers = accepted(form, {"unit": "legal", "tag": ["a", "a"]}, tags=["a", "b"])

    assert answers.variables == {"unit": "legal", "tag": ["a"]}
    with pytest.raises(FormInvalid) as caught:
        form.load({"unit": "legal", "tag": ["c"]}, context={"tags": ["a"]})
    assert set(caught.value.errors) == {"unit", "tag"}


def test_limits_may_be_expressions(small: Small, accepted: Accepted) -> None:
    form = small(leaf("days", "number", validate={"max": "=ceiling", "min": 1}, increment=2))

    assert accepted(form, {"days": 7}, ceiling=7).variables == {"days": 7}
    for wrong, ceiling in ((8, 7), (0, 7), (2, 7)):
        with pytest.raises(FormInvalid):
            form.load({"days": wrong}, context={"ceiling": ceiling})


def test_a_pattern_that_runs_away_is_stopped(small: Small) -> None:
    form = small(
        leaf("code", validate={"pattern": "^(a|aa)+$", "patternErrorMessage": "รหัสไม่ถูกต้อง"})
    )

    with pytest.raises(FormInvalid) as caught:
        form.load({"code": "a" * 900 + "!"})

    assert caught.value.errors["code"][0].th == "รหัสไม่ถูกต้อง"


def test_homes_are_joined_place_by_place() -> None:
    assert merge(
        {"a": [{"x": 1}]}, {"a": [{"y": 2}, {"y": 3}], "b": {"c": 1}}, {"b": {"d": 2}}
    ) == {
        "a": [{"x": 1, "y": 2}, {"y": 3}],
        "b": {"c": 1, "d": 2},
    }
