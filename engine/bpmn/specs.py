"""How each kind of flow node behaves when a token arrives, runs and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.host import Data, StepFailed
from engine.bpmn.model import EventDefinition, Node
from engine.bpmn.slots import EMPTY, Slot, words
from engine.bpmn.timers import first_due, next_due
from engine.bpmn.tokens import Token, conflict, merge

COMPLETED, WAITING, STARTED = TaskState.COMPLETED, TaskState.WAITING, TaskState.STARTED


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
        super().__init__(process, node.id)
        self.node = node
        self.bpmn_id = node.id
        self.ways: list[Way] = []
        self.default: str = ""
        self.boundaries: list[BoundaryEvent] = []
        self.loop_owner: Any = None  # the multi-instance node this one is an instance of

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
        if self.loop_owner is not None:
            self.loop_owner.instance_done(my_task.parent, my_task)
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


def holds(way: Way, token: Token) -> bool:
    if way.condition is None:
        return True
    value = token.workflow.top_workflow.host.evaluate(way.condition, token.data, token.node)
    if not isinstance(value, bool):
        raise StepFailed(
            element=way.flow, reason=f"the condition {way.condition.text} gave {value!r}"
        )
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


# ── gateways ───────────────────────────────────────────────────────────────────────────────────


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


# ── events ─────────────────────────────────────────────────────────────────────────────────────


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
        if self.event.kind == "timer":
            value = host.evaluate(self.expression, token.data, self.node)
            facts.update(first_due(value, self.event.timer, host.now, self.node.id))
        else:
            facts["name"] = self.event.name
        if self.event.kind == "message":
            key = host.evaluate(self.expression, token.data, self.node)
            facts["key"] = "" if key is None else str(key)
        host.wait_opened(token)

    def fire(self, token: Token, payload: Data) -> None:
        """What was awaited has happened."""
        token.data.update(payload)
        token.workflow.top_workflow.host.wait_closed(token)
        self._win_race(token)
        token._ready()

    def _win_race(self, token: Token) -> None:
        race = token.facts.get("race")
        if race is None:
            return
        for other in token.workflow.live():
            if other is not token and other.facts.get("race") == race and other._state == WAITING:
                withdraw(other)

    def withdrawn(self, token: Token) -> None:
        token.workflow.top_workflow.host.wait_closed(token)


class BoundaryEvent(CatchEvent):
    """Watches over an activity; interrupting it or running beside it."""

    lasting = False

    def guard(self, activity: Token) -> None:
        """Start to watch an activity that a token has just entered."""
        scope = activity.workflow
        token = scope.put(self, activity.parent, "", guards=activity.id.hex, snapshot=True)
        token.data = dict(activity.data)
        if self.event.kind in ("timer", "message", "signal"):
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
        activity = self.activity_of(token)
        inside = case.subprocesses.get(activity.id)
        seen = dict(activity.data) if inside is None else inside.outcome()
        if self.node.interrupting:
            token.facts.pop("guards")  # it stays when the other guards are released
            case.host.wait_closed(token)
            token.data = {**seen, **payload}
            token.facts.pop("snapshot", None)
            withdraw(activity)
            case.host.record("activity_entered", self.node)
            token._ready()
            return
        self._branch_off(token, {**seen, **payload})

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


class ThrowEvent(FlowNode):
    """An intermediate or end event that throws what it carries; a send task without a job."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.keys: list[Slot] = [EMPTY for _ in node.events]

    def work(self, token: Token) -> bool:
        for event, key in zip(self.node.events, self.keys, strict=True):
            self._throw(token, event, key)
        return True

    def _throw(self, token: Token, event: EventDefinition, key: Slot) -> None:
        case = token.workflow.top_workflow
        if event.kind == "message":
            value = case.host.evaluate(key, token.data, self.node)
            case.host.message_thrown(event.name, "" if value is None else str(value), self.node)
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
        if "terminate" in kinds:
            for other in scope.live():
                withdraw(other)
            scope.result = {**scope.result, **scope.changed(token)}
            return
        code = next(event.name for event in self.node.events if event.kind == "error")
        if not raise_up(token, "error", code, {}):
            raise StepFailed(element=self.node.id, reason=f"nobody handles the error {code!r}")


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


