"""SpiffWorkflow's tasks and workflows, played as BPMN's token game.

SpiffWorkflow 3.2 grows a tree of predicted tasks and walks it at every step: joins in loops fire
early, parallel branches overwrite each other, deep cases freeze at 1,000 levels and consecutive
parallel blocks grow as 2^k. Here only tokens that exist are in the tree: none of it can happen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.running.host import THROWERS_END, Data, Host, StepFailed

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
MAX_NESTING = 20


class Token(Task):
    """A token on a flow node: `data` are the variables as this branch sees them."""

    # The event or handler beside the main path that this token comes from: what it changes is told
    # apart from there. Kept, as looking for it in a long line of ancestors costs more each time.
    handler: Token | None = None

    def _set_state(self, value: int) -> None:
        # The original logs every change with all tasks in `extra`: a fifth of the running time.
        self._state = value

    def _ready(self) -> None:
        self._state = TaskState.READY
        if not self.task_spec.manual:
            self.workflow.top_workflow.queue.append(self)

    def run(self) -> bool | None:
        """Do the node's work and move on, unless what it threw has ended its own scope."""
        done: bool | None = self.task_spec._run(self)
        if self.was_withdrawn:
            return None
        if done is None:
            self._set_state(TaskState.STARTED)
        else:
            self.complete()
        return done

    @property
    def is_live(self) -> bool:
        return bool(self._state & LIVE)

    @property
    def was_withdrawn(self) -> bool:
        """Whether it was taken off the board while it ran: what it threw interrupted it."""
        ends: bool = self.workflow.top_workflow.host.behaviour >= THROWERS_END
        return ends and bool(self._state == TaskState.CANCELLED)

    @property
    def facts(self) -> Data:
        """What the engine keeps with the token, apart from the variables."""
        facts: Data = self.internal_data
        return facts

    @property
    def node(self) -> Any:
        return self.task_spec.node

    def comes_from(self, parent: Token | None) -> None:
        if parent is not None:
            self.handler = parent if "snapshot" in parent.internal_data else parent.handler

    def ancestors(self) -> Iterator[Token]:
        token = self.parent
        while token is not None:
            yield token
            token = token.parent


class _Scope:
    """What a case and each of its subprocesses have in common."""

    tasks: dict[UUID, Token]
    task_tree: Token
    spec: Any
    result: Data
    aside: Data  # what watching handlers changed: it never overrides the case's own path
    undo: list[Any]  # what was completed and can be undone, in that order: see specs/compensation

    def put(self: Any, spec: Any, parent: Token | None, flow: str = "", **facts: Any) -> Token:
        """Place a new token before a node; it arrives when `task_spec._update` is called."""
        identifier = self.top_workflow.next_id()
        token = Token(self, spec, parent, state=TaskState.FUTURE, id=identifier)
        token.comes_from(parent)
        if flow:
            token.internal_data["flow"] = flow
        token.internal_data.update(facts)
        return token

    def begin(self: Any, data: Data, at: str = "") -> None:
        """Put the first token on the start node, or on the start event that is named."""
        self.root(data)
        start = self.put(self.spec.starts.get(at, self.spec.entry), self.task_tree)
        start.task_spec._update(start)

    def root(self: Any, data: Data) -> None:
        self.result, self.aside = {}, {}
        self.task_tree = self.put(self.spec.start, None)
        self.task_tree.data = data
        self.task_tree._set_state(TaskState.COMPLETED)

    def live(self) -> list[Token]:
        return [token for token in self.tasks.values() if token._state & LIVE]

    def _task_completed_notify(self, task: Token) -> None:
        # The original updates every waiting task here; ours are woken by what they wait for.
        pass

    def changed(self, token: Token) -> Data:
        """Variables that a token changed since its scope (or its handler) began."""
        base = self.task_tree.data if token.handler is None else token.handler.data
        return {
            name: value
            for name, value in token.data.items()
            if name not in base or base[name] != value
        }

    def finish_token(self, token: Token) -> None:
        """A token reached an end: keep what it changed as part of the scope's result."""
        if token.handler is not None:
            self.aside.update(self.changed(token))
            return
        for name, value in self.changed(token).items():
            if name in self.result and self.result[name] != value:
                raise conflict(token, name, self.result[name], value)
            self.result[name] = value

    def leave_behind(self, token: Token) -> None:
        """A token ends its scope abruptly: what it had found out stays, whatever others say."""
        self.result = {**self.result, **self.changed(token)}

    def outcome(self) -> Data:
        """The variables of the scope when it ends, or when it is interrupted now."""
        return {**self.task_tree.data, **self.changes()}

    def changes(self: Any) -> Data:
        """What happened to the variables since the scope began, also in subprocesses inside it."""
        changes = {**self.aside, **self.result}
        for token in self.live():
            changes.update(self.changed(token))
            inside = self.top_workflow.subprocesses.get(token.id)
            if inside is not None and token.task_spec.shares_variables:
                changes.update(inside.changes())
        return changes


