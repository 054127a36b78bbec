"""Event logs for other programs: XES (IEEE 1849), OCEL 2.0 and CSV, written as they are read."""

from engine.record.export.csv_sheet import SheetWriter
from engine.record.export.entries import Entry, Link, Thing, Trace, Writer, entries_of
from engine.record.export.ocel import OcelWriter
from engine.record.export.xes import XesWriter

__all__ = [
    "Entry",
    "Link",
    "OcelWriter",
    "SheetWriter",
    "Thing",
    "Trace",
    "Writer",
    "XesWriter",
    "entries_of",
]
