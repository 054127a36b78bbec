"""What the tables of a case's own deployment answer about its deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import dmn, feel
from engine.store.work import Work
from engine.verbs import queries
from office.deadlines.derivation import SlaRule, read_rule
from office.deadlines.reminders.reminder_table import Reminder, read_reminders
from office.ground.errors import OfficeError

LIMITS, RUNGS, APPROVAL, RECEIPT = "sla", "rungs", "extension", "receipt"


class SlaKeyUnknown(OfficeError):
    """The SLA table has no row for {key!r}."""

    thai = "ตาราง SLA ไม่มีแถวสำหรับ {key}"


def rule_for(work: Work, definition_id: str, key: str, variables: Mapping[str, Any]) -> SlaRule:
    """The row of the SLA table that applies to the case now.

    Raises:
        SlaKeyUnknown: there is none.
        SlaRuleInvalid: it cannot be used.
    """
    rule = found_rule(work, definition_id, key, variables)
    if rule is None:
        raise SlaKeyUnknown(key=key)
    return rule


def found_rule(
    work: Work, definition_id: str, key: str, variables: Mapping[str, Any]
) -> SlaRule | None:
    """The same, where a table may do without such a row."""
    row = _asked(work, definition_id, LIMITS, {**variables, "step": key})
    return read_rule(key, row) if isinstance(row, Mapping) else None


def reminders_for(
    work: Work, definition_id: str, key: str, variables: Mapping[str, Any]
) -> list[Reminder]:
    """The reminders and escalations of a step, for the case as it is now; [] without any.

    Raises:
        ReminderInvalid: a row cannot be used.
    """
    return read_reminders(key, _asked(work, definition_id, RUNGS, {**variables, "step": key}))


def approval_for(
    work: Work, definition_id: str, key: str, count: int, variables: Mapping[str, Any]
) -> tuple[str, bool]:
    """Who approves the `count`-th extension of a step, and whether the case as a whole gets the
    days too; nobody where the table does not say."""
    row = _asked(work, definition_id, APPROVAL, {**variables, "step": key, "count": count})
    if not isinstance(row, Mapping):
        return "", False
    return str(row.get("approver") or ""), row.get("moves_overall") is True


def days_until_received(work: Work, definition_id: str, recorded: Mapping[str, Any]) -> int | None:
    """After how many days the law takes a letter as received; None while it may not be."""
    row = _asked(work, definition_id, RECEIPT, recorded)
    days = row.get("days") if isinstance(row, Mapping) else None
    return None if days is None else int(days)


def _asked(work: Work, definition_id: str, decision: str, facts: Mapping[str, Any]) -> Any:
    tables = queries.decisions(work, definition_id)
    if not any(decision in table.decisions for table in tables):
        return None
    value = dmn.evaluate(tables, decision, facts, feel.Environment(now=work.now)).value
    return feel.to_json(value)
