"""What the deploy gate checks across the files of a complaint guideline: letters and deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from engine import dmn, feel
from engine.bpmn.model import Node, Process
from engine.ground.findings import Finding
from engine.ground.text import Text
from engine.turn.definitions import read_decisions, read_processes
from office.applications.application import FILE, of_files
from office.applications.letter_templates import is_template, kind_of
from office.deadlines.derivation import HOURS, WORKING, SlaRule, SlaRuleInvalid, amount, read_rule
from office.guideline.gate_reminders import check_reminders
from office.guideline.gate_tables import check_tables

RULESET = "complaint-guideline"
DECISION = "sla"
LETTER = "letter"
SEVERITIES = ("S1", "S2", "S3", "S4")
_ASKED = re.compile(r'\b(?:due|remind|escalate|rounds)\(\s*"([^"]+)"')
# Rows do not depend on the day; a fixed one keeps the check the same whenever it runs.
SOME_DAY = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def check_guideline(files: Mapping[str, bytes]) -> list[Finding]:
    """Every letter that a diagram sends has its template; every deadline it asks for has a row in
    the SLA table that is no looser than its legal ceiling."""
    places = _places(files)
    if not places:
        return check_tables(files)
    letters = {kind_of(name) for name in files if is_template(name)}
    decisions = read_decisions(files)
    variants = [each.key for each in of_files(files).variants]
    return [
        *_check_letters(places, letters),
        *_check_deadlines(places, decisions, variants),
        *check_reminders(places, decisions, letters),
        *check_tables(files),
    ]


def _places(files: Mapping[str, bytes]) -> list[tuple[str, Node]]:
    """The file and the node of every step of the processes that the office works in: those of an
    application, and those that ask for it."""
    return [
        (name, node)
        for name, content in files.items()
        if name.endswith(".bpmn")
        for process in _worked_in(name, content, is_application=FILE in files)
        for node in process.body.walk()
    ]


def _worked_in(name: str, content: bytes, *, is_application: bool) -> Iterator[Process]:
    for process in read_processes({name: content}).values():
        if process.executable and (is_application or process.properties.get("ruleset") == RULESET):
            yield process


def _check_letters(places: list[tuple[str, Node]], letters: set[str]) -> Iterator[Finding]:
    for file, node in places:
        kind = node.extensions.headers.get(LETTER)
        if node.extensions.job_type == LETTER and kind not in letters:
            text = Text(
                f"ไม่มีแม่แบบหนังสือ {kind or '(ไม่ระบุ)'} เพิ่มแฟ้ม letters/{kind or 'L…'}-….md",
                f"There is no letter template {kind or '(none named)'}; "
                f"add letters/{kind or 'L…'}-….md.",
            )
            yield Finding(file, node.id, "error", "guideline.letter", text, node.line)


def _check_deadlines(
    places: list[tuple[str, Node]], decisions: tuple[Any, ...], variants: Sequence[str]
) -> Iterator[Finding]:
    asked: dict[str, tuple[str, Node]] = {}
    for file, node in places:
        for key in _keys(node):
            asked.setdefault(key, (file, node))
    has_table = any(DECISION in model.decisions for model in decisions)
    for key, (file, node) in asked.items():
        fault = _fault(key, decisions, variants) if has_table else _no_row(key)
        if fault is not None:
            yield Finding(file, node.id, "error", "guideline.deadline", fault, node.line)


def _keys(node: Node) -> set[str]:
    """The SLA keys that a node names: its property, its due date, its timers."""
    own = node.extensions.properties.get("sla")
    found = {key for text in _texts(node) for key in _ASKED.findall(text)}
    return found | ({own} if own else set())


def _texts(node: Node) -> list[str]:
    texts = [node.extensions.due_date, *(event.expression for event in node.events)]
    return texts + [mapping.source for mapping in node.extensions.inputs]


def _fault(key: str, decisions: tuple[Any, ...], variants: Sequence[str]) -> Text | None:
    """What is wrong with the rows of a key, over every variant and severity; None if nothing."""
    found = False
    for facts in _situations(key, variants):
        row, rule_id = _row(decisions, DECISION, facts)
        if not isinstance(row, Mapping):
            continue
        found = True
        try:
            rule = read_rule(key, row)
        except SlaRuleInvalid as invalid:
            return invalid.text
        if _is_too_loose(rule):
            return _too_loose(rule, rule_id)
    return None if found else _no_row(key)


def _situations(key: str, variants: Sequence[str]) -> Iterator[dict[str, Any]]:
    for track in variants or [""]:
        for level in SEVERITIES:
            yield {"step": key, "track": track, "severity": {"level": level}}


def _row(decisions: tuple[Any, ...], decision: str, facts: Mapping[str, Any]) -> tuple[Any, str]:
    """What a table answers, and the id of the row that it answers with."""
    result = dmn.evaluate(decisions, decision, facts, feel.Environment(now=SOME_DAY))
    rows = [id for each in result.rules if each["decision"] == decision for id in each["rules"]]
    return feel.to_json(result.value), ", ".join(rows)


def _is_too_loose(rule: SlaRule) -> bool:
    """Whether the default alone passes the legal ceiling, counted in a week without holidays."""
    if rule.ceiling is None or rule.kind == HOURS:
        return False
    ours, theirs = Fraction(rule.days), Fraction(rule.ceiling)
    if rule.kind == WORKING and rule.ceiling_kind != WORKING:
        ours *= Fraction(7, 5)
    if rule.kind != WORKING and rule.ceiling_kind == WORKING:
        theirs *= Fraction(7, 5)
    return ours > theirs


def _too_loose(rule: SlaRule, row: str) -> Text:
    assert rule.ceiling is not None
    ours, ceiling = amount(rule.days, rule.kind), amount(rule.ceiling, rule.ceiling_kind)
    return Text(
        f"กำหนดเวลาของ {rule.key} (แถว {row} ใน sla.dmn) คือ {ours.th} "
        f"เกินเพดาน {ceiling.th} ({rule.basis.th})",
        f"The deadline of {rule.key} (row {row} of sla.dmn), {ours.en}, "
        f"passes its ceiling of {ceiling.en} ({rule.basis.en})",
    )


def _no_row(key: str) -> Text:
    return Text(
        f"ตาราง SLA ไม่มีแถวสำหรับ {key} เพิ่มแถวใน sla.dmn",
        f"The SLA table has no row for {key}; add one to sla.dmn.",
    )
