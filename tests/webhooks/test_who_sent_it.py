"""Every inbound message in the record: who sent it, in which words, for whom."""

# ruff: noqa: F811 — the fixtures of the messages are imported

from __future__ import annotations

import pytest

from engine import Engine
from engine.ground.actor import Actor
from office.ground.tables import Case
from tests.support.agency import Agency
from tests.walks.test_three_walks import ASKED, QUESTIONS
from tests.webhooks.test_inbound_hooks import (  # noqa: F401  fixtures
    COMPLAINT,
    Sender,
    cases,
    guideline,
    source,
    url,
)

RELAY, WEBSITE, CENTRE = "source:relay-1111", "complainant", "source:centre"
ASKED_G = {k: v for k, v in ASKED.items() if k != "service_only" and "evidence" not in k}
ASKED_G = {
    k: v for k, v in ASKED_G.items() if k not in ("circumstances_clear", "witnesses_definite")
}
REPLY = {"answers_text": "เลขที่ประกาศ ๑/๒๕๖๙ วันที่ ๒ มีนาคม ๒๕๖๙"}


def filed(engine: Engine, sender: Sender, **more: object) -> tuple[Case, str]:
    answer = sender.post(COMPLAINT | more)
    assert answer.status_code == 200, answer.json
    (case,) = [case for case in cases(engine) if case.id == answer.json["case"]]
    return case, answer.json["tracking_code"]


def who(engine: Engine, case: Case, *types: str) -> set[tuple[str, str, str, str]]:
    """Type, actor, role and principal of the events of these types."""
    history = engine.history(str(case.instance_id))
    return {(e.type, e.actor, e.role, e.on_behalf_of) for e in history if e.type in types}


@pytest.mark.parametrize(
    ("name", "channel", "more", "actor"),
    [
        ("website", "web", {}, WEBSITE),
        ("relay-1111", "1111", {"source_no": "01-1"}, RELAY),
        ("centre", "oss", {"source_no": "ศ.1"}, CENTRE),
    ],
)
def test_a_complaint_is_filed_by_its_complainant_or_by_a_relay_for_them(
    guideline,
    source,
    engine,
    name,
    channel,
    more,
    actor,
):
    case, _ = filed(engine, source(name, channel=channel), **more)

    principal = "" if actor == WEBSITE else "complainant"
    assert case.registered_by == actor
    assert who(engine, case, "instance_started", "form_submitted") == {
        ("instance_started", actor, "", principal),
        ("form_submitted", actor, "", principal),
    }


@pytest.fixture
def asked(guideline, source, engine, office):
    """A case whose complainant is asked a question."""
    case, code = filed(engine, source("website", channel="web"))
    agency = Agency.at(office, engine.clock)
    office.run_due()
    agency.do(case.id, "screen", ASKED_G)
    agency.do(case.id, "ask", QUESTIONS)
    return case, code


def answers_of(office, code: str) -> dict[str, object]:
    form, _ = office.reply_form(code)
    given: dict[str, object] = {}
    for component in form.components:
        if component.key and component.type in ("textarea", "textfield"):
            given[component.key] = "เลขที่ประกาศ ๑/๒๕๖๙ ลงวันที่ ๒ มีนาคม ๒๕๖๙"
        elif component.key and component.type == "checkbox":
            given[component.key] = True
    return given


@pytest.mark.parametrize(("by_code", "actor"), [(True, WEBSITE), (False, RELAY)])
def test_an_answer_is_given_by_whoever_holds_the_code_or_by_the_relay(
    asked,
    source,
    engine,
    office,
    by_code,
    actor,
):
    case, code = asked
    relay = source("relay-1111", messages=["reply_received"])
    named = {"tracking_code": code} if by_code else {"receipt_no": case.receipt_no}

    answer = relay.post(
        {"message": "reply_received", "variables": answers_of(office, code), **named}, "msg_9"
    )

    assert answer.status_code == 200, answer.json
    told = who(engine, case, "message_received")
    assert told == {("message_received", actor, "", "")}
    forms = [e for e in engine.history(str(case.instance_id)) if e.type == "form_submitted"]
    assert (forms[-1].data["form"], forms[-1].actor) == ("f3_reply", actor)


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"case": "x", "receipt_no": "รร.00001/2569"},
        {"tracking_code": "1", "case": "x"},
        {"case": 1},
    ],
)
def test_a_message_names_one_case_by_one_reference(
    asked,
    source,
    engine,
    office,
    named,
):
    case, code = asked
    relay = source("relay-1111", messages=["reply_received"])
    named = {k: case.id if v == "x" else v for k, v in named.items()}
    before = len(engine.history(str(case.instance_id)))

    answer = relay.post(
        {"message": "reply_received", "variables": answers_of(office, code), **named}, "msg_9"
    )

    assert answer.status_code == 422, answer.json
    assert len(engine.history(str(case.instance_id))) == before


def test_a_message_through_the_api_is_its_clients(api, engine: Engine):
    instance_id = api.start("waiting", case_id="9")

    assert api.post("/messages", {"name": "answer", "key": "9"}).status_code == 200

    told = [(e.actor, e.role) for e in engine.history(instance_id) if e.type == "message_received"]
    assert told == [("client:client-1", "")]
    assert Actor.of("client:client-1").id == told[0][0]
