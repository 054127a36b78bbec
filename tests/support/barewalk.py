"""Walks a random process without a database, so that thousands can be walked: a case in memory and
its twin that is saved, loaded and does each act again, beside the token game."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.bpmn.running.compile import Definition, compile_process
from engine.bpmn.running.execution import Execution, Surroundings
from engine.ground.canonical import dumps_own, loads
from engine.ground.errors import MigrationRefused
from engine.turn.definitions import read_processes
from tests.support import leftovers
from tests.support.netdrawing import ERROR, files
from tests.support.netgenerator import Generator
from tests.support.randomwalk import MOST_ACTS, check_values
from tests.support.tokengame import Game, Net

INSTANCE = "0123456789abcdef0123456789abcdef"
BEGUN = datetime.fromisoformat("2026-03-02T09:00:00+07:00")
Act = Callable[[Execution], object]


def compiled(net: Net) -> Definition:
    drawn = {f"d{index}.bpmn": content for index, content in enumerate(files(net))}
    processes = read_processes(drawn)
    return compile_process(processes["p"], processes)


@dataclass
class Rows:
    """What the case has open, kept up by what each act says that it opened and closed."""

    tasks: dict[Any, str]
    waits: dict[Any, Any]
    jobs: dict[Any, str]

    def take(self, execution: Execution) -> None:
        changes = execution.changes
        for kept, closed in (
            (self.tasks, changes.closed_tasks),
            (self.waits, changes.closed_waits),
            (self.jobs, changes.closed_jobs),
        ):
            for identifier in closed:
                kept.pop(identifier, None)
        self.tasks.update({id: token.node.id for id, token in changes.opened_tasks.items()})
        self.waits.update(changes.opened_waits)
        self.jobs.update({id: token.node.id for id, token in changes.opened_jobs.items()})


class BareWalk:
    """One case; `happened` tells what the walk came by."""

    often = 0.08  # of the acts is a next version
    most_versions = 3

    def __init__(self, seed: int, *, net: Net | None = None, depth: int = 2) -> None:
        self.chance = random.Random(seed)
        self.generator = Generator(seed)
        self.net = net or self.generator.everything(depth)
        self.definition = compiled(self.net)
        self.now = BEGUN
        self.tickets = itertools.count(1)
        self.rows = Rows({}, {}, {})
        self.visits: Counter[str] = Counter()
        self.happened: set[str] = set()
        self.versions = 1
        self.game = Game(self.net, dict(self.generator.facts))
        self.execution = Execution.begin(self.definition, INSTANCE)
        self.state = ""
        variables = {**self.generator.facts, "case_id": "case-1"}
        self._turn(lambda execution: execution.start(dict(variables)))

    def run(self) -> None:
        """Act until the case is over; after every act both stand at the same places."""
        self.agree()
        for _ in range(MOST_ACTS):
            acts = [*self.game.all_open(), *self.game.all_awaited()]
            if not self.game.all_open() and (not acts or self.game.over):
                break
            if self.versions < self.most_versions and self.chance.random() < self.often:
                self.move_on()
            else:
                self._act(self.chance.choice(acts))
            self.agree()
        assert self.game.over
        assert self.execution.is_completed
        assert self.compared_visits(self.visits) == self.compared_visits(self.game.visits)
        check_values(self.execution.variables(), self.game.facts)

    def compared_visits(self, visits: Counter[str]) -> Counter[str]:
        return Counter({n: count for n, count in visits.items() if not n.startswith("loose")})

    def agree(self) -> None:
        assert sorted([*self.rows.tasks.values(), *self.rows.jobs.values()]) == self.game.all_open()
        assert sorted(map(_name, self.rows.waits.values())) == self.game.all_awaited()

    # ── one act ────────────────────────────────────────────────────────────────────────────

    def _turn(self, act: Act, *, moved: Definition | None = None) -> None:
        """The case does it in memory, and a twin that was saved before does the same."""
        before, results = self.state, []

        def ask(*_: Any) -> int:
            results.append(next(self.tickets))
            return results[-1]

        if before and self.chance.random() < 0.5:
            self.execution = Execution.load(self.definition, INSTANCE, loads(before))
        self._do(self.execution, act, ask)
        leftovers.nothing_beside_the_tree(self.execution)
        self.rows.take(self.execution)
        self._stands_behind_the_rows(moved is not None)
        self.visits.update(
            node.drawn or node.id
            for type, node, _ in self.execution.changes.events
            if type == "activity_entered"
        )
        self.state = dumps_own(self.execution.dump())
        again = iter(results)
        twin = (
            Execution.load(self.definition, INSTANCE, loads(before))
            if before
            else Execution.begin(self.definition, INSTANCE)
        )
        self._do(twin, act, lambda *_: next(again))
        assert dumps_own(twin.dump()) == self.state
        self._comes_back_the_same(moved or self.definition)
        if moved is not None:
            self.definition = moved

    def _comes_back_the_same(self, definition: Definition) -> None:
        """A replay goes on in memory where the case was loaded, and must give the same bytes."""
        loaded = Execution.load(definition, INSTANCE, loads(self.state))
        for kept, scope in zip(self.execution.case.scopes(), loaded.case.scopes(), strict=True):
            for identifier, token in kept.tasks.items():
                assert list(token.data) == list(scope.tasks[identifier].data)

    def _do(self, execution: Execution, act: Act, ask: Callable[..., Any]) -> None:
        execution.enter(Surroundings(self.now, ask, ("ticket",), ()))
        act(execution)
        execution.run_to_rest()

    def _stands_behind_the_rows(self, moved: bool) -> None:
        """Each row has a live token behind it, and each token that should has a row."""
        execution = self.execution
        if moved:  # the turn writes the waits anew
            self.rows.waits = {token.id: token for token in execution.waiting()}
        assert {t.id for t in execution.standing_tasks()} == self.rows.tasks.keys()
        assert {t.id for t in execution.open_jobs()} == self.rows.jobs.keys()
        waiting = {token.id: token for token in execution.waiting()}
        assert waiting.keys() == self.rows.waits.keys()
        self.rows.waits = waiting

    def _act(self, name: str) -> None:
        tasks = [id for id, element in self.rows.tasks.items() if element == name]
        jobs = [id for id, element in self.rows.jobs.items() if element == name]
        if tasks:
            values = self.game.results_of(name)
            self._turn(lambda execution: execution.complete_task(tasks[0], dict(values)))
            self.game.finish(name)
        elif jobs:
            self._work_on(name, jobs[0])
        else:
            waits = [t for t in self.rows.waits.values() if _name(t) == name]
            self._happen(name, waits[0])

    def _work_on(self, name: str, job: Any) -> None:
        if self.game.may_fail(name) and self.chance.random() < 0.5:
            self._turn(lambda execution: _refuse(execution, job))
            self.game.fail(name)
            return
        values = self.game.results_of(name)
        self._turn(lambda execution: execution.finish_job(job, dict(values)))
        self.game.finish(name)

    def _happen(self, name: str, token: Any) -> None:
        kind = token.facts["kind"]
        payload = self.game.payload_of(name)
        if kind == "timer":
            due = {t.facts["due"] for t in self.rows.waits.values() if t.facts["kind"] == "timer"}
            earliest = min(map(datetime.fromisoformat, due))
            timers = [t for t in self.rows.waits.values() if t.facts["kind"] == "timer"]
            first = [t for t in timers if datetime.fromisoformat(t.facts["due"]) == earliest]
            token, name = first[0], _name(first[0])
            self.now = max(earliest, self.now + timedelta(seconds=1))
        if kind == "signal":
            self._turn(lambda execution: execution.signal(token.facts["name"], {}))
        else:
            type = "timer_fired" if kind == "timer" else "message_received"
            identifier = token.id
            self._turn(lambda execution: execution.fire(identifier, dict(payload), type))
        self.game.message(name)

    # ── other versions ─────────────────────────────────────────────────────────────────────

    def move_on(self) -> None:
        """A next version comes, and the case moves there unless it is undoing something."""
        newer = self.generator.next_version(self.net)
        self.versions += 1
        refused = self.move(newer)
        assert refused is None or "being undone" in refused.text.en, refused
        self.happened.add("stayed" if refused else "migration")

    def move(self, newer: Net) -> MigrationRefused | None:
        """What a rehearsal says is what happens: the case moves, or stays exactly as it was."""
        definition = compiled(newer)
        refused = self._rehearse(definition)
        if refused is not None:
            return refused
        self._turn(lambda execution: execution.migrate(definition, {}), moved=definition)
        self.net = newer
        self.game.adopt(newer)
        return None

    def _rehearse(self, definition: Definition) -> MigrationRefused | None:
        twin = Execution.load(self.definition, INSTANCE, loads(self.state))
        try:
            self._do(twin, lambda execution: execution.migrate(definition, {}), lambda *_: 0)
        except MigrationRefused as refused:
            again = dumps_own(self.execution.dump())
            assert again == self.state
            return refused
        return None


def _refuse(execution: Execution, job: Any) -> None:
    assert execution.throw_error(job, ERROR, {})


def _name(token: Any) -> str:
    name = str(token.facts.get("name", ""))
    if token.facts["kind"] == "timer" or not name:
        return str(token.node.drawn or token.node.id)
    return name.removeprefix("msg_").removeprefix("sig_")
