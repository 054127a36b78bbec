"""A BPMN file as plain, immutable facts: what is drawn, free of XML and of any engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.ground.text import Text

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """One event definition: `kind` is its tag without "EventDefinition"."""

    kind: str  # message timer signal error escalation terminate conditional compensate link cancel
    name: str = ""  # of the referenced message, signal, error code, escalation code or link
    ref: str = ""  # id of the referenced root element, "" if none
    timer: str = ""  # timeDate timeDuration timeCycle
    expression: str = ""  # of the timer or the condition, as written
    correlation_key: str = ""  # FEEL of the message's subscription
    activity: str = ""  # id of the one activity that a compensation undoes, "" for all
    waits: bool = True  # whether who throws a compensation waits until all is undone


@dataclass(frozen=True, slots=True)
class Loop:
    """Multi-instance or standard loop characteristics of an activity."""

    kind: str  # parallel sequential standard
    collection: str = ""  # FEEL
    element: str = ""  # variable that holds the item
    output_collection: str = ""
    output_element: str = ""  # FEEL
    condition: str = ""  # completion or loop condition, FEEL
    cardinality: str = ""
    test_before: bool = False
    maximum: str = ""


@dataclass(frozen=True, slots=True)
class Mapping_:
    """One line of an input or output mapping: FEEL `source` into variable `target`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Extensions:
    """What Camunda Modeler wrote on an element, in one vocabulary for both profiles."""

    form: str = ""
    assignee: str = ""  # FEEL ("=…") or literal
    candidate_groups: str = ""
    candidate_users: str = ""
    due_date: str = ""
    follow_up_date: str = ""
    priority: str = ""
    job_type: str = ""
    job_retries: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    decision: str = ""
    result_variable: str = ""
    script: str = ""
    called_process: str = ""
    propagate_all: bool = True  # what the called process has found out comes back as it is
    propagate_parent: bool = True  # it begins with all variables, not only with what is mapped
    returns_mapped: bool = False  # Camunda 7: nothing comes back that is not mapped
    inputs: tuple[Mapping_, ...] = ()
    outputs: tuple[Mapping_, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; its `order` in the file decides between overlapping conditions."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node as drawn. `inserted` marks one that a rewrite added: never shown to people."""

    id: str
    tag: str  # local name: userTask, exclusiveGateway, startEvent, subProcess …
    name: Text = NOTHING
    documentation: Text = NOTHING
    lane: str = ""  # id of the innermost lane
    default: str = ""  # id of the default flow
    extensions: Extensions = Extensions()
    events: tuple[EventDefinition, ...] = ()
    attached_to: str = ""
    interrupting: bool = True  # cancelActivity of a boundary event, isInterrupting of a start event
    parallel_multiple: bool = False
    triggered_by_event: bool = False
    for_compensation: bool = False
    undone_by: str = ""  # of a compensation boundary event: the activity that undoes its host
    handler: bool = False  # an event subprocess, after the rewrite that hangs it on its scope
    loop: Loop | None = None
    scope: "Scope | None" = None  # body of a subprocess
    line: int = 0
    inserted: bool = False
    drawn: str = ""  # id of the drawn element that an inserted node stands for

    @property
    def is_event(self) -> bool:
        return self.tag.endswith("Event")

    @property
    def is_gateway(self) -> bool:
        return self.tag.endswith("Gateway")

    @property
    def is_activity(self) -> bool:
        return not self.is_event and not self.is_gateway

    def event_kind(self) -> str:
        """`none`, one kind, or `multiple`."""
        if not self.events:
            return "none"
        return self.events[0].kind if len(self.events) == 1 else "multiple"


@dataclass(frozen=True, slots=True)
class Scope:
    """Nodes and flows of a process or of a subprocess, in the order of the file."""

    id: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]

    def incoming(self, node_id: str) -> list[Flow]:
        return [flow for flow in self.flows.values() if flow.target == node_id]

    def outgoing(self, node_id: str) -> list[Flow]:
        return [flow for flow in self.flows.values() if flow.source == node_id]

    def walk(self) -> Iterator[Node]:
        """Every node of this scope and of the scopes inside it."""
        for node in self.nodes.values():
            yield node
            if node.scope is not None:
                yield from node.scope.walk()

    def scopes(self) -> Iterator["Scope"]:
        yield self
        for node in self.nodes.values():
            if node.scope is not None:
                yield from node.scope.scopes()

    def changed(self, nodes: Mapping[str, Node], flows: Mapping[str, Flow]) -> "Scope":
        return replace(self, nodes=nodes, flows=flows)


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: who acts. `role` is its property `role`, the key of the candidate group."""

    id: str
    name: Text
    role: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process of a file."""

    id: str
    name: Text
    documentation: Text
    body: Scope
    lanes: Mapping[str, Lane]
    properties: Mapping[str, str]
    executable: bool = True
    pool: Text = NOTHING
    line: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One BPMN file."""

    file: str
    processes: Mapping[str, Process]
    profile: str = "camunda8"  # camunda8, camunda7 or plain
