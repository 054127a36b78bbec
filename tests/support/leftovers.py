"""What must hold after every turn: nothing outlives its scope or its case."""

from __future__ import annotations

from typing import Any

from engine import Engine
from engine.record.differences import Report
from engine.record.verification.leftovers import report_leftovers
from engine.store.work import Event, Work


def watch(engine: Engine) -> None:
    """From now on every turn of this engine is looked at before it is committed."""
    if not any(isinstance(listener, _AfterEveryTurn) for listener in engine.machine.listeners):
        engine.machine.listeners.append(_AfterEveryTurn())


class _AfterEveryTurn:
    def __init__(self) -> None:
        self.seen: tuple[str, int] = ("", 0)

    def __call__(self, work: Work, event: Event) -> None:
        instance = work.touched[event.instance_id]
        if self.seen == (instance.id, instance.command_seq):
            return
        self.seen = (instance.id, instance.command_seq)
        execution = work.live[instance.id]
        nothing_beside_the_tree(execution)
        row = {"id": instance.id, "status": instance.status, "state": instance.state}
        report = Report()
        report_leftovers(work, {instance.id: row}, {instance.id: report})
        assert report.differences == []


def nothing_beside_the_tree(execution: Any) -> None:
    """Whatever lives stands in a scope that a live token holds open, up to the case itself."""
    case = execution.case
    assert not case.ready()
    live = {token.id for token in case.all_live()}
    for owner, scope in case.subprocesses.items():
        assert owner in live, f"{scope.spec.name} goes on, and nobody holds it open"
        assert scope.live(), f"{scope.spec.name} is open, and nothing is in it"
    changes = execution.changes
    for opened in (changes.opened_tasks, changes.opened_waits, changes.opened_jobs):
        for identifier, token in opened.items():
            assert identifier in live, f"{token.task_spec.name} was opened where nobody is"
