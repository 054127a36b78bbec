"""OCEL 2.0 as JSON: events with all the objects they touch, and how."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from engine.ground.clock import BANGKOK
from engine.record.export.entries import WITHDRAWN, Entry, Link, Thing, Trace, Value

TOLD = ("complete", WITHDRAWN)
EVENT_ATTRIBUTES = ("element", "lifecycle", "name_en", "resource", "role")


class OcelWriter:
    """Writes objects at once and keeps events in a file of its own until the objects are all
    written: the format asks for both in lists, and neither need fit the memory."""

    def __init__(self, stream: IO[str], *, language: str = "th") -> None:
        self.stream = stream
        self.language = language
        self.object_types: dict[str, set[str]] = {}
        self.event_types: set[str] = set()
        self.shared: set[str] = set()  # ids of objects that several cases touch

    def begin(self) -> None:
        self.events = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - see end()
        self._first_object = self._first_event = True
        self.stream.write('{"objects":[')

    def write(self, trace: Trace) -> None:
        for thing in trace.things:
            self._object(thing)
        for entry in trace.entries:
            if entry.transition in TOLD:
                self._event(trace, entry)

    def end(self) -> None:
        self.stream.write('\n],"events":[')
        self.events.seek(0)
        shutil.copyfileobj(self.events, self.stream)
        self.events.close()
        types = [_type(name, sorted(names)) for name, names in sorted(self.object_types.items())]
        self.stream.write(f'\n],"objectTypes":{_json(types)}')
        events = [_type(name, EVENT_ATTRIBUTES) for name in sorted(self.event_types)]
        self.stream.write(f',"eventTypes":{_json(events)}}}\n')

    def _object(self, thing: Thing) -> None:
        if thing.id in self.shared:
            return
        if thing.type in SHARED:
            self.shared.add(thing.id)
        self.object_types.setdefault(thing.type, set()).update(thing.attributes)
        row = {
            "id": thing.id,
            "type": thing.type,
            "attributes": [
                {"name": name, "time": _moment(thing.at), "value": _text(value)}
                for name, value in thing.attributes.items()
                if value is not None
            ],
            "relationships": _links(thing.links),
        }
        self._first_object = _item(self.stream, row, first=self._first_object)

    def _event(self, trace: Trace, entry: Entry) -> None:
        name = entry.activity.of(self.language)
        self.event_types.add(name)
        facts: Mapping[str, Value] = {
            "element": entry.element,
            "lifecycle": entry.transition,
            "name_en": entry.activity.en,
            "resource": entry.resource or None,
            "role": entry.role.of(self.language) or None,
        }
        row = {
            "id": f"{trace.id}:{entry.seq}",
            "type": name,
            "time": _moment(entry.at),
            "attributes": [{"name": n, "value": _text(v)} for n, v in facts.items() if v],
            "relationships": _links(entry.links),
        }
        self._first_event = _item(self.events, row, first=self._first_event)


SHARED = frozenset({"unit", "definition"})


def _type(name: str, attributes: Any) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": a, "type": "string"} for a in attributes]}


def _links(links: Any) -> list[dict[str, str]]:
    unique = dict.fromkeys(links)
    return [{"objectId": link.object_id, "qualifier": link.qualifier} for link in unique]


def _item(stream: IO[str], row: dict[str, Any], *, first: bool) -> bool:
    stream.write(("\n" if first else ",\n") + _json(row))
    return False


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _moment(at: datetime) -> str:
    return at.astimezone(BANGKOK).isoformat(timespec="milliseconds")


def _text(value: Value) -> str:
    """The standard's schema wants every value as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _moment(value) if isinstance(value, datetime) else str(value)


__all__ = ["Link", "OcelWriter"]
