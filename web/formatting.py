"""What a case's data say, in a reader's words: values, and what else an event tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.ground.text import Text
from forms.schema import Field
from forms.showing.readout import spell_in_time
from web.language import language, t, thai_datetime, thai_number

# References that the machine keeps with an event, and what a reader is told instead of them.
_UNTOLD = frozenset({"task", "job", "value", "rules", "definition", "read", "reveal", "submission"})
_LABELS: Mapping[str, Text] = {
    "due": Text("กำหนด", "Due"),
    "number": Text("เลขที่", "Number"),
    "letter": Text("หนังสือ", "Letter"),
    "kind": Text("ชนิด", "Kind"),
    "type": Text("งาน", "Work"),
    "decision": Text("ตาราง", "Table"),
    "name": Text("ชื่อ", "Name"),
    "before": Text("เดิม", "Before"),
    "after": Text("ใหม่", "After"),
    "reason": Text("เหตุผล", "Reason"),
    "key": Text("ขั้นตอน", "Step"),
    "fields": Text("รายการ", "Fields"),
    "audience": Text("ถึง", "To"),
    "method": Text("วิธีส่ง", "Sent by"),
}


def spell(value: Any, field: Field | None = None) -> str:
    """A value of the process in words: a choice by its label, a date in พ.ศ."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return t("ใช่", "Yes") if value else t("ไม่ใช่", "No")
    if isinstance(value, list):
        return ", ".join(spell(item, field) for item in value) or "–"
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    chosen = field.option_label(value) if field is not None else None
    if chosen is not None:
        return chosen.of(language())
    if isinstance(value, str):
        return _spell_text(value, field)
    return thai_number(value)


def _spell_text(value: str, field: Field | None) -> str:
    if field is not None and field.type == "datetime":
        subtype = "date" if len(value) == 10 else "datetime"
        return spell_in_time(value, subtype, language())
    return value


def facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What else an event says, under words of its own."""
    return [
        (t(_LABELS.get(name, Text(name, name))), _fact(value))
        for name, value in data.items()
        if name not in _UNTOLD and value not in (None, "", [], {})
    ]


def _fact(value: Any) -> str:
    if isinstance(value, str) and len(value) > 15 and value[4:5] == "-" and "T" in value:
        return thai_datetime(value)
    return spell(value)
