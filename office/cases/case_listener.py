"""What the office learns from the course of a case: status, outcome, handler, unit, urgency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.ground.actor import Actor
from engine.store import outbox
from engine.store.tables import UserTask
from engine.store.work import Event, Work
from engine.turn import history
from engine.verbs import queries
from office.applications.application import Application, of_files
from office.applications.tracks import note_track
from office.ground.tables import Case

OPENLY = "open"  # whoever does not ask for confidence
EVENT_TOPIC = "event"  # to subscribers, through webhooks/
RECEIVED = "complaint.received"
OVERDUE_TOPIC = "overdue"  # to ourselves, at the moment a task falls due


def watch_cases(work: Work, event: Event) -> None:
    """Called inside the turn for every event of every instance; only complaints concern it."""
    if event.business_key is None:
        return
    heed = HANDLERS.get(event.type)
    case = work.session.get(Case, event.business_key) if heed else None
    if heed is not None and case is not None:
        heed(work, case, event)


def announce(
    work: Work, type: str, case: Case, *, key: str | None = None, **references: Any
) -> None:
    """Tell subscribers that something happened: references only, nothing that a case says, and
    nothing at all of a case that is held. With a `key` they are told once, however often this is
    reached."""
    if case.held:
        return
    payload = {
        "type": type,
        "at": work.now.isoformat(),
        "case": case.id,
        "receipt_no": case.receipt_no,
        "track": case.track,
        "status": case.status,
        **references,
    }
    outbox.enqueue(work, EVENT_TOPIC, payload, key=key)


def watch_due_date(work: Work, task: UserTask) -> None:
    """Look at a task again when it falls due; nothing has to search for late ones."""
    if task.due_at is None:
        return
    outbox.enqueue(work, OVERDUE_TOPIC, {"task": task.id}, due_at=task.due_at)


def note_place(case: Case, properties: Mapping[str, str]) -> bool:
    """Keep what an element says of a case that enters it; whether it tells the outcome."""
    if status := properties.get("status"):
        case.status = status
    if outcome := properties.get("outcome"):
        case.outcome = outcome
    return bool(outcome)


def note_answers(case: Case, application: Application, facts: Mapping[str, Any]) -> None:
    """Keep what was answered when the case began where lists and access look for it."""
    case.track = str(facts.get(application.variable) or "")
    case.identity_mode = facts.get("identity_mode") or OPENLY
    case.subject, case.reply_by = facts.get("subject"), facts.get("reply_by")


def note_variables(
    case: Case, variables: Mapping[str, Any], files: Callable[[], Mapping[str, bytes]]
) -> None:
    """Keep what tables and people decided where lists and access look for it; `files` gives the
    deployed files."""
    for name, keep in KEPT.items():
        if variables.get(name) is not None or (name in variables and name in TAKEN_BACK):
            keep(case, variables[name])
    # Units that are concerned themselves see the case no more, whoever is in them.
    concerned = [f"@{unit}" for unit in variables.get(CONFLICTED) or []]
    new = [unit for unit in concerned if unit not in case.hidden_from]
    if new:
        case.hidden_from = [*case.hidden_from, *new]
    # Screening may find that it is about a service only.
    track = variables.get(of_files(files()).variable) or case.track
    if case.held or case.track != track:
        case.track = str(track)
        note_track(case, files(), variables)


def _entered(work: Work, case: Case, event: Event) -> None:
    if note_place(case, event.properties):
        _close(work, case)


def _note_variables(work: Work, case: Case, event: Event) -> None:
    execution = work.live.get(event.instance_id)
    if execution is None:
        return
    definition_id = queries.definition_of(work, event.instance_id)
    was_held, was_hidden = case.held, frozenset(case.hidden_from)
    note_variables(case, execution.variables(), lambda: queries.files(work, definition_id))
    if was_held and not case.held:
        announce(work, RECEIVED, case, key=f"received|{case.id}", channel=case.channel)
    for unit in sorted({name for name in case.hidden_from if name.startswith("@")} - was_hidden):
        data = {"unit": unit.removeprefix("@"), "ground": "returned"}
        actor = Actor(event.actor)
        history.record(work, event.instance_id, "conflict_recorded", data, actor=actor)


def _task_created(work: Work, case: Case, event: Event) -> None:
    announce(work, "task.created", case, task=event.data["task"], step=event.element_id)
    watch_due_date(work, work.session.get_one(UserTask, event.data["task"]))


def _ended(work: Work, case: Case, event: Event) -> None:
    _close(work, case)


def _close(work: Work, case: Case) -> None:
    """Its outcome is told: what is followed up after that does not open it again."""
    if case.closed_at is not None:
        return
    case.closed_at = work.now
    announce(work, "complaint.closed", case, outcome=case.outcome)


def _handler(case: Case, value: Any) -> None:
    if isinstance(value, Mapping):
        case.handler = value.get("route")
        case.hidden_from = list(value.get("hidden_from") or [])


def _lead_unit(case: Case, value: Any) -> None:
    case.lead_unit = None if value is None else str(value)


def _co_units(case: Case, value: Any) -> None:
    case.co_units = [str(unit) for unit in value] if isinstance(value, list) else []


def _severity(case: Case, value: Any) -> None:
    case.severity = value.get("level") if isinstance(value, Mapping) else str(value)


def _classification(case: Case, value: Any) -> None:
    if isinstance(value, Mapping):
        case.classification = value.get("class") or case.classification
        case.protected = bool(value.get("protected"))


DECIDED = frozenset({"decision_evaluated", "task_completed"})  # what may have set variables
HANDLERS = {
    "activity_entered": _entered,
    **dict.fromkeys(DECIDED, _note_variables),
    "task_created": _task_created,
    "instance_completed": _ended,
    "instance_cancelled": _ended,
}
TAKEN_BACK = frozenset({"lead_unit"})  # variables whose null says something, too
CONFLICTED = "conflicted_units"  # variable: units that returned the case for a conflict of interest
KEPT = {  # process variable -> what the register keeps of it
    "handler": _handler,
    "lead_unit": _lead_unit,
    "co_units": _co_units,
    "severity": _severity,
    "classification": _classification,
}
