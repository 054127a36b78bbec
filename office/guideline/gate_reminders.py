"""What the deploy gate checks of the ladder: its rows can be used, its letters and timers exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from engine import dmn, feel
from engine.bpmn.model import Node
from engine.ground.findings import Finding
from engine.ground.text import Text
from office.deadlines.reminders.ladder import Rung, RungInvalid, read_rungs
from office.deadlines.rules import RUNGS

_FOLLOWED = re.compile(r'\b(remind|escalate)\(\s*"([^"]+)"\s*,\s*(\d+)\s*\)')
KINDS = {"remind": "reminder", "escalate": "escalation"}
FILE = "rungs.dmn"
SOME_DAY = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def check_ladder(
    places: list[tuple[str, Node]], decisions: tuple[Any, ...], letters: set[str]
) -> Iterator[Finding]:
    """A rung that a timer follows is in the ladder, and every row of the ladder can be used."""
    followed = list(_followed(places))
    tables = {id: model for model in decisions for id in model.decisions}
    if RUNGS not in tables:
        for file, node, key, name in followed:
            yield _finding(file, node, _no_rung(key, name))
        return
    ladders: dict[str, list[Rung]] = {}
    for key in {*_keys(places), *(key for _, _, key, _ in followed)}:
        try:
            ladders[key] = _ladder(decisions, key)
        except RungInvalid as invalid:
            yield Finding(FILE, RUNGS, "error", "guideline.rung", invalid.text)
    for key, rungs in sorted(ladders.items()):
        yield from _check_letters(key, rungs, letters)
    for file, node, key, name in followed:
        if key in ladders and name not in {rung.name for rung in ladders[key]}:
            yield _finding(file, node, _no_rung(key, name))


def _followed(places: list[tuple[str, Node]]) -> Iterator[tuple[str, Node, str, str]]:
    for file, node in places:
        for event in node.events:
            for function, key, number in _FOLLOWED.findall(event.expression):
                yield file, node, key, f"{KINDS[function]}-{int(number)}"


def _keys(places: list[tuple[str, Node]]) -> set[str]:
    named = {node.extensions.properties.get("sla", "") for _, node in places}
    return {*named, "overall"} - {""}


def _ladder(decisions: tuple[Any, ...], key: str) -> list[Rung]:
    environment = feel.Environment(now=SOME_DAY)
    value = dmn.evaluate(decisions, RUNGS, {"step": key}, environment).value
    return read_rungs(key, feel.to_json(value))


def _check_letters(key: str, rungs: list[Rung], letters: set[str]) -> Iterator[Finding]:
    for rung in rungs:
        if rung.letter and rung.letter not in letters:
            text = Text(
                f"{rung.name} ของ {key} ส่งหนังสือ {rung.letter} ซึ่งไม่มีแม่แบบ "
                f"เพิ่มแฟ้ม letters/{rung.letter}-….md",
                f"{rung.name} of {key} sends letter {rung.letter}, which has no template; "
                f"add letters/{rung.letter}-….md.",
            )
            yield Finding(FILE, RUNGS, "error", "guideline.rung", text)


def _no_rung(key: str, name: str) -> Text:
    return Text(
        f"ตารางเตือนและเร่งรัดไม่มี {name} ของ {key} เพิ่มแถวใน {FILE}",
        f"The ladder has no {name} of {key}; add a row to {FILE}.",
    )


def _finding(file: str, node: Node, text: Text) -> Finding:
    return Finding(file, node.id, "error", "guideline.rung", text, node.line)
