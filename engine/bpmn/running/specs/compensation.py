"""Compensation (BPMN 2.0.2, 10.7 and 13.5.5): what was completed is undone, the last first.

A scope keeps a line for each completed activity that can be undone: `[name]` where a compensation
event hangs on it, `[name, lines, variables]` where it is a scope itself, with the lines and the
variables that it had when it was completed. Who asks for compensation takes the lines away at
once: nothing is undone twice. What an interrupted activity had done by then is lost with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.model import Node
from engine.bpmn.running.host import OTHERS_KEPT, Data, StepFailed
from engine.bpmn.running.specs.activities import SubprocessTask
from engine.bpmn.running.specs.definitions import raise_up
from engine.bpmn.running.specs.events import ThrowEvent
from engine.bpmn.running.specs.flow_node import (
    COMPLETED,
    STARTED,
    drawn_name,
    stop_others,
    withdraw,
)
from engine.bpmn.running.tokens import Token

Line = list[Any]


class CompensationEvent(ThrowEvent):
    """Undoes one activity or all of its scope and waits until that is done; or cancels."""

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, node=node)
        undoing = [event for event in node.events if event.kind == "compensate"]
        self.cancels = any(event.kind == "cancel" for event in node.events)
        self.only = undoing[0].activity if undoing else ""

    def _run_hook(self, my_task: Token) -> bool | None:
        super()._run_hook(my_task)
        if my_task.was_withdrawn:
            return True
        if self.cancels:
            if my_task.workflow.top_workflow.host.behaviour >= OTHERS_KEPT:
                my_task.workflow.leave_behind(my_task)
            stop_others(my_task)
        my_task.facts["plan"] = _plan(my_task.workflow, my_task.facts.get("only", self.only))
        return None if self._undo_next(my_task) else True

    def go_on(self, token: Token) -> None:
        """One activity is undone."""
        if not self._undo_next(token):
            token.complete()

    def _undo_next(self, token: Token) -> bool:
        if not token.facts["plan"]:
            return False
        around, line, only = token.facts["plan"].pop(0)
        scope = token.workflow
        for _ in range(around):
            scope = scope.parent_workflow
        _start(token, scope, line, only)
        return True

    def withdrawn(self, token: Token) -> None:
        for other in token.workflow.top_workflow.all_live():
            if other.facts.get("undoes") == token.id.hex:
                withdraw(other)

    def _on_complete_hook(self, my_task: Token) -> None:
        if not self.cancels:
            super()._on_complete_hook(my_task)
            return
        my_task.workflow.leave_behind(my_task)
        if not raise_up(my_task, "cancel", "", {}):
            raise StepFailed(element=self.node.id, reason="no event takes the cancellation")


class Reopened(SubprocessTask):
    """Opens the scope of a completed activity once more, to undo what was done inside."""

    def start_workflow(self, my_task: Token) -> None:
        # The library's own begins at the start event; this one begins with what is to be undone.
        lines, variables, only = my_task.facts.pop("inside")
        my_task._set_state(STARTED)
        scope = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        scope.belongs_to(my_task)
        scope.undo = lines
        around = {} if self.is_isolated(my_task) else my_task.data
        scope.task_tree.data = {**around, **variables}
        scope.task_tree._set_state(COMPLETED)
        first = scope.spec.undo_handler or scope.spec.undo_all
        child = scope.task_tree._add_child(first)
        if first is scope.spec.undo_all:
            child.facts["only"] = only
        first._update(child)

    def update_data(self, my_task: Token, subworkflow: Any) -> None:
        if self.shares_variables(my_task):
            my_task.data.update(subworkflow.changes())


def _plan(scope: Any, only: str) -> list[list[Any]]:
    """What is to be undone, in order: how far out, its line, and the one activity inside, if any.

    An event subprocess also undoes what was done around it.
    """
    plan, around = [], 0
    while True:
        plan += [[around, line, inside] for line, inside in _take(scope, only)]
        if not scope.spec.handles:
            return plan
        scope, around = scope.parent_workflow, around + 1


def _take(scope: Any, only: str) -> Iterator[tuple[Line, str]]:
    """Take the lines away that are meant, the last first."""
    kept: list[Line] = []
    for name, *inside in reversed(scope.undo):
        if not only or drawn_name(name) == only:
            yield [name, *inside], ""
            continue
        # A body that a rewrite put around the drawn activities: take from inside of it.
        meant = [line for line in inside[0] if drawn_name(line[0]) == only] if inside else []
        if not (name.startswith("~body.") and meant):
            kept.append([name, *inside])
            continue
        yield [name, meant, inside[1]], only
        kept.append([name, [line for line in inside[0] if line not in meant], inside[1]])
    scope.undo = kept[::-1]


def _start(asker: Token, scope: Any, line: Line, only: str) -> None:
    name, *inside = line
    spec = scope.spec.task_specs[name]
    facts: Data = {"undoes": asker.id.hex}
    if inside:
        target = scope.spec.task_specs[f"{name}~undo"]
        facts["inside"] = [*inside, only]
    else:
        event, handler = spec.undoer
        target = scope.spec.task_specs[handler]
        asker.workflow.top_workflow.host.record("activity_entered", event.node)
    child = scope.put(target, asker if scope is asker.workflow else scope.task_tree, **facts)
    child.data = dict(asker.data)
    target._update(child)
