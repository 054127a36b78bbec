"""XES, the eXtensible Event Stream (IEEE 1849-2016): what process mining programs read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO, Final
from xml.sax.saxutils import quoteattr

from engine.ground.clock import BANGKOK
from engine.record.export.entries import Entry, Trace, Value

EXTENSIONS: Final = (
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
    ("Time", "time"),
    ("Concept", "concept"),
)
URI: Final = "http://www.xes-standard.org/{prefix}.xesext"
GLOBALS: Final[Mapping[str, Mapping[str, Value]]] = {
    "trace": {"concept:name": "UNKNOWN"},
    "event": {
        "concept:name": "UNKNOWN",
        "lifecycle:transition": "complete",
        "time:timestamp": datetime.fromisoformat("1970-01-01T00:00:00+00:00"),
        "element": "UNKNOWN",
        "name_en": "UNKNOWN",
    },
}
CLASSIFIERS: Final = (
    ("Activity", "concept:name"),
    ("ActivityAndLifecycle", "concept:name lifecycle:transition"),
    ("Element", "element"),
)


class XesWriter:
    """Writes a log trace by trace; activities bear their name in the chosen language, and the
    English one beside it."""

    def __init__(self, stream: IO[str], *, name: str, language: str = "th") -> None:
        self.stream = stream
        self.name = name
        self.language = language

    def begin(self) -> None:
        write = self.stream.write
        write('<?xml version="1.0" encoding="UTF-8"?>\n')
        write('<log xes.version="1849.2016" xes.features="">\n')
        for name, prefix in EXTENSIONS:
            uri = URI.format(prefix=prefix)
            write(f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
        for scope, attributes in GLOBALS.items():
            write(f'  <global scope="{scope}">\n')
            self._attributes(attributes, 4)
            write("  </global>\n")
        for name, keys in CLASSIFIERS:
            write(f'  <classifier name="{name}" scope="event" keys="{keys}"/>\n')
        self._attributes({"concept:name": self.name, "lifecycle:model": "standard"}, 2)

    def write(self, trace: Trace) -> None:
        self.stream.write("  <trace>\n")
        self._attributes({"concept:name": trace.name, **trace.attributes}, 4)
        for entry in trace.entries:
            if entry.transition:
                self.stream.write("    <event>\n")
                self._attributes(dict(self._facts(entry)), 6)
                self.stream.write("    </event>\n")
        self.stream.write("  </trace>\n")

    def end(self) -> None:
        self.stream.write("</log>\n")

    def _facts(self, entry: Entry) -> Iterator[tuple[str, Value]]:
        yield "concept:name", entry.activity.of(self.language)
        yield "concept:instance", entry.instance or None
        yield "lifecycle:transition", entry.transition
        yield "time:timestamp", entry.at
        yield "org:resource", entry.resource or None
        yield "org:role", entry.role.of(self.language) or None
        yield "org:group", entry.group or None
        yield "element", entry.element
        yield "name_en", entry.activity.en

    def _attributes(self, attributes: Mapping[str, Value], indent: int) -> None:
        for key, value in attributes.items():
            if value is not None:
                tag, text = _typed(value)
                self.stream.write(f"{' ' * indent}<{tag} key={quoteattr(key)} value={text}/>\n")


def _typed(value: Value) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", quoteattr("true" if value else "false")
    if isinstance(value, int):
        return "int", quoteattr(str(value))
    if isinstance(value, datetime):
        moment = value.astimezone(BANGKOK).isoformat(timespec="milliseconds")
        return "date", quoteattr(moment)
    return "string", quoteattr(_printable(str(value)))


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")
