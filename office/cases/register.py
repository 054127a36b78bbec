"""The register: a case comes in, gets its number, keys and code, and starts its way."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.canonical import canonical, digest
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from engine.turn.commitments import moment
from engine.turn.history import Entry
from engine.verbs import queries, runtime
from forms import Answers, Form, FormInvalid
from forms.text.dates import parse_moment
from office.applications import deployed_forms, master_data, person_names
from office.applications.agency import with_agency
from office.applications.application import Application
from office.applications.tracks import note_track
from office.cases.case_listener import RECEIVED, announce, note_answers
from office.cases.store_answers import HandedIn, keep
from office.cases.tracking import code_hash, new_code
from office.deadlines.holiday_table import current_calendar
from office.ground.errors import BackdatingRefused
from office.ground.keys import DataKey
from office.ground.numbers import receipt_number
from office.ground.services import Services
from office.ground.tables import Case
from office.people import people
from office.people.access import acting_as
from office.people.conflicts import match_accused, record_conflict
from office.vault.attachments import Staged
from office.vault.case_keys import case_key, issue_keys
from office.vault.submissions import COMPLAINANT

WEB = "web"
# What stays as it was when a case came in.
REGISTERED = (
    "application",
    "receipt_no",
    "tracking_hash",
    "idempotency_hash",
    "channel",
    "identity_mode",
    "reply_by",
    "subject",
    "source_no",
    "source_due",
    "received_at",
    "legal_received_on",
    "registered_at",
    "registered_by",
)

NO_ANSWERS = Answers({}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Filed:
    """What the complainant is given; the code is shown once and kept nowhere in clear."""

    case_id: str
    receipt_no: str
    tracking_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Intake:
    """A filing on its way into the register: checked answers and how they came."""

    application: Application
    given: Answers
    officer: Answers
    staged: list[Staged]
    channel: str
    received_at: datetime
    legal_received_on: date


def file_case(
    work: Work,
    services: Services,
    application: Application,
    answers: Mapping[str, Any],
    officer_answers: Mapping[str, Any] | None = None,
    *,
    channel: str = WEB,
    actor: Actor,
    idempotency_key: str | None = None,
) -> Filed:
    """Enter a case of an application: number, code, keys, submission, identity, files and the
    started process in one transaction. File fields of the answers carry ids of staged files.

    `officer_answers` are those of the form's second part, when an officer enters what came by
    another channel; they then say the channel and the time of receipt.

    Raises:
        FormInvalid: the answers do not fit the form.
        BackdatingRefused: the time of receipt is not possible, or not explained.
        AttachmentNotFound: a file is not (or no longer) staged.
    """
    repeated = _filed_before(work, services, idempotency_key)
    if repeated is not None:
        return repeated
    intake = _read(work, services, application, answers, officer_answers, channel)
    code = new_code(services, idempotency_key)
    case = _enter(work, services, intake, code, actor, idempotency_key)
    extra_events = _keep(work, services, case, intake)
    matched = _accused_accounts(work, intake)
    variables = {**_variables(case, intake), **_of_the_centre(work, matched)}
    case.instance_id = runtime.start_instance(
        work,
        application.process,
        variables,
        actor=_in_role(work, actor),
        business_key=case.id,
        extra_events=extra_events,
    )
    for account_id, ground in matched.items():
        record_conflict(work, case, account_id, ground=ground)
    announce(work, RECEIVED, case, channel=case.channel)
    return Filed(case.id, case.receipt_no, code)


def intake_form(work: Work, application: Application) -> Form:
    """The form that an applicant fills in, of the version that a new case gets."""
    return deployed_forms.form_of(work, _definition(work, application), application.form)


def officer_form(work: Work, application: Application) -> Form | None:
    """What an officer adds who enters a case for somebody."""
    if not application.officer_form:
        return None
    return deployed_forms.form_of(work, _definition(work, application), application.officer_form)


def intake_context(work: Work, channel: str) -> dict[str, Any]:
    """What the expressions of these forms see."""
    return {"channel": channel, "units": master_data.unit_options(work)}


def _filed_before(work: Work, services: Services, idempotency_key: str | None) -> Filed | None:
    if idempotency_key is None:
        return None
    hash = _idempotency_hash(services, idempotency_key)
    case = work.session.scalar(sa.select(Case).where(Case.idempotency_hash == hash))
    if case is None:
        return None
    return Filed(case.id, case.receipt_no, new_code(services, idempotency_key))


def _read(
    work: Work,
    services: Services,
    application: Application,
    answers: Mapping[str, Any],
    officer_answers: Mapping[str, Any] | None,
    channel: str,
) -> _Intake:
    context = intake_context(work, channel)
    given, officer = _checked(work, application, answers, officer_answers, context)
    received_at = _received_at(work, officer)
    return _Intake(
        application=application,
        given=given,
        officer=officer,
        staged=[
            *deployed_forms.staged_of(services, given),
            *deployed_forms.staged_of(services, officer),
        ],
        channel=str(officer.variables.get("channel") or channel),
        received_at=received_at,
        legal_received_on=current_calendar(work).received_on(received_at),
    )


def _checked(
    work: Work,
    application: Application,
    answers: Mapping[str, Any],
    officer_answers: Mapping[str, Any] | None,
    context: Mapping[str, Any],
) -> tuple[Answers, Answers]:
    """Both parts; the faults of both are told at once."""
    faults: dict[str, list[Text]] = {}

    def load(form: Form, given: Mapping[str, Any], seen: Mapping[str, Any]) -> Answers:
        try:
            environment = deployed_forms.environment_of(work)
            return form.load(given, context=seen, environment=environment)
        except FormInvalid as invalid:
            faults.update(invalid.errors)
            return NO_ANSWERS

    checked = load(intake_form(work, application), answers, context)
    officer, form = NO_ANSWERS, officer_form(work, application)
    if form is not None and officer_answers is not None:
        officer = load(form, officer_answers, {**context, **checked.variables})
    if faults:
        raise FormInvalid(faults)
    return checked, officer


def _received_at(work: Work, officer: Answers) -> datetime:
    """When it was received: now, or what the officer says; an earlier day needs its reason."""
    given = deployed_forms.as_given(officer)
    if not given.get("received_at"):
        return work.now
    moment = parse_moment(str(given["received_at"]))
    earlier = moment.astimezone(BANGKOK).date() < work.now.astimezone(BANGKOK).date()
    explained = bool(str(given.get("backdating_reason") or "").strip())
    if moment > work.now or (earlier and not explained):
        raise BackdatingRefused
    return moment


def _enter(
    work: Work,
    services: Services,
    intake: _Intake,
    code: str,
    actor: Actor,
    idempotency_key: str | None,
) -> Case:
    facts = _facts(intake)
    officer = deployed_forms.as_given(intake.officer)
    case = Case(id=uuid.uuid4().hex, tracking_hash=code_hash(services, code))
    if idempotency_key is not None:
        case.idempotency_hash = _idempotency_hash(services, idempotency_key)
    application = intake.application
    own, received_on = application.prefix, intake.legal_received_on
    case.application = application.key
    case.receipt_no = receipt_number(
        work, own or services.receipt_prefix, received_on, own=bool(own)
    )
    note_answers(case, application, facts)
    case.channel, case.status = intake.channel, "RECEIVED"
    note_track(case, _law(work, application), facts)
    case.classification = officer.get("classification") or ""
    case.hidden_from, case.co_units = [], []
    case.source_no = officer.get("source_no") or None
    source_due = officer.get("source_due")
    case.source_due = date.fromisoformat(source_due) if source_due else None
    case.received_at, case.legal_received_on = intake.received_at, intake.legal_received_on
    case.registered_at = work.now
    case.registered_by = actor.id
    work.session.add(case)
    work.session.flush()  # keys, vault and submissions refer to it
    return case


def _in_role(work: Work, actor: Actor) -> Actor:
    """An officer who enters what came by another channel acts for whoever complained."""
    if actor.id == COMPLAINANT:
        return actor
    return acting_as(work, actor, "open", "all", on_behalf_of=COMPLAINANT)


def _keep(work: Work, services: Services, case: Case, intake: _Intake) -> list[Entry]:
    issue_keys(work, services, case.id)
    work.session.flush()  # the keys are read back by id below
    _keep_title(work, services, case, intake)
    by, given, officer = case.registered_by, intake.given, intake.officer
    personal = {**given.personal, **officer.personal}
    filed = HandedIn(intake.application.form, given, by, element_id="start")
    staged, whose = intake.staged, COMPLAINANT
    type, element, data = keep(
        work, services, case.id, filed, personal=personal, staged=staged, files_by=whose
    )
    extra_events = [(type, element, {**data, "register": commitment(case)})]
    if deployed_forms.as_given(officer):
        entered = HandedIn(intake.application.officer_form, officer, by)
        extra_events.append(keep(work, services, case.id, entered, personal={}, staged=()))
    return extra_events


def _keep_title(work: Work, services: Services, case: Case, intake: _Intake) -> None:
    given, application = deployed_forms.as_given(intake.given), intake.application
    if title := title_of(given, application):
        key = case_key(work, services, case.id)
        case.title = key.encrypt(title.encode(), _title_place(case.id))


def title_of(answers: Mapping[str, Any], application: Application) -> str:
    """The title that the register keeps of the answers to the applicant's form."""
    return unicodedata.normalize("NFC", str(answers.get(application.title) or ""))


