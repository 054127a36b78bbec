"""Events: what a case waits for, watches over its activities with, and throws."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import (
    BoundaryEventMixin,
    IntermediateCatchEventMixin,
    IntermediateThrowEventMixin,
)
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from engine.bpmn.running.host import (
    AS_WRITTEN,
    LOCALS_STAY,
    OTHERS_KEPT,
    THROWERS_END,
    Data,
    StepFailed,
)
from engine.bpmn.running.specs.definitions import Condition, definition_of, happens, raise_up
from engine.bpmn.running.specs.flow_node import (
    COMPLETED,
    FlowNode,
    Way,
    remember,
    stop_others,
    withdraw,
)
from engine.bpmn.running.tokens import Token
from engine.bpmn.timers import next_due


class CatchEvent(IntermediateCatchEventMixin, FlowNode):
    """Waits for a message, signal or timer; also the receive task."""

    lasting = True
    takes_something = True

    def __init__(self, process: Any, name: str, *_definition: Any, node: Node) -> None:
        super().__init__(process, name, definition_of(node.events[0]), node=node)  # type: ignore[misc]
        self.event = node.events[0]

    def catch(self, my_task: Token, event: Any) -> None:
        # Of those who wait for one signal, one may have interrupted another by now.
        if my_task._state == TaskState.WAITING:
            super().catch(my_task, event)

    def _update_hook(self, my_task: Token) -> bool:
        """Wait; and once it has happened, take what it brought."""
        if my_task.has_state(TaskState.FINISHED_MASK) or not super()._update_hook(my_task):
            return False
        payload, my_task.payload = my_task.payload or {}, None
        return self.happen(my_task, payload)

    def happen(self, token: Token, payload: Data) -> bool:
        """What was awaited has happened: True if the token goes on."""
        token.data.update(self.brought(token, token.data, payload))
        return True

    def brought(self, token: Token, around: Data, payload: Data) -> Data:
        """What comes in with the event: its payload, or what its output mappings make of it."""
        maps = self.mapped_out and token.workflow.top_workflow.host.behaviour >= AS_WRITTEN
        return self.mapped(token, around, payload) if maps else payload

    def _on_ready_hook(self, my_task: Token) -> None:
        super()._on_ready_hook(my_task)  # it is no more among those that wait
        my_task.workflow.top_workflow.host.wait_closed(my_task)
        win_race(my_task)
        FlowNode._on_ready_hook(self, my_task)

    def notice(self, token: Token) -> bool:
        """Whether the condition that is awaited has just become true: then it happens."""
        assert isinstance(self.event_definition, Condition)
        became = self.event_definition.became_true(token, self.seen(token))
        if became:
            token.workflow.top_workflow.host.record("condition_met", self.node)
            happens(token, {})
        return became

    def seen(self, token: Token) -> Data:
        """The variables of the whole case, as this branch left them where branches differ."""
        return {**whole(token.workflow), **token.workflow.changed(token)}

    def withdrawn(self, token: Token) -> None:
        self.wait_no_more(token)

    def wait_no_more(self, token: Token) -> None:
        token.workflow.top_workflow.event_manager.remove_task(token)
        token.workflow.top_workflow.host.wait_closed(token)


def win_race(token: Token) -> None:
    """What else was awaited behind the same event-based gateway is awaited no more."""
    race = token.facts.get("race")
    if race is None:
        return
    for other in token.workflow.live():
        if other is not token and other.facts.get("race") == race:
            withdraw(other)


def whole(scope: Any) -> Data:
    """The variables as the outermost scope sees them that shares its own with this one."""
    while scope.parent_task_id is not None:
        owner = scope.top_workflow.get_task_from_id(scope.parent_task_id)
        if not (owner.task_spec.shares_variables(owner) and owner.task_spec.sees_all(owner)):
            break
        scope = owner.workflow
    outcome: Data = scope.outcome()
    return outcome


class BoundaryEvent(BoundaryEventMixin, CatchEvent):
    """Watches over an activity; interrupting it or running beside it."""

    lasting = False

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, None, cancel_activity=node.interrupting, node=node)  # type: ignore[call-arg]
        self.together: list[str] = []  # names of all parts, where every one must have happened
        self.over_scope = False  # it starts an event subprocess, which stands for its whole scope

    def guard(self, activity: Token) -> None:
        """Start to watch an activity that a token has just entered."""
        scope = activity.workflow
        facts = {"guards": activity.id.hex, "snapshot": True}
        token = scope.put(self, activity.before, state=TaskState.WAITING, **facts)
        token.data = dict(activity.data)
        self._update(token)

    def arrive(self, token: Token) -> None:
        """It only watches: nobody sees it before it happens."""

    def release(self, activity: Token) -> None:
        for token in activity.workflow.live():
            if token.task_spec is self and token.facts.get("guards") == activity.id.hex:
                token._set_state(TaskState.CANCELLED)
                self.wait_no_more(token)

    def activity_of(self, token: Token) -> Token:
        for other in token.workflow.tasks.values():
            if other.id.hex == token.facts["guards"]:
                return other  # type: ignore[no-any-return]
        raise StepFailed(element=self.node.id, reason="the watched activity is gone")

    def happen(self, token: Token, payload: Data) -> bool:
        self.event_definition.reset(token)
        if not self._all_happened(token, payload):
            return False
        activity = self.activity_of(token)
        inside = token.workflow.top_workflow.subprocesses.get(activity.id)
        seen = _seen_after(activity, inside)
        brought = self.brought(token, seen, payload)
        if self.cancel_activity:
            self._interrupt(token, activity, seen, brought)
            return True
        if token.workflow.top_workflow.host.behaviour >= AS_WRITTEN:
            token.workflow.aside.update(brought)
        self._branch_off(token, {**seen, **brought})
        return False

    def _interrupt(self, token: Token, activity: Token, seen: Data, payload: Data) -> None:
        case = token.workflow.top_workflow
        inside = case.subprocesses.get(activity.id)
        if self.over_scope and inside is not None and inside.undo:
            remember(activity, inside.undo, seen)  # the handler may still undo it
        if self.over_scope and case.host.behaviour >= OTHERS_KEPT:
            token.workflow.keep_handled()
        token.facts.pop("guards")  # it stays when the other guards are released
        case.host.wait_closed(token)
        token.data = {**seen, **payload}
        token.facts.pop("snapshot", None)
        withdraw(activity)
        if self.over_scope:
            _stop_beside(token)
        case.host.record("activity_entered", self.node)

    def seen(self, token: Token) -> Data:
        activity = self.activity_of(token)
        inside = token.workflow.top_workflow.subprocesses.get(activity.id)
        return whole(activity.workflow if inside is None else inside)

    def _all_happened(self, token: Token, payload: Data) -> bool:
        """Of a parallel multiple event: note that this part happened, and whether all have."""
        if not self.together:
            return True
        self.wait_no_more(token)
        token.facts.pop("kind")
        parts = [
            other
            for other in token.workflow.live()
            if other.task_spec.name in self.together
            and other.facts.get("guards") == token.facts["guards"]
        ]
        if any("kind" in part.facts for part in parts):
            token.facts["payload"] = dict(payload)
            return False
        for part in parts:
            payload.update(part.facts.get("payload", {}))
        return True

    def _branch_off(self, token: Token, data: Data) -> None:
        """A non-interrupting event starts its handler and goes on watching."""
        host = token.workflow.top_workflow.host
        host.record("activity_entered", self.node)
        handler = token._add_child(token.workflow.spec.passage)
        handler.facts["snapshot"] = True
        handler.data = data
        if self.event.kind == "timer" and not next_due(token.facts, host.now):
            token._set_state(COMPLETED)
            self.wait_no_more(token)
        elif self.event.kind == "timer":
            host.wait_opened(token)
        handler.complete()


def _seen_after(activity: Token, inside: Any) -> Data:
    """The variables where an event on an activity goes on: the activity's own stay inside."""
    if inside is None:
        return dict(activity.data)
    if activity.workflow.top_workflow.host.behaviour < LOCALS_STAY:
        return dict(inside.outcome())
    return {**activity.data, **activity.task_spec.comes_out(activity, inside)}


