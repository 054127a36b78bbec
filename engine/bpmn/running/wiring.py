"""Specs and the flows between them: how they are called and which of them follow each other."""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import Flow, Node, Scope
from engine.bpmn.running.specs import FlowNode, Way, name_of
from engine.bpmn.slots import slot


def part_names(node: Node) -> list[str]:
    return [f"{name_of(node.id)}~{number}" for number in range(1, len(node.events) + 1)]


def spec_names(node: Node) -> list[str]:
    """The specs that a node became: a boundary event has one for each of its triggers."""
    several = node.tag == "boundaryEvent" and len(node.events) > 1
    return part_names(node) if several else [name_of(node.id)]


def connect(spec: Any, scope: Scope) -> None:
    for node in scope.nodes.values():
        for name in spec_names(node):
            built: FlowNode = spec.task_specs[name]
            built.default = node.default
            for flow in sorted(scope.outgoing(node.id), key=lambda flow: flow.order):
                built.add_way(_way(flow, built.default), spec.task_specs[name_of(flow.target)])


def _way(flow: Flow, default: str) -> Way:
    conditional = flow.condition and flow.id != default
    condition = slot(flow.condition, always=True) if conditional else None
    return Way(flow.id, name_of(flow.target), condition)


def sources(scope: Scope, join: str) -> dict[str, frozenset[str]]:
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
    return frozenset(name_of(name) for name in found)
