"""Messages from other systems: proved by their signature, one effect each, refusals counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.clock import TravellingClock
from office.ground.tables import Case
from tests.support.installations import Installations
from tests.support.verbs import Office
from tests.webhooks.conftest import ADMINISTRATOR
from webhooks.context import api_context
from webhooks.errors import NameRefused, NameTaken
from webhooks.inbound.sources import close_source, refusals, register_source, sources
from webhooks.limits import RateLimit
from webhooks.signing import new_secret, sign

COMPLAINT = {
    "track": "G",
    "identity_mode": "open",
    "full_name": "สมหญิง ใจดี",
    "email": "somying@example.org",
    "reply_by": "email",
    "subject": "อาคาร สารบรรณ บริการทั่วไป",
    "title": "รอคิวนานผิดปกติ",
    "facts": "ไปติดต่อขอรับบริการเมื่อวันที่ 23 กุมภาพันธ์ รอคิวสามชั่วโมงโดยไม่มีเจ้าหน้าที่เรียก",
    "remedy": "ขอให้ปรับปรุงระบบคิว",
    "elsewhere": "none",
    "fear_retaliation": False,
    "privacy_notice": True,
    "truth": True,
}


class Sender:
    """Another system: posts what it is told to, signed with its secret."""

    def __init__(self, http, name: str, secret: str, clock: TravellingClock) -> None:
        self.http, self.name, self.secret, self.clock = http, name, secret, clock

    def post(self, payload, message_id: str = "msg_1", late: timedelta = timedelta(0), **changed):
        body = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        headers = sign(self.secret, message_id, body, at=self.clock.now() - late)
        return self.http.post(
            f"/hooks/{self.name}",
            data=body.encode(),
            headers=headers | changed,
            content_type="application/json",
        )


@pytest.fixture
def url(sqlite_agencies: Installations, tmp_path: Path) -> Iterator[str]:
    """The database of a whole agency."""
    with sqlite_agencies.copy(tmp_path / "data") as url:
        yield url


@pytest.fixture
def guideline(office: Office) -> Office:
    """The agency's office: its guideline is deployed."""
    return office


@pytest.fixture
def source(engine: Engine, keyring, http, clock: TravellingClock):
    """Registers a source and gives its sender: `source("web", channel="web")`."""

    def register(name: str, **options) -> Sender:
        with engine.begin() as work:
            secret = register_source(work, keyring, name, actor=ADMINISTRATOR, **options)
        return Sender(http, name, secret, clock)

    return register


def cases(engine: Engine) -> list[Case]:
    with engine.read() as work:
        return list(work.session.scalars(sa.select(Case).order_by(Case.receipt_no)))


def counted(engine: Engine) -> dict[tuple[str, str], int]:
    with engine.read() as work:
        return {(row.source, row.reason): row.count for row in refusals(work)}


def test_a_complaint_from_the_agencys_website_is_filed(guideline, source, engine, office):
    website = source("website", channel="web")

    answer = website.post(COMPLAINT)

    assert answer.status_code == 200, answer.json
    [case] = cases(engine)
    assert answer.json["type"] == "complaint.received"
    assert answer.json["case"] == case.id
    assert answer.json["receipt_no"] == case.receipt_no == "รร.00001/2569"
    assert case.channel == "web"
    assert case.registered_by == "complainant"
    assert office.track(answer.json["tracking_code"]).receipt_no == case.receipt_no


def test_a_repeated_message_gives_the_same_answer_and_no_second_case(guideline, source, engine):
    website = source("website", channel="web")

    first = website.post(COMPLAINT)
    again = website.post(COMPLAINT)
    other = website.post(COMPLAINT, "msg_2")

    assert first.data == again.data
    assert other.json["receipt_no"] == "รร.00002/2569"
    assert len(cases(engine)) == 2


def test_a_message_repeated_days_later_still_gets_its_answer(guideline, source, engine, clock):
    website = source("website", channel="web")
    first = website.post(COMPLAINT)
    clock.advance(days=3)

    assert website.post(COMPLAINT).data == first.data


def test_the_same_id_for_another_content_is_refused(guideline, source, engine):
    website = source("website", channel="web")
    website.post(COMPLAINT)

    answer = website.post(COMPLAINT | {"title": "อีกเรื่องหนึ่ง"})

    assert answer.status_code == 409
    assert counted(engine) == {("website", "message-id-reused"): 1}
    assert len(cases(engine)) == 1


def test_two_sources_may_use_the_same_id(guideline, source, engine):
    source("website", channel="web").post(COMPLAINT)
    source("branch", channel="web").post(COMPLAINT)

    assert len(cases(engine)) == 2


