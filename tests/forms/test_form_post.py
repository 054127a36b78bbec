"""A page without JavaScript: names, rows and buttons of a posted HTML form."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from forms import Form
from forms.answers.posted import html_name

FormOf = Callable[[str], Form]


@pytest.fixture
def intake(form: FormOf) -> Form:
    return form("f1-intake")


def test_flat_names_become_rows_in_their_order(intake: Form) -> None:
    posted = MultiDict(
        [
            ("csrf_token", "x"),
            ("_action", "add:accused"),
            ("track", "C"),
            ("accused-_list", "1"),
            ("accused-10-name", "ข"),
            ("accused-2-name", "ก"),
            ("accused-2-unknown", "false"),
            ("accused-2-unknown", "true"),
            ("accused-10-_row", "1"),
            ("accused-999999999-_row", "1"),
        ]
    )

    assert intake.parse_post(posted) == {
        "track": "C",
        "accused": [{"name": "ก", "unknown": True}, {"name": "ข"}, {}],
    }


def test_a_plain_mapping_will_do(intake: Form) -> None:
    assert intake.parse_post({"track": "G", "truth": ["false", "true"]}) == {
        "track": "G",
        "truth": True,
    }


def test_an_unticked_box_is_told_from_one_that_was_not_shown(intake: Form) -> None:
    assert intake.parse_post({"truth": "false"}) == {"truth": False}
    assert intake.parse_post({}) == {}


def test_several_choices_come_as_a_list(form: FormOf) -> None:
    posted = MultiDict([("co_units", ""), ("co_units", "legal"), ("co_units", "it")])

    assert form("f4-assignment").parse_post(posted) == {"co_units": ["legal", "it"]}
    assert form("f4-assignment").parse_post({"co_units": ""}) == {"co_units": []}


def test_new_uploads_join_the_files_kept_from_an_earlier_post(intake: Form) -> None:
    posted = MultiDict([("evidence-_kept", "file-1"), ("evidence", "")])

    answers = intake.parse_post(posted, {"evidence": ["file-2"], "proxy_file": []})

    assert answers == {"evidence": ["file-1", "file-2"]}


def test_an_upload_finds_its_field(intake: Form) -> None:
    evidence = intake.file_field("evidence")

    assert evidence is not None
    assert (evidence.max_files, evidence.max_megabytes) == (10, 20)
    assert ".pdf" in evidence.accept
    assert intake.file_field("full_name") is None
    assert intake.file_field("accused-0-name") is None
    assert {field.path for field in intake.file_fields} == {"evidence", "proxy_file"}


@pytest.mark.parametrize(
    "name", ["is_admin", "accused-0-rank", "full_name-x", "accused", "track-0-0", "-", "a-b-c", "9"]
)
def test_a_name_of_no_field_is_refused_and_not_lost(
    intake: Form, name: str, corruption: dict[str, Any], refused: Callable[..., Any]
) -> None:
    posted = corruption | {"accused": []} | intake.parse_post({name: "x"})

    assert refused(intake, posted)


def test_rows_are_added_and_removed_by_buttons(intake: Form) -> None:
    answers = {"accused": [{"name": "ก"}, {"name": "ข"}]}

    assert intake.apply_action(answers, "add:accused")["accused"] == [
        {"name": "ก"},
        {"name": "ข"},
        {},
    ]
    assert intake.apply_action(answers, "remove:accused.0") == {"accused": [{"name": "ข"}]}
    assert intake.apply_action({}, "add:witnesses") == {"witnesses": [{}]}
    assert answers == {"accused": [{"name": "ก"}, {"name": "ข"}]}


@pytest.mark.parametrize(
    "action",
    ["", "update", "add:", "add:full_name", "add:nothing", "remove:accused", "remove:accused.7",
     "remove:accused.x", "remove:full_name.0", "drop:accused.0", "add:accused.0.name", "::",
     "add:accused.5.x"],
)  # fmt: skip
def test_any_other_button_changes_nothing(intake: Form, action: str) -> None:
    answers = {"accused": [{"name": "ก"}], "full_name": "ข"}

    assert intake.apply_action(answers, action) == answers


def test_a_list_within_a_list_has_its_own_buttons(small: Callable[..., Form]) -> None:
    inner = {
        "id": "p",
        "type": "dynamiclist",
        "path": "phones",
        "label": "โทร",
        "properties": {"label_en": "P"},
        "components": [
            {
                "id": "n",
                "type": "textfield",
                "key": "no",
                "label": "เลข",
                "properties": {"label_en": "No"},
            }
        ],
    }
    form = small(
        {
            "id": "o",
            "type": "dynamiclist",
            "path": "people",
            "label": "คน",
            "properties": {"label_en": "People"},
            "components": [inner],
        },
    )

    answers = form.apply_action({"people": [{}]}, "add:people.0.phones")
    assert answers == {"people": [{"phones": [{}]}]}
    assert form.apply_action(answers, "remove:people.0.phones.0") == {"people": [{"phones": []}]}
    assert form.parse_post({"people-0-phones-0-no": "1"}) == {"people": [{"phones": [{"no": "1"}]}]}
    assert html_name("people.0.phones.0.no") == "people-0-phones-0-no"
