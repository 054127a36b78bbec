"""The standard loop (BPMN 2.0.2, 13.3.6): an activity is done again, one round at a time."""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import Loop, Node
from engine.bpmn.running.host import StepFailed
from engine.bpmn.running.specs.flow_node import STARTED, FlowNode, withdraw
from engine.bpmn.running.tokens import Token
from engine.bpmn.slots import Slot, undecided

COUNTER = "loopCounter"  # the round, from 1; the standard's own name for it


class StandardLoop(FlowNode):
    """Runs an activity while its condition holds: looks before the first round or after it."""

    of_each = frozenset({COUNTER})

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        assert node.loop is not None
        self.loop: Loop = node.loop
        self.instance = ""  # name of the spec that is one round
        self.condition: Slot | None = None
        self.maximum = int(node.loop.maximum) if node.loop.maximum else None

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        my_task._set_state(STARTED)
        my_task.facts["round"] = 0
        if self.loop.test_before and not self._again(my_task):
            return True
        self._begin_iteration(my_task)
        return False

    def _again(self, token: Token) -> bool:
        rounds = token.facts["round"]
        if self.maximum is not None and rounds >= self.maximum:
            return False
        if self.condition is None:
            return True
        seen = {**token.data, COUNTER: rounds}
        value = token.workflow.script_engine.evaluate(token, self.condition, seen)
        if not isinstance(value, bool):
            raise StepFailed(element=self.node.id, reason=undecided(self.condition, value))
        return value

    def _begin_iteration(self, token: Token) -> None:
        token.facts["round"] += 1
        child = token._add_child(token.workflow.spec.task_specs[self.instance])
        child.data = {**token.data, COUNTER: token.facts["round"]}
        child.task_spec._update(child)

    def instance_done(self, token: Token, child: Token) -> None:
        """One round is over: what it changed is what the next one begins with."""
        if token._state != STARTED:
            return
        around = {name: token.data[name] for name in (COUNTER,) if name in token.data}
        child.data.pop(COUNTER, None)
        token.data = {**child.data, **around}
        if self._again(token):
            self._begin_iteration(token)
        else:
            token._ready()

    def withdrawn(self, token: Token) -> None:
        for child in token.children:
            withdraw(child)