def test_the_1111_relay_keeps_its_own_number_and_due_date(guideline, source, engine):
    relay = source("relay-1111", channel="1111")

    answer = relay.post(COMPLAINT | {"source_no": "01-12345678", "source_due": "2026-03-20"})

    assert answer.status_code == 200, answer.json
    [case] = cases(engine)
    assert case.channel == "1111"
    assert case.registered_by == "source:relay-1111"
    assert case.source_no == "01-12345678"
    assert case.source_due.isoformat() == "2026-03-20"


def test_the_answer_never_stands_in_the_database_with_its_tracking_code(guideline, source, engine):
    website = source("website", channel="web")
    code = website.post(COMPLAINT).json["tracking_code"]

    with engine.read() as work:
        rows = work.session.connection().exec_driver_sql("SELECT answer FROM inbound_delivery")
        assert code not in str(rows.all())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"facts": "สั้น"}, "facts"),
        ({"facts": "ก" * 20_001}, "facts"),
        ({"subject": "ไม่มีหมวดนี้"}, "subject"),
        ({"truth": False}, "truth"),
        ({"email": "not an address"}, "email"),
        ({"national_id": "1234567890123"}, "national_id"),
        ({"source_no": "web has none"}, "source_no"),
        ({"evidence": ["not-a-file"]}, "evidence"),
    ],
)
def test_a_complaint_that_does_not_fit_the_form_is_refused_by_field(
    guideline, source, engine, change, field
):
    website = source("website", channel="web")

    answer = website.post(COMPLAINT | change)

    assert answer.status_code in (404, 422), answer.json
    if answer.status_code == 422:
        assert [place["field"] for place in answer.json["places"]] == [field]
        assert answer.json["places"][0]["th"]
        assert answer.json["places"][0]["en"]
    assert cases(engine) == []
    assert sum(counted(engine).values()) == 1


def test_a_refused_complaint_may_be_corrected_under_the_same_id(guideline, source, engine):
    website = source("website", channel="web")

    refused = website.post(COMPLAINT | {"facts": "สั้น"})
    corrected = website.post(COMPLAINT)

    assert (refused.status_code, corrected.status_code) == (422, 200)


def test_a_wrong_signature_is_refused_and_counted(guideline, source, engine):
    website = source("website", channel="web")
    website.secret = new_secret()

    answers = [website.post(COMPLAINT) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].json["message"]["th"].startswith("ลายมือชื่อไม่ตรง")
    assert counted(engine) == {("website", "signature-refused"): 3}
    assert cases(engine) == []


@pytest.mark.parametrize("minutes", [6, -6, 60 * 24])
def test_a_message_of_another_time_is_refused(guideline, source, engine, minutes):
    website = source("website", channel="web")

    answer = website.post(COMPLAINT, late=timedelta(minutes=minutes))

    assert answer.status_code == 401
    assert "5 minutes" in answer.json["message"]["en"]
    assert counted(engine) == {("website", "timestamp-refused"): 1}


def test_unknown_and_closed_sources_are_refused_without_a_row_of_their_own(source, engine, http):
    closed = source("old", channel="web")
    with engine.begin() as work:
        close_source(work, "old")

    answers = [closed.post(COMPLAINT)]
    for name in ("made-up-1", "made-up-2"):
        answers.append(Sender(http, name, new_secret(), closed.clock).post(COMPLAINT))

    unsigned = Sender(http, source("known", channel="web").name, new_secret(), closed.clock)
    answers.append(unsigned.post(COMPLAINT))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1, "a stranger learns no names of sources"
    assert counted(engine) == {
        ("old", "signature-refused"): 1,
        ("?", "signature-refused"): 2,
        ("known", "signature-refused"): 1,
    }


def test_a_body_that_is_too_large_or_not_json_is_refused(source, engine):
    website = source("website", channel="web")

    huge = website.post({"facts": "ก" * 300_000})
    broken = website.post('{"facts": ')
    listed = website.post("[]")
    infinite = website.post('{"amount": Infinity}')

    assert [answer.status_code for answer in (huge, broken, listed, infinite)] == [
        413,
        400,
        400,
        400,
    ]
    assert counted(engine) == {
        ("website", "body-too-large"): 1,
        ("website", "body-unreadable"): 3,
    }


def test_only_json_and_only_post(source, http):
    website = source("website", channel="web")
    body = json.dumps(COMPLAINT)
    headers = sign(website.secret, "msg_1", body, at=website.clock.now())

    form = http.post("/hooks/website", data=body, headers=headers, content_type="text/plain")
    read = http.get("/hooks/website")

    assert form.status_code == 415
    assert read.status_code == 405
    assert "POST" in read.headers["Allow"]


