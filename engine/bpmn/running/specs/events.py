"""Events: what a case waits for, watches over its activities with, and throws."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventDefinition, Node
from engine.bpmn.running.host import THROWERS_END, Data, StepFailed
from engine.bpmn.running.specs.flow_node import (
    COMPLETED,
    WAITING,
    FlowNode,
    remember,
    stop_others,
    withdraw,
)
from engine.bpmn.running.tokens import Token
from engine.bpmn.slot_values import Given
from engine.bpmn.slots import EMPTY, Slot
from engine.bpmn.timers import first_due, next_due


class CatchEvent(FlowNode):
    """Waits for a message, signal or timer; also the receive task."""

    lasting = True

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.event: EventDefinition = node.events[0]
        self.expression: Slot = EMPTY  # of the timer, or of the correlation key

    def arrive(self, token: Token) -> bool:
        self.subscribe(token)
        return False

    def subscribe(self, token: Token) -> None:
        host = token.workflow.top_workflow.host
        token._set_state(WAITING)
        facts = token.facts
        facts["kind"] = self.event.kind
        if self.event.kind == "conditional":
            facts["held"] = False
            return  # nothing from outside brings it about: the case looks for itself
        if self.event.kind == "timer":
            value = host.evaluate(self.expression, token.data, self.node)
            facts.update(first_due(value, self.event.timer, host.now, self.node.id))
        else:
            facts["name"] = self.event.name
        if self.event.kind == "message":
            key = host.evaluate(self.expression, token.data, self.node)
            facts["key"] = Given(self.node, "correlationKey", key, host.strict).key()
        host.wait_opened(token)

    def notice(self, token: Token) -> bool:
        """Whether the condition that is awaited has just become true: then it happens."""
        host = token.workflow.top_workflow.host
        holds = host.evaluate(self.expression, self.seen(token), self.node) is True
        became = holds and not token.facts["held"]
        token.facts["held"] = holds
        if became:
            host.record("condition_met", self.node)
            self.fire(token, {})
        return became

    def seen(self, token: Token) -> Data:
        """The variables of the whole case, as this branch left them where branches differ."""
        return {**whole(token.workflow), **token.workflow.changed(token)}

    def fire(self, token: Token, payload: Data) -> None:
        """What was awaited has happened."""
        token.data.update(payload)
        token.workflow.top_workflow.host.wait_closed(token)
        win_race(token)
        token._ready()

    def withdrawn(self, token: Token) -> None:
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
        if not owner.task_spec.shares_variables:
            break
        scope = owner.workflow
    outcome: Data = scope.outcome()
    return outcome


class BoundaryEvent(CatchEvent):
    """Watches over an activity; interrupting it or running beside it."""

    lasting = False

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.together: list[str] = []  # names of all parts, where every one must have happened
        self.over_scope = False  # it starts an event subprocess, which stands for its whole scope

    def guard(self, activity: Token) -> None:
        """Start to watch an activity that a token has just entered."""
        scope = activity.workflow
        token = scope.put(self, activity.parent, "", guards=activity.id.hex, snapshot=True)
        token.data = dict(activity.data)
        if self.event.kind in ("timer", "message", "signal", "conditional"):
            self.subscribe(token)
        else:
            token._set_state(WAITING)
            token.facts.update(kind=self.event.kind, name=self.event.name)

    def release(self, activity: Token) -> None:
        for token in activity.workflow.live():
            if token.task_spec is self and token.facts.get("guards") == activity.id.hex:
                token._set_state(TaskState.CANCELLED)
                token.workflow.top_workflow.host.wait_closed(token)

    def activity_of(self, token: Token) -> Token:
        for other in token.workflow.tasks.values():
            if other.id.hex == token.facts["guards"]:
                return other  # type: ignore[no-any-return]
        raise StepFailed(element=self.node.id, reason="the watched activity is gone")

    def fire(self, token: Token, payload: Data) -> None:
        case = token.workflow.top_workflow
        if not self._all_happened(token, payload):
            return
        activity = self.activity_of(token)
        inside = case.subprocesses.get(activity.id)
        seen = dict(activity.data) if inside is None else inside.outcome()
        if self.node.interrupting:
            if self.over_scope and inside is not None and inside.undo:
                remember(activity, inside.undo, seen)  # the handler may still undo it
            token.facts.pop("guards")  # it stays when the other guards are released
            case.host.wait_closed(token)
            token.data = {**seen, **payload}
            token.facts.pop("snapshot", None)
            withdraw(activity)
            if self.over_scope:
                _stop_beside(token)
            case.host.record("activity_entered", self.node)
            token._ready()
            return
        self._branch_off(token, {**seen, **payload})

    def seen(self, token: Token) -> Data:
        activity = self.activity_of(token)
        inside = token.workflow.top_workflow.subprocesses.get(activity.id)
        return whole(activity.workflow if inside is None else inside)

    def _all_happened(self, token: Token, payload: Data) -> bool:
        """Of a parallel multiple event: note that this part happened, and whether all have."""
        if not self.together:
            return True
        token.workflow.top_workflow.host.wait_closed(token)
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
        case = token.workflow.top_workflow
        case.host.record("activity_entered", self.node)
        handler = token.workflow.put(token.workflow.spec.passage, token, "", snapshot=True)
        handler.data = data
        handler._set_state(COMPLETED)
        if self.event.kind == "timer" and not next_due(token.facts, case.host.now):
            token._set_state(COMPLETED)
            case.host.wait_closed(token)
        elif self.event.kind == "timer":
            case.host.wait_opened(token)
        self.leave(handler, self.ways)


def _stop_beside(token: Token) -> None:
    """An interrupting event subprocess ends all of its scope, also what others began beside it."""
    for other in token.workflow.live():
        if other is not token:
            withdraw(other)


class ThrowEvent(FlowNode):
    """An intermediate or end event that throws what it carries; a send task without a job."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.keys: list[Slot] = [EMPTY for _ in node.events]

    def work(self, token: Token) -> bool | None:
        for event, key in zip(self.node.events, self.keys, strict=True):
            self._throw(token, event, key)
            if token.was_withdrawn:
                break
        return True

    def _throw(self, token: Token, event: EventDefinition, key: Slot) -> None:
        case = token.workflow.top_workflow
        if event.kind == "message":
            value = case.host.evaluate(key, token.data, self.node)
            thrown = Given(self.node, "correlationKey", value, case.host.strict).key()
            case.host.message_thrown(event.name, thrown, self.node)
        elif event.kind == "signal":
            case.host.signal_thrown(event.name, self.node, token.data)
            catch_signal(case, event.name, {})
        elif event.kind == "escalation":
            raise_up(token, "escalation", event.name, {})

    def _on_complete(self, my_task: Token) -> None:
        kinds = {event.kind for event in self.node.events}
        if self.node.tag == "endEvent" and kinds & {"terminate", "error"}:
            self._end_abruptly(my_task, kinds)
            return
        super()._on_complete(my_task)

    def _end_abruptly(self, token: Token, kinds: set[str]) -> None:
        scope = token.workflow
        scope.leave_behind(token)
        if "terminate" in kinds:
            _terminate(token)
            return
        code = next(event.name for event in self.node.events if event.kind == "error")
        if not raise_up(token, "error", code, {}):
            raise StepFailed(element=self.node.id, reason=f"nobody handles the error {code!r}")


