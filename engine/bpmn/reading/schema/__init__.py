"""The OMG's XML schema of BPMN 2.0, as it ships with SpiffWorkflow, and what it says of a file."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import local
from typing import Any

import SpiffWorkflow.bpmn.parser
from lxml import etree

from engine.bpmn.rule import Rule
from engine.ground.findings import Finding, Severity
from engine.ground.text import Text

SCHEMA = Path(next(iter(SpiffWorkflow.bpmn.parser.__path__))) / "schema"
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
MOST = 50  # findings of one file; more tell nothing new

WHY = Text(
    "แฟ้มที่ผิดรูปแบบมาตรฐานอาจถูกโปรแกรมอื่นอ่านต่างไปจากที่ตั้งใจ",
    "A file that breaks the standard's XML schema is read differently by different programs.",
)


def _rule(name: str, says: Text, fix: Text, severity: Severity = "error") -> Rule:
    return Rule(f"schema-{name}", "standard", "schema", severity, says, WHY, fix)


ORDER = _rule(
    "order",
    Text("<{tag}> อยู่ผิดลำดับใน <{parent}>", "<{tag}> stands in the wrong order inside <{parent}>."),
    Text("บันทึกแฟ้มจากโปรแกรมวาดผังอีกครั้ง", "Save the file from the modeler again."),
    "warning",
)
UNEXPECTED = _rule(
    "unexpected-element",
    Text("<{tag}> อยู่ใน <{parent}> ไม่ได้", "<{tag}> does not belong inside <{parent}>."),
    Text("ลบหรือย้ายองค์ประกอบนี้", "Remove or move it."),
)
MISSING = _rule(
    "missing-element",
    Text("<{tag}> ขาดส่วนประกอบที่บังคับ: {detail}", "<{tag}> lacks a required part: {detail}."),
    Text("เพิ่มส่วนที่ขาด", "Add what is missing."),
)
ATTRIBUTE_MISSING = _rule(
    "missing-attribute",
    Text("<{tag}> ขาดแอตทริบิวต์ “{attribute}”", "<{tag}> lacks the attribute {attribute!r}."),
    Text("เพิ่มแอตทริบิวต์", "Add it."),
)
ATTRIBUTE_UNKNOWN = _rule(
    "unknown-attribute",
    Text(
        "<{tag}> ไม่มีแอตทริบิวต์ชื่อ “{attribute}” ในมาตรฐาน",
        "<{tag}> has no attribute {attribute!r} in the standard.",
    ),
    Text("ลบ หรือย้ายไปไว้ในเนมสเปซของผู้ผลิต", "Remove it or move it into a vendor's namespace."),
)
VALUE = _rule(
    "value",
    Text("ค่าใน <{tag}> ไม่ถูกต้อง: {detail}", "A value of <{tag}> is not allowed: {detail}."),
    Text("แก้ค่าให้ตรงตามมาตรฐาน", "Give a value that the standard allows."),
)
OTHER = _rule(
    "other",
    Text("<{tag}> ผิดรูปแบบมาตรฐาน: {detail}", "<{tag}> breaks the schema: {detail}."),
    Text("แก้ตามที่ระบุ", "Correct it."),
)
RULES = [ORDER, UNEXPECTED, MISSING, ATTRIBUTE_MISSING, ATTRIBUTE_UNKNOWN, VALUE, OTHER]

_loaded = local()


def _schema() -> etree.XMLSchema:
    # One per thread: the error log of a schema object belongs to whoever validated last.
    if not hasattr(_loaded, "schema"):
        _loaded.schema = etree.XMLSchema(etree.parse(str(SCHEMA / "BPMN20.xsd")))
    schema: etree.XMLSchema = _loaded.schema
    return schema


def check(file: str, root: etree._Element) -> Iterator[Finding]:
    """What the schema finds wrong; vendors' own namespaces are left alone."""
    schema = _schema()
    tree = root.getroottree()
    if schema.validate(tree):
        return
    errors: Any = schema.error_log  # iterable, though its stub does not say so
    for error in islice(errors, MOST):
        element = _located(tree, error.path)
        if element is not None and _is_standard(element):
            yield _finding(file, element, error.type_name, error.message)


def _located(tree: etree._ElementTree, path: str | None) -> etree._Element | None:
    """The element an error is about: the library gives a path in the prefixes of the file."""
    spaces = {
        prefix: uri
        for element in tree.iter(etree.Element)
        for prefix, uri in element.nsmap.items()
        if prefix
    }
    found = tree.xpath(path, namespaces=spaces) if path else []
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, etree._Element) else None