class Subprocess(_Scope, BpmnSubWorkflow):
    """A running subprocess or called process."""

    def __init__(self, spec: Any, parent_task_id: UUID, top_workflow: Case) -> None:
        self.result, self.aside = {}, {}
        self.undo = []
        BpmnSubWorkflow.__init__(self, spec, parent_task_id, top_workflow, deserializing=True)
        if self.depth > MAX_NESTING:
            raise StepFailed(element=spec.name, reason=f"more than {MAX_NESTING} levels deep")

    def _calculate_depth(self) -> int:
        return int(self.parent_workflow.depth) + 1


class _NoScripts:
    """Stands where SpiffWorkflow keeps its Python script engine: nothing is evaluated there."""


class Case(_Scope, BpmnWorkflow):
    """A running instance: the top scope, its subprocesses and the queue of automatic steps."""

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], instance: UUID) -> None:
        self.result, self.aside = {}, {}
        self.undo = []
        self.instance = instance
        self.start_event = ""  # where the case begins, while it does
        self.counter = 0
        self.queue: deque[Token] = deque()
        self.joins: list[Token] = []  # inclusive joins that wait for the case to come to rest
        self.host: Host
        BpmnWorkflow.__init__(
            self, spec, subprocess_specs, script_engine=_NoScripts(), deserializing=True
        )

    def next_id(self) -> UUID:
        """Ids follow from the instance's own and a counter: a replay makes the same ones."""
        self.counter += 1
        return self.id_of(self.counter)

    def id_of(self, number: int) -> UUID:
        return UUID(int=(self.instance.int + number) % (1 << 128))

    def number_of(self, identifier: UUID) -> int:
        return (identifier.int - self.instance.int) % (1 << 128)

    def create_subprocess(self, my_task: Token, spec_name: str) -> Subprocess:
        subprocess = Subprocess(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = subprocess
        return subprocess

    def get_task_from_id(self, task_id: UUID) -> Token | None:
        for scope in self.scopes():
            token: Token | None = scope.tasks.get(task_id)
            if token is not None:
                return token
        return None

    def scopes(self) -> list[Any]:
        return [self, *self.subprocesses.values()]

    def all_live(self) -> list[Token]:
        return [token for scope in self.scopes() for token in scope.live()]


def common_base(tokens: list[Token]) -> Data:
    """The variables where the branches of these tokens parted."""
    first, *others = [[token, *token.ancestors()] for token in tokens]
    shared = [{ancestor.id for ancestor in line} for line in others]
    for ancestor in first[1:]:
        if all(ancestor.id in line for line in shared):
            data: Data = ancestor.data
            return data
    return {}


def merge(tokens: list[Token]) -> Data:
    """Three-way merge: what one branch changed stays changed; two different changes collide."""
    base = common_base(tokens)
    merged = dict(base)
    changed: set[str] = set()
    for token in tokens:
        for name in base.keys() - token.data.keys():
            merged.pop(name, None)
        for name, value in token.data.items():
            if name in base and base[name] == value:
                continue
            if name in changed and merged[name] != value:
                raise conflict(token, name, merged[name], value)
            merged[name] = value
            changed.add(name)
    return merged


def conflict(token: Token, name: str, one: Any, other: Any) -> StepFailed:
    return StepFailed(
        element=token.node.id,
        reason=f"parallel branches gave {name!r} two values: {one!r} / {other!r}",
    )
