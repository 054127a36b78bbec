"""A deployed diagram as a Petri net of pm4py, for its alignments: built here from the plain model,
because pm4py 2.7.23 cannot read send tasks, rule tasks and call activities of a BPMN file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

from engine.bpmn.model import Node, Process, Scope
from engine.record.export.entries import name_of


def petri_net(processes: Mapping[str, Process], key: str) -> tuple[Any, Any, Any]:
    """Net, initial and final marking of a process; what it calls stands in its place,
    unless that branches. Event subprocesses are left out: the log that is compared has no
    withdrawal."""
    drawing = _Net(processes)
    source, sink = drawing.place("source"), drawing.place("sink")
    drawing.scope(processes[key].body, key, source, sink)
    return drawing.net, Marking({source: 1}), Marking({sink: 1})


class _Net:
    def __init__(self, processes: Mapping[str, Process]) -> None:
        self.processes = processes
        self.net = PetriNet("diagram")

    def place(self, name: str) -> Any:
        place = PetriNet.Place(name)
        self.net.places.add(place)
        return place

    def step(self, name: str, label: str | None, before: list[Any], after: list[Any]) -> None:
        transition = PetriNet.Transition(name, label)
        self.net.transitions.add(transition)
        for place in before:
            add_arc_from_to(place, transition, self.net)
        for place in after:
            add_arc_from_to(transition, place, self.net)

    def scope(self, scope: Scope, prefix: str, source: Any, sink: Any) -> None:
        """A place for every flow, a step for every way through a node."""
        flows = {id: self.place(f"{prefix}/{id}") for id in scope.flows}
        beside = _beside(scope)
        for node in scope.nodes.values():
            if node.triggered_by_event or node.attached_to:
                continue
            before = [flows[flow.id] for flow in scope.incoming(node.id)] or [source]
            after = [flows[flow.id] for flow in scope.outgoing(node.id)]
            if not after and node.id not in beside:
                after = [sink]
            self.node(scope, node, prefix, flows, before, after)

    def node(
        self,
        scope: Scope,
        node: Node,
        prefix: str,
        flows: Mapping[str, Any],
        before: list[Any],
        after: list[Any],
    ) -> None:
        name, label = f"{prefix}/{node.id}", name_of(node).th
        if node.is_gateway:
            for one in before:
                for other in after:
                    self.step(f"{name}:{one.name}:{other.name}", None, [one], [other])
            return
        inside = self.place(f"{name}:inside")
        for one in before:
            self.step(f"{name}:{one.name}", None, [one], [inside])
        if node.tag == "callActivity" and not has_branches(self.processes, node):
            called = node.extensions.called_process
            done = self.place(f"{name}:done")
            self.scope(self.processes[called].body, f"{name}/{called}", inside, done)
            self.step(name, label, [done], after)
            return
        self.step(name, label, [inside], after)
        for guard in scope.nodes.values():
            if guard.attached_to == node.id:
                branch = [flows[flow.id] for flow in scope.outgoing(guard.id)]
                goes_on = [] if guard.interrupting else [inside]
                place = f"{prefix}/{guard.id}"
                self.step(place, name_of(guard).th, [inside], [*goes_on, *branch])


def has_branches(processes: Mapping[str, Process], call: Node) -> bool:
    """Whether what is called goes several ways at once: it is then one step of the net."""
    called = processes[call.extensions.called_process]
    return any(node.tag == "parallelGateway" for node in called.body.walk())


def _beside(scope: Scope) -> set[str]:
    """The nodes that only a handler beside the main way leads to."""
    guards = [node for node in scope.nodes.values() if node.attached_to]
    found = {node.id for node in guards if not node.interrupting}
    pending = list(found)
    while pending:
        for flow in scope.outgoing(pending.pop()):
            if flow.target not in found:
                found.add(flow.target)
                pending.append(flow.target)
    return found
