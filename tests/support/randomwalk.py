"""Walks a random process at random, beside the token game: people, workers, messages and time act,
the server starts anew, and the case moves to a next version under way."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.text import Text
from engine.store.tables import Job, Wait
from engine.verbs import jobs
from engine.verbs.migration import MigrationPlan
from tests.support import leftovers
from tests.support.cases import Play
from tests.support.drawing import FORM
from tests.support.netdrawing import ERROR, files
from tests.support.netedits import Editor
from tests.support.netgenerator import Generator
from tests.support.tokengame import Facts, Game

OWNER = Actor.of("owner", "process_owner")
WORKER = "worker-1"
MOST_ACTS = 400
MOST_VERSIONS = 3
BUSY = Text("ไม่ว่าง", "busy")


def open_engine(url: str, clock: TravellingClock) -> Engine:
    """An engine whose one host function never gives the same answer twice."""
    tickets = itertools.count(1)
    engine = Engine.open(url, clock=clock, functions={"ticket": lambda _where: next(tickets)})
    leftovers.watch(engine)
    return engine


class Walk:
    """One case on the engine, and the same in the token game."""

    def __init__(
        self, url: str, clock: TravellingClock, seed: int, *, most_versions: int = MOST_VERSIONS
    ) -> None:
        self.url, self.clock, self.most_versions = url, clock, most_versions
        self.chance = random.Random(seed)
        self.generator = Generator(seed)
        self.net = self.generator.everything(depth=2)
        self.play = Play(open_engine(url, clock), *files(self.net)).start(**self.generator.facts)
        self.editor = Editor(self.generator, seed)
        self.game = Game(self.net, dict(self.generator.facts))
        self.version = 1
        self.happened: set[str] = set()

    @property
    def engine(self) -> Engine:
        return self.play.engine

    def run(self) -> None:
        """Act until the case is over; after every act the engine, the game and the record agree."""
        self.agree()
        for _ in range(MOST_ACTS):
            acts = [*self.game.all_open(), *self.game.all_awaited()]
            if not self.game.all_open() and (not acts or self.game.over):
                break
            self._interlude()
            self._act(self.chance.choice(acts))
            self.agree()
        self._agree_in_the_end()

    def agree(self) -> None:
        assert sorted(self.play.open() + list(self._rows(Job))) == self.game.all_open()
        assert sorted(self._rows(Wait)) == self.game.all_awaited()
        self.play.check_record()

    def _agree_in_the_end(self) -> None:
        assert self.play.ended
        assert self.game.over
        assert self.play.visits() == self.game.visits
        check_values(self.play.variables(), self.game.facts)

    def _rows(self, model: type[Job] | type[Wait]) -> dict[str, Any]:
        """What the case waits for by rows, in the names of the game."""
        with self.engine.read() as work:
            rows = work.session.scalars(sa.select(model).where(model.instance_id == self.play.id))
            return {_name(row): row for row in rows}

    # ── acts ───────────────────────────────────────────────────────────────────────────────

    def _act(self, name: str) -> None:
        if name in self._rows(Job):
            self._work_on(name)
        elif name in self.game.all_open():
            self.engine.complete(self.play.task(name).id, self.game.results_of(name))
            self.game.finish(name)
        elif self._rows(Wait)[name].kind == "timer":
            self._let_time_pass()
        elif self._rows(Wait)[name].kind == "signal":
            self.engine.broadcast(f"sig_{name}")
            self.game.message(name)
        else:
            self.engine.correlate(f"msg_{name}", "case-1", self.game.payload_of(name))
            self.game.message(name)

    def _work_on(self, name: str) -> None:
        """An external worker takes the job; it may fail for now, for good, or succeed."""
        job = self._rows(Job)[name]
        can_fail = self.game.may_fail(name)
        with self.engine.begin() as work:
            lent = jobs.activate_jobs(
                work, "work", worker=WORKER, limit=99, lock=timedelta(minutes=1)
            )
        assert job.id in [each.id for each in lent]
        how = self.chance.choice(["done", "done", "later", *(["refused"] * 2 if can_fail else [])])
        with self.engine.begin() as work:
            for other in (each.id for each in lent if each.id != job.id):
                _put_back(work, other)
            if how == "later":
                _put_back(work, job.id)
            elif how == "refused":
                jobs.throw_job_error(work, job.id, ERROR, {}, worker=WORKER)
            else:
                values = self.game.results_of(name)
                jobs.complete_job(work, job.id, values, worker=WORKER)
        self.happened.add(f"job {how}")
        if how == "refused":
            self.game.fail(name)
        elif how == "done":
            self.game.finish(name)

    def _let_time_pass(self) -> None:
        """The earliest timer fires; which one of several is for the engine to say."""
        due = min(row.due_at for row in self._rows(Wait).values() if row.due_at is not None)
        self.clock.travel_to(max(due, self.clock.now()))
        before = self._fired()
        while self._fired() == before:  # signals that the case threw are on their way out too
            assert self.engine.run_due(limit=1)
        (name,) = self._fired()[len(before) :]
        self.happened.add("timer")
        self.game.message(name)

    def _fired(self) -> list[str]:
        history = self.engine.history(self.play.id)
        return [event.element_id for event in history if event.type == "timer_fired"]

    # ── between the acts ───────────────────────────────────────────────────────────────────

    def _interlude(self) -> None:
        chance = self.chance.random()
        if chance < 0.1:
            self.engine.close()
            self.play.engine = open_engine(self.url, self.clock)
            self.happened.add("restart")
        elif chance < 0.5:
            self.play.forget()
        elif chance < 0.58 and self.version < self.most_versions:
            self._move_on()
            self.agree()

    def _move_on(self) -> None:
        """A next version is deployed: the case moves there or stays, as a rehearsal says."""
        newer = self.editor.edit(self.net)
        if not self.editor.done:
            return
        drawn = {f"d{index}.bpmn": content for index, content in enumerate(files(newer))}
        if not self.engine.deploy({**drawn, "any.form": FORM}, OWNER).new:
            return  # nothing was added this time
        plan = MigrationPlan(f"p:{self.version}", f"p:{self.version + 1}", {}, (self.play.id,))
        self.version += 1
        rehearsed = self.engine.migrate(plan, OWNER, rehearse=True)
        self.agree()
        report = self.engine.migrate(plan, OWNER)
        assert (rehearsed.moved, rehearsed.stayed) == (report.moved, report.stayed)
        if self.play.id in report.stayed:
            self.version = self.most_versions  # it stays where it is, and is asked no more
            return
        self.happened.add("migration")
        self.net = newer
        self.game.adopt(newer)


def _put_back(work: Any, job_id: str) -> None:
    """The worker gives a job back, to be lent again at once."""
    jobs.fail_job(work, job_id, BUSY, retries=9, worker=WORKER, retry_in=timedelta())


def _name(row: Any) -> str:
    if isinstance(row, Wait) and row.name:
        return row.name.removeprefix("msg_").removeprefix("sig_")
    return str(row.element_id)


def check_values(variables: Any, facts: Facts) -> None:
    """What people and jobs have said, what events brought and what mappings made of it."""
    compared = ("v_", "n_", "o_", "p_", "i_")
    found = {name: value for name, value in variables.items() if name[:2] in compared}
    assert not {"item", "loopCounter"} & variables.keys()
    expected = {name: value for name, value in facts.own.items() if name[:2] in compared}
    assert found == expected, sorted(found.items() ^ expected.items())
