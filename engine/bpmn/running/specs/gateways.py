"""Gateways: where ways part and meet."""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import Node
from engine.bpmn.running.specs.flow_node import COMPLETED, WAITING, FlowNode, Way, holds
from engine.bpmn.running.tokens import Token, merge


class ExclusiveGateway(FlowNode):
    """The first flow in drawn order whose condition holds, else the default flow."""

    def choose(self, token: Token) -> list[Way]:
        for way in self.ways:
            if way.flow != self.default and holds(way, token):
                return [way]
        return self._default_way(token) if self.ways else []


class ParallelGateway(FlowNode):
    """Waits for one token on every incoming flow, in rounds; then one leaves on every outgoing."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.incoming: list[str] = []

    def _update(self, my_task: Token) -> None:
        if len(self.incoming) < 2:
            super()._update(my_task)
            return
        my_task.data = dict(my_task.parent.data)
        my_task._set_state(WAITING)
        self.arrived(my_task)

    def arrived(self, token: Token) -> None:
        self.try_join(token.workflow)

    def waiting(self, scope: Any) -> dict[str, Token]:
        """The token that waits longest on each incoming flow."""
        first: dict[str, Token] = {}
        for token in scope.tasks.values():
            if token.task_spec is self and token._state == WAITING:
                first.setdefault(token.facts["flow"], token)
        return first

    def try_join(self, scope: Any) -> bool:
        first = self.waiting(scope)
        if len(first) < len(self.incoming):
            return False
        self.join(list(first.values()))
        return True

    def join(self, tokens: list[Token]) -> None:
        winner = tokens[-1]
        if len(tokens) > 1:
            winner.data = merge(tokens)
        for token in tokens:
            if token is not winner:
                token._set_state(COMPLETED)
        winner.workflow.top_workflow.host.record("activity_entered", self.node)
        winner._ready()

    def choose(self, token: Token) -> list[Way]:
        return self.ways


class InclusiveGateway(ParallelGateway):
    """Waits for every token that could still arrive (BPMN 2.0.2, table 13.3), then passes tokens
    on all flows whose condition holds."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.sources: dict[str, frozenset[str]] = {}  # incoming flow -> nodes that can reach it

    def arrived(self, token: Token) -> None:
        token.workflow.top_workflow.joins.append(token)  # decided when nothing else can move

    def try_join(self, scope: Any) -> bool:
        first = self.waiting(scope)
        empty = [flow for flow in self.incoming if flow not in first]
        if not first or any(self._may_arrive(t, first, empty) for t in scope.live()):
            return False
        self.join(list(first.values()))
        return True

    def _may_arrive(self, token: Token, first: dict[str, Token], empty: list[str]) -> bool:
        """A token that can reach an empty flow and none of those where a token already waits."""
        if token.task_spec is self or "guards" in token.facts:
            return False
        name = token.task_spec.name
        reaches_empty = any(name in self.sources[flow] for flow in empty)
        return reaches_empty and not any(name in self.sources[flow] for flow in first)

    def choose(self, token: Token) -> list[Way]:
        return FlowNode.choose(self, token)


class EventBasedGateway(FlowNode):
    """Lets several events wait side by side; the first that happens withdraws the others."""

    def leave(self, token: Token, ways: list[Way]) -> None:
        specs = token.workflow.spec.task_specs
        children = [
            token.workflow.put(specs[way.target], token, way.flow, race=token.id.hex)
            for way in ways
        ]
        for child in children:
            child.task_spec._update(child)

    def choose(self, token: Token) -> list[Way]:
        return self.ways
