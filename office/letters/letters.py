"""Letters to the complainant: numbered, encrypted, delivered to the tracking inbox and by mail."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import dmn, feel
from engine.ground.actor import SYSTEM
from engine.ground.canonical import dumps, loads
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store import outbox
from engine.store.tables import OutboxMessage
from engine.store.work import JobCall, Work
from engine.turn import history
from engine.verbs import queries
from office.applications.letter_templates import Template, find_template, render
from office.applications.markdown import plain
from office.deadlines.public_status import where_it_stands
from office.deadlines.receipts import note_receipt
from office.ground.errors import KeyDestroyed, LetterNotFound
from office.ground.numbers import letter_number
from office.ground.services import Services
from office.ground.tables import Case, Letter
from office.letters.mail import Mail
from office.people.access import is_guarded
from office.vault import envelopes, identities, submissions
from office.vault.case_keys import case_key, is_destroyed

MAIL_TOPIC = "mail"
DELIVERY_DECISION = "letters"  # DT6 in letters.dmn
INBOX, EMAIL = "inbox", "email"
STEP = "case.step"  # a letter that requires this place tells where the case stands


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as lists show it, with how far its delivery has come."""

    id: str
    number: str
    kind: str
    title: Text
    issued_at: datetime
    method: str
    mail: str | None  # pending delivered failed, when it was mailed
    read_at: datetime | None


def letter_handler(services: Services) -> Callable[[Work, JobCall], Mapping[str, Any] | None]:
    """The handler of `letter` jobs: a send task with the header `letter: L1`."""

    def send(work: Work, job: JobCall) -> Mapping[str, Any]:
        case = work.session.get_one(Case, job.business_key)
        letter = issue_letter(
            work,
            services,
            case,
            job.headers["letter"],
            variables=job.variables,
            element_id=job.element_id,
            job_id=job.id,
        )
        return {"last_letter": letter.number}

    return send


def issue_letter(
    work: Work,
    services: Services,
    case: Case,
    kind: str,
    *,
    variables: Mapping[str, Any],
    element_id: str,
    job_id: str | None = None,
) -> Letter:
    """Write, number, encrypt and send a letter, in the transaction of what asks for it: the job of
    a send task, or a deadline that the complainant is reminded of.

    Raises:
        LetterUnknown: the guideline has no template for it.
        LetterIncomplete: something it must say is missing; the job becomes an incident.
    """
    definition_id = queries.definition_of(work, str(case.instance_id))
    template = find_template(queries.files(work, definition_id), kind)
    number = letter_number(work, services.letter_prefix, work.now.astimezone(BANGKOK).date())
    facts = letter_facts(work, services, case, number=number, variables=variables)
    if STEP in template.required:
        here, following = where_it_stands(work, case)
        facts["case"] |= {"step": here.th, "next_step": following.th}
    text = render(template, facts)
    letter = _encrypted_letter(work, services, case, template, number, text)
    letter.job_id, letter.method = job_id, _delivery(work, definition_id, case, kind, facts)
    work.session.add(letter)
    if letter.method == EMAIL and facts["person"].get("email"):
        letter.mail_key = f"letter:{letter.id}"
        outbox.enqueue(work, MAIL_TOPIC, {"letter": letter.id}, key=letter.mail_key)
    _record(work, case, letter, template, element_id=element_id)
    return letter


