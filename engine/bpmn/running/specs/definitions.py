"""What events wait for and throw: SpiffWorkflow's event definitions, as this engine means them.

What is awaited stands in the facts of the token; the payload of an event goes with the token and
never into the state under the event's own name.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import (
    CancelEventDefinition,
    ErrorEventDefinition,
    EscalationEventDefinition,
    MessageEventDefinition,
    MultipleEventDefinition,
    SignalEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent

from engine.bpmn import model
from engine.bpmn.running.host import AS_WRITTEN, KEYS_NEEDED, Data
from engine.bpmn.running.tokens import Case, Token
from engine.bpmn.slot_values import LONGEST_NAME, Given
from engine.bpmn.slots import EMPTY, Slot, slot
from engine.bpmn.timers import first_due
from engine.feel import FeelSyntaxError


class Occurrence(BpmnEvent):
    """Something that happened: for everybody who waits for it, or for one token alone."""

    def __init__(self, definition: Any, payload: Data, token: Token | None = None) -> None:
        super().__init__(definition, payload=payload)
        self.token = token


class Definition(EventDefinition):
    """What all events have in common."""

    def __init__(self, event: model.EventDefinition, **more: Any) -> None:
        super().__init__(name=event.name, **more)
        self.event = event
        self.naming = naming_of(event)

    def catches(self, my_task: Token, event: Any) -> bool:
        if event.token is not None:
            return event.token is my_task
        return "kind" in my_task.facts and super().catches(my_task, event)

    def name_for(self, token: Token) -> str:
        """The name or code as this token means it: as it is written, or what its FEEL gives."""
        host = token.workflow.top_workflow.host
        if self.naming is None or host.behaviour < AS_WRITTEN:
            return self.event.name
        value = token.workflow.script_engine.evaluate(token, self.naming)
        return Given(token.node, f"{self.event.kind} name", value).name(LONGEST_NAME)

    def catch(self, my_task: Token, event: Any = None) -> None:
        my_task.payload = dict(event.payload)
        EventDefinition.catch(self, my_task, event)

    def update_task(self, my_task: Token) -> None:
        """It is awaited from now on."""
        if "kind" not in my_task.facts:
            my_task.facts["kind"] = self.event.kind
            self.wait(my_task)

    def wait(self, token: Token) -> None:
        token.facts["name"] = self.name_for(token)

    def update_task_data(self, my_task: Token) -> None:
        """The payload has reached the token already, when it came."""

    def throw(self, my_task: Token) -> None:
        """Nobody outside the scope hears of it: its end event carries it out."""

    def reset(self, my_task: Token) -> None:
        my_task.facts.pop("event_fired", None)


class Message(Definition, MessageEventDefinition):
    def __init__(self, event: model.EventDefinition) -> None:
        super().__init__(event)
        key = event.correlation_key
        self.key: Slot = slot(key, always=True) if key else EMPTY

    def _key_of(self, token: Token) -> str:
        value = token.workflow.script_engine.evaluate(token, self.key)
        host = token.workflow.top_workflow.host
        given = Given(token.node, "correlationKey", value, host.strict)
        if self.key.is_empty or host.behaviour < KEYS_NEEDED:
            return given.key()
        return given.needed_key()

    def wait(self, token: Token) -> None:
        super().wait(token)
        token.facts["key"] = self._key_of(token)
        token.workflow.top_workflow.host.wait_opened(token)

    def throw(self, my_task: Token) -> None:
        host = my_task.workflow.top_workflow.host
        host.message_thrown(self.name_for(my_task), self._key_of(my_task), my_task.node)


class Signal(Definition, SignalEventDefinition):
    def catches(self, my_task: Token, event: Any) -> bool:
        if event.token is not None or self.naming is None:
            return super().catches(my_task, event)
        signals = isinstance(event.event_definition, Signal)
        return signals and my_task.facts.get("name") == event.event_definition.name

    def wait(self, token: Token) -> None:
        super().wait(token)
        token.workflow.top_workflow.host.wait_opened(token)

    def catch(self, my_task: Token, event: Any = None) -> None:
        host = my_task.workflow.top_workflow.host
        host.record("signal_received", my_task.node, {"name": my_task.facts["name"]})
        super().catch(my_task, event)

    def throw(self, my_task: Token) -> None:
        case = my_task.workflow.top_workflow
        name = self.name_for(my_task)
        case.host.signal_thrown(name, my_task.node, my_task.data)
        spread(case, definition_of(model.EventDefinition("signal", name)), {})


class Timer(Definition):
    def __init__(self, event: model.EventDefinition) -> None:
        super().__init__(event)
        self.moment = slot(event.expression)

    def wait(self, token: Token) -> None:
        value = token.workflow.script_engine.evaluate(token, self.moment)
        host = token.workflow.top_workflow.host
        token.facts.update(first_due(value, self.event.timer, host.now, token.node.id))
        host.wait_opened(token)


class Condition(Definition):
    """Nothing from outside brings it about: the case looks for itself."""

    def __init__(self, event: model.EventDefinition) -> None:
        super().__init__(event)
        self.condition = slot(event.expression, always=True)

    def wait(self, token: Token) -> None:
        token.facts["held"] = False

    def became_true(self, token: Token, seen: Data) -> bool:
        """Whether what is awaited holds now and did not when it was looked at last."""
        value = token.workflow.script_engine.evaluate(token, self.condition, seen)
        host = token.workflow.top_workflow.host
        if host.behaviour >= AS_WRITTEN:
            value = Given(token.node, "condition", value).truth()
        holds = value is True
        became = holds and not token.facts["held"]
        token.facts["held"] = holds
        return became


class Error(Definition, ErrorEventDefinition):
    def __init__(self, event: model.EventDefinition) -> None:
        super().__init__(event, code=event.name or None)


class Escalation(Definition, EscalationEventDefinition):
    def __init__(self, event: model.EventDefinition) -> None:
        super().__init__(event, code=event.name or None)

    def throw(self, my_task: Token) -> None:
        raise_up(my_task, "escalation", self.name_for(my_task), {})


class Cancel(Definition, CancelEventDefinition):
    pass


class Terminate(Definition, TerminateEventDefinition):
    pass


class Several(MultipleEventDefinition):
    """All that a throwing event carries, in the order of the file."""

    def throw(self, my_task: Token) -> None:
        for definition in self.event_definitions:
            definition.throw(my_task)
            if my_task.was_withdrawn:  # by what it threw
                break


def naming_of(event: model.EventDefinition) -> Slot | None:
    """The FEEL that gives a name or code, or None where it is the name itself."""
    try:
        naming = slot(event.name)
    except FeelSyntaxError:
        return None  # of an older release, which took it for a name; said by its own rule
    return None if naming.expression is None else naming


_KINDS: dict[str, type[Definition]] = {
    "message": Message,
    "signal": Signal,
    "timer": Timer,
    "conditional": Condition,
    "error": Error,
    "escalation": Escalation,
    "cancel": Cancel,
    "terminate": Terminate,
}


def definition_of(*events: model.EventDefinition) -> Any:
    definitions = [_KINDS.get(event.kind, Definition)(event) for event in events]
    return definitions[0] if len(definitions) == 1 else Several(definitions)


def spread(case: Case, definition: Signal, payload: Data) -> int:
    """Give a signal to every event of the case that waits for it; returns how many do."""
    case.line_up_events()
    heard: int = case.event_manager.catch(Occurrence(definition, payload), internal=False)
    return heard


def happens(token: Token, payload: Data) -> None:
    """What a token waits for has happened, and is meant for this one alone."""
    event = Occurrence(token.task_spec.event_definition, payload, token)
    token.workflow.top_workflow.send_event(event)


def raise_up(token: Token, kind: str, code: str, payload: Data) -> bool:
    """Look for a boundary event that handles this error or escalation, from inside out."""
    thrown = Occurrence(definition_of(model.EventDefinition(kind, name=code)), payload)
    activity: Token | None = token
    while activity is not None:
        guard = _guard_of(activity, thrown)
        if guard is not None:
            happens(guard, payload)
            return True
        if activity.task_spec.loop_owner is not None:
            activity = activity.parent  # events hang on the whole loop, not on one of its rounds
            continue
        scope = activity.workflow
        if scope.parent_task_id is None:
            return False
        activity = scope.top_workflow.get_task_from_id(scope.parent_task_id)
    return False


def _guard_of(activity: Token, thrown: Occurrence) -> Token | None:
    matches = [
        token
        for token in activity.workflow.live()
        if token.facts.get("guards") == activity.id.hex and token.task_spec.catches(token, thrown)
    ]
    matches.sort(key=lambda token: token.facts["name"] == "")  # the exact code goes first
    return matches[0] if matches else None
