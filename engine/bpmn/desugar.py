"""Rewrites drawn constructs into simpler ones that mean the same; the stored file stays as it was.

Whatever is inserted is marked, so that history, replay and pictures show only what was drawn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from engine.bpmn.model import Flow, Node, Process, Scope


def desugar(process: Process) -> Process:
    """The same process without event subprocesses and link events."""
    return replace(process, body=_scope(process.body))


def _scope(scope: Scope) -> Scope:
    nodes = {
        node.id: node if node.scope is None else replace(node, scope=_scope(node.scope))
        for node in scope.nodes.values()
    }
    return _wrap_event_subprocesses(_join_links(scope.changed(nodes, scope.flows)))


def _join_links(scope: Scope) -> Scope:
    """A link is a long arrow: connect every throwing half with its catching half."""
    catches = {
        node.events[0].name: node
        for node in scope.nodes.values()
        if node.tag == "intermediateCatchEvent" and node.event_kind() == "link"
    }
    if not catches:
        return scope
    nodes, flows = dict(scope.nodes), dict(scope.flows)
    for node in scope.nodes.values():
        if node.event_kind() != "link":
            continue
        nodes[node.id] = replace(node, events=())
        target = catches.get(node.events[0].name)
        if node.tag == "intermediateThrowEvent" and target is not None:
            flow = Flow(f"~link.{node.id}", node.id, target.id, order=len(flows))
            flows[flow.id] = flow
    return scope.changed(nodes, flows)


def _wrap_event_subprocesses(scope: Scope) -> Scope:
    """An event subprocess watches over its whole scope, as a boundary event does over an activity:
    put the scope's body into an inserted subprocess and hang the handlers on it."""
    handlers = [node for node in scope.nodes.values() if node.triggered_by_event]
    if not handlers:
        return scope
    inside = {node.id: node for node in scope.nodes.values() if not node.triggered_by_event}
    body = Node(
        f"~body.{scope.id}",
        "subProcess",
        scope=Scope(f"~body.{scope.id}", inside, scope.flows),
        inserted=True,
    )
    start = Node(f"~start.{scope.id}", "startEvent", inserted=True)
    end = Node(f"~end.{scope.id}", "endEvent", inserted=True)
    nodes = {node.id: node for node in (start, body, end)}
    flows = _chain(start.id, body.id, end.id)
    for handler in handlers:
        _hang(handler, body, nodes, flows)
    return scope.changed(nodes, flows)


def _hang(handler: Node, body: Node, nodes: dict[str, Node], flows: dict[str, Flow]) -> None:
    assert handler.scope is not None
    trigger = next(node for node in handler.scope.nodes.values() if node.tag == "startEvent")
    inner = {**handler.scope.nodes, trigger.id: replace(trigger, events=())}
    boundary = Node(
        f"~boundary.{handler.id}",
        "boundaryEvent",
        name=trigger.name,
        events=trigger.events,
        attached_to=body.id,
        interrupting=trigger.interrupting,
        inserted=True,
        drawn=trigger.id,
    )
    end = Node(f"~end.{handler.id}", "endEvent", inserted=True)
    nodes[boundary.id] = boundary
    nodes[handler.id] = replace(
        handler, triggered_by_event=False, scope=handler.scope.changed(inner, handler.scope.flows)
    )
    nodes[end.id] = end
    flows.update(_chain(boundary.id, handler.id, end.id))


def _chain(*ids: str) -> dict[str, Flow]:
    flows = [Flow(f"~flow.{source}.{target}", source, target) for source, target in pairwise(ids)]
    return {flow.id: flow for flow in flows}
