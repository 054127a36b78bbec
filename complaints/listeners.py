"""What the office learns from the course of a case: status, outcome, handler, unit, urgency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from complaints.models import Case
from engine import outbox
from engine.models import UserTask
from engine.work import Event, Work

EVENT_TOPIC = "event"  # to subscribers, through webhooks/
OVERDUE_TOPIC = "overdue"  # to ourselves, at the moment a task falls due


def watch_cases(work: Work, event: Event) -> None:
    """Called inside the turn for every event of every instance; only complaints concern it."""
    if event.business_key is None:
        return
    heed = HEEDED.get(event.type)
    case = work.session.get(Case, event.business_key) if heed else None
    if heed is not None and case is not None:
        heed(work, case, event)


def announce(work: Work, type: str, case: Case, **references: Any) -> None:
    """Tell subscribers that something happened: references only, nothing that a case says."""
    payload = {
        "type": type,
        "at": work.now.isoformat(),
        "case": case.id,
        "receipt_no": case.receipt_no,
        "track": case.track,
        "status": case.status,
        **references,
    }
    key = f"{type}:{references.get('task') or case.id}"
    outbox.enqueue(work, EVENT_TOPIC, payload, key=key)


def watch_due_date(work: Work, task: UserTask) -> None:
    """Look at a task again when it falls due; nothing has to search for late ones."""
    if task.due_at is None:
        return
    key = f"overdue:{task.id}:{task.due_at.isoformat()}"
    outbox.enqueue(work, OVERDUE_TOPIC, {"task": task.id}, key=key, due_at=task.due_at)


def _entered(work: Work, case: Case, event: Event) -> None:
    if status := event.properties.get("status"):
        case.status = status
    if outcome := event.properties.get("outcome"):
        case.outcome = outcome


def _decided(work: Work, case: Case, event: Event) -> None:
    """Keep what a decision table said where lists and access look for it."""
    keep = KEPT_DECISIONS.get(str(event.data.get("decision")))
    value = event.data.get("value")
    if keep is not None and isinstance(value, Mapping):
        keep(case, value)


def _task_created(work: Work, case: Case, event: Event) -> None:
    announce(work, "task.created", case, task=event.data["task"], step=event.element_id)
    watch_due_date(work, work.session.get_one(UserTask, event.data["task"]))


def _ended(work: Work, case: Case, event: Event) -> None:
    case.closed_at = work.now
    announce(work, "complaint.closed", case, outcome=case.outcome)


def _handler(case: Case, value: Mapping[str, Any]) -> None:
    case.handler = value.get("route")
    case.hidden_from = list(value.get("hidden_from") or [])


def _assignment(case: Case, value: Mapping[str, Any]) -> None:
    case.lead_unit = value.get("lead_unit") or case.lead_unit
    case.co_units = list(value.get("co_units") or [])


def _severity(case: Case, value: Mapping[str, Any]) -> None:
    case.severity = value.get("level")


def _classification(case: Case, value: Mapping[str, Any]) -> None:
    case.classification = value.get("class") or case.classification
    case.protected = bool(value.get("protected"))


HEEDED = {
    "activity_entered": _entered,
    "decision_evaluated": _decided,
    "task_created": _task_created,
    "instance_completed": _ended,
    "instance_cancelled": _ended,
}
KEPT_DECISIONS = {
    "handler": _handler,
    "assignment": _assignment,
    "severity": _severity,
    "classification": _classification,
}
