"""From the plain model to immutable specs that all instances of a definition share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.bpmn.desugar import begins_by_itself, desugar
from engine.bpmn.model import EventDefinition, Lane, Node, Process, Scope
from engine.bpmn.running import specs
from engine.bpmn.running.host import StepFailed
from engine.bpmn.running.specs import FlowNode, name_of
from engine.bpmn.running.wiring import connect, part_names, sources, spec_names
from engine.bpmn.slots import EMPTY, slot

PASSAGE = Node("~passage", "task", inserted=True)
UNDO_ALL = Node(
    "~undo", "intermediateThrowEvent", events=(EventDefinition("compensate"),), inserted=True
)


@dataclass(frozen=True)
class Definition:
    """A process and everything it calls, compiled; shared by all threads and never changed."""

    process: Process
    spec: Any
    subprocess_specs: Mapping[str, Any]
    called: Mapping[str, Process] = field(default_factory=dict)
    has_conditions: bool = False  # whether an event waits for one, here or in what is called

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
    waits = any(
        event.kind == "conditional"
        for one in (process, *called.values())
        for node in one.body.walk()
        for event in node.events
    )
    return Definition(process, built[process.id], built, called, waits)


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
        spec.passage = specs.Passage(spec, PASSAGE.id, node=PASSAGE)
        spec.undo_all = specs.CompensationEvent(spec, UNDO_ALL.id, node=UNDO_ALL)
        connect(spec, scope)
        self._enter(spec, scope)

    def _enter(self, spec: Any, scope: Scope) -> None:
        """Where a token may begin in this scope."""
        starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
        spec.starts = {node.id: spec.task_specs[name_of(node.id)] for node in starts}
        spec.entry = _entry(spec, scope)
        for built in dict.fromkeys([*spec.starts.values(), spec.entry]):
            spec.start.connect(built)
        undoing = [node for node in scope.nodes.values() if node.triggered_by_event]
        spec.undo_handler = spec.task_specs[name_of(undoing[0].id)] if undoing else None

    def _add(self, spec: Any, scope: Scope, node: Node) -> None:
        if node.loop is not None:
            self._add_rounds(spec, scope, node)
        elif len(node.events) > 1 and node.tag == "boundaryEvent":
            self._add_boundaries(spec, scope, node)
        elif len(node.events) > 1 and node.tag == "intermediateCatchEvent":
            self._add_catches(spec, scope, node)
        else:
            self._node(spec, scope, node)

    def _add_boundaries(self, spec: Any, scope: Scope, node: Node) -> None:
        """A boundary event with several triggers is a watch for each of them."""
        names = part_names(node)
        for name, event in zip(names, node.events, strict=True):
            part = self._node(spec, scope, replace(node, id=name, events=(event,)))
            part.node = replace(part.node, id=node.id)
            part.together = names if node.parallel_multiple else []

    def _add_catches(self, spec: Any, scope: Scope, node: Node) -> None:
        whole = specs.MultipleCatch(spec, node.id, node=node)
        whole.parts = part_names(node)
        whole.mapped_out = [(m.target, slot(m.source)) for m in node.extensions.outputs]
        for name, event in zip(whole.parts, node.events, strict=True):
            part = replace(node, id=name, events=(event,), inserted=True, drawn=node.id)
            specs.CatchPart(spec, name, node=part).loop_owner = whole

    def _node(self, spec: Any, scope: Scope, node: Node) -> FlowNode:
        kind = _kind(node)
        if issubclass(kind, specs.SubprocessTask):
            called = node.tag == "callActivity"
            body = node.extensions.called_process if called else f"{spec.name}/{node.id}"
            built: FlowNode = kind(spec, node.id, node=node, body=body)
        else:
            built = kind(spec, node.id, node=node)
        self._fill(built, spec, scope, node)
        return built

    def _fill(self, built: FlowNode, spec: Any, scope: Scope, node: Node) -> None:
        if node.is_event or isinstance(built, (specs.Activity, specs.CatchEvent)):
            built.mapped_out = [(m.target, slot(m.source)) for m in node.extensions.outputs]
        if isinstance(built, specs.Activity):
            built.mapped_in = [(m.target, slot(m.source)) for m in node.extensions.inputs]
        if isinstance(built, specs.UserTask):
            self._fill_user_task(built, node)
        elif isinstance(built, specs.SubprocessTask):
            self._fill_subprocess(built, spec, node)
        elif isinstance(built, specs.Join):
            built.incoming = [flow.id for flow in scope.incoming(node.id)]
        if isinstance(built, specs.InclusiveGateway):
            built.sources = sources(scope, node.id)

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
        """Beside each activity with a scope of its own stands what undoes that scope."""
        hidden = replace(node, id=f"{built.name}~undo", inserted=True, drawn=node.id)
        specs.Reopened(spec, hidden.id, node=hidden, body=built.spec)
        if node.tag == "callActivity":
            return
        assert node.scope is not None
        self.scope(node.scope, built.spec)
        inside = self.built[built.spec]
        inside.handles = node.handler or node.triggered_by_event

    def _add_rounds(self, spec: Any, scope: Scope, node: Node) -> None:
        """An activity that repeats is a hidden node that runs the drawn one for each round."""
        assert node.loop is not None
        outer = replace(node, inserted=True, drawn=node.id, scope=None)
        kind = specs.StandardLoop if node.loop.kind == "standard" else specs.MultiInstance
        wrapper = kind(spec, outer.id, node=outer)
        inner = replace(node, id=f"{wrapper.name}~each", loop=None, drawn=node.id)
        instance = self._node(spec, scope, inner)
        instance.loop_owner = wrapper
        instance.node = replace(inner, id=node.id)
        wrapper.instance = instance.name
        loop = node.loop
        wrapper.condition = slot(loop.condition, always=True) if loop.condition else None
        if isinstance(wrapper, specs.MultiInstance):
            wrapper.collection = slot(loop.collection)
            wrapper.cardinality = slot(loop.cardinality, always=True)
            wrapper.of_each |= {loop.element} if loop.element else set()
            output = loop.output_element
            wrapper.output = slot(output, always=True) if output else EMPTY

    def _attach(self, spec: Any, node: Node) -> None:
        host = spec.task_specs.get(name_of(node.attached_to))
        if host is None:
            return
        if node.event_kind() == "compensate":
            # Each round of an activity that repeats is undone by itself.
            done = spec.task_specs.get(f"{host.name}~each", host)
            done.undoer = (spec.task_specs[name_of(node.id)], name_of(node.undone_by))
            return
        for name in spec_names(node):
            boundary = spec.task_specs[name]
            boundary.over_scope = node.inserted and node.attached_to.startswith("~body.")
            host.boundaries.append(boundary)


def _empty_spec(name: str) -> Any:
    spec = BpmnProcessSpec(name=name)
    # The end join and the end task of SpiffWorkflow are not used: a scope ends with its last token.
    spec.task_specs = {}
    spec.start = specs.Start(spec, "Start")
    spec.end = None
    spec.handles = False
    return spec


def _entry(spec: Any, scope: Scope) -> Any:
    """The node where the scope begins: its plain start event, else its only start."""
    starts = [node for node in scope.nodes.values() if node.tag == "startEvent"]
    starts.sort(key=lambda node: bool(node.events))
    starts = starts or begins_by_itself(scope)
    if not starts:
        raise StepFailed(element=scope.id, reason="there is nowhere to start")
    return spec.task_specs[name_of(starts[0].id)]


def _role(lanes: Mapping[str, Lane], lane_id: str) -> str:
    """The role of the innermost lane that names one."""
    while lane_id in lanes:
        lane = lanes[lane_id]
        if lane.role:
            return lane.role
        lane_id = lane.parent
    return ""


_SIMPLE: dict[str, type[FlowNode]] = {
    "task": FlowNode,
    "manualTask": FlowNode,
    "userTask": specs.UserTask,
    "scriptTask": specs.ScriptTask,
    "receiveTask": specs.CatchEvent,
    "callActivity": specs.SubprocessTask,
    "subProcess": specs.SubprocessTask,
    "transaction": specs.SubprocessTask,
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
        if node.extensions.job_type and node.event_kind() == "message":
            return specs.JobTask if node.tag == "intermediateThrowEvent" else specs.JobEnd
        if node.tag == "intermediateThrowEvent" and node.extensions.job_type:
            return specs.JobTask
        if any(event.kind in ("compensate", "cancel") for event in node.events):
            return specs.CompensationEvent
        return specs.ThrowEvent if node.events else FlowNode
    if node.tag == "boundaryEvent" and node.event_kind() == "compensate":
        return FlowNode  # it watches nothing: what is completed is undone through it
    kind = _SIMPLE.get(node.tag)
    if kind is None:
        raise StepFailed(element=node.id, reason=f"a {node.tag} cannot be run")
    return kind
