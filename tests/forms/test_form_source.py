"""What a process owner is told about a form that cannot be used, before any case meets it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.ground.findings import Finding
from forms import FormRejected, check, compile_form

Draw = Callable[..., bytes]
FOLDER = Path(__file__).parents[2] / "forms"
FILES = sorted(FOLDER.glob("*/*.form"))


def field(key: str = "name", kind: str = "textfield", **more: Any) -> dict[str, Any]:
    named = {"label": "ชื่อ", "properties": {"label_en": "Name"}}
    return {"id": f"Field_{key}", "type": kind, "key": key} | named | more


def only(content: bytes) -> Finding:
    """The one error of a form."""
    with pytest.raises(FormRejected) as caught:
        compile_form("small.form", content)
    errors = [finding for finding in caught.value.findings if finding.severity == "error"]
    assert len(errors) == 1, [finding.line("en") for finding in errors]
    return errors[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_form_of_the_law_compiles_without_a_remark(file: Path) -> None:
    assert check(file.name, file.read_bytes()) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_form_of_the_law_opens_in_camunda_modeler(file: Path) -> None:
    tree = json.loads(file.read_bytes())

    assert tree["type"] == "default"
    assert tree["schemaVersion"] == 19
    assert tree["executionPlatform"] == "Camunda Cloud"
    assert set(tree["exporter"]) == {"name", "version"}
    assert tree["id"] == file.stem.replace("-", "_")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<form/>", "form.json"),
        (b"\xff\xfe", "form.json"),
        (b"[" * 5000, "form.json"),
        (b'{"type":"default","type":"default"}', "form.json"),
        (b"[]", "form.kind"),
        (b'{"type":"bpmn"}', "form.kind"),
        (b'{"type":"default","schemaVersion":20}', "form.version"),
        (b'{"type":"default","schemaVersion":"x"}', "form.version"),
        (b'{"type":"default","components":[{}]}', "form.id"),
        (b'{"type":"default","id":"a"}', "form.empty"),
        (b" " * 1_000_001, "form.size"),
        (
            b'{"type":"default","id":"a","components":' + b'[{"a":' * 70 + b"1" + b"}]" * 70 + b"}",
            "form.size",
        ),
    ],
)
def test_what_is_no_form_is_refused(content: bytes, rule: str) -> None:
    assert only(content).rule == rule


def test_a_refusal_names_file_field_line_and_reason(draw: Draw) -> None:
    content = draw(field(), field("age", "number", validate={"min": "many"}))

    finding = only(content)

    assert (finding.file, finding.element, finding.rule) == ("small.form", "age", "form.limit")
    assert finding.row is not None
    assert b'"age"' in content.splitlines()[finding.row - 1]
    with pytest.raises(FormRejected) as caught:
        compile_form("small.form", content)
    assert "small.form:age: “many” ต้องเป็นตัวเลข" in caught.value.text.th
    assert "The limit “many” must be a number" in str(caught.value)


@pytest.mark.parametrize(
    "kind", ["html", "iframe", "image", "button", "table", "documentPreview", "scrpt"]
)
def test_an_unsupported_component_is_named(draw: Draw, kind: str) -> None:
    finding = only(draw(field(), field("x", kind)))

    assert (finding.element, finding.rule) == ("x", "form.component")
    assert f"“{kind}”" in finding.text.th
    assert f"“{kind}”" in finding.text.en


def test_a_key_stands_once_on_each_level(draw: Draw) -> None:
    twice = [field(), {**field(), "id": "Other"}]
    assert only(draw(*twice)).rule == "form.duplicate-key"

    grouped = {"type": "group", "id": "g", "components": [{**field(), "id": "Inner"}]}
    assert only(draw(field(), grouped)).rule == "form.duplicate-key"

    rows = field("people", "dynamiclist", path="people", components=[{**field(), "id": "Inner"}])
    assert check("small.form", draw(field(), rows)) == []

    assert only(draw(field(), {**field("other"), "id": "Field_name"})).rule == "form.duplicate-id"


@pytest.mark.parametrize(
    "key", ["", "ชื่อ", "a b", "a.b", "_private", "this", "9lives", "a-b", "Meta"]
)
def test_a_key_is_a_plain_name(draw: Draw, key: str) -> None:
    assert only(draw(field() | {"key": key})).rule == "form.key"


@pytest.mark.parametrize(
    "place",
    [
        {"conditional": {"hide": '=track = "C" and and'}},
        {"validate": {"required": "=track and and"}},
        {"readonly": "=1 +"},
        {"properties": {"label_en": "Name", "required_if": "=("}},
        {
            "properties": {
                "label_en": "N",
                "rule": "=[",
                "rule_message_th": "ก",
                "rule_message_en": "a",
            }
        },
        {"properties": {"label_en": "Name", "default": "=}"}},
        {"type": "number", "validate": {"min": "=1 +"}},
        {"type": "number", "validate": {"max": "=1 +"}},
        {"type": "select", "valuesExpression": "=for x in"},
        {"type": "expression", "expression": "=1 +"},
    ],
)
def test_a_bad_expression_is_found_wherever_it_stands(draw: Draw, place: dict[str, Any]) -> None:
    finding = only(draw(field() | place))

    assert (finding.element, finding.rule) == ("name", "form.feel")
    assert finding.column


def test_a_bad_expression_is_told_with_its_column(draw: Draw) -> None:
    finding = only(draw(field(conditional={"hide": "=amount > > 5"})))

    assert finding.column == 10
    assert "คอลัมน์ 10" in finding.text.th
    assert "column 10" in finding.text.en


def test_a_bad_pattern_is_told_with_its_column(draw: Draw) -> None:
    finding = only(draw(field(validate={"pattern": "abc["})))

    assert (finding.rule, finding.element) == ("form.pattern", "name")
    assert finding.column


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"label": ""}, "form.label-th"),
        ({"label": "Name"}, "form.label-th"),
        ({"properties": {}}, "form.label-en"),
        ({"properties": {"label_en": "N", "personal": "true", "variable": "true"}}, "form.home"),
        ({"properties": {"label_en": "N", "personal": "yes"}}, "form.home"),
        ({"properties": {"label_en": "N", "check": "iban"}}, "form.check"),
        ({"properties": {"label_en": "N", "rule": "=true"}}, "form.rule-message"),
        ({"type": "radio"}, "form.options"),
        ({"type": "radio", "values": [{"label": "ก", "value": "a"}]}, "form.option-en"),
        ({"type": "datetime", "subtype": "week"}, "form.kind"),
    ],
)
def test_what_a_field_lacks_is_told(draw: Draw, change: dict[str, Any], rule: str) -> None:
    assert only(draw(field() | change)).rule == rule


def test_what_is_read_but_not_applied_is_told_as_a_warning(draw: Draw) -> None:
    odd = field(alt="x", description="คำอธิบาย", properties={"label_en": "Name", "lable": "x"})

    findings = check("small.form", draw(odd))

    assert {(finding.rule, finding.severity) for finding in findings} == {
        ("form.not-applied", "warning"),
        ("form.property", "warning"),
        ("form.description-en", "warning"),
    }
    assert compile_form("small.form", draw(odd)).findings == tuple(findings)


@pytest.mark.parametrize("name", ["personal", "rule", "check", "max_files"])
def test_a_property_that_would_protect_nothing_is_refused(draw: Draw, name: str) -> None:
    people = {
        "id": "g", "type": "group", "label": "บุคคล", "components": [field()],
        "properties": {"label_en": "People", name: "true"},
    }  # fmt: skip

    with pytest.raises(FormRejected) as caught:
        compile_form("small.form", draw(people))

    assert ("form.property", "g") in {(f.rule, f.element) for f in caught.value.findings}


def test_an_expression_may_not_carry_text_into_the_process(draw: Draw) -> None:
    leak = {"type": "expression", "id": "e", "key": "greeting", "expression": '="คุณ" + name'}

    assert only(draw(field(), leak)).rule == "form.leak"
    kept = leak | {"properties": {"variable": "false"}}
    assert check("small.form", draw(field(), kept)) == []
