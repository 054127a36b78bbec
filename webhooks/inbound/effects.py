"""What an inbound message does: files a complaint, or reaches a case that waits."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.clock import BANGKOK
from engine.ground.errors import MessageNotAwaited
from engine.store.work import Work
from engine.verbs import messages, queries
from forms.text.numerals import arabic_digits
from office.applications import application as applications
from office.applications import deployed_forms
from office.cases import complainant, register, reviews, tracking
from office.cases.store_answers import HandedIn, keep
from office.ground.services import Services
from office.ground.tables import Case
from webhooks.errors import CaseUnknown, FieldsRefused, MessageNotPermitted
from webhooks.tables import InboundDelivery, InboundSource

Payload = Mapping[str, Any]
WEB = register.WEB
RELAY_FIELDS = ("source_no", "source_due")  # what a relay adds to F1: its own number and due date
REFERENCES = ("case", "receipt_no", "tracking_code")
MESSAGE_FIELDS = {"message", "variables", *REFERENCES}
FORMS = {  # what these carry is checked and kept by a form of the guideline
    complainant.REPLY_MESSAGE: complainant.REPLY_FORM,
    complainant.WITHDRAWAL_MESSAGE: complainant.WITHDRAWAL_FORM,
}


def act_on(
    work: Work, services: Services, source: InboundSource, message_id: str, payload: Payload
) -> dict[str, Any]:
    """Give a message its effect; returns the answer, without what may not be stored.

    Raises:
        FormInvalid, FieldsRefused: the payload does not fit.
        CaseUnknown, MessageNotPermitted, MessageNotAwaited
    """
    if source.kind == "intake":
        return _file(work, services, source, message_id, payload)
    return _tell(work, services, source, payload)


def whole_answer(services: Services, delivery: InboundDelivery) -> dict[str, Any]:
    """The answer as it is sent: a tracking code stands in no table, so it is derived again."""
    answer = dict(delivery.answer)
    if answer.get("type") == "complaint.received":
        key = _key(delivery.source, delivery.message_id)
        answer["tracking_code"] = tracking.new_code(services, key)
    return answer


def _file(
    work: Work, services: Services, source: InboundSource, message_id: str, payload: Payload
) -> dict[str, Any]:
    filed = register.file_case(
        work,
        services,
        applications.named(work, None, applications.API),
        {name: value for name, value in payload.items() if name not in RELAY_FIELDS},
        _officer_part(work, source, payload),
        channel=str(source.channel),
        actor=complainant.ACTOR if source.channel == WEB else _relay(source),
        idempotency_key=_key(source.name, message_id),
    )
    return {"type": "complaint.received", "case": filed.case_id, "receipt_no": filed.receipt_no}


def _officer_part(work: Work, source: InboundSource, payload: Payload) -> dict[str, Any] | None:
    """What an officer would enter beside the form, for a complaint that a relay passes on."""
    if source.channel == WEB:
        refused = [name for name in RELAY_FIELDS if name in payload]
        if refused:
            raise FieldsRefused([_unknown(name) for name in refused])
        return None
    given = {name: payload[name] for name in RELAY_FIELDS if name in payload}
    form = register.officer_form(work, applications.named(work, None, applications.API))
    assert form is not None
    defaults = form.initial({}, environment=deployed_forms.environment_of(work))
    received = work.now.astimezone(BANGKOK).isoformat()
    return {**defaults, "channel": source.channel, "received_at": received, **given}


def _tell(
    work: Work, services: Services, source: InboundSource, payload: Payload
) -> dict[str, Any]:
    _check_message(source, payload)
    case = _referred(work, services, payload)
    # Whoever holds the code is the complainant; anything else the source says in its own name.
    actor = complainant.ACTOR if "tracking_code" in payload else _relay(source)
    name, variables = payload["message"], payload.get("variables", {})
    if name == reviews.MESSAGE:
        if not reviews.may_ask(work, case):
            raise MessageNotAwaited(name=name)
        reviews.ask(work, services, case, variables, actor=actor)
        return {"type": "message.received", "case": case.id, "message": name}
    extra_events = []
    if name in FORMS:
        handed_in = _handed_in(work, case, FORMS[name], variables, actor)
        extra_events.append(keep(work, services, case.id, handed_in))
        variables = handed_in.answers.variables
    reached = messages.correlate_message(
        work, name, case.id, variables, actor=actor, extra_events=extra_events
    )
    if reached != case.instance_id:  # it would have started something instead
        raise MessageNotAwaited(name=name)
    return {"type": "message.received", "case": case.id, "message": name}


def _handed_in(work: Work, case: Case, form_id: str, answers: Payload, actor: Actor) -> HandedIn:
    """The answers to a form, checked against the form of the case's version."""
    definition_id = queries.definition_of(work, str(case.instance_id))
    form = deployed_forms.form_of(work, definition_id, form_id)
    checked = form.load(answers, context={}, environment=deployed_forms.environment_of(work))
    return HandedIn(form_id, checked, actor.id)


def _check_message(source: InboundSource, payload: Payload) -> None:
    name = payload.get("message")
    if isinstance(name, str) and name not in source.messages:
        raise MessageNotPermitted(name=name[:100])
    places = [_unknown(name) for name in payload if name not in MESSAGE_FIELDS]
    if not isinstance(name, str):
        places.append(_place("message", "ต้องระบุชื่อข้อความ", "The message's name is required."))
    named = [name for name in REFERENCES if name in payload]
    if len(named) != 1 or not isinstance(payload[named[0]], str):
        text = ("ต้องอ้างถึงเรื่องด้วยค่าเดียว", "Name the case by exactly one of these.")
        places.append(_place(" | ".join(REFERENCES), *text))
    variables = payload.get("variables", {})
    if not isinstance(variables, dict):
        places.append(_place("variables", "ต้องเป็นออบเจกต์ JSON", "This must be a JSON object."))
    elif name not in (*FORMS, reviews.MESSAGE):
        places += [_unknown(f"variables.{n}") for n in variables if n not in source.variables]
    if places:
        raise FieldsRefused(places)


def _referred(work: Work, services: Services, payload: Payload) -> Case:
    """The case a message names: by id, by receipt number or by the complainant's own code."""
    if "tracking_code" in payload:
        return tracking.find_case_by_code(work, services, payload["tracking_code"])
    if "case" in payload:
        is_meant = Case.id == payload["case"]
    else:
        is_meant = Case.receipt_no == arabic_digits(payload["receipt_no"])
    case = work.session.scalar(sa.select(Case).where(is_meant))
    if case is None:
        raise CaseUnknown
    return case


def _relay(source: InboundSource) -> Actor:
    return Actor(f"source:{source.name}")


def _unknown(field: str) -> dict[str, str]:
    return _place(field, "ไม่มีช่องชื่อนี้", "There is no such field.")


def _place(field: str, th: str, en: str) -> dict[str, str]:
    return {"in": "json", "field": field[:200], "th": th, "en": en}


def _key(source: str, message_id: str) -> str:
    return f"hook:{source}:{message_id}"
