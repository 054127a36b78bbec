"""What an operator's monitoring reads: alive, ready, and numbers without a person in them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from engine.background import heartbeats
from engine.store import outbox
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT
from web import create_app, metrics

HERE = {"REMOTE_ADDR": "127.0.0.1"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    metrics.forget()
    return app.test_client()


def numbers(client: FlaskClient) -> dict[str, float]:
    metrics.forget()
    answer = client.get("/metrics", environ_base=HERE)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_not_ready_where_nothing_can_be_written(
    app: Flask, agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A full disk or a database that had become read-only went on being offered to people.
    client = app.test_client()
    with agency.office.engine.begin() as work:
        heartbeats.beat(work, "host/1/a", "embedded", 0)
    root = agency.office.services.storage.root  # type: ignore[attr-defined]
    blocked = root.with_name("blocked")
    blocked.write_text("a file where the folder should be")

    with monkeypatch.context() as changed:
        changed.setattr(agency.office.services.storage, "root", blocked)
        no_files = client.get("/readyz")
    with agency.office.engine.begin() as work:
        refuse = "SELECT RAISE(ABORT, 'full')"
        work.session.execute(
            sa.text(f"CREATE TRIGGER full BEFORE INSERT ON attempt BEGIN {refuse}; END")
        )
    no_rows = client.get("/readyz")

    assert (no_files.status_code, no_rows.status_code) == (503, 503)
    assert no_files.get_json()["parts"]["files"] == "the folder of files takes nothing"
    assert no_rows.get_json()["parts"]["writing"] == "the database takes nothing"


def test_ready_says_which_part_is_not(app: Flask, agency: Agency) -> None:
    client = app.test_client()
    none_seen = client.get("/readyz")
    with agency.office.engine.begin() as work:
        heartbeats.beat(work, "host/1/a", "embedded", 0)
    seen = client.get("/readyz")
    agency.clock.advance(minutes=2)
    gone = client.get("/readyz")

    assert (none_seen.status_code, seen.status_code, gone.status_code) == (503, 200, 503)
    assert seen.get_json()["parts"] == dict.fromkeys(
        ("database", "tables", "worker", "writing", "files"), "ok"
    )
    assert "samnuan worker" in gone.get_json()["parts"]["worker"]

    with agency.office.engine.begin() as work:
        older = "UPDATE alembic_version SET version_num = 'engine_0001' WHERE version_num LIKE "
        work.session.execute(sa.text(older + "'engine%'"))
    assert "older than this release" in client.get("/readyz").get_json()["parts"]["tables"]


def test_the_numbers_of_a_complaint_follow_it(client: FlaskClient, agency: Agency) -> None:
    before = numbers(client)
    complaint = agency.file(COMPLAINT)
    filed = numbers(client)
    with agency.office.engine.begin() as work:
        outbox.enqueue(work, "message", {"name": "m", "key": "k", "from": "f"})
    agency.clock.advance(days=60)
    late = numbers(client)

    assert filed["samnuan_cases_open"] == before["samnuan_cases_open"] + 1
    assert filed['samnuan_turn_seconds_count{kind="start"}'] >= 1
    assert filed['samnuan_tasks{state="overdue"}'] == 0
    assert late['samnuan_tasks{state="overdue"}'] == 1
    assert late['samnuan_deadlines{state="overdue"}'] >= 1
    assert late['samnuan_timers_due{type=""}'] == 1  # the progress letter's
    assert late['samnuan_deliveries_due{type=""}'] >= 1
    assert late['samnuan_deliveries_lag_seconds{type=""}'] >= 60 * 86_400

    agency.office.engine.cancel(agency.instance(complaint.case_id), "ยื่นซ้ำ")
    over = numbers(client)

    assert over["samnuan_cases_open"] == before["samnuan_cases_open"]
    for name in ('samnuan_tasks{state="overdue"}', 'samnuan_deadlines{state="overdue"}'):
        assert (name, over[name]) == (name, 0)  # nobody is late with what is done


def test_nobody_from_elsewhere_reads_the_numbers(client: FlaskClient) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}

    assert client.get("/metrics", environ_base=ELSEWHERE).status_code == 403
    assert client.get("/metrics", environ_base=HERE, headers=forwarded).status_code == 403


def test_a_token_opens_the_numbers_from_anywhere(app: Flask, agency: Agency) -> None:
    token = "a-long-token-for-prometheus"
    known = app.extensions["samnuan"]["settings"]
    guarded = create_app(replace(known, metrics_token=token), agency.office).test_client()
    right, wrong = ({"Authorization": f"Bearer {word}"} for word in (token, "another"))

    assert guarded.get("/metrics", environ_base=ELSEWHERE, headers=right).status_code == 200
    assert guarded.get("/metrics", environ_base=HERE, headers=wrong).status_code == 403
    assert guarded.get("/metrics", environ_base=HERE).status_code == 403
