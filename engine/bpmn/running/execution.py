"""A live case: acts on it, runs it to rest, and tells what changed. Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from engine import dmn, feel
from engine.bpmn.model import EventDefinition, Node
from engine.bpmn.running import state as stored
from engine.bpmn.running.compile import Definition
from engine.bpmn.running.host import (
    BEHAVIOUR,
    CONDITIONS_AT_ONCE,
    DECLARED_TYPES,
    JUEL_MEANT,
    THROWERS_END,
    VALUES_CHECKED,
    Data,
    StepFailed,
)
from engine.bpmn.running.migrate import carry_over
from engine.bpmn.running.rewired import CannotMove
from engine.bpmn.running.specs import (
    BoundaryEvent,
    CatchEvent,
    InclusiveGateway,
    JobTask,
    SubprocessTask,
    UserTask,
    definition_of,
    happens,
    raise_up,
    spread,
    withdraw,
)
from engine.bpmn.running.tokens import FUEL, TOO_MUCH, Case, Token
from engine.bpmn.slots import Slot
from engine.ground.errors import MigrationRefused, TaskNotFound


@dataclass(slots=True)
class Changes:
    """What one act did, in order; the turn writes it down."""

    events: list[tuple[str, Node, Data]] = field(default_factory=list)
    opened_tasks: dict[UUID, Token] = field(default_factory=dict)
    closed_tasks: dict[UUID, str] = field(default_factory=dict)
    opened_waits: dict[UUID, Token] = field(default_factory=dict)
    closed_waits: set[UUID] = field(default_factory=set)
    opened_jobs: dict[UUID, Token] = field(default_factory=dict)
    closed_jobs: set[UUID] = field(default_factory=set)
    messages: list[tuple[str, str]] = field(default_factory=list)
    signals: list[tuple[str, Data]] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine lends a case for one act."""

    now: datetime
    call: Callable[[str, Node, Mapping[str, Any], tuple[Any, ...]], Any]
    functions: tuple[str, ...]
    decisions: tuple[Any, ...]  # parsed DMN models of the deployment
    behaviour: int = BEHAVIOUR


