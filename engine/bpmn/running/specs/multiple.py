"""Catching events with several triggers: the first one wins, or all of them must happen."""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import Node
from engine.bpmn.running.host import AS_WRITTEN, Data
from engine.bpmn.running.specs.events import CatchEvent, win_race
from engine.bpmn.running.specs.flow_node import STARTED, FlowNode, withdraw
from engine.bpmn.running.tokens import Token


class CatchPart(CatchEvent):
    """One of the events that a multiple event waits for."""

    def happen(self, token: Token, payload: Data) -> bool:
        token.facts["payload"] = payload
        return True


class MultipleCatch(FlowNode):
    """Waits for the first of several events, or for all of them; each is a part of its own."""

    lasting = True
    takes_something = True

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        self.parts: list[str] = []  # names of the parts' specs

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        my_task._set_state(STARTED)
        specs = my_task.workflow.spec.task_specs
        parts = [my_task._add_child(specs[name]) for name in self.parts]
        for part in parts:
            part.task_spec._update(part)
        return False

    def instance_done(self, token: Token, part: Token) -> None:
        if token._state != STARTED:
            return
        maps = self.mapped_out and token.workflow.top_workflow.host.behaviour >= AS_WRITTEN
        if not maps:
            token.data.update(part.facts["payload"])
        waiting = [child for child in token.children if child.is_live]
        if self.node.parallel_multiple and waiting:
            return
        if maps:
            came = [child.facts.get("payload", {}) for child in token.children]
            self.take_back(token, {name: one[name] for one in came for name in one})
        for child in waiting:
            withdraw(child)
        win_race(token)
        token._ready()

    def withdrawn(self, token: Token) -> None:
        for child in token.children:
            withdraw(child)
