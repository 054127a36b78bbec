"""A file in another encoding is read, or named as what it is: diagrams, tables and forms alike."""

import json
from pathlib import Path

import pytest

from engine import dmn
from engine.bpmn import lint
from engine.ground.findings import Finding
from forms import check as check_form

ROOT = Path(__file__).parents[2]
LABEL = "ผู้ร้อง"
BPMN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
    f'<process id="p" isExecutable="true" name="{LABEL}"><startEvent id="s"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>'
)
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
    f'namespace="n"><decision id="x" name="{LABEL}"><literalExpression><text>1</text>'
    "</literalExpression></decision></definitions>"
)
FIELD = {
    "type": "textfield",
    "id": "f",
    "key": "a",
    "label": LABEL,
    "properties": {"label_en": "A"},
}
FORM = json.dumps(
    {"type": "default", "id": "f", "schemaVersion": 19, "components": [FIELD]}, ensure_ascii=False
)


def encoding_findings(kind: str, content: bytes) -> list[Finding]:
    """What is said of the encoding, or that the file cannot be read at all."""
    if kind == "bpmn":
        found = lint.lint({"a.bpmn": content})
    elif kind == "dmn":
        try:
            dmn.parse("a.dmn", content)
            found = []
        except dmn.DmnRejected as rejected:
            found = rejected.findings
    else:
        found = check_form("a.form", content)
    telling = ("encoding", "not-xml", "dmn-xml", "json", "doctype")
    return [finding for finding in found if finding.rule.endswith(telling)]


def drawn(kind: str, declared: str = "") -> str:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    return FORM if kind == "form" else head + {"bpmn": BPMN, "dmn": DMN}[kind]


@pytest.mark.parametrize("kind", ["bpmn", "dmn", "form"])
def test_unicode_with_its_mark_is_read(kind: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        declared = encoding.removesuffix("-sig")
        assert encoding_findings(kind, drawn(kind, declared).encode(encoding)) == []


@pytest.mark.parametrize("kind", ["bpmn", "dmn"])
def test_a_declared_thai_encoding_is_read(kind: str) -> None:
    for encoding, codec in (("windows-874", "cp874"), ("TIS-620", "tis-620")):
        assert encoding_findings(kind, drawn(kind, encoding).encode(codec)) == []


@pytest.mark.parametrize("kind", ["bpmn", "dmn", "form"])
@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("cp874", "windows-874 (TIS-620)"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_an_encoding_that_nothing_declares_is_named_in_both_languages(
    kind: str, codec: str, name: str
) -> None:
    (finding,) = encoding_findings(kind, drawn(kind).encode(codec))

    assert finding.rule.endswith("encoding")
    assert name in finding.text.th
    assert name in finding.text.en
    assert "UTF-8" in finding.text.en