# ── activities ─────────────────────────────────────────────────────────────────────────────────


class Activity(FlowNode):
    """Work with variables of its own on the way in and out."""

    lasting = True

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.mapped_in: list[tuple[str, Slot]] = []
        self.mapped_out: list[tuple[str, Slot]] = []

    def local(self, token: Token) -> Data:
        """The variables inside the activity: the branch's own and the input mappings."""
        host = token.workflow.top_workflow.host
        data: Data = dict(token.data)
        for target, source in self.mapped_in:
            assign(data, target, host.evaluate(source, data, self.node))
        return data

    def take_back(self, token: Token, result: Data) -> None:
        """Merge a result into the branch: through the output mappings where there are any."""
        if not self.mapped_out:
            token.data.update(result)
            return
        host = token.workflow.top_workflow.host
        seen = {**token.data, **result}
        for target, source in self.mapped_out:
            assign(token.data, target, host.evaluate(source, seen, self.node))


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


class UserTask(Activity):
    """Waits for a person."""

    def __init__(self, process: Any, node: Node) -> None:
        super().__init__(process, node)
        self.manual = True
        self.role = ""
        self.slots: dict[str, Slot] = {}

    def arrive(self, token: Token) -> bool:
        token._set_state(TaskState.READY)
        token.workflow.top_workflow.host.task_opened(token)
        return False

    def offer(self, token: Token) -> Data:
        """Who may do it and by when, as the diagram says now."""
        host = token.workflow.top_workflow.host
        data = self.local(token)

        def value(name: str) -> Any:
            slot = self.slots.get(name, EMPTY)
            return None if slot.is_empty else host.evaluate(slot, data, self.node)

        groups = words(value("candidate_groups"))
        users = words(value("candidate_users"))
        assignee = value("assignee")
        if not groups and not users and not assignee and self.role:
            groups = [self.role]
        return {
            "assignee": assignee,
            "candidate_groups": groups,
            "candidate_users": users,
            "due_date": value("due_date"),
            "priority": value("priority"),
            "separate_from": words(value("separate_from")),
        }

    def finish(self, token: Token, result: Data) -> None:
        self.take_back(token, result)
        token.workflow.top_workflow.host.task_closed(token, "completed")
        token.complete()

    def withdrawn(self, token: Token) -> None:
        token.workflow.top_workflow.host.task_closed(token, "cancelled")


class JobTask(Activity):
    """A service, send or business rule task that a handler or an external worker carries out."""

    def work(self, token: Token) -> None:
        token.workflow.top_workflow.host.job_opened(token)

    def finish(self, token: Token, result: Data) -> None:
        self.take_back(token, result)
        token.workflow.top_workflow.host.job_closed(token)
        token.complete()

    def withdrawn(self, token: Token) -> None:
        token.workflow.top_workflow.host.job_closed(token)


class ScriptTask(Activity):
    """Sets a variable to the value of a FEEL expression."""

    script: Slot = EMPTY

    def work(self, token: Token) -> bool:
        host = token.workflow.top_workflow.host
        value = host.evaluate(self.script, self.local(token), self.node)
        self.take_back(token, result_of(self.node, value))
        return True


class BusinessRuleTask(Activity):
    """Asks a decision table."""

    def work(self, token: Token) -> bool:
        host = token.workflow.top_workflow.host
        value = host.decide(self.node.extensions.decision, self.local(token), self.node)
        self.take_back(token, result_of(self.node, value))
        return True


def result_of(node: Node, value: Any) -> Data:
    name = node.extensions.result_variable
    if name:
        return {name: value}
    return dict(value) if isinstance(value, dict) else {}