def open_title(case: Case, key: DataKey) -> str:
    """The register's title, decrypted.

    Raises:
        cryptography.exceptions.InvalidTag: it was touched or moved.
    """
    return "" if case.title is None else key.decrypt(case.title, _title_place(case.id)).decode()


def _title_place(case_id: str) -> str:
    return f"complaint_case.title|{case_id}"


def commitment(case: Case) -> str:
    """What the first event of a case commits to of its registration, which nothing changes. The
    hash of the tracking code makes it one that nobody can guess the facts from."""
    facts = {name: _fact(getattr(case, name)) for name in REGISTERED}
    return digest("samnuan register 1", canonical(facts))


def _fact(value: Any) -> Any:
    return moment(value) if isinstance(value, datetime) else value and str(value)


def _variables(case: Case, intake: _Intake) -> dict[str, Any]:
    """What the process decides on. Nothing here says who anybody is."""
    whole, staged = intake.given.merged(), intake.staged
    counts = intake.application.counts.items()
    return {
        **_facts(intake),
        **intake.officer.variables,
        "case_id": case.id,
        "channel": case.channel,
        "received_on": case.legal_received_on.isoformat(),
        "has_attachments": bool(staged),
        "evidence_count": len(staged),
        **{name: len(whole.get(rows) or []) for name, rows in counts},
    }


