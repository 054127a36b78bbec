"""A case done again for somebody who examines it: what there was to see at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import dmn, feel
from engine.dmn import Explained
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.record import playback
from engine.record.playback import Playback, Step
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.verbs import queries
from forms import Form, merge
from forms.model.component import Home
from forms.schema import Field
from office.applications import deployed_forms, master_data
from office.applications.application import of_definition
from office.cases import personal_files, register, reveals
from office.cases.masking import COVER, covered, nested
from office.deadlines import deadlines
from office.deadlines.tables import DeadlineChange, DeadlineRow
from office.ground.errors import CaseNotFound
from office.ground.services import Services
from office.ground.tables import Case
from office.people.access import load_case
from office.people.people import User
from office.vault import attachments, identities, submissions
from office.vault.case_keys import is_destroyed
from office.vault.submissions import Given

# What is only looked at moves nothing: a replay does not stop there.
LOOKS = frozenset({"case_read", "submission_read", "identity_read", "file_opened", "case_exported"})
LEAVING = frozenset(
    {"activity_completed", "activity_cancelled", "instance_completed", "instance_cancelled"}
)
WITHOUT_TASK = frozenset({"instance_started", "message_received"})


@dataclass(frozen=True, slots=True)
class Replayed:
    """A case with all its steps; `trouble` tells where doing it again came to a halt."""

    case: Case
    instance_id: str
    playback: Playback
    steps: tuple[Step, ...]
    looks: tuple[Step, ...]

    @property
    def trouble(self) -> str:
        return self.playback.trouble

    def at(self, seq: int) -> Step:
        """The step of this number.

        Raises:
            CaseNotFound: the case has no such step.
        """
        for step in (*self.steps, *self.looks):
            if step.event.seq == seq:
                return step
        raise CaseNotFound


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it was shown, with what was entered, as far as the reader may know it."""

    form: Form
    answers: Mapping[str, Any]
    context: Mapping[str, Any]
    at: datetime
    file_names: Mapping[str, str]
    submission_id: str | None  # what could be revealed; None while nothing was handed in
    is_given: bool
    is_revealed: bool
    is_erased: bool


