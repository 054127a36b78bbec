"""The nodes of a drawn process in the order a reader follows them from its start."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Node, Scope


def in_flow_order(scope: Scope) -> list[Node]:
    """Every node once: a step comes after the steps that lead to it, ways back left aside.

    Of two ways out of a step, the one drawn first is told first and to its end; what hangs on a
    step's border follows the step, and what no flow reaches (event subprocesses) comes last.
    """
    order: list[Node] = []
    seen: set[str] = set()
    for start in _starts(scope):
        _visit(scope, start.id, seen, order)
    order.reverse()
    aside = [node for node in scope.nodes.values() if node.id not in seen]
    return [*order, *aside]


def _starts(scope: Scope) -> Iterator[Node]:
    """In reverse, as the list is turned round at the end."""
    starts = [
        node
        for node in scope.nodes.values()
        if not scope.incoming(node.id) and not node.attached_to and not node.triggered_by_event
    ]
    yield from reversed(starts)


def _visit(scope: Scope, start: str, seen: set[str], order: list[Node]) -> None:
    """Depth first, a node after all that follows it; a stack, as diagrams may be long."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, _following(scope, start))]
    while stack:
        node_id, following = stack[-1]
        after = next(following, None)
        if after is None:
            order.append(scope.nodes[node_id])
            stack.pop()
        elif after not in seen:
            seen.add(after)
            stack.append((after, _following(scope, after)))


def _following(scope: Scope, node_id: str) -> Iterator[str]:
    """Last drawn first: the reversal at the end puts the first drawn first."""
    hanging = [node.id for node in scope.nodes.values() if node.attached_to == node_id]
    flows = sorted(scope.outgoing(node_id), key=lambda flow: flow.order)
    return iter([*reversed([flow.target for flow in flows]), *hanging])
