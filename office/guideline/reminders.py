"""What the guideline tells of reminders and of more time, from the same tables that act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine import dmn, feel
from engine.ground.text import Text
from engine.store.work import Work
from office.applications import master_data
from office.deadlines.derivation import WORKING, amount
from office.deadlines.reminders.reminder_table import (
    LETTER,
    REMINDER,
    Reminder,
    read_reminders,
    words_of,
)
from office.deadlines.rules import RUNGS
from office.deadlines.sla_table import SlaRow

HANDLER = "handler"  # the decision that says who handles a case; asked of a case without oddities
COMPLAINANT = Text("ผู้ร้องเรียน", "the complainant")


class Reminders:
    """The reminders of a deployment, in words, by the key of the deadline."""

    def __init__(self, work: Work, decisions: tuple[Any, ...], rows: Sequence[SlaRow]) -> None:
        self._work, self._decisions, self._rows = work, decisions, rows
        self._handler = self._answer(HANDLER, {})

    def of(self, key: str) -> tuple[Text, ...]:
        """How often it may be extended, and who is reminded and told when."""
        return (*self._extension(key), *(self._told(reminder) for reminder in self._reminders(key)))

    def _reminders(self, key: str) -> list[Reminder]:
        facts = {"step": key, HANDLER: self._handler}
        return read_reminders(key, self._answer(RUNGS, facts)) if key else []

    def _answer(self, decision: str, facts: dict[str, Any]) -> Any:
        if not any(decision in model.decisions for model in self._decisions):
            return None
        environment = feel.Environment(now=self._work.now)
        return feel.to_json(dmn.evaluate(self._decisions, decision, facts, environment).value)

    def _told(self, reminder: Reminder) -> Text:
        named = [master_data.group_text(self._work, group) for group in reminder.to]
        names = [COMPLAINANT] if reminder.how == LETTER else named
        to = Text(", ".join(name.th for name in names), ", ".join(name.en for name in names))
        when = words_of(reminder)
        if reminder.kind == REMINDER:
            return Text(f"เตือนเมื่อ{when.th}: {to.th}", f"Reminded {when.en}: {to.en}")
        also = (
            Text(" และลงรายงานประจำเดือน", ", and the monthly report")
            if reminder.is_reported
            else Text("", "")
        )
        return Text(f"เร่งรัดเมื่อ{when.th}: {to.th}{also.th}", f"Told {when.en}: {to.en}{also.en}")

    def _extension(self, key: str) -> Iterator[Text]:
        rule = next((row.rule for row in self._rows if key in row.steps), None)
        if rule is None or not rule.extensions:
            return
        most, before = amount(rule.extension_days, rule.kind), amount(rule.ask_before, WORKING)
        asked = (
            Text(f" ขอก่อนครบกำหนด {before.th}", f", asked {before.en} before the end")
            if rule.ask_before
            else Text("", "")
        )
        yield Text(
            f"ขยายได้ {rule.extensions} ครั้ง ครั้งละไม่เกิน {most.th}{asked.th}",
            f"May be extended {rule.extensions} time(s) by {most.en} at most{asked.en}",
        )
