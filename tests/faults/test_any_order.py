"""All verbs in any order against a model so small that it can be read: Hypothesis looks for an
order after which the engine and the model part."""

from __future__ import annotations

import functools
import tempfile
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from engine import Engine
from engine.bpmn.running.host import StepFailed
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import (
    InstanceNotRunning,
    MessageNotAwaited,
    NotAllowed,
    TaskAlreadyClaimed,
    TaskNotFound,
)
from engine.verbs.migration import MigrationPlan
from tests.conftest import START
from tests.faults.wholeness import faults_of
from tests.support import drawing as draw
from tests.support.databases import MEMORY

OFFICERS = [Actor.of(f"officer-{number}", "officer") for number in (1, 2)]
STRANGER = Actor.of("stranger", "visitor")


@functools.cache  # a flow is numbered when it is drawn: drawn anew, it would be another file
def drawing(last: str) -> bytes:
    """a → (x = 3 cannot go on) → b with an hour's limit, or wait for a message or a signal → c."""
    return draw.diagram(
        draw.start(),
        draw.user("a"),
        draw.gateway("exclusive", "which"),
        draw.user("b"),
        draw.boundary("late", "b", draw.timer("PT1H")),
        draw.gateway("eventBased", "wait"),
        draw.catch("told", draw.message("go")),
        draw.catch("hear", draw.signal("alarm")),
        draw.job("work", "work"),
        draw.user("c").replace('name="c"', f'name="{last}"'),
        draw.end(),
        draw.path("start", "a", "which"),
        draw.flow("which", "b", "=x = 1"),
        draw.flow("which", "wait", "=x = 2"),
        draw.path("b", "work"),
        draw.path("late", "work"),
        draw.path("wait", "told", "work", "c", "end"),
        draw.path("wait", "hear", "work"),
        roots=draw.root_message("go") + draw.root_signal("alarm"),
    )


# Known examples and new ones; making a failing order shorter takes longer than finding it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


class Case:
    """What the model knows of a case: where it stands, and who holds its task."""

    def __init__(self, key: str, at: int) -> None:
        self.key, self.step, self.holder, self.since = key, "a", "", at
        self.version = 1
        self.steps_done = 0


