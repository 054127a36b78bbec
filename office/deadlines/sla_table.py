"""The SLA table as people read it: which limits a step has, in which cases, on what basis."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from engine import feel
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from office.deadlines.derivation import COMPLAINANT, SlaRule, SlaRuleInvalid, amount, read_rule

DECISION = "sla"
ANY = "-"
NO_TEXT = Text("", "")


@dataclass(frozen=True, slots=True)
class SlaRow:
    """One rule of the table: the steps it is for, its other conditions, and what it says."""

    id: str
    steps: tuple[str, ...]
    conditions: tuple[tuple[str, ...], ...]  # of the columns after the first; () where any will do
    rule: SlaRule


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take in some case."""

    amount: Text
    condition: Text  # in which case; empty when the step has one limit only
    ceiling: Text  # what the law allows at most; empty when it says nothing
    basis: Text
    is_complainants: bool  # the deadline is the complainant's, not the agency's


def read_rows(files: Mapping[str, bytes]) -> list[SlaRow]:
    """The rules of the decision `sla` in these (deployed and therefore checked) files, in order."""
    return [row for table in _tables(files, DECISION) for row in _rows(table)]


def limits_of(rows: list[SlaRow], key: str, labels: Mapping[str, Text]) -> tuple[Limit, ...]:
    """The limits of a step, the general one first; `labels` name tracks and levels for people."""
    fitting = [row for row in rows if key in row.steps]
    is_plain = len({(row.rule.days, row.rule.kind, row.rule.ceiling) for row in fitting}) == 1
    if is_plain:
        return (_limit(fitting[0].rule, NO_TEXT),)
    general_first = sorted(fitting, key=lambda row: any(row.conditions))
    return tuple(_limit(row.rule, _condition(row, labels)) for row in general_first)


def labels_of(files: Mapping[str, bytes]) -> dict[str, Text]:
    """What the values of the table's conditions are called, as the other files call them: the
    options of the form field that a column asks for, and levels that a table names."""
    found = dict(_option_labels(files, set(_asked(files))))
    for table in _tables(files, None):
        names = [str(output.get("name")) for output in table.iterchildren(_tag("output"))]
        if {"level", "name"} <= set(names):
            for values in _outputs(table, names):
                english = str(values.get("name_en") or values["level"])
                found.setdefault(values["level"], Text(str(values["name"]), english))
    return found


def _asked(files: Mapping[str, bytes]) -> Iterator[str]:
    """The expressions of the columns: for most of them, the key of a form field."""
    for table in _tables(files, DECISION):
        for column in table.iter(_tag("inputExpression")):
            yield _text(column)


def _option_labels(files: Mapping[str, bytes], keys: set[str]) -> Iterator[tuple[str, Text]]:
    for name, content in files.items():
        if name.endswith(".form"):
            for field in _fields(json.loads(content)):
                if field.get("key") in keys:
                    yield from _options(field)


def _fields(component: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for child in component.get("components") or ():
        yield child
        yield from _fields(child)


def _options(field: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    english = field.get("properties") or {}
    for option in field.get("values") or ():
        value, label = str(option["value"]), str(option["label"])
        yield value, Text(label, str(english.get(f"en:{value}") or label))


def _limit(rule: SlaRule, condition: Text) -> Limit:
    ceiling = NO_TEXT
    if rule.ceiling is not None and (rule.ceiling, rule.ceiling_kind) != (rule.days, rule.kind):
        most = amount(rule.ceiling, rule.ceiling_kind)
        ceiling = Text(f"ไม่เกิน {most.th}", f"{most.en} at most")
    owner = rule.owner == COMPLAINANT
    return Limit(amount(rule.days, rule.kind), condition, ceiling, rule.basis, owner)


def _condition(row: SlaRow, labels: Mapping[str, Text]) -> Text:
    values = [value for column in row.conditions for value in column]
    if not values:
        return Text("กรณีทั่วไป", "in general")
    named = [labels.get(value, Text(value, value)) for value in values]
    return Text(", ".join(name.th for name in named), ", ".join(name.en for name in named))


# ── reading the file ───────────────────────────────────────────────────────────────────────────


def _tables(files: Mapping[str, bytes], decision: str | None) -> Iterator[Any]:
    for name, content in sorted(files.items()):
        if not name.endswith(".dmn"):
            continue
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        for found in etree.fromstring(content, parser).iter(_tag("decision")):
            if decision in (None, found.get("id")):
                yield from found.iterchildren(_tag("decisionTable"))


def _tag(name: str) -> str:
    return "{*}" + name  # whatever edition of DMN the file is written in


def _rows(table: Any) -> Iterator[SlaRow]:
    names = [str(output.get("name")) for output in table.iterchildren(_tag("output"))]
    for rule, values in zip(table.iterchildren(_tag("rule")), _outputs(table, names), strict=True):
        steps, *others = [_literals(_text(cell)) for cell in rule.iterchildren(_tag("inputEntry"))]
        try:
            read = read_rule(steps[0] if steps else "", values)
        except SlaRuleInvalid:
            continue  # a row that no case can use promises nothing to the public either
        yield SlaRow(rule.get("id", ""), steps, tuple(others), read)


def _outputs(table: Any, names: list[str]) -> Iterator[dict[str, Any]]:
    for rule in table.iterchildren(_tag("rule")):
        cells = rule.iterchildren(_tag("outputEntry"))
        yield {name: _value(_text(cell)) for name, cell in zip(names, cells, strict=True)}


def _text(cell: Any) -> str:
    found = cell.find(_tag("text"))
    return "" if found is None else str(found.text or "").strip()


def _literals(test: str) -> tuple[str, ...]:
    """The words a condition names; a condition of another kind stands for itself."""
    if test in ("", ANY):
        return ()
    words = re.findall(r'"([^"]*)"', test)
    return tuple(words) if words else (test,)


def _value(expression: str) -> Any:
    if not expression:
        return None
    environment = feel.Environment(now=datetime(2000, 1, 1, tzinfo=BANGKOK))
    return feel.to_json(feel.compile(expression).evaluate({}, environment))
