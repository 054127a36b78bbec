"""The REST API and webhooks beside the pages for people, in the real application."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from engine import Engine
from tests.webhooks.client import Api


@pytest.fixture
def app(application: Flask) -> Flask:
    return application


def test_machines_need_no_csrf_token_and_people_still_do(http, token):
    hooks = http.post("/hooks/website", data="{}", content_type="application/json")
    api = Api(http, token()).post("/messages", {})
    person = http.post("/sign-in", data={"username": "a", "password": "b"})

    assert hooks.json["type"] == "urn:samnuan:problem:signature-refused"
    assert api.status_code == 422
    assert person.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("DELETE", "/api/v1/tasks", 405),
        ("GET", "/hooks/website", 405),
        ("GET", "/api/v1/tasks", 401),
    ],
)
def test_machines_get_problem_documents_where_people_get_pages(http, method, path, status):
    answer = http.open(path, method=method)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["message"]["th"]
    assert http.get("/nothing-here").mimetype == "text/html"


def test_the_reference_page_keeps_its_stricter_policy(http):
    page = http.get("/api/v1/")

    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_database_that_is_out_of_reach_is_worth_another_try(http, token, engine: Engine):
    headers = token("tasks:read")
    with engine.begin() as work:
        work.session.execute(sa.text("DROP TABLE user_task_candidate"))

    answer = http.get("/api/v1/tasks", headers=headers)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json["type"] == "urn:samnuan:problem:database-unavailable"