def letter_facts(
    work: Work, services: Services, case: Case, *, number: str, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """What a template may speak of: the letter, the case, the person, the variables and, by the id
    of each form, its newest answers."""
    given = submissions.latest_answers(submissions.submissions(work, services, case.id))
    today = work.now.astimezone(BANGKOK)
    return {
        **variables,
        **given,
        "variables": dict(variables),
        "person": identities.open_identity(work, services, case.id),
        "letter": {"number": number, "date": today.date().isoformat()},
        "tracking_url": f"{services.public_url}/track",
        "case": {
            "receipt_no": case.receipt_no,
            "track": case.track,
            "subject": case.subject,
            "identity_mode": case.identity_mode,
            "channel": case.channel,
            "received_on": case.legal_received_on.isoformat(),
            "received_at": case.received_at.isoformat(),
            "due_on": case.due_at.isoformat() if case.due_at else None,
            "status": case.status,
            "outcome": case.outcome,
        },
    }


def list_letters(work: Work, case_id: str) -> list[LetterView]:
    """The letters of a case, oldest first, with the state of their delivery."""
    query = (
        sa.select(Letter, OutboxMessage.status)
        .outerjoin(OutboxMessage, OutboxMessage.key == Letter.mail_key)
        .where(Letter.case_id == case_id)
        .order_by(Letter.issued_at, Letter.number)
    )
    return [_view(letter, mail) for letter, mail in work.session.execute(query)]


def open_letter(
    work: Work, services: Services, case: Case, letter_id: str
) -> tuple[LetterView, str]:
    """A letter and its Markdown text.

    Raises:
        LetterNotFound: the case has no such letter.
    """
    letter = work.session.get(Letter, letter_id)
    if letter is None or letter.case_id != case.id:
        raise LetterNotFound
    view = next(each for each in list_letters(work, case.id) if each.id == letter_id)
    return view, _opened(work, services, letter)


def note_reading(work: Work, case: Case, letter_id: str) -> None:
    """The complainant opened a letter in the inbox: from this moment it counts as received."""
    letter = work.session.get(Letter, letter_id)
    if letter is None or letter.case_id != case.id or letter.read_at is not None:
        return
    letter.read_at = work.now
    if case.instance_id is not None:
        data = {"letter": letter.id, "number": letter.number, "method": INBOX}
        history.record(work, case.instance_id, "letter_read", data, actor=SYSTEM)
        note_receipt(work, case, letter)


def mail_of(work: Work, services: Services, letter_id: str) -> Mail | None:
    """The mail for a letter; without an address, none. Where the complainant is protected it only
    points to the inbox: mail lies in the open on its way and on shared computers."""
    letter = work.session.get_one(Letter, letter_id)
    case = work.session.get_one(Case, letter.case_id)
    if is_destroyed(work, case.id, "identity"):
        return None
    address = identities.open_identity(work, services, case.id, ["email"]).get("email")
    if address is None:
        return None
    if is_guarded(case):
        return Mail(str(address), POINTER_SUBJECT, POINTER_BODY.format(url=services.public_url))
    subject = f"{letter.title_th} เลขที่ {letter.number}"
    return Mail(str(address), subject, plain(_opened(work, services, letter)))


def is_mailed_whole(work: Work, letter_id: str) -> bool:
    """Whether the mail for a letter is the letter itself, and not a word that there is one."""
    letter = work.session.get_one(Letter, letter_id)
    return not is_guarded(work.session.get_one(Case, letter.case_id))


POINTER_SUBJECT = "มีหนังสือถึงท่านในกล่องรับหนังสือ / You have a letter in your inbox"
POINTER_BODY = """เรียน ผู้ติดต่อ

มีหนังสือฉบับใหม่ถึงท่าน โปรดเปิดอ่านด้วยรหัสติดตาม 16 หลักที่
{url}/track

เพื่อความปลอดภัยของท่าน อีเมลนี้ไม่แสดงเนื้อหาของหนังสือ และโปรดอย่าตอบกลับอีเมลนี้

A new letter is waiting for you. Open it with your 16-digit tracking code at the address above.
For your safety this mail shows nothing of its content. Please do not reply to it.
"""


def _encrypted_letter(
    work: Work, services: Services, case: Case, template: Template, number: str, text: str
) -> Letter:
    id = uuid.uuid4().hex
    key = case_key(work, services, case.id)
    encrypted, commitment = envelopes.encrypt(key, dumps(text).encode(), place(case.id, id))
    return Letter(
        id=id,
        case_id=case.id,
        number=number,
        kind=template.kind,
        title_th=template.title.th,
        title_en=template.title.en,
        template_sha256=template.sha256,
        text_sha256=commitment,
        sealed=encrypted,
        issued_at=work.now,
    )


def _delivery(
    work: Work, definition_id: str, case: Case, kind: str, facts: Mapping[str, Any]
) -> str:
    """How a letter goes out besides the inbox, by table DT6."""
    models = queries.decisions(work, definition_id)
    if not any(DELIVERY_DECISION in model.decisions for model in models):
        return INBOX
    asked = {
        "letter": kind,
        "identity_mode": case.identity_mode,
        "reply_by": case.reply_by,
        "track": case.track,
    }
    environment = feel.Environment(now=work.now)
    value = dmn.evaluate(models, DELIVERY_DECISION, asked, environment).value
    method = value.get("method") if isinstance(value, Mapping) else value
    return str(method) if method else INBOX


def _record(work: Work, case: Case, letter: Letter, template: Template, *, element_id: str) -> None:
    if case.instance_id is None:
        return
    data = {
        "letter": letter.id,
        "number": letter.number,
        "kind": letter.kind,
        "template": template.sha256,
        "text": letter.text_sha256,
        "method": letter.method,
    }
    history.record(
        work, case.instance_id, "letter_issued", data, actor=SYSTEM, element_id=element_id
    )


def _opened(work: Work, services: Services, letter: Letter) -> str:
    if not letter.sealed:
        raise KeyDestroyed  # it named a person and was erased with them
    key = case_key(work, services, letter.case_id)
    text: str = loads(
        envelopes.decrypt(key, letter.sealed, place(letter.case_id, letter.id)).decode()
    )
    return text


def _view(letter: Letter, mail: str | None) -> LetterView:
    return LetterView(
        id=letter.id,
        number=letter.number,
        kind=letter.kind,
        title=Text(letter.title_th, letter.title_en),
        issued_at=letter.issued_at,
        method=letter.method,
        mail=mail,
        read_at=letter.read_at,
    )


def place(case_id: str, id: str) -> str:
    return f"letter.sealed|{case_id}|{id}"
