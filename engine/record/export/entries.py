"""What the writers of event logs are given: a trace per case, its entries, what they touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.bpmn.model import Node
from engine.ground.text import Text
from engine.store.tables import HistoryEvent

Value = str | int | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to an object, and what it means."""

    object_id: str
    qualifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of a log. `transition` is a state of the standard's life cycle (`schedule`,
    `assign`, `start`, `complete`, …), "" for what is no step of an activity."""

    seq: int
    at: datetime
    type: str
    element: str
    activity: Text
    transition: str
    instance: str = ""  # of the activity: the id of its task, where it has one
    resource: str = ""  # who, as a reference
    role: Text = field(default_factory=lambda: Text("", ""))
    group: str = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object that events touch: a case, a task, a unit, a letter, a clock, a version."""

    id: str
    type: str
    at: datetime  # from when on its attributes hold
    attributes: Mapping[str, Value] = field(default_factory=dict)
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One case."""

    id: str
    name: str
    attributes: Mapping[str, Value]
    entries: Sequence[Entry]
    things: Sequence[Thing] = ()


class Writer(Protocol):
    """Takes one trace after the other and holds none of them."""

    def begin(self) -> None: ...

    def write(self, trace: Trace) -> None: ...

    def end(self) -> None: ...


WITHDRAWN = "withdraw"
OF_TASKS = {
    "task_created": "schedule",
    "task_claimed": "assign",
    "task_released": "reassign",
    "task_reassigned": "reassign",
    "task_completed": "complete",
    "activity_cancelled": WITHDRAWN,
}
OF_OTHERS = {
    "activity_entered": "start",
    "activity_completed": "complete",
    "activity_cancelled": WITHDRAWN,
}


def transition_of(event: HistoryEvent, node: Node | None, lasting: bool) -> str:
    """Where in the life cycle of its activity an event stands: that of a person's task is told by
    what people do with it, that of any other step by its entering and leaving."""
    if node is None or node.is_gateway:
        return ""
    if node.tag == "userTask":
        return OF_TASKS.get(event.type, "")
    if not lasting and event.type == "activity_entered":
        return "complete"
    return OF_OTHERS.get(event.type, "")


def entries_of(
    events: Sequence[HistoryEvent], nodes: Mapping[str, Node], lasting: frozenset[str]
) -> Iterator[Entry]:
    """The events of one case as entries; `lasting` are the elements that are entered and left."""
    for event in events:
        node = nodes.get(event.element_id)
        yield Entry(
            seq=event.seq,
            at=event.at,
            type=event.type,
            element=event.element_id,
            activity=name_of(node) if node is not None else Text(event.type, event.type),
            transition=transition_of(event, node, event.element_id in lasting),
            instance=str(event.data.get("task") or event.data.get("job") or ""),
            resource=event.actor,
        )


def name_of(node: Node) -> Text:
    """What the diagram calls an element, on one line; its id where it has no name."""
    thai = " ".join(node.name.th.split()) or node.id
    return Text(thai, " ".join(node.name.en.split()) or thai)
