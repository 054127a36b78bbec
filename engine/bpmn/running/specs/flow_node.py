"""A flow node: what happens when a token arrives, runs and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.bpmn.running.host import StepFailed
from engine.bpmn.running.tokens import Token
from engine.bpmn.slots import Slot, undecided

if TYPE_CHECKING:
    from engine.bpmn.running.specs.events import BoundaryEvent

RESERVED = frozenset({"Start", "End", "Root"})  # names SpiffWorkflow keeps for itself
COMPLETED, WAITING, STARTED = TaskState.COMPLETED, TaskState.WAITING, TaskState.STARTED


def name_of(node_id: str) -> str:
    """The name of a drawn node's spec."""
    return f"~{node_id}" if node_id in RESERVED else node_id


def drawn_name(name: str) -> str:
    """The other way round: the id of the node for which a spec, or a part of one, is named."""
    base = name[: name.find("~", 1)] if "~" in name[1:] else name
    return base[1:] if base[1:] in RESERVED else base


@dataclass(frozen=True, slots=True)
class Way:
    """A compiled sequence flow: where to, and when."""

    flow: str
    target: str
    condition: Slot | None


class FlowNode(BpmnTaskSpec):
    """A flow node that passes its token on at once: plain and manual tasks, none events.

    `lasting` nodes are recorded when they are left too, because time passes in them.
    """

    lasting = False

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, name_of(node.id))
        self.node = node
        self.bpmn_id = node.id
        self.ways: list[Way] = []
        self.default: str = ""
        self.boundaries: list[BoundaryEvent] = []
        self.loop_owner: Any = None  # the repeating or multiple node this one is a part of
        self.undoer: tuple[FlowNode, str] | None = None  # its compensation event and what that does

    # SpiffWorkflow's predictions are not used: see tokens.py.
    def _predict(self, *_args: Any, **_more: Any) -> None:
        pass

    def test(self) -> None:
        pass

    def _update(self, my_task: Token) -> None:
        """A token arrives."""
        if my_task.parent is not None:
            my_task.data = my_task.data or dict(my_task.parent.data)
        my_task.workflow.top_workflow.host.record("activity_entered", self.node)
        for boundary in self.boundaries:
            boundary.guard(my_task)
        if self.arrive(my_task):
            my_task._ready()

    def arrive(self, token: Token) -> bool:
        """True if the node can run at once."""
        return True

    def _run(self, my_task: Token) -> bool | None:
        return self.work(my_task)

    def work(self, token: Token) -> bool | None:
        """Do the node's own work: True when done, None when something else will finish it."""
        return True

    def _on_complete(self, my_task: Token) -> None:
        """The token leaves."""
        host = my_task.workflow.top_workflow.host
        if self.lasting:
            host.record("activity_completed", self.node)
        self._release_guards(my_task)
        if self.undoer is not None:
            remember(my_task)
        if self.loop_owner is not None:
            self.loop_owner.instance_done(my_task.parent, my_task)
            return
        if "undoes" in my_task.facts:
            has_undone(my_task)
            return
        ways = self.choose(my_task)
        self.leave(my_task, ways)

    def leave(self, token: Token, ways: list[Way]) -> None:
        scope = token.workflow
        if not ways:
            scope.finish_token(token)
            return
        specs = scope.spec.task_specs
        tokens = [scope.put(specs[way.target], token, way.flow) for way in ways]
        for child in tokens:
            if child.has_state(TaskState.FUTURE):
                child.task_spec._update(child)

    def choose(self, token: Token) -> list[Way]:
        """All unconditional flows and those whose condition holds; else the default flow."""
        chosen = [way for way in self.ways if way.flow != self.default and holds(way, token)]
        if chosen or not self.ways:
            return chosen
        return self._default_way(token)

    def _default_way(self, token: Token) -> list[Way]:
        default = [way for way in self.ways if way.flow == self.default]
        if not default:
            raise StepFailed(
                element=self.node.id, reason="no condition holds and there is no default flow"
            )
        return default

    def withdrawn(self, token: Token) -> None:
        """The token was taken off the board while it was here."""

    def _release_guards(self, token: Token) -> None:
        for boundary in self.boundaries:
            boundary.release(token)


def remember(token: Token, *inside: Any) -> None:
    """An activity was completed that can be undone: keep its place, and what was done `inside`."""
    token.workflow.undo.append([token.task_spec.name, *inside])


def has_undone(token: Token) -> None:
    """An activity is undone: whoever asked for it goes on, with the variables as they are now."""
    asker = token.workflow.top_workflow.get_task_from_id(UUID(token.facts["undoes"]))
    if asker is not None and asker.is_live:
        asker.data = dict(token.data)
        asker.task_spec.go_on(asker)


def holds(way: Way, token: Token) -> bool:
    if way.condition is None:
        return True
    value = token.workflow.top_workflow.host.evaluate(way.condition, token.data, token.node)
    if not isinstance(value, bool):
        raise StepFailed(element=way.flow, reason=undecided(way.condition, value))
    return value


def withdraw(token: Token) -> None:
    """Take a live token off the board, with everything that runs inside its node."""
    if not token.is_live:
        return
    case = token.workflow.top_workflow
    token._set_state(TaskState.CANCELLED)
    inside = case.subprocesses.pop(token.id, None)
    if inside is not None:
        for inner in inside.live():
            withdraw(inner)
    spec = token.task_spec
    spec._release_guards(token)
    spec.withdrawn(token)
    if spec.lasting:
        case.host.record("activity_cancelled", spec.node)


def stop_others(token: Token) -> None:
    """End all that its scope does beside a token, also what event subprocesses had begun there."""
    keep: Token = token
    while True:
        for other in keep.workflow.live():
            if other is not keep:
                withdraw(other)
        owner = keep.workflow.parent_task_id
        if owner is None:
            return
        keep = keep.workflow.top_workflow.get_task_from_id(owner)
        if not keep.node.id.startswith("~body."):
            return
