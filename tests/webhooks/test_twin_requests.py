"""Twins: the same message or key twice at the same moment has one effect, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.store.tables import ProcessInstance
from office.ground.tables import Case
from tests.webhooks.conftest import ADMINISTRATOR
from tests.webhooks.drawings import CHECK, FORM, OWNER
from tests.webhooks.test_inbound_hooks import COMPLAINT
from webhooks.inbound.sources import register_source
from webhooks.signing import sign


@pytest.fixture
def url(database_url: str) -> str:
    """On SQLite and on PostgreSQL."""
    return database_url


def at_once(count: int, act: Callable[[], Any]) -> list[Any]:
    """What each of several threads got that acted at the same moment."""
    gate, answers = threading.Barrier(count), []

    def run() -> None:
        gate.wait()
        answers.append(act())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_complaint_sent_four_times_at_once_is_one_case(
    app, office, engine: Engine, keyring, clock
):
    office.deploy_guideline()
    with engine.begin() as work:
        secret = register_source(work, keyring, "website", channel="web", actor=ADMINISTRATOR)
    body = json.dumps(COMPLAINT)
    headers = sign(secret, "msg_1", body, at=clock.now())

    def send():
        http = app.test_client()
        return http.post(
            "/hooks/website", data=body, headers=headers, content_type="application/json"
        )

    answers = at_once(4, send)

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    with engine.read() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1


def test_the_same_key_sent_four_times_at_once_starts_one_instance(app, engine: Engine, token):
    engine.deploy({"check.bpmn": CHECK, "any.form": FORM}, OWNER)
    headers = token() | {"Idempotency-Key": "order-1"}

    def send():
        http = app.test_client()
        return http.post("/api/v1/instances", headers=headers, json={"process": "check_up"})

    answers = at_once(4, send)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    with engine.read() as work:
        assert work.session.scalar(sa.select(sa.func.count()).select_from(ProcessInstance)) == 1


def test_two_refusals_at_once_are_both_counted(app, engine: Engine, keyring, office):
    with engine.begin() as work:
        register_source(work, keyring, "website", channel="web", actor=ADMINISTRATOR)

    answers = at_once(4, lambda: app.test_client().post("/hooks/website", data="{}"))

    assert {answer.status_code for answer in answers} == {401}
    with engine.read() as work:
        rows = work.session.connection().exec_driver_sql("SELECT count FROM inbound_refusal")
        assert rows.scalars().all() == [4]


def test_two_who_claim_one_task_at_once_do_not_both_get_it(app, engine: Engine, token):
    engine.deploy({"check.bpmn": CHECK, "any.form": FORM}, OWNER)
    engine.start("check_up", {})
    [task] = engine.tasks()
    clients = iter([token(), token()])

    def claim():
        http = app.test_client()
        return http.post(f"/api/v1/tasks/{task.id}/claim", headers=next(clients)).status_code

    assert sorted(at_once(2, claim)) == [200, 409]
