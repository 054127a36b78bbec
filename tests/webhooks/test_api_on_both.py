"""What the REST API asks of the database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from engine.ground.clock import TravellingClock
from tests.webhooks.drawings import FORM, OWNER, TWO_STARTS


@pytest.fixture
def url(database_url: str) -> str:
    """On SQLite and on PostgreSQL."""
    return database_url


def test_a_case_that_moved_since_it_was_read_is_not_acted_on(api):
    api.start("check_up")
    task = api.only_task()
    seen = api.get(f"/tasks/{task['id']}").headers["ETag"]
    api.post(f"/tasks/{task['id']}/claim")

    stale = api.post(f"/tasks/{task['id']}/complete", If_Match=seen)
    assert stale.status_code == 412
    assert "โปรดอ่านใหม่" in stale.json["message"]["th"]

    fresh = api.get(f"/tasks/{task['id']}").headers["ETag"]
    assert api.post(f"/tasks/{task['id']}/complete", If_Match=fresh).status_code == 204


def test_the_same_key_starts_one_instance_and_gives_one_answer(api):
    body = {"process": "check_up", "variables": {"amount": 1}}

    first = api.post("/instances", body, Idempotency_Key="order-1")
    again = api.post("/instances", body, Idempotency_Key="order-1")
    other = api.post("/instances", body | {"variables": {}}, Idempotency_Key="order-1")
    fresh = api.post("/instances", body, Idempotency_Key="order-2")

    assert first.json == again.json
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert fresh.json != first.json
    assert len(api.get("/instances").json["items"]) == 2


def test_pages_follow_one_another_without_a_gap(api, clock: TravellingClock):
    started = []
    for _ in range(5):
        started.append(api.start("check_up"))
        clock.advance(minutes=1)

    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/instances?limit=2{'&cursor=' + cursor if cursor else ''}").json
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    tasks, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/tasks?limit=2{'&cursor=' + cursor if cursor else ''}").json
        tasks += [row["instance_id"] for row in page["items"]]
        cursor = page["next"]

    assert seen == list(reversed(started))
    assert sorted(tasks) == sorted(started)


def test_instances_are_found_by_process_status_and_key(api):
    api.start("check_up")
    cancelled = api.start("waiting", case_id="c-1")
    api.post(f"/instances/{cancelled}/cancel", {"reason": "duplicate"})

    def found(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"/instances?{query}").json["items"]]

    assert found("status=cancelled") == [cancelled]
    assert found("process=waiting") == [cancelled]
    assert found("process=nothing") == []
    assert api.get("/instances?status=lost").status_code == 422


def test_where_an_instance_stands_and_what_happened_can_be_read(api):
    instance_id = api.start("check_up")

    [standing] = api.get(f"/instances/{instance_id}").json["standing"]
    assert standing["element_id"] == "check"

    whole = api.get(f"/instances/{instance_id}/history").json["items"]
    first = api.get(f"/instances/{instance_id}/history?limit=1").json
    rest = api.get(f"/instances/{instance_id}/history?cursor={first['next']}").json
    assert whole[0]["type"] == "instance_started"
    assert first["items"] + rest["items"] == whole


def test_a_message_reaches_the_instance_that_waits_for_it(api):
    instance_id = api.start("waiting", case_id="c-1")

    wrong = api.post("/messages", {"name": "answer", "key": "c-2"})
    right = api.post("/messages", {"name": "answer", "key": "c-1", "variables": {"yes": True}})

    assert wrong.status_code == 404
    assert right.json == {"instance_id": instance_id}
    assert api.get(f"/instances/{instance_id}").json["variables"]["yes"] is True


def test_a_borrowed_job_comes_back_when_its_time_is_over(api, clock: TravellingClock):
    api.start("welding")
    ask = {"type": "weld", "worker": "w1", "lock_seconds": 60}
    [lent] = api.post("/jobs/activate", ask).json["items"]

    assert (
        api.post(f"/jobs/{lent['id']}/extend", {"worker": "w1", "lock_seconds": 120}).status_code
        == 204
    )
    clock.advance(seconds=90)
    assert api.post("/jobs/activate", ask).json["items"] == []
    clock.advance(seconds=60)
    assert len(api.post("/jobs/activate", ask).json["items"]) == 1


def test_a_job_without_a_try_left_is_an_incident_until_it_is_resolved(api):
    instance_id = api.start("welding")
    ask = {"type": "weld", "worker": "w1"}
    [lent] = api.post("/jobs/activate", ask).json["items"]

    failure = {"worker": "w1", "message": "no gas", "retries": 0}
    assert api.post(f"/jobs/{lent['id']}/fail", failure).status_code == 204

    [incident] = api.get("/incidents").json["items"]
    assert incident["instance_id"] == instance_id
    assert incident["message"]["th"] == "no gas"
    assert api.post("/jobs/activate", ask).json["items"] == []

    assert api.post(f"/incidents/{incident['id']}/resolve").status_code == 204
    assert api.post(f"/incidents/{incident['id']}/resolve").status_code == 404
    assert api.get("/incidents").json["items"] == []
    assert len(api.get("/incidents?resolved=true").json["items"]) == 1
    assert len(api.post("/jobs/activate", ask).json["items"]) == 1


def test_a_process_with_several_starts_begins_at_the_one_that_is_named(api, engine):
    engine.deploy({"starts.bpmn": TWO_STARTS, "any.form": FORM}, OWNER)
    ask = {"process": "two_starts"}

    started = api.post("/instances", {**ask, "start_event": "post"})
    unnamed = api.post("/instances", ask)
    unknown = api.post("/instances", {**ask, "start_event": "window"})

    assert started.status_code == 201
    assert api.only_task()["element_id"] == "open_letter"
    assert (unnamed.status_code, unknown.status_code) == (422, 422)
    assert all("counter, post" in refused.text for refused in (unnamed, unknown))


def test_what_failed_may_be_done_by_hand_and_the_case_goes_on(api):
    instance_id = api.start("welding")
    ask = {"type": "weld", "worker": "w1"}
    [lent] = api.post("/jobs/activate", ask).json["items"]
    failure = {"worker": "w1", "message": "no gas", "retries": 0}
    api.post(f"/jobs/{lent['id']}/fail", failure)
    [incident] = api.get("/incidents").json["items"]
    settle = f"/incidents/{incident['id']}/settle"

    assert api.post(settle, {"variables": {"seam": "by hand"}}).status_code == 204
    assert api.post(settle, {}).status_code == 404
    assert api.post("/incidents/nothing/settle", {}).status_code == 404

    assert api.get("/incidents").json["items"] == []
    assert api.post("/jobs/activate", ask).json["items"] == []
    assert api.get(f"/instances/{instance_id}").json["variables"]["seam"] == "by hand"


def test_a_key_is_forgotten_after_thirty_days(api, clock: TravellingClock):
    first = api.post("/instances", {"process": "check_up"}, Idempotency_Key="order-1")
    clock.advance(days=31)
    api.post("/instances", {"process": "check_up"}, Idempotency_Key="order-2")

    later = api.post("/instances", {"process": "check_up"}, Idempotency_Key="order-1")

    assert later.json != first.json
