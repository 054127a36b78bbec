"""Rewrites drawn constructs into simpler ones that mean the same; the stored file stays as it was.

Whatever is inserted is marked, so that history, replay and pictures show only what was drawn.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from engine.bpmn.model import Extensions, Flow, Node, Process, Scope

THROWN_LAST = {"error", "terminate", "compensate", "cancel"}


def desugar(process: Process) -> Process:
    """The same process without event subprocesses, link events and beginnings without a start.

    What undoes a subprocess stays where it is drawn: it is no part of any flow.
    """
    return replace(process, body=_scope(process.body))


def _scope(scope: Scope) -> Scope:
    nodes = {
        node.id: node if node.scope is None else replace(node, scope=_scope(node.scope))
        for node in scope.nodes.values()
    }
    joined = _join_links(scope.changed(nodes, scope.flows))
    return _wrap_event_subprocesses(_plant_start(joined))


def throw_in_turn(process: Process) -> Process:
    """The same process where an event that throws several things is a chain of events, one for
    each, in the order of the file; what ends or undoes a scope comes last."""
    return replace(process, body=_throw_in_turn(process.body))


def _throw_in_turn(scope: Scope) -> Scope:
    nodes: dict[str, Node] = {}
    chains: dict[str, Flow] = {}
    last: dict[str, str] = {}  # event -> the last of its chain
    for node in scope.nodes.values():
        chain = _thrown_in_turn(node)
        if node.scope is not None:
            chain = [replace(node, scope=_throw_in_turn(node.scope))]
        nodes.update({each.id: each for each in chain})
        chains.update(_chain(*(each.id for each in chain)))
        last[node.id] = chain[-1].id
    flows = {
        flow.id: replace(flow, source=last.get(flow.source, flow.source))
        for flow in scope.flows.values()
    }
    return scope.changed(nodes, {**flows, **chains})


def _thrown_in_turn(node: Node) -> list[Node]:
    throws = node.tag in ("intermediateThrowEvent", "endEvent") and not node.extensions.job_type
    if not throws or len(node.events) < 2:
        return [node]
    first = [(event,) for event in node.events if event.kind not in THROWN_LAST]
    rest = tuple(event for event in node.events if event.kind in THROWN_LAST)
    *early, late = [*first, rest] if rest else first
    found = [
        replace(node, id=_part(node, n), tag="intermediateThrowEvent", events=e, default="")
        for n, e in enumerate(early)
    ]
    found.append(replace(node, id=_part(node, len(early)), events=late))
    return found[:1] + [replace(each, inserted=True) for each in found[1:]]


def _part(node: Node, number: int) -> str:
    return f"~throw.{node.id}.{number}" if number else node.id


def begins_by_itself(scope: Scope) -> list[Node]:
    """The nodes where a scope without a start event begins: all that nothing leads to."""
    reached = {flow.target for flow in scope.flows.values()}
    return [
        node
        for node in scope.nodes.values()
        if node.id not in reached
        and node.tag != "boundaryEvent"
        and not (node.for_compensation or node.triggered_by_event)
    ]


def _plant_start(scope: Scope) -> Scope:
    """Without a start event, every node that nothing leads to gets a token (BPMN 2.0.2, 13.3.4)."""
    first = begins_by_itself(scope)
    if len(first) < 2 or any(node.tag == "startEvent" for node in scope.nodes.values()):
        return scope
    start = Node(f"~first.{scope.id}", "startEvent", inserted=True)
    flows = dict(scope.flows)
    for node in first:
        flows.update(_chain(start.id, node.id))
    return scope.changed({**scope.nodes, start.id: start}, flows)


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
    handlers = [node for node in scope.nodes.values() if _watches(node)]
    if not handlers:
        return scope
    inside = {node.id: node for node in scope.nodes.values() if not _watches(node)}
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


def _watches(node: Node) -> bool:
    return node.triggered_by_event and undoing_start(node) is None


def undoing_start(node: Node) -> Node | None:
    """The start event of an event subprocess that undoes the subprocess it stands in."""
    inner = node.scope.nodes.values() if node.scope is not None else ()
    starts = (start for start in inner if start.tag == "startEvent")
    return next((s for s in starts if any(e.kind == "compensate" for e in s.events)), None)


def _hang(handler: Node, body: Node, nodes: dict[str, Node], flows: dict[str, Flow]) -> None:
    assert handler.scope is not None
    trigger = next(node for node in handler.scope.nodes.values() if node.tag == "startEvent")
    begun = replace(trigger, events=(), extensions=replace(trigger.extensions, outputs=()))
    inner = {**handler.scope.nodes, trigger.id: begun}
    boundary = Node(
        f"~boundary.{handler.id}",
        "boundaryEvent",
        name=trigger.name,
        events=trigger.events,
        attached_to=body.id,
        interrupting=trigger.interrupting,
        parallel_multiple=trigger.parallel_multiple,
        extensions=Extensions(outputs=trigger.extensions.outputs),
        inserted=True,
        drawn=trigger.id,
    )
    end = Node(f"~end.{handler.id}", "endEvent", inserted=True)
    nodes[boundary.id] = boundary
    nodes[handler.id] = replace(
        handler,
        triggered_by_event=False,
        handler=True,
        scope=handler.scope.changed(inner, handler.scope.flows),
    )
    nodes[end.id] = end
    flows.update(_chain(boundary.id, handler.id, end.id))


def _chain(*ids: str) -> dict[str, Flow]:
    flows = [Flow(f"~flow.{source}.{target}", source, target) for source, target in pairwise(ids)]
    return {flow.id: flow for flow in flows}
