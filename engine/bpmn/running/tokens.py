"""SpiffWorkflow's tasks and workflows, run as BPMN's token game.

The library predicts tasks ahead and walks their tree at every step. Here a task stands for a token
that exists, and nothing is predicted. What is overridden of the library for it, and why, is in
docs/reference/spiffworkflow.md; a test holds that list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.exceptions import TaskNotFoundException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.running.host import (
    LOCALS_STAY,
    OTHERS_KEPT,
    THROWERS_END,
    TOKENS_COUNTED,
    Data,
    Host,
    StepFailed,
)
from engine.bpmn.running.scripts import FeelScriptEngine
from engine.ground.text import Text

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
MAX_NESTING = 20
FUEL = 20_000  # automatic steps, and tokens made, in one act: what is endless stops here
TOO_MUCH = Text(
    f"ก้าวเดียวทำขั้นตอนอัตโนมัติได้ไม่เกิน {FUEL:,} ขั้น แต่เรื่องนี้ต้องการมากกว่า คือวนไม่รู้จบ หรือทำซ้ำมากรอบเกินไป",
    f"more than {FUEL:,} automatic steps in one act: "
    "it goes round and round, or repeats too many times at once",
)


class Token(Task):
    """A token on a flow node: `data` are the variables as this branch sees them."""

    # The event or handler beside the main path that this token comes from: what it changes is told
    # apart from there. Kept, as looking for it in a long line of ancestors costs more each time.
    handler: Token | None = None
    before: Token | None = None  # its parent, at hand: `parent` is looked up by its id each time
    number = 0  # counted from the case's own id
    payload: Data | None = None  # what came with the event that it waited for
    taken: list[Any] | None = None  # the flows of a gateway whose condition held

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        # The library makes a plain `Task` with a random id: no replay would make the same one.
        return self.workflow.put(task_spec, self, state=state)  # type: ignore[no-any-return]

    def run(self) -> bool | None:
        # The run loop goes through a list that it made before: one of it may be withdrawn by now.
        return super().run() if self._state & LIVE else None

    def complete(self) -> None:
        # Neither does it ask whether a task was cancelled while it ran, by what it threw itself.
        if self._state != TaskState.CANCELLED or not self.was_withdrawn:
            super().complete()

    def collect_log_extras(self, dct: Data | None = None) -> Data:
        # The library gathers a dozen facts for each change of state, the variables among them.
        return dct or {}

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
        self.before = parent
        if parent is not None:
            self.handler = parent if "snapshot" in parent.internal_data else parent.handler

    def ancestors(self) -> Iterator[Token]:
        token = self.before
        while token is not None:
            yield token
            token = token.before


class _Scope:
    """What a case and each of its subprocesses have in common."""

    tasks: dict[UUID, Token]
    unfinished: list[Token]  # in the order of `tasks`; one act leaves thousands of finished ones
    task_tree: Token
    spec: Any
    result: Data
    aside: Data  # what watching handlers changed: it never overrides the case's own path
    undo: list[Any]  # what was completed and can be undone, in that order: see specs/compensation

    begins_at = ""  # the start event that is named, where there are several

    def put(
        self: Any, spec: Any, parent: Token | None, *, state: int = TaskState.FUTURE, **facts: Any
    ) -> Token:
        """Place a new token before a node; it arrives when `task_spec._update` is called."""
        case = self.top_workflow
        case.spend(parent)
        token = Token(self, spec, parent, state=state, id=case.next_id())
        case.homes[token.id] = self
        self.unfinished.append(token)
        token.number = case.counter
        token.comes_from(parent)
        token.internal_data.update(facts)
        return token

    def plant(self: Any) -> None:
        """Make the task that the tree of this scope begins with."""
        self.task_tree = self.put(self.spec.start, None)
        self.task_tree._ready()

    def live(self) -> list[Token]:
        self.unfinished = [t for t in self.unfinished if not t._state & TaskState.FINISHED_MASK]
        return [token for token in self.unfinished if token._state & LIVE]

    def ready(self) -> list[Token]:
        """The automatic tokens that the run loop takes from this scope, in order."""
        return []

    def get_tasks_iterator(self, first_task: Token | None = None, **kwargs: Any) -> Iterator[Token]:
        # The library walks the tree for what is ready, to a depth of 1,000 tasks.
        if first_task is None and kwargs == {"state": TaskState.READY}:
            return iter(self.ready())
        return super().get_tasks_iterator(first_task, **kwargs)  # type: ignore[misc,no-any-return]

    def update_waiting_tasks(self) -> None:
        # The library looks at every task again whenever one completes; ours wait for their events.
        pass

    def changed(self, token: Token) -> Data:
        """Variables that a token changed since its scope (or its handler) began."""
        base = self.task_tree.data if token.handler is None else token.handler.data
        return {
            name: value
            for name, value in token.data.items()
            if name not in base or base[name] != value
        }

    def _known_outside(self: Any, token: Token) -> Data:
        """What a token has changed, without what is only its own as one of several instances."""
        changed: Data = self.changed(token)
        owner = token.task_spec.loop_owner
        if owner is not None and self.top_workflow.host.behaviour >= LOCALS_STAY:
            for name in owner.of_each:
                changed.pop(name, None)
        return changed

    def finish_token(self, token: Token) -> None:
        """A token reached an end: keep what it changed as part of the scope's result."""
        if token.handler is not None:
            self.aside.update(self.changed(token))
            return
        for name, value in self.changed(token).items():
            if name in self.result and self.result[name] != value:
                raise conflict(token, name, self.result[name], value)
            self.result[name] = value

    def leave_behind(self: Any, token: Token) -> None:
        """A token ends its scope abruptly: what all have found out stays, its own above all."""
        keeps = self.top_workflow.host.behaviour >= OTHERS_KEPT
        self.result = {**(self.changes() if keeps else self.result), **self.changed(token)}

    def outcome(self) -> Data:
        """The variables of the scope when it ends, or when it is interrupted now."""
        return {**self.task_tree.data, **self.changes()}

    def changes(self: Any) -> Data:
        """What happened to the variables since the scope began, also in subprocesses inside it."""
        changes = {**self.aside, **self.result}
        for token in self.live():
            changes.update(self._changed_in(token))
        return changes

    def _changed_in(self: Any, token: Token) -> Data:
        """What a live token has changed so far, also in a subprocess inside it."""
        inside = self.top_workflow.subprocesses.get(token.id)
        within = {} if inside is None else token.task_spec.comes_out(token, inside)
        return {**self._known_outside(token), **within}

    def keep_handled(self) -> None:
        """An event ends all of its scope: what handlers beside it had found out stays."""
        for token in self.live():
            if token.handler is not None:
                self.aside.update(self._changed_in(token))


