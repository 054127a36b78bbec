"""From the plain model to immutable specs that all instances of a definition share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn import specs
from engine.bpmn.desugar import desugar
from engine.bpmn.host import StepFailed
from engine.bpmn.model import EventDefinition, Flow, Lane, Node, Process, Scope
from engine.bpmn.slots import EMPTY, Slot, slot
from engine.bpmn.specs import FlowNode, Way

RESERVED = frozenset({"Start", "End", "Root"})  # names SpiffWorkflow keeps for itself
PASSAGE = Node("~passage", "task", inserted=True)


@dataclass(frozen=True)
class Definition:
    """A process and everything it calls, compiled; shared by all threads and never changed."""

    process: Process
    spec: Any
    subprocess_specs: Mapping[str, Any]
    called: Mapping[str, Process] = field(default_factory=dict)

    def drawn(self, node_id: str) -> Node | None:
        """The drawn node of this id, in this process or in one that it calls."""
        for process in (self.process, *self.called.values()):
            for node in process.body.walk():
                if node.id == node_id:
                    return node
        return None


def compile_process(process: Process, others: Mapping[str, Process]) -> Definition:
    """Compile a process; `others` are those it may call, by process id.

    Raises:
        StepFailed: a node is of a kind that cannot run (the lint refuses it before).
        FeelSyntaxError: an expression cannot be read.
    """
    built: dict[str, Any] = {}
    called: dict[str, Process] = {}
    pending = [process]
    while pending:
        current = pending.pop()
        plain = desugar(current)
        _Builder(plain, built).scope(plain.body, plain.id)
        for node in plain.body.walk():
            target = node.extensions.called_process
            known = target in others and target not in called and target != process.id
            if node.tag == "callActivity" and known:
                called[target] = others[target]
                pending.append(others[target])
    return Definition(process, built[process.id], built, called)


class _Builder:
    """Builds the specs of one process and of the subprocesses drawn in it."""

    def __init__(self, process: Process, built: dict[str, Any]) -> None:
        self.process = process
        self.built = built

    def scope(self, scope: Scope, name: str) -> None:
        spec = _empty_spec(name)
        self.built[name] = spec
        for node in scope.nodes.values():
            self._add(spec, scope, node)
        for node in scope.nodes.values():
            if node.attached_to:
                self._attach(spec, node)
        _connect(spec, scope)
        spec.entry = _entry(spec, scope)
        spec.passage = FlowNode(spec, PASSAGE)

    def _add(self, spec: Any, scope: Scope, node: Node) -> None:
        if node.loop is not None:
            self._add_instances(spec, scope, node)
            return
        self._node(spec, scope, node)

    def _node(self, spec: Any, scope: Scope, node: Node) -> FlowNode:
        kind = _kind(node)
        built = kind(spec, node)
        self._fill(built, spec, scope, node)
        return built

    def _fill(self, built: FlowNode, spec: Any, scope: Scope, node: Node) -> None:
        if isinstance(built, specs.Activity):
            built.mapped_in = [(m.target, slot(m.source)) for m in node.extensions.inputs]
            built.mapped_out = [(m.target, slot(m.source)) for m in node.extensions.outputs]
        if isinstance(built, specs.UserTask):
            self._fill_user_task(built, node)
        elif isinstance(built, specs.CatchEvent):
            built.expression = _event_slot(built.event)
        elif isinstance(built, specs.ThrowEvent):
            built.keys = [_event_slot(event) for event in node.events]
        elif isinstance(built, specs.ScriptTask):
            built.script = slot(node.extensions.script, always=True)
        elif isinstance(built, specs.SubprocessTask):
            self._fill_subprocess(built, spec, node)
        elif isinstance(built, specs.ParallelGateway):
            built.incoming = [flow.id for flow in scope.incoming(node.id)]
        if isinstance(built, specs.InclusiveGateway):
            built.sources = _sources(scope, node.id)

    def _fill_user_task(self, built: specs.UserTask, node: Node) -> None:
        extensions = node.extensions
        built.role = _role(self.process.lanes, node.lane)
        built.slots = {
            "assignee": slot(extensions.assignee),
            "candidate_groups": slot(extensions.candidate_groups),
            "candidate_users": slot(extensions.candidate_users),
            "due_date": slot(extensions.due_date),
            "priority": slot(extensions.priority),
            "separate_from": slot(extensions.properties.get("separateFrom", "")),
        }

    def _fill_subprocess(self, built: specs.SubprocessTask, spec: Any, node: Node) -> None:
        if node.tag == "callActivity":
            built.called = True
            built.body = node.extensions.called_process
            return
        assert node.scope is not None
        built.body = f"{spec.name}/{node.id}"
        self.scope(node.scope, built.body)

    def _add_instances(self, spec: Any, scope: Scope, node: Node) -> None:
        """A multi-instance activity is a hidden node that runs the drawn one for each item."""
        assert node.loop is not None
        outer = replace(node, inserted=True, drawn=node.id, scope=None)
        wrapper = specs.MultiInstance(spec, outer)
        inner = replace(node, id=f"{node.id}~each", loop=None, drawn=node.id)
        instance = self._node(spec, scope, inner)
        instance.loop_owner = wrapper
        instance.node = replace(inner, id=node.id)
        wrapper.instance = instance.name
        loop = node.loop
        wrapper.collection = slot(loop.collection)
        wrapper.cardinality = slot(loop.cardinality, always=True)
        wrapper.condition = slot(loop.condition, always=True) if loop.condition else None
        wrapper.output = slot(loop.output_element, always=True) if loop.output_element else EMPTY

    def _attach(self, spec: Any, node: Node) -> None:
        host = spec.task_specs.get(_name(node.attached_to))
        if host is not None:
            host.boundaries.append(spec.task_specs[_name(node.id)])


def _empty_spec(name: str) -> Any:
    spec = BpmnProcessSpec(name=name)
    # The end join and the end task of SpiffWorkflow are not used: a scope ends with its last token.
    spec.task_specs = {"Start": spec.start}
    spec.end = None
    return spec


def _connect(spec: Any, scope: Scope) -> None:
    for node in scope.nodes.values():
        built: FlowNode = spec.task_specs[_name(node.id)]
        built.default = node.default
        for flow in sorted(scope.outgoing(node.id), key=lambda flow: flow.order):
            built.ways.append(_way(flow, built.default))
            built.connect(spec.task_specs[_name(flow.target)])


def _way(flow: Flow, default: str) -> Way:
    conditional = flow.condition and flow.id != default
    condition = slot(flow.condition, always=True) if conditional else None
    return Way(flow.id, _name(flow.target), condition)


def _entry(spec: Any, scope: Scope) -> Any:
    """The node where the scope begins: its plain start event, else its only start."""
    starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
    starts.sort(key=lambda node: bool(node.events))
    if not starts:
        targets = {flow.target for flow in scope.flows.values()}
        starts = [
            node
            for node in scope.nodes.values()
            if node.id not in targets and not node.attached_to and node.tag != "boundaryEvent"
        ]
    if not starts:
        raise StepFailed(element=scope.id, reason="there is nowhere to start")
    return spec.task_specs[_name(starts[0].id)]


def _name(node_id: str) -> str:
    return f"~{node_id}" if node_id in RESERVED else node_id


def _role(lanes: Mapping[str, Lane], lane_id: str) -> str:
    """The role of the innermost lane that names one."""
    while lane_id in lanes:
        lane = lanes[lane_id]
        if lane.role:
            return lane.role
        lane_id = lane.parent
    return ""


def _event_slot(event: EventDefinition) -> Slot:
    if event.kind == "timer":
        return slot(event.expression)
    return slot(event.correlation_key, always=True) if event.correlation_key else EMPTY


def _sources(scope: Scope, join: str) -> dict[str, frozenset[str]]:
    """For each flow into a join: the nodes that reach it without passing the join."""
    return {flow.id: _reaching(scope, flow.source, join) for flow in scope.incoming(join)}


def _reaching(scope: Scope, node_id: str, join: str) -> frozenset[str]:
    found: set[str] = set()
    pending = [node_id]
    while pending:
        current = pending.pop()
        if current in found or current == join:
            continue
        found.add(current)
        pending.extend(flow.source for flow in scope.incoming(current))
        attached = scope.nodes[current].attached_to
        if attached:
            pending.append(attached)
    return frozenset(_name(name) for name in found)


_SIMPLE: dict[str, type[FlowNode]] = {
    "task": FlowNode,
    "manualTask": FlowNode,
    "userTask": specs.UserTask,
    "scriptTask": specs.ScriptTask,
    "receiveTask": specs.CatchEvent,
    "callActivity": specs.SubprocessTask,
    "subProcess": specs.SubprocessTask,
    "exclusiveGateway": specs.ExclusiveGateway,
    "parallelGateway": specs.ParallelGateway,
    "inclusiveGateway": specs.InclusiveGateway,
    "eventBasedGateway": specs.EventBasedGateway,
    "boundaryEvent": specs.BoundaryEvent,
}


def _kind(node: Node) -> type[FlowNode]:
    if node.tag in ("serviceTask", "sendTask"):
        return specs.JobTask if node.extensions.job_type else specs.ThrowEvent
    if node.tag == "businessRuleTask":
        return specs.BusinessRuleTask if node.extensions.decision else specs.JobTask
    if node.tag == "startEvent":
        return FlowNode  # what starts an instance has happened by the time a token is here
    if node.tag == "intermediateCatchEvent":
        return specs.CatchEvent if node.events else FlowNode
    if node.tag in ("intermediateThrowEvent", "endEvent"):
        if node.tag == "intermediateThrowEvent" and node.extensions.job_type:
            return specs.JobTask
        return specs.ThrowEvent if node.events else FlowNode
    kind = _SIMPLE.get(node.tag)
    if kind is None:
        raise StepFailed(element=node.id, reason=f"a {node.tag} cannot be run")
    return kind
