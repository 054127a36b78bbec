"""What the deploy gate checks of reminders: rows can be used, letters and timers exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from engine import dmn, feel
from engine.bpmn.model import Node
from engine.ground.findings import Finding
from engine.ground.text import Text
from office.deadlines.reminders.reminder_table import Reminder, ReminderInvalid, read_reminders
from office.deadlines.rules import RUNGS

_FOLLOWED = re.compile(r'\b(remind|escalate)\(\s*"([^"]+)"\s*,\s*(\d+)\s*\)')
KINDS = {"remind": "reminder", "escalate": "escalation"}
FILE = "rungs.dmn"
SOME_DAY = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


def check_reminders(
    places: list[tuple[str, Node]], decisions: tuple[Any, ...], letters: set[str]
) -> Iterator[Finding]:
    """A reminder that a timer follows is in the table, and every row of the table can be used."""
    followed = list(_followed(places))
    tables = {id: model for model in decisions for id in model.decisions}
    if RUNGS not in tables:
        for file, node, key, name in followed:
            yield _finding(file, node, _no_reminder(key, name))
        return
    known: dict[str, list[Reminder]] = {}
    for key in {*_keys(places), *(key for _, _, key, _ in followed)}:
        try:
            known[key] = _reminders(decisions, key)
        except ReminderInvalid as invalid:
            yield Finding(FILE, RUNGS, "error", "guideline.rung", invalid.text)
    for key, reminders in sorted(known.items()):
        yield from _check_letters(key, reminders, letters)
    for file, node, key, name in followed:
        if key in known and name not in {reminder.name for reminder in known[key]}:
            yield _finding(file, node, _no_reminder(key, name))


def _followed(places: list[tuple[str, Node]]) -> Iterator[tuple[str, Node, str, str]]:
    for file, node in places:
        for event in node.events:
            for function, key, number in _FOLLOWED.findall(event.expression):
                yield file, node, key, f"{KINDS[function]}-{int(number)}"


def _keys(places: list[tuple[str, Node]]) -> set[str]:
    named = {node.extensions.properties.get("sla", "") for _, node in places}
    return {*named, "overall"} - {""}


def _reminders(decisions: tuple[Any, ...], key: str) -> list[Reminder]:
    environment = feel.Environment(now=SOME_DAY)
    value = dmn.evaluate(decisions, RUNGS, {"step": key}, environment).value
    return read_reminders(key, feel.to_json(value))


def _check_letters(key: str, reminders: list[Reminder], letters: set[str]) -> Iterator[Finding]:
    for reminder in reminders:
        if reminder.letter and reminder.letter not in letters:
            text = Text(
                f"{reminder.name} ของ {key} ส่งหนังสือ {reminder.letter} ซึ่งไม่มีแม่แบบ "
                f"เพิ่มแฟ้ม letters/{reminder.letter}-….md",
                f"{reminder.name} of {key} sends letter {reminder.letter}, which has no template; "
                f"add letters/{reminder.letter}-….md.",
            )
            yield Finding(FILE, RUNGS, "error", "guideline.rung", text)


def _no_reminder(key: str, name: str) -> Text:
    return Text(
        f"ตารางเตือนและเร่งรัดไม่มี {name} ของ {key} เพิ่มแถวใน {FILE}",
        f"There is no {name} of {key}; add a row to {FILE}.",
    )


def _finding(file: str, node: Node, text: Text) -> Finding:
    return Finding(file, node.id, "error", "guideline.rung", text, node.line)
