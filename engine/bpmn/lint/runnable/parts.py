"""The executable parts of a file."""

from collections.abc import Iterator

from engine.bpmn.lint.registry import Subject
from engine.bpmn.lint.tree import Element, is_true, process_of
from engine.bpmn.model import Lane, Node, Process, Scope


def executable(subject: Subject) -> Iterator[Process]:
    yield from (p for p in subject.model.processes.values() if p.executable)


def scopes_of(subject: Subject) -> Iterator[Scope]:
    for process in executable(subject):
        yield from process.body.scopes()


def nodes_of(subject: Subject) -> Iterator[tuple[Scope, Node]]:
    for scope in scopes_of(subject):
        for node in scope.nodes.values():
            yield scope, node


def written(subject: Subject, *tags: str) -> Iterator[Element]:
    """The elements of these kinds that stand in an executable process."""
    for element in subject.tree.all(*tags):
        process = process_of(element)
        if process is not None and is_true(process, "isExecutable"):
            yield element


def owning_lane(process: Process, node: Node) -> Lane | None:
    """The innermost lane around a node that names a role."""
    seen: set[str] = set()
    lane = process.lanes.get(node.lane)
    # A damaged file may draw a lane inside of itself.
    while lane is not None and lane.id not in seen:
        if lane.role:
            return lane
        seen.add(lane.id)
        lane = process.lanes.get(lane.parent)
    return None
