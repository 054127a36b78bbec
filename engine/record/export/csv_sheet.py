"""CSV: every event as a row, for a spreadsheet or a statistics program."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from engine.ground.clock import BANGKOK
from engine.record.export.entries import Entry, Trace, Value

COLUMNS = (
    "case",
    "seq",
    "at",
    "type",
    "element",
    "name_th",
    "name_en",
    "lifecycle",
    "instance",
    "resource",
    "role_th",
    "role_en",
    "group",
)
# What a spreadsheet takes for the beginning of a formula, or skips to find one.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Thai in the machine's old code page


class SheetWriter:
    """Writes the events of one case after the other, the case's own facts repeated in each row."""

    def __init__(
        self, stream: IO[str], *, facts: Sequence[str] = (), byte_order_mark: bool = False
    ) -> None:
        self.stream = stream
        self.facts = facts
        self.byte_order_mark = byte_order_mark
        self.rows = csv.writer(stream, lineterminator="\r\n")

    def begin(self) -> None:
        if self.byte_order_mark:
            self.stream.write(BYTE_ORDER_MARK)
        self.rows.writerow([*COLUMNS, *self.facts])

    def write(self, trace: Trace) -> None:
        facts = [trace.attributes.get(name) for name in self.facts]
        for entry in trace.entries:
            self.rows.writerow([_cell(value) for value in (*_row(trace, entry), *facts)])

    def end(self) -> None:
        """A table needs no end."""


def _row(trace: Trace, entry: Entry) -> tuple[Value, ...]:
    return (
        trace.name,
        entry.seq,
        entry.at,
        entry.type,
        entry.element,
        entry.activity.th,
        entry.activity.en,
        entry.transition,
        entry.instance,
        entry.resource,
        entry.role.th,
        entry.role.en,
        entry.group,
    )


def _cell(value: Value) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(BANGKOK).isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text
