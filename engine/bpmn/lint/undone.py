"""What a compensation passes, read from the drawing: the game takes all of it as one step."""

from collections.abc import Iterator

from engine.bpmn.desugar import undoing_start
from engine.bpmn.model import Node, Scope


def undone(scope: Scope, only: str) -> Iterator[str]:
    """The ids that may be passed when activities of a scope are undone, the last drawn first."""
    for node in reversed(list(scope.nodes.values())):
        if node.tag == "boundaryEvent" and node.event_kind() == "compensate":
            if not only or node.attached_to == only:
                yield from (node.id, *_all_inside(scope.nodes.get(node.undone_by)))
        elif node.scope is not None and (node.inserted or not only or node.id == only):
            yield from _undone_inside(node, node.scope, only if node.inserted else "")


def _undone_inside(node: Node, inside: Scope, only: str) -> Iterator[str]:
    handlers = (inner for inner in inside.nodes.values() if undoing_start(inner) is not None)
    handler = next(handlers, None)
    if handler is not None:
        yield from _all_inside(handler)
    elif not (node.for_compensation or node.handler):
        yield from undone(inside, only)


def _all_inside(node: Node | None) -> Iterator[str]:
    if node is not None:
        yield node.id
        yield from (inner.id for inner in node.scope.walk()) if node.scope is not None else ()
