"""Gateways: where ways part and meet."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import (
    ExclusiveGatewayMixin,
    InclusiveGatewayMixin,
    ParallelGatewayMixin,
)
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.bpmn.running.specs.flow_node import COMPLETED, WAITING, FlowNode, Way
from engine.bpmn.running.tokens import Token, merge


class _Choice:
    """SpiffWorkflow asks the conditions and makes the tokens that leave."""

    def add_way(self: Any, way: Way, target: FlowNode) -> None:
        self.ways.append(way)
        if way.flow == self.default:
            self.connect(target)
        else:
            self.connect_if(way, target)

    def test(self: Any) -> None:
        FlowNode.test(self)

    def _predict_hook(self: Any, my_task: Token) -> None:
        FlowNode._predict_hook(self, my_task)

    def leave(self: Any, token: Token) -> None:
        """SpiffWorkflow knows a flow by where it leads: say which of them each token came by."""
        taken = (token.taken or self.default_way()) if self.ways else []
        for child, way in zip(token.children, taken, strict=True):
            child.facts["flow"] = way.flow
        if not taken:
            token.workflow.finish_token(token)


class ExclusiveGateway(_Choice, ExclusiveGatewayMixin, FlowNode):
    """The first flow in drawn order whose condition holds, else the default flow."""

    def _run_hook(self, my_task: Token) -> bool:
        my_task.taken = []
        if not self.ways:
            return True
        try:
            return bool(super()._run_hook(my_task))
        except WorkflowException:
            self.default_way()  # there is none: it says so in this engine's words
            raise


class Join:
    """Waits for one token on every incoming flow, in rounds."""

    incoming: list[str]
    is_decided_at_rest = False  # when nothing else in the case can move

    def _update_hook(self: Any, my_task: Token) -> bool:
        if len(self.incoming) < 2:
            return bool(FlowNode._update_hook(self, my_task))
        if my_task._state == TaskState.FUTURE:
            my_task.data = dict(my_task.parent.data)
            my_task._set_state(WAITING)
            if self.is_decided_at_rest:
                my_task.workflow.top_workflow.joins.append(my_task)
                return False
        if not self._check_threshold_unstructured(my_task):
            return False
        self.join(my_task)
        return True

    def waiting(self: Any, scope: Any) -> dict[str, Token]:
        """The token that waits longest on each incoming flow."""
        first: dict[str, Token] = {}
        for token in scope.tasks.values():
            if token.task_spec is self and token._state == WAITING:
                first.setdefault(token.facts["flow"], token)
        return first

    def try_join(self: Any, scope: Any) -> bool:
        """Look again whether those that wait here can go on."""
        first = list(self.waiting(scope).values())
        if first:
            self._update(first[-1])
        return bool(first) and first[-1]._state == TaskState.READY

    def join(self: Any, winner: Token) -> None:
        tokens = list(self.waiting(winner.workflow).values())
        if len(tokens) > 1:
            winner.data = merge(tokens)
        for token in tokens:
            if token is not winner:
                token._set_state(COMPLETED)
        winner.workflow.top_workflow.host.record("activity_entered", self.node)


class ParallelGateway(Join, ParallelGatewayMixin, FlowNode):
    """Waits for one token on every incoming flow, in rounds; then one leaves on every outgoing."""

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        self.incoming = []

    def _check_threshold_unstructured(self, my_task: Token) -> bool:
        # The library counts the nodes before it that were ever completed, not tokens on flows.
        return len(self.waiting(my_task.workflow)) == len(self.incoming)

    def _run_hook(self, my_task: Token) -> bool:
        return bool(FlowNode._run_hook(self, my_task))

    def choose(self, token: Token) -> list[Way]:
        return self.ways


class InclusiveGateway(Join, _Choice, InclusiveGatewayMixin, FlowNode):
    """Waits for every token that could still arrive (BPMN 2.0.2, table 13.3), then passes tokens
    on all flows whose condition holds."""

    is_decided_at_rest = True

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        self.incoming = []
        self.sources: dict[str, frozenset[str]] = {}  # incoming flow -> nodes that can reach it

    def _check_threshold_unstructured(self, my_task: Token) -> bool:
        first = self.waiting(my_task.workflow)
        empty = [flow for flow in self.incoming if flow not in first]
        return not any(self._may_arrive(t, first, empty) for t in my_task.workflow.live())

    def _may_arrive(self, token: Token, first: dict[str, Token], empty: list[str]) -> bool:
        """A token that can reach an empty flow and none of those where a token already waits."""
        if token.task_spec is self or "guards" in token.facts:
            return False
        name = token.task_spec.name
        reaches_empty = any(name in self.sources[flow] for flow in empty)
        return reaches_empty and not any(name in self.sources[flow] for flow in first)

    def _run_hook(self, my_task: Token) -> bool:
        my_task.taken = []
        matches, default = self._get_matching_outputs(my_task)
        if self.ways and not matches and not default:
            self.default_way()
        my_task._sync_children(matches or default, TaskState.FUTURE)
        return True


class EventBasedGateway(FlowNode):
    """Lets several events wait side by side; the first that happens withdraws the others."""

    def leave(self, token: Token) -> None:
        super().leave(token)
        for child in token.children:
            child.facts["race"] = token.id.hex

    def choose(self, token: Token) -> list[Way]:
        return self.ways