class AnyOrder(RuleBasedStateMachine):
    """Every rule is a verb; the model says what must come of it."""

    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="samnuan-any-", dir=MEMORY)
        self.clock = TravellingClock(START)
        self.engine = self._open()
        self.model: dict[str, Case] = {}
        self.keys: dict[str, str] = {}
        self.versions, self.minutes = 1, 0

    def _open(self) -> Engine:
        url = f"sqlite:///{self.folder.name}/any.sqlite3"
        return Engine.open(url, clock=self.clock, handlers={"work": lambda *_: {"done": 1}})

    @initialize(target=cases)
    def begin(self) -> Any:
        self.deploy()
        return self.start("k1")

    @rule(target=cases, key=st.sampled_from(["k1", "k2", "k3", "k4"]))
    def start(self, key: str) -> Any:
        instance = self.engine.start(
            "p", {"case_id": key}, business_key=key, idempotency_key=f"start {key}"
        )
        if key in self.keys:
            assert instance == self.keys[key]
            return multiple()
        self.keys[key] = instance
        self.model[instance] = case = Case(key, self.minutes)
        case.version = self.versions
        return instance

    @rule(case=cases, who=st.sampled_from(OFFICERS), x=st.sampled_from([1, 2, 3]))
    def complete(self, case: str, who: Actor, x: int) -> None:
        known, tasks = self.model[case], self.engine.tasks(case)
        if known.step not in ("a", "b", "c"):
            assert tasks == []
            return
        (task,) = tasks
        if known.holder not in ("", who.id):
            with pytest.raises(TaskAlreadyClaimed):
                self.engine.complete(task.id, {"x": x}, who)
            return
        with pytest.raises(NotAllowed):
            self.engine.complete(task.id, {"x": x}, STRANGER)
        if known.step == "a" and x == 3:
            with pytest.raises(StepFailed):
                self.engine.complete(task.id, {"x": x}, who)
            return
        self.engine.complete(task.id, {"x": x}, who, idempotency_key=f"{task.id} done")
        self.engine.complete(task.id, {"x": x}, who, idempotency_key=f"{task.id} done")
        with pytest.raises(TaskNotFound):
            self.engine.complete(task.id, {"x": x}, who)
        after = {"a": "b" if x == 1 else "wait", "b": "work", "c": "ended"}
        self._move(known, after[known.step])

    @rule(case=cases, who=st.sampled_from(OFFICERS))
    def claim_or_release(self, case: str, who: Actor) -> None:
        known, tasks = self.model[case], self.engine.tasks(case)
        if not tasks:
            return
        if known.holder == who.id:
            self.engine.release(tasks[0].id, who)
            known.holder = ""
        elif known.holder:
            with pytest.raises(TaskAlreadyClaimed):
                self.engine.claim(tasks[0].id, who)
        else:
            self.engine.claim(tasks[0].id, who)
            known.holder = who.id

    @rule(case=cases)
    def correlate(self, case: str) -> None:
        known = self.model[case]
        if known.step == "wait":
            assert self.engine.correlate("go", known.key) == case
            self._move(known, "work")
            return
        with pytest.raises(MessageNotAwaited):
            self.engine.correlate("go", known.key)

    @rule()
    def broadcast(self) -> None:
        hearing = [known for known in self.model.values() if known.step == "wait"]
        assert self.engine.broadcast("alarm") == len(hearing)
        for known in hearing:
            self._move(known, "work")

    @rule(minutes=st.sampled_from([0, 20, 70]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        self.minutes += minutes
        self.engine.run_due()
        for known in self.model.values():
            if known.step == "b" and self.minutes - known.since >= 60:
                self._move(known, "work")
            if known.step == "work":
                self._move(known, "c")

    @rule(case=consumes(cases))
    def cancel(self, case: str) -> None:
        known = self.model[case]
        if known.step == "ended":
            with pytest.raises(InstanceNotRunning):
                self.engine.cancel(case, "again")
            return
        self.engine.cancel(case, "duplicate")
        self._move(known, "ended")

    @rule()
    def deploy(self) -> None:
        files = {"p.bpmn": drawing(f"c {self.versions}"), "any.form": draw.FORM}
        deployed = self.engine.deploy(files, Actor.of("owner"))
        assert deployed.definitions == (f"p:{self.versions}",)

    @rule()
    def deploy_another(self) -> None:
        self.versions += 1
        self.deploy()

    @rule(case=cases)
    def migrate(self, case: str) -> None:
        known = self.model[case]
        if known.version == self.versions or known.step == "ended":
            return
        plan = MigrationPlan(f"p:{known.version}", f"p:{self.versions}", instances=(case,))
        assert self.engine.migrate(plan).moved == [case]
        known.version = self.versions

    @rule()
    def restart(self) -> None:
        self.engine.close()
        self.engine = self._open()

    @rule()
    def forget(self) -> None:
        """Cases leave the memory, as they do when there are many."""
        for instance in self.model:
            self.engine.machine.cases.drop(instance)

    @invariant()
    def every_case_stands_where_the_model_says(self) -> None:
        for instance, known in self.model.items():
            tasks = [(t.element_id, t.assignee or "") for t in self.engine.tasks(instance)]
            is_task = known.step in ("a", "b", "c")
            assert tasks == ([(known.step, known.holder)] if is_task else [])

    def teardown(self) -> None:
        try:
            assert faults_of(self.engine) == []
        finally:
            self.engine.close()
            self.folder.cleanup()

    def _move(self, known: Case, step: str) -> None:
        known.step, known.holder, known.since = step, "", self.minutes


def test_no_order_of_verbs_parts_the_engine_from_the_model() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        AnyOrder, settings=settings(max_examples=6, stateful_step_count=30, phases=PHASES)
    )