class SubprocessTask(Activity):
    """An embedded subprocess or a call activity: runs another scope."""

    body = ""  # name of the scope's spec
    called = False

    @property
    def shares_variables(self) -> bool:
        """Whether what the inside changes is the outside's too, without a mapping between."""
        return not self.mapped_out and (not self.called or self.node.extensions.propagate_all)

    def arrive(self, token: Token) -> bool:
        token._set_state(STARTED)
        scope = token.workflow.top_workflow.create_subprocess(token, self.body)
        mapped = self.called and (self.mapped_in and not self.node.extensions.propagate_all)
        data = self.local(token)
        scope.begin({name: data[name] for name, _ in self.mapped_in} if mapped else data)
        return False

    def finish(self, token: Token, result: Data) -> None:
        """The scope has come to its end."""
        if self.mapped_out:
            self.take_back(token, result)
        elif self.shares_variables:
            token.data = result
        token._ready()


class MultiInstance(Activity):
    """Runs an activity once for each item of a collection, side by side or one after the other."""

    instance = ""  # name of the instance's spec
    collection: Slot = EMPTY
    cardinality: Slot = EMPTY
    condition: Slot | None = None
    output: Slot = EMPTY
    MAXIMUM = 1000

    def arrive(self, token: Token) -> bool:
        token._set_state(STARTED)
        token.facts.update(items=self._items(token), done=0, results={})
        if not token.facts["items"]:
            return self._close(token)
        count = 1 if self._sequential else len(token.facts["items"])
        for index in range(count):
            self._start(token, index)
        return False

    @property
    def _sequential(self) -> bool:
        return self.node.loop is not None and self.node.loop.kind == "sequential"

    def _items(self, token: Token) -> list[Any]:
        host = token.workflow.top_workflow.host
        if not self.collection.is_empty:
            items = host.evaluate(self.collection, token.data, self.node)
        else:
            number = host.evaluate(self.cardinality, token.data, self.node)
            items = list(range(1, min(int(number), self.MAXIMUM + 1) + 1)) if number else []
        if not isinstance(items, list):
            raise StepFailed(element=self.node.id, reason="the collection is not a list")
        if len(items) > self.MAXIMUM:
            raise StepFailed(element=self.node.id, reason=f"more than {self.MAXIMUM} items")
        return items

    def _start(self, token: Token, index: int) -> None:
        spec = token.workflow.spec.task_specs[self.instance]
        child = token.workflow.put(spec, token, "", index=index)
        child.data = {**token.data, "loopCounter": index + 1}
        if self.node.loop is not None and self.node.loop.element:
            child.data[self.node.loop.element] = token.facts["items"][index]
        spec._update(child)

    def instance_done(self, token: Token, child: Token) -> None:
        if token._state != STARTED:
            return
        host = token.workflow.top_workflow.host
        token.facts["done"] += 1
        index = child.facts["index"]
        if not self.output.is_empty:
            value = host.evaluate(self.output, child.data, self.node)
            token.facts["results"][str(index)] = value
        else:
            self._merge(token, child)
        if self._enough(token, child):
            self._withdraw_rest(token)
        elif self._sequential:
            self._start(token, index + 1)
            return
        else:
            return
        self._close(token)
        token._ready()

    def _enough(self, token: Token, child: Token) -> bool:
        if token.facts["done"] >= len(token.facts["items"]):
            return True
        host = token.workflow.top_workflow.host
        return self.condition is not None and bool(
            host.evaluate(self.condition, child.data, self.node)
        )

    def _merge(self, token: Token, child: Token) -> None:
        """Without an output collection, what the instances changed comes back, if they agree."""
        local = {"loopCounter", self.node.loop.element if self.node.loop else ""}
        before = token.parent.data
        for name, value in child.data.items():
            if name in local or (name in before and before[name] == value):
                continue
            if name in token.data and token.data[name] not in (value, before.get(name)):
                raise conflict(child, name, token.data[name], value)
            token.data[name] = value

    def _withdraw_rest(self, token: Token) -> None:
        for child in token.children:
            if child.is_live and child.task_spec.name == self.instance:
                withdraw(child)

    def _close(self, token: Token) -> bool:
        loop = self.node.loop
        if loop is not None and loop.output_collection:
            results = token.facts["results"]
            token.data[loop.output_collection] = [
                results.get(str(index)) for index in range(len(token.facts["items"]))
            ]
        return True

    def withdrawn(self, token: Token) -> None:
        self._withdraw_rest(token)