@pytest.mark.parametrize("name", ["a%00b", "A", "..", "x" * 300, "เว็บ"])
def test_a_name_that_no_source_can_have_is_unknown(http, engine, name):
    answer = http.post(f"/hooks/{name}", data="{}", content_type="application/json")

    assert answer.status_code in (401, 404)  # 404 is the router's, of what is no name at all
    assert counted(engine) in ({}, {("?", "signature-refused"): 1})


def test_a_place_that_knocks_too_often_is_told_to_wait_and_not_counted(app, source, engine):
    website = source("website", channel="web")
    website.secret = new_secret()
    with app.app_context():
        replace(api_context(), limit=RateLimit("2/minute")).init_app(app)

    statuses = [website.post(COMPLAINT).status_code for _ in range(3)]

    assert statuses == [401, 401, 429]
    assert counted(engine) == {("website", "signature-refused"): 2}


def test_counting_starts_anew_each_day_in_bangkok(source, engine, clock):
    website = source("website", channel="web")
    website.secret = new_secret()

    website.post(COMPLAINT)
    clock.advance(days=1)
    website.post(COMPLAINT)

    with engine.read() as work:
        assert [row.day.isoformat() for row in refusals(work)] == ["2026-03-03", "2026-03-02"]


def test_refusals_can_be_read_through_the_api(source, http, token):
    website = source("website", channel="web")
    website.secret = new_secret()
    website.post(COMPLAINT)

    [row] = http.get("/api/v1/doors", headers=token("hooks:read")).json["refusals"]

    assert row["source"] == "website"
    assert row["reason"] == "signature-refused"
    assert row["count"] == 1


# ── messages to cases that wait ────────────────────────────────────────────────────────────────


@pytest.fixture
def case(guideline, source, engine) -> Case:
    """A complaint that was filed and runs."""
    source("website", channel="web").post(COMPLAINT)
    [case] = cases(engine)
    return case


@pytest.fixture
def portal(source) -> Sender:
    return source("portal", messages=["withdrawal_requested", "reply_received"])


@pytest.mark.parametrize("reference", ["case", "receipt_no", "tracking_code"])
def test_a_withdrawal_reaches_the_case_however_it_is_named(
    guideline, source, engine, portal, reference
):
    filed = source("website", channel="web").post(COMPLAINT).json

    answer = portal.post(
        {
            "message": "withdrawal_requested",
            reference: filed[reference],
            "variables": {"reason": "ได้รับการแก้ไขแล้ว ไม่ประสงค์ร้องเรียนต่อ"},
        }
    )

    assert answer.status_code == 200, answer.json
    assert answer.json["case"] == filed["case"]
    [case] = cases(engine)
    assert "message_received" in [event.type for event in engine.history(case.instance_id)]


def test_free_text_of_a_message_goes_to_the_case_file_and_not_into_the_variables(
    case, portal, engine
):
    reason = "ได้รับการแก้ไขแล้ว ไม่ประสงค์ร้องเรียนต่อ"

    portal.post(
        {"message": "withdrawal_requested", "case": case.id, "variables": {"reason": reason}}
    )

    assert reason not in json.dumps(engine.variables(case.instance_id), ensure_ascii=False)


def test_a_repeated_message_reaches_the_case_once(case, portal, engine):
    payload = {
        "message": "withdrawal_requested",
        "case": case.id,
        "variables": {"reason": "ได้รับการแก้ไขแล้ว ไม่ประสงค์ร้องเรียนต่อ"},
    }

    first = portal.post(payload)
    after_first = len(engine.history(case.instance_id))
    again = portal.post(payload)

    assert first.data == again.data
    assert len(engine.history(case.instance_id)) == after_first


def test_what_no_case_waits_for_is_refused(case, portal, engine):
    payload = {
        "message": "reply_received",
        "case": case.id,
        "variables": {"reply": "ส่งเอกสารเพิ่มเติมตามที่ขอแล้ว"},
    }

    answer = portal.post(payload)

    assert answer.status_code == 404
    assert answer.json["message"]["th"].startswith("ไม่มีเรื่องใดรอข้อความ")
    assert counted(engine) == {("portal", "message-not-awaited"): 1}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"message": "verdict_changed"}, 403),
        ({"message": 5}, 422),
        ({"message": None}, 422),
        ({"colour": "red"}, 422),
        ({"case": "nothing"}, 404),
        ({"case": None}, 422),
        ({"receipt_no": "รร.00001/2569"}, 422),
        ({"variables": []}, 422),
        ({"variables": {"reason": "ก", "lead_unit": "it"}}, 422),
        ({"variables": {}}, 422),
    ],
)
def test_a_message_that_does_not_fit_is_refused_and_the_case_is_unchanged(
    case, portal, engine, change, status
):
    payload = {
        "message": "withdrawal_requested",
        "case": case.id,
        "variables": {"reason": "ได้รับการแก้ไขแล้ว ไม่ประสงค์ร้องเรียนต่อ"},
    } | change
    before = engine.history(case.instance_id)

    answer = portal.post(payload)

    assert answer.status_code == status, answer.json
    assert len(engine.history(case.instance_id)) == len(before)
    assert sum(counted(engine).values()) == 1


