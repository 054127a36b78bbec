"""Event logs for other programs: XES (IEEE 1849), OCEL 2.0 and CSV, written as they are read.

`entries` turns a case's history into entries with a state of XES' life cycle; a `Trace` is one case
with its entries and the objects they touch. Writers take one trace after the other and hold no more
than that. Which cases and which facts may leave is decided by the office.
"""

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
