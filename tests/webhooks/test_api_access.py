"""Who the REST API lets in, and how it says no: in Thai, in English, and with the place."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from openapi_spec_validator import OpenAPIV31SpecValidator

from engine import Engine
from engine.store.tables import ProcessInstance
from tests.webhooks.conftest import ADMINISTRATOR
from tests.webhooks.drawings import FILES, OWNER
from webhooks.clients import clients, register_client, revoke_client
from webhooks.errors import NameRefused, NameTaken
from webhooks.limits import RateLimit
from webhooks.tables import ApiClient

PROBLEM = "application/problem+json"


def test_without_a_token_nothing_opens(http):
    answer = http.get("/api/v1/tasks")

    assert answer.status_code == 401
    assert answer.mimetype == PROBLEM
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["message"]["th"] == "ต้องใช้โทเคนที่ถูกต้อง"
    assert answer.json["message"]["en"] == "A valid access token is needed."


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer smn_guessed", "Basic c21uXzp4", "bearer other_x", "smn_x"]
)
def test_a_wrong_token_is_refused(http, header):
    assert http.get("/api/v1/tasks", headers={"Authorization": header}).status_code == 401


def test_a_token_opens_what_its_scopes_name_and_nothing_else(http, token):
    headers = token("tasks:read")

    assert http.get("/api/v1/tasks", headers=headers).json == {"items": [], "next": None}
    refused = http.post("/api/v1/messages", headers=headers, json={"name": 5})
    assert refused.status_code == 403
    assert "messages:write" in refused.json["detail"]


def test_a_revoked_token_opens_nothing(http, engine: Engine, token):
    headers = token("tasks:read")
    with engine.begin() as work:
        revoke_client(work, clients(work)[0].name)

    assert http.get("/api/v1/tasks", headers=headers).status_code == 401


def test_a_token_that_was_let_in_before_opens_nothing_once_it_is_revoked(
    http, engine: Engine, token
):
    # Who was let in is remembered; what they may do is still asked in each unit of work.
    headers, start = token(), {"process": "check_up"}
    engine.deploy(FILES, OWNER)
    assert http.post("/api/v1/instances", headers=headers, json=start).status_code == 201
    with engine.begin() as work:
        revoke_client(work, clients(work)[0].name)

    refused = [
        http.post("/api/v1/instances", headers=headers, json=start),
        http.get("/api/v1/instances", headers=headers),
        http.get("/api/v1/instances", headers=headers),
    ]

    assert [answer.status_code for answer in refused] == [401, 401, 401]
    with engine.read() as work:
        assert work.session.scalar(sa.select(sa.func.count(ProcessInstance.id))) == 1


def test_a_stranger_does_not_wait_for_who_writes_nor_holds_them_up(http, engine: Engine):
    forged = {"Authorization": "Bearer smn_forged"}
    with engine.begin() as work:
        work.session.execute(sa.delete(ApiClient))  # SQLite has one writer, and this is it

        answer = http.post("/api/v1/instances", headers=forged, json={"process": "check_up"})

    assert answer.status_code == 401


def test_the_database_holds_no_token(engine: Engine):
    with engine.begin() as work:
        _, token = register_client(work, "portal", ["tasks:read"], [], actor=ADMINISTRATOR)
        [row] = clients(work)

    assert token not in json.dumps([str(value) for value in vars(row).values()])


def test_names_and_scopes_of_clients_are_checked(engine: Engine):
    with engine.begin() as work:
        register_client(work, "portal", ["tasks:read"], [], actor=ADMINISTRATOR)

        with pytest.raises(NameTaken):
            register_client(work, "portal", [], [], actor=ADMINISTRATOR)
        with pytest.raises(NameRefused):
            register_client(work, "other", ["everything"], [], actor=ADMINISTRATOR)
        with pytest.raises(NameRefused):
            register_client(work, "A B", [], [], actor=ADMINISTRATOR)
        with pytest.raises(NameRefused):
            revoke_client(work, "nobody")


def test_a_client_that_asks_too_often_is_told_when_to_come_back(app, http, token):
    import dataclasses

    from webhooks.context import api_context

    with app.app_context():
        dataclasses.replace(api_context(), limit=RateLimit("3/minute")).init_app(app)
    eager, patient = token("tasks:read"), token("tasks:read")

    statuses = [http.get("/api/v1/tasks", headers=eager).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]
    refused = http.get("/api/v1/tasks", headers=eager)
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert http.get("/api/v1/tasks", headers=patient).status_code == 200


def test_a_method_that_is_not_there_names_those_that_are(http, token):
    answer = http.put("/api/v1/tasks", headers=token())

    assert answer.status_code == 405
    assert answer.mimetype == PROBLEM
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/hooks/", "/api/v2/tasks"])
def test_an_address_that_is_not_there_is_a_problem_document_too(http, path):
    answer = http.get(path)

    assert answer.status_code == 404
    assert answer.mimetype == PROBLEM


def test_a_refusal_speaks_the_language_that_is_asked_for(http):
    thai = http.get("/api/v1/tasks")
    english = http.get("/api/v1/tasks", headers={"Accept-Language": "en"})

    assert thai.json["detail"] == "ต้องใช้โทเคนที่ถูกต้อง"
    assert english.json["detail"] == "A valid access token is needed."
    assert english.headers["Content-Language"] == "en"


def test_every_wrong_field_is_named_in_both_languages(http, token):
    body = {"name": "", "key": 7, "variables": [], "colour": "red"}

    answer = http.post("/api/v1/messages", headers=token(), json=body)

    assert answer.status_code == 422
    places = {place["field"]: place for place in answer.json["places"]}
    assert set(places) == {"name", "key", "variables", "colour"}
    assert places["colour"]["th"] == "ไม่มีช่องชื่อนี้"
    assert places["key"] == {
        "in": "json",
        "field": "key",
        "th": "ต้องเป็นข้อความ",
        "en": "This must be a string.",
    }


def test_an_unknown_or_wrong_query_is_named(http, token):
    answer = http.get("/api/v1/tasks?limit=0&colour=red", headers=token())

    assert answer.status_code == 422
    assert {place["field"] for place in answer.json["places"]} == {"limit", "colour"}
    assert {place["in"] for place in answer.json["places"]} == {"query"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "Expecting"),
        (b"\xff", "UTF-8"),
        (b'{"name": NaN}', "JSON does not know"),
        (b'{"name": Infinity}', "JSON does not know"),
        (b'{"name": "\\ud800"}', "surrogate"),
        (b'{"name": "\\u0000"}', "NUL"),
        (b'{"name": 1e999999}', "too long"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"variables": ' + b"[" * 60 + b"]" * 60 + b"}", "nested too deeply"),
        (b'{"name": ' + b"9" * 5000 + b"}", ""),
    ],
)
def test_a_body_that_is_not_sound_json_is_refused(http, token, body, reason):
    answer = http.post(
        "/api/v1/messages", headers=token(), data=body, content_type="application/json"
    )

    assert answer.status_code == 400
    assert reason in answer.json["message"]["en"]


def test_a_body_of_another_kind_or_size_is_refused(http, token):
    headers = token()

    form = http.post("/api/v1/messages", headers=headers, data={"name": "a"})
    huge = http.post(
        "/api/v1/messages",
        headers=headers,
        data=b'"' + b"x" * 1_000_001 + b'"',
        content_type="application/json",
    )

    assert (form.status_code, huge.status_code) == (415, 413)


def test_a_nul_in_the_address_finds_nothing(http, token):
    headers = token()

    assert http.get("/api/v1/tasks/a%00b", headers=headers).status_code == 404
    assert http.get("/api/v1/tasks?instance_id=a%00b", headers=headers).status_code == 400


@pytest.mark.parametrize("cursor", ["x", "WzFd", "bm8", "W251bGwsbnVsbF0", "%E0%B8%81"])
def test_a_made_up_cursor_is_refused(http, token, cursor):
    for path in ("tasks", "instances", "incidents"):
        answer = http.get(f"/api/v1/{path}?cursor={cursor}", headers=token())

        assert answer.status_code == 400, (path, cursor)


def test_the_document_is_valid_openapi_3_1_and_open_to_all(http):
    document = http.get("/api/v1/openapi.json").json

    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_tells_subscribers_what_they_will_get(http):
    document = http.get("/api/v1/openapi.json").json

    assert sorted(document["webhooks"]) == [
        "complaint.closed",
        "complaint.received",
        "task.created",
        "task.overdue",
    ]
    assert "complaint.received" in http.get("/api/v1/").text


def test_every_operation_names_its_scope_and_speaks_both_languages(http):
    document = http.get("/api/v1/openapi.json").json

    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            [scopes] = [each["token"] for each in operation["security"]]
            assert len(scopes) == 1, path
            assert operation["summary"].isascii(), path
            assert not operation["description"].isascii(), path


def test_the_reference_page_needs_no_script_and_no_foreign_host(http):
    page = http.get("/api/v1/")

    assert page.status_code == 200
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "/api/v1/tasks/{task_id}/complete" in page.text
    assert "รายการงานที่เปิดอยู่" in page.text
    assert "http://" not in page.text
    with http.get("/api/v1/static/reference.css") as style:
        assert style.status_code == 200