class Passage(FlowNode):
    """Where the handler of an event begins that does not interrupt: it leaves as the event does."""

    def choose(self, token: Token) -> list[Way]:
        return token.parent.task_spec.ways  # type: ignore[no-any-return]


def _stop_beside(token: Token) -> None:
    """An interrupting event subprocess ends all of its scope, also what others began beside it."""
    for other in token.workflow.live():
        if other is not token:
            withdraw(other)


class ThrowEvent(IntermediateThrowEventMixin, FlowNode):
    """An intermediate or end event that throws what it carries; a send task without a job."""

    def __init__(self, process: Any, name: str, *, node: Node) -> None:
        super().__init__(process, name, definition_of(*node.events), node=node)  # type: ignore[misc]
        self.errors = [definition_of(event) for event in node.events if event.kind == "error"]

    def _on_complete_hook(self, my_task: Token) -> None:
        kinds = {event.kind for event in self.node.events}
        if self.node.tag == "endEvent" and kinds & {"terminate", "error"}:
            self._end_abruptly(my_task, kinds)
            return
        super()._on_complete_hook(my_task)

    def _end_abruptly(self, token: Token, kinds: set[str]) -> None:
        scope = token.workflow
        scope.leave_behind(token)
        if "terminate" in kinds:
            _terminate(token)
            return
        code = self.errors[0].name_for(token)
        if not raise_up(token, "error", code, {}):
            raise StepFailed(element=self.node.id, reason=f"nobody handles the error {code!r}")


def _terminate(token: Token) -> None:
    if token.workflow.top_workflow.host.behaviour >= THROWERS_END:
        stop_others(token)
        return
    for other in token.workflow.live():  # what event subprocesses had begun beside it went on
        withdraw(other)