class Subprocess(_Scope, BpmnSubWorkflow):
    """A running subprocess or called process."""

    def __init__(self, spec: Any, parent_task_id: UUID, top_workflow: Case) -> None:
        self.result, self.aside = {}, {}
        self.undo, self.unfinished = [], []
        BpmnSubWorkflow.__init__(self, spec, parent_task_id, top_workflow, deserializing=True)
        if self.depth > MAX_NESTING:
            raise StepFailed(element=spec.name, reason=f"more than {MAX_NESTING} levels deep")
        top_workflow.subprocesses[parent_task_id] = self

    def belongs_to(self, activity: Token) -> None:
        """As the library connects it, where a subprocess is not begun by the library."""
        self.completed_event.connect(activity.task_spec._on_subworkflow_completed, activity)

    def end(self) -> None:
        """Its last token is gone: the activity that it belongs to takes its result."""
        self.completed = True
        self.completed_event(self)


class Case(_Scope, BpmnWorkflow):
    """A running instance: the top scope, its subprocesses and the line of automatic steps."""

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], instance: UUID) -> None:
        self.result, self.aside = {}, {}
        self.undo, self.unfinished = [], []
        self.instance = instance
        self.counter = 0
        self.homes: dict[UUID, Any] = {}  # in which scope each token stands, as far as it was asked
        self.fuel = FUEL  # how many tokens may still be made in this act
        self.line: list[Token] = []  # automatic tokens that are ready, in the order they became so
        self.joins: list[Token] = []  # inclusive joins that wait for the case to come to rest
        self.host: Host
        BpmnWorkflow.__init__(
            self, spec, subprocess_specs, script_engine=FeelScriptEngine(), deserializing=True
        )

    def begin(self, data: Data, at: str = "") -> None:
        """Start at the plain start event, or at the one that is named."""
        self.begins_at = at
        self.plant()
        self.task_tree.data = data
        self.task_tree.run()

    def ready(self) -> list[Token]:
        self.line = [token for token in self.line if token._state == TaskState.READY]
        return self.line

    def get_task_from_id(self, task_id: UUID) -> Token:
        # The library looks through all subprocesses, once more for each level of each of them.
        home = self.homes.get(task_id)
        if home is not self and home is not None:
            home = self.subprocesses.get(home.parent_task_id)
        token: Token | None = None if home is None else home.tasks.get(task_id)
        if token is None:
            token = super().get_task_from_id(task_id)
            self.homes[token.id] = token.workflow
        return token

    def spend(self, parent: Token | None) -> None:
        """Count a token that is made: a small diagram can ask for more than any server holds."""
        self.fuel -= 1
        if self.fuel < 0 and parent is not None and self.host.behaviour >= TOKENS_COUNTED:
            # The root of a scope stands on no node: the activity around it is named.
            is_root = parent is parent.workflow.task_tree
            around = getattr(parent.workflow, "parent_task_id", None)
            place = parent if not is_root else around and self.find(around)
            element = self.spec.name if place is None else place.node.id
            raise StepFailed(element=element, reason=TOO_MUCH)

    def next_id(self) -> UUID:
        """Ids follow from the instance's own and a counter: a replay makes the same ones."""
        self.counter += 1
        return self.id_of(self.counter)

    def id_of(self, number: int) -> UUID:
        return UUID(int=(self.instance.int + number) % (1 << 128))

    def create_subprocess(self, my_task: Token, spec_name: str) -> Subprocess:
        # The library's own is a stock subprocess with a stock task at its root.
        subprocess = Subprocess(self.subprocess_specs[spec_name], my_task.id, self)
        subprocess.plant()
        return subprocess

    def find(self, task_id: UUID) -> Token | None:
        """The token of this id, if it is still on the tree."""
        try:
            token: Token = self.get_task_from_id(task_id)
        except TaskNotFoundException:
            return None
        return token

    def line_up_events(self) -> None:
        """Whoever waits for an event hears of it in the order of the scopes and their tokens."""
        waiting = self.event_manager.tasks
        self.event_manager.tasks = {t.id: t for t in self.all_live() if t.id in waiting}

    def awaiting(self) -> list[Token]:
        """All that wait for an event, in no order that means anything."""
        return list(self.event_manager.tasks.values())

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
