"""Whether the steps were done in time: what the deadlines say, with the moments that they held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from engine.ground.text import Text
from engine.store.tables import HistoryEvent
from forms.text.dates import spell_moment
from office.applications import master_data
from office.audit.conformance.deviations import BREACH, NOBODY, NOTICE, Deviation, span
from office.audit.conformance.record import Record
from office.deadlines import deadlines
from office.deadlines.derivation import COMPLAINANT
from office.deadlines.tables import DeadlineRow


def check_time(record: Record, case_id: str) -> Iterator[Deviation]:
    """Steps that ended after they were due, and those that are overdue now."""
    for deadline in deadlines.case_deadlines(record.work, case_id):
        if deadline.finished_at is not None and deadline.finished_at > deadline.due_at:
            yield _late(record, deadline, deadline.finished_at)
        elif deadline.status == "running" and deadline.due_at < record.work.now:
            yield _overdue(record, deadline)


def _late(record: Record, deadline: DeadlineRow, finished: datetime) -> Deviation:
    facts = {"due": _moment(deadline.due_at), "done": _moment(finished)}
    length = span(finished - deadline.due_at)
    return record.deviation(
        "late",
        _element(record, deadline),
        _leaving(record, deadline, finished),
        severity=_severity(deadline),
        step=deadlines.step_name(record.work, deadline),
        span=length,
        **facts,
    )


def _overdue(record: Record, deadline: DeadlineRow) -> Deviation:
    waiting = [e for e in record.events if e.element_id and e.element_id in _steps(deadline)]
    told = record.deviation(
        "overdue",
        _element(record, deadline),
        waiting[-1] if waiting else None,
        severity=_severity(deadline),
        step=deadlines.step_name(record.work, deadline),
        span=span(record.work.now - deadline.due_at),
        due=_moment(deadline.due_at),
    )
    actor, role = _holder(record, _steps(deadline))
    return replace(told, actor=actor, role=role)


def _holder(record: Record, steps: set[str]) -> tuple[str, Text]:
    """Who holds the ball: the person who claimed the open task, and the role it is offered to."""
    for task in record.tasks.values():
        if task.status == "open" and task.element_id in steps:
            groups = [master_data.group_text(record.work, group) for group in task.candidate_groups]
            return task.assignee or "", groups[0] if groups else NOBODY
    return "", NOBODY


def _element(record: Record, deadline: DeadlineRow) -> str:
    """The step that the deadline is for; a timer beside it may have asked first."""
    nodes = ((element, record.node(element)) for element in deadline.askers)
    steps = (e for e, n in nodes if n and n.extensions.properties.get("sla") == deadline.key)
    return next(steps, deadline.element_id)


def _severity(deadline: DeadlineRow) -> str:
    """A complainant who answers late breaks no rule of the agency."""
    return NOTICE if deadline.owner == COMPLAINANT else BREACH


def _leaving(record: Record, deadline: DeadlineRow, finished: datetime) -> HistoryEvent | None:
    """The event by which the step ended: the person's, if one did it."""
    steps = _steps(deadline)
    ended = [e for e in record.events if e.at == finished and (e.element_id in steps or not steps)]
    done = [event for event in ended if event.type == "task_completed"]
    return next(iter(done or ended), None)


def _steps(deadline: DeadlineRow) -> set[str]:
    return {deadline.element_id, *deadline.askers} - {""}


def _moment(at: datetime) -> Text:
    return Text(spell_moment(at, "th"), spell_moment(at, "en"))