@dataclass(frozen=True, slots=True)
class DeadlineThen:
    """A deadline as it was believed at a moment, with what had moved it until then."""

    step: Text
    key: str
    round: int
    started_at: datetime
    due_at: datetime
    owner: str
    status: str  # running paused finished
    finished_at: datetime | None
    moves: tuple[DeadlineChange, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A variable before and after; `label` is what a form or a decision table calls it, and `field`
    the question on the form, if one asked for it."""

    path: str
    label: Text
    field: Field | None
    before: Any
    after: Any


def replay_case(work: Work, case_id: str, user: User) -> Replayed:
    """Do a case again from its record, for somebody who may see it.

    Raises:
        CaseNotFound: it is not there, not for them, or never entered the process.
    """
    case, _ = load_case(work, case_id, user)
    if case.instance_id is None:
        raise CaseNotFound
    played = playback.play(work, case.instance_id)
    found = playback.steps(work, case.instance_id, played)
    moving = tuple(step for step in found if step.event.type not in LOOKS)
    looks = tuple(step for step in found if step.event.type in LOOKS)
    return Replayed(case, case.instance_id, played, moving, looks)


# ── the form ───────────────────────────────────────────────────────────────────────────────────


def sheets_at(
    work: Work, services: Services, replayed: Replayed, step: Step, user: User
) -> list[Sheet]:
    """The form or forms that a step is about, of the version that the case was on."""
    if task_id := step.event.data.get("task"):
        return _task_sheet(work, services, replayed, step, str(task_id), user)
    if step.event.type not in WITHOUT_TASK or is_destroyed(work, replayed.case.id, "content"):
        return []
    context = register.intake_context(work, replayed.case.channel)
    if step.event.type == "message_received":
        context = {**step.before, "units": context["units"]}
    given = [
        submissions.opened(work, services, row)
        for row in submissions.rows_of(work, replayed.case.id)
        if row.task_id is None and row.given_at == step.event.at
    ]
    return [
        _sheet(work, services, replayed, step, each.form, context, each, user) for each in given
    ]


def _task_sheet(
    work: Work, services: Services, replayed: Replayed, step: Step, task_id: str, user: User
) -> list[Sheet]:
    task = work.session.get(UserTask, task_id)
    offer = replayed.playback.offers.get(task_id)
    if task is None or not task.form or offer is None:
        return []
    context = {**offer.variables, "units": master_data.unit_options(work)}
    given = None
    if step.event.type == "task_completed":
        given = _given_for(work, services, replayed.case, task_id)
    sheet = _sheet(work, services, replayed, step, task.form, context, given, user)
    return [sheet]


def _given_for(work: Work, services: Services, case: Case, task_id: str) -> Given | None:
    if is_destroyed(work, case.id, "content"):
        return None
    rows = submissions.rows_of(work, case.id)
    row = next((row for row in rows if row.task_id == task_id), None)
    return None if row is None else submissions.opened(work, services, row)


def _sheet(
    work: Work,
    services: Services,
    replayed: Replayed,
    step: Step,
    form_id: str,
    context: Mapping[str, Any],
    given: Given | None,
    user: User,
) -> Sheet:
    form = deployed_forms.form_of(work, step.frame.definition_id, form_id)
    is_revealed = given is not None and reveals.may_read(work, given.id, user)
    shown: tuple[Home, ...] = ("variable", "file")
    shown = (*shown, "submission") if is_revealed else shown
    answers: dict[str, Any] = {}
    names: dict[str, str] = {}
    if given is not None:
        answers = covered(form.components, given.answers, shown)
        answers = merge(answers, _personal(work, services, replayed.case, form_id, user))
        names = _file_names(work, services, replayed.case, given, is_revealed=is_revealed)
    elif step.event.type == "task_completed":
        move = replayed.playback.moves[step.event.command_seq]
        answers = dict(move.variables)  # handed in without a form's submission, or erased since
    else:
        answers = form.initial(context, environment=_environment(step))
    return Sheet(
        form=form,
        answers=answers,
        context=context,
        at=step.event.at,
        file_names=names,
        submission_id=None if given is None else given.id,
        is_given=step.event.type in ("task_completed", *WITHOUT_TASK),
        is_revealed=is_revealed,
        is_erased=is_destroyed(work, replayed.case.id, "content"),
    )


def _personal(
    work: Work, services: Services, case: Case, form_id: str, user: User
) -> dict[str, Any]:
    """What the vault holds of this form's fields, covered but for what the reader was granted."""
    first = of_definition(work, queries.definition_of(work, str(case.instance_id)))
    is_intake = form_id in first.intake_forms
    prefix = "" if is_intake else f"{form_id}."
    own = [path for path in identities.identity_paths(work, case.id) if path.startswith(prefix)]
    granted = reveals.granted_fields(work, case.id, user)
    shown = [path for path in own if path in granted]
    # Asked only where something is shown: after an erasure the vault has no key any more.
    opened = identities.open_identity(work, services, case.id, shown) if shown else {}
    whole = {path.removeprefix(prefix): opened.get(path, COVER) for path in own}
    return nested(whole)


def _file_names(
    work: Work, services: Services, case: Case, given: Given, *, is_revealed: bool
) -> dict[str, str]:
    """File names carry people's names: a reader who may not read the text gets numbers."""
    files = attachments.list_files(work, services, case.id)
    own = [file for file in files if file.submission_id == given.id]
    covered = personal_files.ids_of(work, case)
    return {
        file.id: file.name if is_revealed and file.id not in covered else f"{COVER} {number}"
        for number, file in enumerate(own, 1)
    }


def _environment(step: Step) -> feel.Environment:
    return feel.Environment(now=step.event.at.astimezone(BANGKOK))


# ── decisions, deadlines, data ─────────────────────────────────────────────────────────────────


def decisions_at(work: Work, step: Step) -> list[Explained]:
    """The tables that a step decided by, as they were deployed then."""
    if step.event.type != "decision_evaluated" or step.frame.given is None:
        return []
    return dmn.explain(
        queries.decisions(work, step.frame.definition_id),
        step.event.data["decision"],
        step.frame.given,
        step.event.data["rules"],
        _environment(step),
    )


def deadlines_at(work: Work, replayed: Replayed, step: Step) -> list[DeadlineThen]:
    """Every deadline that ran at a step, with the day it was believed to end on."""
    entered, left = _gone_through(replayed, step)
    found = []
    for row in deadlines.case_deadlines(work, replayed.case.id):
        places = {*row.askers, row.element_id}
        started = row.command_seq < step.event.command_seq or bool(places & (entered | {""}))
        if row.command_seq > step.event.command_seq or not started:
            continue
        ended = row.finished_at
        if ended == step.event.at and not places & left:
            ended = None  # later in the same moment
        if ended is None or ended >= step.event.at:
            found.append(_deadline_then(work, row, step.event.at, ended))
    return found


def _gone_through(replayed: Replayed, step: Step) -> tuple[set[str], set[str]]:
    """What was entered by this very command until the step, and what was left in its moment; the
    case as a whole, which no element stands for, is left when it ends."""
    entered: set[str] = set()
    left: set[str] = set()
    for each in replayed.steps:
        event = each.event
        if event.seq > step.event.seq:
            break
        if event.command_seq == step.event.command_seq and event.type == "activity_entered":
            entered.add(event.element_id)
        if event.at == step.event.at and event.type in LEAVING:
            left.add(event.element_id)
    return entered, left


def _deadline_then(
    work: Work, row: DeadlineRow, at: datetime, ended: datetime | None
) -> DeadlineThen:
    changes = deadlines.changes_of(work, row)
    past = tuple(change for change in changes if change.at <= at)
    later = [change for change in changes if change.at > at]
    finished = ended if ended is not None and ended <= at else None
    is_paused = bool(past) and past[-1].kind == "paused"
    return DeadlineThen(
        step=deadlines.step_name(work, row),
        key=row.key,
        round=row.round,
        started_at=row.started_at,
        # What the next change found is what was believed until then.
        due_at=later[0].before if later else row.due_at,
        owner=row.owner,
        status="finished" if finished else "paused" if is_paused else "running",
        finished_at=finished,
        moves=past,
    )


def changes_at(work: Work, step: Step) -> list[Change]:
    """What a step changed in the data, leaf by leaf."""
    before, after = _leaves(step.before), _leaves(step.frame.variables)
    names = [name for name in after if before.get(name, _NOTHING) != after[name]]
    names += [name for name in before if name not in after]
    fields = fields_of(work, step.frame.definition_id)
    labels = {name: field.label for name, field in fields.items()}
    labels.update(_decided(work, step.frame.definition_id))
    return [
        Change(
            name,
            labels.get(name, Text("", "")),
            fields.get(name),
            before.get(name),
            after.get(name),
        )
        for name in names
        if before.get(name) is not None or after.get(name) is not None
    ]


def _decided(work: Work, definition_id: str) -> dict[str, Text]:
    """What the decision tables call their results, by the variables that keep them."""
    tables = {
        decision.id: decision
        for model in queries.decisions(work, definition_id)
        for decision in model.decisions.values()
    }
    found: dict[str, Text] = {}
    for process in queries.models(work, definition_id).values():
        for node in process.body.walk():
            decision = tables.get(node.extensions.decision)
            if decision is None or decision.table is None:
                continue
            prefix = node.extensions.result_variable
            outputs = decision.table.outputs
            for column in outputs:
                path = f"{prefix}.{column.name}" if prefix and len(outputs) > 1 else prefix
                label = column.label or decision.name
                found[path or column.name] = Text(label, column.name or label)
    return found


def fields_of(work: Work, definition_id: str) -> dict[str, Field]:
    """The form field that asks for each variable; of several, the last form that does."""
    found: dict[str, Field] = {}
    for form_id in queries.form_ids(work, definition_id):
        for field in deployed_forms.form_of(work, definition_id, form_id).fields:
            if field.home == "variable":
                found[field.path] = field
    return found


_NOTHING = object()


def _leaves(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    leaves: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            leaves.update(_leaves(value, f"{prefix}{name}."))
        else:
            leaves[prefix + name] = value
    return leaves


def names_of_steps(steps: Sequence[Step]) -> set[str]:
    """The accounts that acted in these steps."""
    return {step.event.actor for step in steps}