def _terminate(token: Token) -> None:
    if token.workflow.top_workflow.host.behaviour >= THROWERS_END:
        stop_others(token)
        return
    for other in token.workflow.live():  # what event subprocesses had begun beside it went on
        withdraw(other)


def catch_signal(case: Any, name: str, payload: Data) -> int:
    """Fire every event of the case that waits for this signal."""
    waiting = [
        token
        for token in case.all_live()
        if token.facts.get("kind") == "signal" and token.facts.get("name") == name
    ]
    for token in waiting:
        if token._state == WAITING:
            case.host.record("signal_received", token.node, {"name": name})
            token.task_spec.fire(token, dict(payload))
    return len(waiting)


def raise_up(token: Token, kind: str, code: str, payload: Data) -> bool:
    """Look for a boundary event that handles this error or escalation, from inside out."""
    activity: Token | None = token
    while activity is not None:
        guard = _guard_of(activity, kind, code)
        if guard is not None:
            guard.task_spec.fire(guard, payload)
            return True
        if activity.task_spec.loop_owner is not None:
            activity = activity.parent  # events hang on the whole loop, not on one of its rounds
            continue
        scope = activity.workflow
        if scope.parent_task_id is None:
            return False
        activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
    return False


def _guard_of(activity: Token, kind: str, code: str) -> Token | None:
    matches = [
        token
        for token in activity.workflow.live()
        if token._state == WAITING
        and token.facts.get("guards") == activity.id.hex
        and token.facts.get("kind") == kind
        and token.facts.get("name") in ("", code)
    ]
    matches.sort(key=lambda token: token.facts.get("name") == "")  # the exact code goes first
    return matches[0] if matches else None
