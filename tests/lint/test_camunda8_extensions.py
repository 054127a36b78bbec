"""No element and no attribute that Camunda Modeler can write for Camunda 8 is dropped in silence.

`descriptors/zeebe.json` is zeebe-bpmn-moddle's own list (MIT), from which the Modeler writes files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn.lint.runnable import zeebe
from tests.lint.pieces import E, S, event, file, found, line, on, one, path, process, tag

TYPES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "descriptors" / "zeebe.json").read_text(encoding="utf-8")
)["types"]
NAMED = {each["name"]: each for each in TYPES}
ABSTRACT = {"Element", "InputOutputParameter"}


def _written(name: str) -> str:
    return name[0].lower() + name[1:]


def _elements() -> Iterator[tuple[str, list[str]]]:
    """Every element of the descriptor with the attributes that it may have."""
    for each in TYPES:
        if "extends" not in each and each["name"] not in ABSTRACT:
            lines = [each, *(NAMED[s] for s in each.get("superClass", []) if s in NAMED)]
            mixed = f"zeebe:{each['name']}"
            lines += [other for other in TYPES if mixed in other.get("extends", [])]
            parts = [part for one in lines for part in one.get("properties", [])]
            yield _written(each["name"]), [p["name"] for p in parts if p.get("isAttr")]


def test_every_element_and_attribute_of_the_descriptor_is_in_the_table() -> None:
    unknown = []
    for name, attributes in _elements():
        known = zeebe.TABLE.get(name)
        if known is None:
            unknown += [name] if name not in zeebe.WITHIN else []
        elif known.does == zeebe.ACTS:
            unknown += [f"{name} {a}" for a in attributes if a not in known.attributes]
    on_bpmn = [
        part["name"]
        for each in TYPES
        if any(e.startswith("bpmn:") for e in each.get("extends", []))
        for part in each["properties"]
    ]

    assert unknown == []
    assert {*on_bpmn} - {*zeebe.ATTRIBUTES} == set()


def _on(place: str, inner: str) -> bytes:
    """A process with this extension on an element of this kind."""
    held = tag("extensionElements", "", inner)
    if place == "process":
        return file(process(held, S, E, path("s", "e")))
    if place == "message":
        root = tag("message", "m", held, name="m")
        return file(root, one(event("intermediateCatchEvent", "x", on("message", messageRef="m"))))
    if place == "multiInstanceLoopCharacteristics":
        return file(one(tag("task", "x", tag(place, "mi", held))))
    return file(line(tag(place, "x", held), ids="x"))


REFUSED = [name for name, each in zeebe.TABLE.items() if each.does == zeebe.REFUSED]
TOLD = [name for name, each in zeebe.TABLE.items() if each.does == zeebe.TOLD]


@pytest.mark.parametrize("name", [*REFUSED, *TOLD])
def test_an_extension_that_does_nothing_here_is_told_by_its_name(name: str) -> None:
    severity = "error" if name in REFUSED else "warning"
    said = {
        (f.severity, f.text.en.partition(".")[0])
        for f in found(_on("serviceTask", f"<zeebe:{name}/>"))
    }

    assert any(s == severity and f"zeebe:{name}" in text for s, text in said), said


@pytest.mark.parametrize(
    ("name", "attribute"),
    [
        (name, attribute)
        for name, each in zeebe.TABLE.items()
        for attribute, does in {**each.attributes, "nobodyKnows": zeebe.TOLD}.items()
        if each.does == zeebe.ACTS and does in (zeebe.REFUSED, zeebe.TOLD)
    ],
)
def test_an_attribute_that_does_nothing_here_is_told_by_its_name(name: str, attribute: str) -> None:
    known = zeebe.TABLE[name]
    inner = f"<zeebe:{name} {attribute}='v'/>"
    place = (known.places or ("serviceTask",))[0]
    if place in zeebe.TABLE:
        inner, place = f"<zeebe:{place}>{inner}</zeebe:{place}>", "serviceTask"
    does = known.attributes.get(attribute, zeebe.TOLD)
    rule = {zeebe.REFUSED: "extension-attribute", zeebe.TOLD: "extension-attribute-unread"}[does]

    said = [f for f in found(_on(place, inner)) if f.rule == rule]
    assert [f"zeebe:{name} {attribute}" in f.text.en for f in said] == [True]


def test_what_stands_where_it_does_nothing_is_told() -> None:
    elsewhere = {"userTask": "task", "serviceTask": "userTask"}
    for name, known in zeebe.TABLE.items():
        if known.does != zeebe.ACTS or not known.places or known.places[0] in zeebe.TABLE:
            continue
        place = next(p for p in (*elsewhere.values(), "serviceTask") if p not in known.places)
        rules = {f.rule for f in found(_on(place, f"<zeebe:{name}/>"))}
        assert "extension-misplaced" in rules, name