def _is_standard(element: etree._Element) -> bool:
    return "omg.org/spec/" in (etree.QName(element).namespace or "")


def _finding(file: str, element: etree._Element, kind: str, message: str) -> Finding:
    parent = element.getparent()
    facts: dict[str, object] = {
        "tag": etree.QName(element).localname,
        "parent": etree.QName(parent).localname if parent is not None else "",
        "detail": _plain(message),
        "attribute": _quoted(message),
    }
    rule = _rule_for(element, kind, message)
    named = element
    while named.get("id") is None and (above := named.getparent()) is not None:
        named = above
    return rule.finding(file, named.get("id") or "", row=element.sourceline, facts=facts)


def _rule_for(element: etree._Element, kind: str, message: str) -> Rule:
    if "CONTENT" in kind or "not expected" in message:
        if "Missing child" in message:
            return MISSING
        return ORDER if _is_only_misplaced(element) else UNEXPECTED
    if "is required but missing" in message:
        return ATTRIBUTE_MISSING
    if "is not allowed" in message and "attribute" in message:
        return ATTRIBUTE_UNKNOWN
    return VALUE if "DATATYPE" in kind or "ENUMERATION" in kind or "FACET" in kind else OTHER


def _quoted(message: str) -> str:
    found = re.search(r"attribute '(?:\{[^}]*\})?([^']+)'", message)
    return found.group(1) if found else ""


def _plain(message: str) -> str:
    return re.sub(r"\{http[^}]*\}", "", message).rstrip(".")


def _is_only_misplaced(element: etree._Element) -> bool:
    parent = element.getparent()
    if parent is None or not str(parent.tag).startswith(MODEL):
        return False
    allowed = _allowed_in(etree.QName(parent).localname)
    most, alternatives = allowed.get(etree.QName(element).localname, (0, frozenset()))
    count = sum(str(sibling.tag).removeprefix(MODEL) in alternatives for sibling in parent)
    return 0 < count <= most


@lru_cache(maxsize=1)
def _declarations() -> tuple[dict[str, etree._Element], dict[str, str], dict[str, list[str]]]:
    """Types by name, the type of each element, and who may stand in for an abstract element."""
    root = etree.parse(str(SCHEMA / "Semantic.xsd")).getroot()
    types = {t.get("name", ""): t for t in root.findall(f"{XSD}complexType")}
    element_types: dict[str, str] = {}
    substitutes: dict[str, list[str]] = {}
    for element in root.findall(f"{XSD}element"):
        name = element.get("name", "")
        element_types[name] = element.get("type", "")
        head = element.get("substitutionGroup")
        if head:
            substitutes.setdefault(head, []).append(name)
    return types, element_types, substitutes


@lru_cache(maxsize=256)
def _allowed_in(tag: str) -> dict[str, tuple[int, frozenset[str]]]:
    """How often each child, or another in its place, may stand in an element of this tag, whatever
    the order."""
    types, element_types, substitutes = _declarations()
    allowed: dict[str, tuple[int, frozenset[str]]] = {}
    current: str | None = element_types.get(tag)
    while current and current in types:
        declared = types[current]
        for part in declared.iter(f"{XSD}element"):
            most = (
                10**9 if part.get("maxOccurs") == "unbounded" else int(part.get("maxOccurs", "1"))
            )
            names = _names(part, substitutes)
            for name in names:
                allowed[name] = max((most, names), allowed.get(name, (0, names)), key=_first)
        base = declared.find(f".//{XSD}extension")
        current = base.get("base") if base is not None else None
    return allowed


def _first(pair: tuple[int, frozenset[str]]) -> int:
    return pair[0]


def _names(part: etree._Element, substitutes: dict[str, list[str]]) -> frozenset[str]:
    """The elements that stand in one place: those of a part, and all between which it chooses."""
    around = part.getparent()
    chosen = around is not None and around.tag == f"{XSD}choice"
    single = chosen and around is not None and around.get("maxOccurs", "1") == "1"
    parts = around.findall(f"{XSD}element") if single and around is not None else [part]
    names = [each.get("ref") or each.get("name") or "" for each in parts]
    return frozenset(found for name in names for found in _family(name, substitutes))


def _family(name: str, substitutes: dict[str, list[str]]) -> list[str]:
    found = [name]
    for other in substitutes.get(name, []):
        found += _family(other, substitutes)
    return found
