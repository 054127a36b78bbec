"""A flow node: what happens when a token arrives, runs and leaves.

SpiffWorkflow moves the tasks; what a node does at each point stands in the hooks it provides.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import _BpmnCondition
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.bpmn.running.host import AS_WRITTEN, Data, StepFailed
from engine.bpmn.running.tokens import Token
from engine.bpmn.slots import Slot, undecided

RESERVED = frozenset({"Start", "End", "Root"})  # names SpiffWorkflow keeps for itself
COMPLETED, WAITING, STARTED = TaskState.COMPLETED, TaskState.WAITING, TaskState.STARTED


def name_of(node_id: str) -> str:
    """The name of a drawn node's spec."""
    return f"~{node_id}" if node_id in RESERVED else node_id


def drawn_name(name: str) -> str:
    """The other way round: the id of the node for which a spec, or a part of one, is named."""
    base = name[: name.find("~", 1)] if "~" in name[1:] else name
    return base[1:] if base[1:] in RESERVED else base


class Way(_BpmnCondition):
    """A compiled sequence flow: where to, and when."""

    def __init__(self, flow: str, target: str, condition: Slot | None) -> None:
        super().__init__(condition)
        self.flow, self.target, self.condition = flow, target, condition

    def _matches(self, task: Token) -> bool:
        """Whether its condition holds; a gateway's token keeps which flows it may take."""
        value = self.condition is None or super()._matches(task)
        if not isinstance(value, bool):
            assert self.condition is not None
            raise StepFailed(element=self.flow, reason=undecided(self.condition, value))
        if value and task.taken is not None:
            task.taken.append(self)
        return value


class Start(BpmnStartTask):
    """Where the tree of a scope begins: it leads to the scope's start event."""

    def _predict_hook(self, my_task: Token) -> None:
        pass

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        scope = my_task.workflow
        my_task._add_child(scope.spec.starts.get(scope.begins_at, scope.spec.entry))


def assign(data: Data, target: str, value: Any) -> None:
    """Set `a.b.c` without touching the objects that other branches share."""
    head, _, rest = target.partition(".")
    if not rest:
        data[head] = value
        return
    inner = data.get(head)
    copy = dict(inner) if isinstance(inner, dict) else {}
    assign(copy, rest, value)
    data[head] = copy


class FlowNode(BpmnSpecMixin):
    """A flow node that passes its token on at once: plain and manual tasks, none events.

    `lasting` nodes are recorded when they are left too, because time passes in them.
    """

    lasting = False
    of_each: frozenset[str] = frozenset()  # what each instance of a repeated activity has
    takes_something = False  # whether it takes what came from outside through its output mappings

    def __init__(self, process: Any, name: str, *, node: Node, **more: Any) -> None:
        super().__init__(process, name_of(name), **more)
        self.node = node
        self.bpmn_id = node.id
        self.ways: list[Way] = []
        self.default: str = ""
        self.boundaries: list[Any] = []  # the boundary events on it, which stand on this module
        self.loop_owner: Any = None  # the repeating or multiple node this one is a part of
        self.undoer: tuple[FlowNode, str] | None = None  # its compensation event and what that does
        self.mapped_out: list[tuple[str, Slot]] = []

    def add_way(self, way: Way, target: FlowNode) -> None:
        self.ways.append(way)
        self.connect(target)

    def test(self) -> None:
        # The library looks at the whole spec again whenever one of its tasks becomes ready.
        pass

    def _predict_hook(self, my_task: Token) -> None:
        """Only tokens that exist are on the tree: nothing is predicted."""

    def _update_hook(self, my_task: Token) -> bool:
        """True if the node can run at once."""
        if my_task._state == TaskState.FUTURE:
            self.arrive(my_task)
        return True

    def lasts(self, _token: Token) -> bool:
        """Whether it is recorded too that the token leaves."""
        return self.lasting

    def arrive(self, token: Token) -> None:
        token.data = token.data or dict(token.parent.data)
        token.workflow.top_workflow.host.record("activity_entered", self.node)
        for boundary in self.boundaries:
            boundary.guard(token)

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)
        if not self.manual:
            my_task.workflow.top_workflow.line.append(my_task)

    def _on_complete_hook(self, my_task: Token) -> None:
        """The token leaves; SpiffWorkflow updates those that it left behind on the next nodes."""
        super()._on_complete_hook(my_task)
        host = my_task.workflow.top_workflow.host
        if self.lasts(my_task):
            host.record("activity_completed", self.node)
        self._release_guards(my_task)
        if self.mapped_out and not self.takes_something and host.behaviour >= AS_WRITTEN:
            self.take_back(my_task, {})
        if self.undoer is not None:
            remember(my_task)
        if self.loop_owner is not None:
            self.loop_owner.instance_done(my_task.parent, my_task)
        elif "undoes" in my_task.facts:
            has_undone(my_task)
        else:
            self.leave(my_task)

    def take_back(self, token: Token, result: Data) -> None:
        """Merge a result into the branch: through the output mappings where there are any."""
        inside = token.facts.get("inside", {})
        inside.update({name: result[name] for name in inside.keys() & result.keys()})
        if not self.mapped_out:
            token.data.update(result)
            return
        token.data.update(self.mapped(token, token.data, result))

    def mapped(self, token: Token, around: Data, result: Data) -> Data:
        """What the output mappings make of a result, each of them seeing those before it."""
        scripts, host = token.workflow.script_engine, token.workflow.top_workflow.host
        seen: Data = {**around, **token.facts.get("inside", {}), **result}
        found: Data = {}
        for target, source in self.mapped_out:
            value = scripts.evaluate(token, source, seen)
            head = target.partition(".")[0]
            if head in around:
                found.setdefault(head, around[head])
            assign(found, target, value)
            if host.behaviour >= AS_WRITTEN:
                assign(seen, target, value)
        return found

    def leave(self, token: Token) -> None:
        ways = self.choose(token)
        for way in ways:
            token._add_child(token.workflow.spec.task_specs[way.target]).facts["flow"] = way.flow
        if not ways:
            token.workflow.finish_token(token)

    def choose(self, token: Token) -> list[Way]:
        """All unconditional flows and those whose condition holds; else the default flow."""
        chosen = [way for way in self.ways if way.flow != self.default and way._matches(token)]
        if chosen or not self.ways:
            return chosen
        return self.default_way()

    def default_way(self) -> list[Way]:
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
    asker = token.workflow.top_workflow.find(UUID(token.facts["undoes"]))
    if asker is not None and asker.is_live:
        asker.data = dict(token.data)
        asker.task_spec.go_on(asker)


def withdraw(token: Token) -> None:
    """Take a live token off the board, with everything that runs inside its node.

    `Task.cancel` would drop its children from the tree: they are the handlers of a boundary event,
    and tokens that have gone on, and neither ends with it.
    """
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
    if spec.lasts(token):
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