class Execution:
    """One instance in memory: a SpiffWorkflow workflow over shared, immutable specs."""

    def __init__(self, case: Case, definition: Definition) -> None:
        self.case = case
        self.definition = definition
        self.changes = Changes()
        self.now: datetime
        self.behaviour = BEHAVIOUR
        case.host = self

    @property
    def strict(self) -> bool:
        return self.behaviour >= VALUES_CHECKED

    @classmethod
    def begin(cls, definition: Definition, instance_id: str) -> Self:
        case = Case(definition.spec, dict(definition.subprocess_specs), UUID(instance_id))
        return cls(case, definition)

    @classmethod
    def load(cls, definition: Definition, instance_id: str, state: Data) -> Execution:
        specs = dict(definition.subprocess_specs)
        return cls(stored.load(state, definition.spec, specs, UUID(instance_id)), definition)

    def dump(self) -> Data:
        """Cut off what is finished and give the state as JSON-able data."""
        stored.compact(self.case)
        return stored.dump(self.case)

    def enter(self, surroundings: Surroundings) -> None:
        """Begin an act: from here on, time and host functions are those given."""
        self.changes = Changes()
        self.surroundings = surroundings
        self.now, self.behaviour = surroundings.now, surroundings.behaviour
        self.case.fuel = FUEL
        self._counted = self.case.counter
        self._standing: tuple[Node, Mapping[str, Any]] | None = None
        functions = {name: self._function(name) for name in surroundings.functions}
        self.environment = feel.Environment(now=surroundings.now, functions=functions)

    # ── acts ───────────────────────────────────────────────────────────────────────────────

    def start(self, variables: Data, start_event: str = "") -> None:
        self.case.begin(variables, start_event)

    def complete_task(self, task_id: UUID, variables: Data) -> None:
        token = self.token(task_id)
        if not isinstance(token.task_spec, UserTask):
            raise TaskNotFound
        self.record("task_completed", token.node, {"task": task_id.hex})
        token.task_spec.finish(token, variables)

    def finish_job(self, job_id: UUID, variables: Data) -> None:
        token = self.token(job_id)
        if not isinstance(token.task_spec, JobTask):
            raise TaskNotFound
        self.record("job_completed", token.node, {"job": job_id.hex})
        token.task_spec.finish(token, variables)

    def throw_error(self, job_id: UUID, code: str, variables: Data) -> bool:
        """A job ended in a BPMN error; False if no boundary event handles it."""
        return raise_up(self.token(job_id), "error", code, variables)

    def fire(self, token_id: UUID, payload: Data, event: str) -> None:
        """A timer is due, or a message or signal has come."""
        token = self.token(token_id)
        spec = token.task_spec
        if not isinstance(spec, CatchEvent) or "kind" not in token.facts:
            raise TaskNotFound
        self.record(event, spec.node, {"due": token.facts["due"]} if "due" in token.facts else {})
        happens(token, payload)

    def move_timer(self, token_id: UUID, due: datetime) -> None:
        """A deadline has moved: the timer that waits for it moves too."""
        token = self.token(token_id)
        token.facts["due"] = due.astimezone(UTC).isoformat()
        self.wait_opened(token)
        self.record("timer_moved", token.node, {"due": token.facts["due"]})

    def signal(self, name: str, payload: Data) -> int:
        return spread(self.case, definition_of(EventDefinition("signal", name)), payload)

    def cancel(self) -> None:
        for token in self.case.live():
            withdraw(token)

    def migrate(self, definition: Definition, mapping: Mapping[str, str]) -> None:
        """Carry the case over to another version of its process."""
        try:
            self.case = carry_over(
                self.case,
                self.definition,
                definition,
                mapping,
                # What an older release let pass has happened.
                checks_wiring=self.behaviour >= BEHAVIOUR,
                joins_again=self.behaviour >= THROWERS_END,
            )
        except CannotMove as refused:
            raise MigrationRefused(target=definition.process.id, reason=refused.text) from refused
        self.definition = definition
        for token in self.open_jobs():
            token.task_spec.compute(token)

    def waiting(self) -> list[Token]:
        """Tokens that wait for a timer, a message or a signal."""
        kinds = ("timer", "message", "signal")
        live = self.case.all_live()
        return [token for token in live if token.facts.get("kind") in kinds]

    def open_user_tasks(self) -> list[tuple[Token, Data]]:
        """Open user tasks, each with who may do it as the diagram says now."""
        return [(token, token.task_spec.offer(token)) for token in self.standing_tasks()]

    def standing_tasks(self) -> list[Token]:
        live = self.case.all_live()
        return [token for token in live if isinstance(token.task_spec, UserTask)]

    def open_jobs(self) -> list[Token]:
        live = self.case.all_live()
        return [token for token in live if isinstance(token.task_spec, JobTask)]

    def token(self, identifier: UUID) -> Token:
        token = self.case.find(identifier)
        if token is None or not token.is_live:
            raise TaskNotFound
        return token

    def run_to_rest(self) -> None:
        """Run automatic steps until only people, timers, messages and jobs are awaited."""
        self._fuel = FUEL
        looks = self.definition.has_conditions and self.behaviour >= CONDITIONS_AT_ONCE
        while True:
            if looks:
                self._look()
            self.case.do_engine_steps(
                will_complete_task=self._burn, did_complete_task=self._look if looks else None
            )
            if not (
                self._deliver_inside()
                or self._try_joins()
                or self._close_scopes()
                or self._try_conditions()
            ):
                break

    def _burn(self, token: Token) -> None:
        if self._fuel <= 0:
            raise StepFailed(element=token.node.id, reason=TOO_MUCH)
        self._fuel -= 1

    def _deliver_inside(self) -> bool:
        """A message that the case throws to itself arrives at once."""
        for index, (name, key) in enumerate(self.changes.messages):
            for token in self.case.all_live():
                facts = token.facts
                if (facts.get("kind"), facts.get("name"), facts.get("key")) == (
                    "message",
                    name,
                    key,
                ):
                    del self.changes.messages[index]
                    self.fire(token.id, {}, "message_received")
                    return True
        return False

    def _try_joins(self) -> bool:
        joins = [token for token in self.case.joins if token.is_live]
        self.case.joins = joins
        for token in joins:
            spec = token.task_spec
            if isinstance(spec, InclusiveGateway) and spec.try_join(token.workflow):
                return True
        return False

    def _try_conditions(self) -> bool:
        """Events that wait for a condition look at the variables as they are now."""
        if not self.definition.has_conditions:
            return False
        looking = {t.id for t in self.case.awaiting() if t.facts.get("kind") == "conditional"}
        if not looking:
            return False
        # One whose condition was met just now is live too, and does not wait any more.
        waiting = (t for t in self.case.all_live() if t.id in looking)
        return any(token.task_spec.notice(token) for token in waiting)

    def _look(self, _moved: Token | None = None) -> None:
        """Something moved: what a condition waits for may hold for this one moment."""
        while self._try_conditions():
            pass

    def _close_scopes(self) -> bool:
        """End the subprocesses that hold no token any more, innermost first."""
        closed = False
        for identifier, scope in reversed(list(self.case.subprocesses.items())):
            if scope.live() or identifier not in self.case.subprocesses:
                continue
            owner = self.case.find(identifier)
            if owner is not None and owner.is_live and isinstance(owner.task_spec, SubprocessTask):
                scope.end()
                owner.task_spec._update(owner)
                closed = True
            del self.case.subprocesses[identifier]
        return closed

    def offers(self) -> dict[UUID, Data]:
        """For each task that opened in this act: who may do it and by when."""
        tokens = self.changes.opened_tasks.items()
        return {identifier: token.task_spec.offer(token) for identifier, token in tokens}

    def job_variables(self) -> dict[UUID, Data]:
        """For each job that opened in this act: the variables its worker sees."""
        tokens = self.changes.opened_jobs.items()
        return {identifier: token.task_spec.local(token) for identifier, token in tokens}

    # ── what it looks like ─────────────────────────────────────────────────────────────────

    @property
    def is_completed(self) -> bool:
        return not self.case.live()

    def variables(self) -> Data:
        """The variables as the whole case sees them."""
        return self.case.outcome()

    def marking(self) -> list[Data]:
        """Where the tokens stand, on drawn elements only."""
        return [
            {"element_id": element, "process_key": self.process_of(token), "kind": token.node.tag}
            for token, element in self.standing()
        ]

    def standing(self) -> list[tuple[Token, str]]:
        """Each token that people would draw, with the drawn element it stands on."""
        found = []
        for token in self.case.all_live():
            node = token.node
            if isinstance(token.task_spec, BoundaryEvent):
                continue  # a watching event holds no token
            element = node.drawn or node.id
            if not (node.inserted or element.startswith("~")):
                found.append((token, element))
        return found

    def latest_on(self, node: Node) -> Token | None:
        """The token that came to a node last, also while its coming or going is being recorded."""
        for scope in self.case.scopes():
            for token in reversed(scope.tasks.values()):
                if getattr(token.task_spec, "node", None) is node:  # a scope's root has none
                    found: Token = token
                    return found
        return None

    def process_of(self, token: Token) -> str:
        return str(token.workflow.spec.name).split("/", 1)[0]

    # ── Host: what the running nodes ask for ───────────────────────────────────────────────

    def evaluate(self, slot: Slot, data: Mapping[str, Any], node: Node) -> Any:
        self._standing = (node, data)
        expression = slot.expression
        if slot.as_written is not None and self.behaviour < JUEL_MEANT:
            expression = slot.as_written
        return feel.to_json(expression.evaluate(data, self.environment))

    def decide(self, decision: str, data: Mapping[str, Any], node: Node) -> Any:
        self._standing = (node, data)
        result = dmn.evaluate(self.surroundings.decisions, decision, data, self.environment)
        if result.refused and self.behaviour >= DECLARED_TYPES:
            raise StepFailed(element=node.id, reason=result.refused[0])
        value = feel.to_json(result.value)
        self.record(
            "decision_evaluated",
            node,
            {"decision": decision, "rules": result.rules, "value": value},
        )
        return value

    def _function(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            assert self._standing is not None
            node, data = self._standing
            value = self.surroundings.call(name, node, data, arguments)
            self.changes.results.append([name, feel.to_json(value)])
            return feel.from_json(value)

        return call

    def record(self, type: str, node: Node, data: Mapping[str, Any] | None = None) -> None:
        if not (node.inserted and type.startswith("activity_")):
            self.changes.events.append((type, node, dict(data or {})))

    def task_opened(self, token: Token) -> None:
        self.changes.opened_tasks[token.id] = token

    def task_closed(self, token: Token, how: str) -> None:
        if self.changes.opened_tasks.pop(token.id, None) is None:
            self.changes.closed_tasks[token.id] = how

    def wait_opened(self, token: Token) -> None:
        if not self._is_new(token):
            self.changes.closed_waits.add(token.id)  # its row is written anew
        self.changes.opened_waits[token.id] = token

    def wait_closed(self, token: Token) -> None:
        self.changes.opened_waits.pop(token.id, None)
        if not self._is_new(token):
            self.changes.closed_waits.add(token.id)

    def waits_written(self) -> None:
        """The rows of all that is waited for are there, also of what is new in this act."""
        self.changes.opened_waits.clear()
        self.changes.closed_waits.clear()
        self._counted = self.case.counter

    def _is_new(self, token: Token) -> bool:
        """Whether the token came to be in this act: nothing of it is in the database yet."""
        return token.number > self._counted

    def job_opened(self, token: Token) -> None:
        self.changes.opened_jobs[token.id] = token

    def job_closed(self, token: Token) -> None:
        if self.changes.opened_jobs.pop(token.id, None) is None:
            self.changes.closed_jobs.add(token.id)

    def message_thrown(self, name: str, key: str, node: Node) -> None:
        self.record("message_thrown", node, {"name": name})
        self.changes.messages.append((name, key))

    def signal_thrown(self, name: str, node: Node, data: Mapping[str, Any]) -> None:
        self.record("signal_thrown", node, {"name": name})
        self.changes.signals.append((name, {}))