def _facts(intake: _Intake) -> dict[str, Any]:
    """What was answered; what the form left out is as the application says."""
    return {**intake.application.facts, **intake.given.variables}


def _accused_accounts(work: Work, intake: _Intake) -> dict[str, str]:
    """Who in the agency may be among the accused, and how sure that is."""
    accused = intake.given.personal.get(intake.application.keeps_out) or []
    titles = person_names.titles_of(with_agency(work, _law(work, intake.application)))
    return match_accused(work, _names(accused), titles)


def _of_the_centre(work: Work, matched: Mapping[str, str]) -> dict[str, bool]:
    """Where everybody who screens may be accused, the table of handlers is told so: it names who
    acts for them."""
    screening = people.accounts_with_access(work, "all")
    return {"centre_concerned": True} if screening and screening <= matched.keys() else {}


def _law(work: Work, application: Application) -> Mapping[str, bytes]:
    """The files that a new case runs on."""
    return queries.files(work, _definition(work, application))


def _definition(work: Work, application: Application) -> str:
    process = application.process
    return work.once("begins", process, lambda: queries.definition(work, process).id)


def _names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(row["name"]) for row in rows if row.get("name")]


def _idempotency_hash(services: Services, key: str) -> str:
    return services.keys.pepper.hash("idempotency", key)