def test_a_variable_that_the_source_may_not_set_is_refused(case, source, engine):
    sender = source("post-office", messages=["delivered"], variables=["proof_no"])
    payload = {"message": "delivered", "case": case.id, "variables": {"screening": "ACCEPT"}}

    answer = sender.post(payload)

    assert answer.status_code == 422
    assert answer.json["places"][0]["field"] == "variables.screening"


# ── registering sources ────────────────────────────────────────────────────────────────────────


def test_a_source_is_either_for_complaints_or_for_messages(engine, keyring):
    for options in ({}, {"channel": "web", "messages": ["reply_received"]}):
        with engine.begin() as work, pytest.raises(NameRefused):
            register_source(work, keyring, "both", actor=ADMINISTRATOR, **options)


def test_a_name_is_used_once_and_fits_a_url(source):
    source("website", channel="web")

    with pytest.raises(NameTaken):
        source("website", channel="web")
    with pytest.raises(NameRefused):
        source("เว็บไซต์", channel="web")


def test_the_secret_of_a_source_stands_nowhere_in_the_database(engine, source):
    sender = source("website", channel="web")

    with engine.read() as work:
        [row] = sources(work)
        assert sender.secret.encode() not in row.secret


# ── the API and complaints ─────────────────────────────────────────────────────────────────────


def test_a_complaint_is_not_moved_past_the_office(case, http, token):
    headers = token(groups=("screening_head",))
    address = f"/api/v1/instances/{case.instance_id}"

    ended = http.post(f"{address}/cancel", headers=headers, json={"reason": "tired"})
    started = http.post("/api/v1/instances", headers=headers, json={"process": "complaint"})
    told = http.post(
        "/api/v1/messages",
        headers=headers,
        json={"name": "withdrawal_requested", "key": case.id, "variables": {}},
    )

    assert [answer.status_code for answer in (ended, started, told)] == [403, 403, 403]
    assert "ผ่านระบบรับเรื่องเท่านั้น" in started.json["message"]["th"]


def test_who_has_no_part_in_a_complaint_does_not_learn_that_it_exists(case, http, token):
    stranger = token(groups=("publisher",))
    address = f"/api/v1/instances/{case.instance_id}"

    assert http.get(address, headers=stranger).status_code == 404
    assert http.get(f"{address}/history", headers=stranger).status_code == 404
    assert http.get("/api/v1/instances", headers=stranger).json["items"] == []
    assert http.get("/api/v1/tasks", headers=stranger).json["items"] == []


def test_a_task_of_a_case_that_is_hidden_from_a_role_is_not_listed(
    case, office, engine, http, token
):
    office.run_due()
    headers = token(groups=("screening_head", "intake_officer"))
    assert len(http.get("/api/v1/tasks", headers=headers).json["items"]) == 1

    with engine.begin() as work:
        work.session.get_one(Case, case.id).hidden_from = ["intake_officer"]

    assert http.get("/api/v1/tasks", headers=headers).json["items"] == []
    assert http.get("/api/v1/instances", headers=headers).json["items"] == []


def test_who_handles_complaints_sees_references_and_no_personal_data(case, http, token):
    headers = token(groups=("screening_head", "intake_officer"))

    one = http.get(f"/api/v1/instances/{case.instance_id}", headers=headers)
    history = http.get(f"/api/v1/instances/{case.instance_id}/history", headers=headers)
    listed = http.get("/api/v1/instances", headers=headers)
    tasks = http.get("/api/v1/tasks", headers=headers)

    assert one.json["business_key"] == case.id
    assert one.json.get("variables") is None
    assert [row["id"] for row in listed.json["items"]] == [case.instance_id]
    everything = one.text + history.text + listed.text + tasks.text
    for secret in ("สมหญิง", "somying", "รอคิว", "ปรับปรุงระบบคิว"):
        assert secret not in everything


def test_a_complaints_task_is_completed_by_its_form(case, office, http, token):
    headers = token(groups=("screening_head", "intake_officer"))
    office.run_due()
    [task] = http.get("/api/v1/tasks", headers=headers).json["items"]
    address = f"/api/v1/tasks/{task['id']}"

    refused = http.post(f"{address}/complete", headers=headers, json={"answers": {"colour": "red"}})

    assert refused.status_code == 422
    fields = {place["field"] for place in refused.json["places"]}
    assert "colour" in fields
    assert len(fields) > 1
    assert http.get(address, headers=headers).status_code == 200
