"""What a program does through the REST API: start, claim, complete, work, read, deploy."""

from __future__ import annotations

import io
import threading

import pytest

from engine.ground.actor import SYSTEM
from engine.ground.clock import TravellingClock
from tests.support.drawing import boundary, diagram, end, error, job, path, root_error, start, user
from tests.webhooks.client import Api, upload
from tests.webhooks.drawings import CHECK, FORM, OWNER

FRAGILE = diagram(
    start(),
    job("robot", "weld"),
    boundary("crack", "robot", error("cracked")),
    user("repair"),
    end(),
    path("start", "robot", "end"),
    path("crack", "repair", "end"),
    id="fragile",
    roots=root_error("cracked"),
)


def test_a_program_takes_a_task_and_completes_it(api):
    instance_id = api.start("check_up", amount=1)
    task = api.only_task()

    claimed = api.post(f"/tasks/{task['id']}/claim")
    assert claimed.json["assignee"] == "client:client-1"
    assert claimed.json["variables"] == {"amount": 1}
    done = api.post(f"/tasks/{task['id']}/complete", {"answers": {"fine": True}})

    assert done.status_code == 204
    assert api.get(f"/instances/{instance_id}").json["status"] == "completed"
    assert api.get(f"/instances/{instance_id}").json["variables"] == {"amount": 1, "fine": True}
    assert api.get("/tasks").json["items"] == []


def test_numbers_stay_exact_on_the_way_in_and_out(api):
    answer = api.http.post(
        "/api/v1/instances",
        headers=api.headers,
        data=b'{"process": "check_up", "variables": {"amount": 0.1000000000000000001}}',
        content_type="application/json",
    )

    shown = api.get(f"/instances/{answer.json['instance_id']}")

    assert b'"amount":0.1000000000000000001' in shown.data


def test_a_completed_task_is_not_completed_again(api):
    api.start("check_up")
    task = api.only_task()
    api.post(f"/tasks/{task['id']}/complete")

    again = api.post(f"/tasks/{task['id']}/complete")

    assert again.status_code == 409
    assert again.json["message"]["th"] == "งานนี้เสร็จสิ้นไปแล้ว หรือเรื่องได้เดินต่อไปแล้ว"
    assert api.post("/tasks/unknown/complete").status_code == 404


def test_a_task_of_other_groups_does_not_exist(api, token):
    api.start("check_up")
    task = api.only_task()
    stranger = Api(api.http, token(groups=("accountant",)))

    assert stranger.get("/tasks").json["items"] == []
    assert stranger.get(f"/tasks/{task['id']}").status_code == 404
    assert stranger.post(f"/tasks/{task['id']}/claim").status_code == 404


def test_a_claimed_task_is_not_taken_from_its_holder(api, token):
    api.start("check_up")
    task = api.only_task()
    colleague = Api(api.http, token())
    api.post(f"/tasks/{task['id']}/claim")

    assert colleague.post(f"/tasks/{task['id']}/claim").status_code == 409
    assert colleague.post(f"/tasks/{task['id']}/complete").status_code == 409
    assert colleague.post(f"/tasks/{task['id']}/release").status_code == 403

    released = api.post(f"/tasks/{task['id']}/release")
    assert released.json["assignee"] is None
    assert colleague.post(f"/tasks/{task['id']}/claim").status_code == 200


def test_what_has_not_changed_is_not_sent_again(api):
    instance_id = api.start("check_up")
    tag = api.get(f"/instances/{instance_id}").headers["ETag"]

    assert api.get(f"/instances/{instance_id}", If_None_Match=tag).status_code == 304
    assert api.get(f"/instances/{instance_id}", If_None_Match='"0"').status_code == 200


def test_a_key_belongs_to_its_client(api, token):
    body = {"process": "check_up"}
    colleague = Api(api.http, token())

    mine = api.post("/instances", body, Idempotency_Key="order-1")
    theirs = colleague.post("/instances", body, Idempotency_Key="order-1")

    assert mine.json != theirs.json


def test_a_refused_request_leaves_its_key_free(api):
    missing = api.post("/instances", {"process": "nothing"}, Idempotency_Key="order-1")
    assert missing.status_code == 404

    started = api.post("/instances", {"process": "check_up"}, Idempotency_Key="order-1")
    assert started.status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "ก", ""])
def test_a_key_that_cannot_be_kept_is_refused(api, key):
    answer = api.post("/instances", {"process": "check_up"}, Idempotency_Key=key)

    assert answer.status_code == 422
    assert answer.json["places"][0]["field"] == "Idempotency-Key"


def test_the_answer_to_a_completed_task_can_be_asked_again(api):
    api.start("check_up")
    task = api.only_task()

    first = api.post(f"/tasks/{task['id']}/complete", Idempotency_Key="done-1")
    again = api.post(f"/tasks/{task['id']}/complete", Idempotency_Key="done-1")

    assert (first.status_code, again.status_code) == (204, 204)


def test_a_cancelled_instance_cannot_be_cancelled_again(api):
    instance_id = api.start("check_up")
    api.post(f"/instances/{instance_id}/cancel", {"reason": "duplicate"})

    again = api.post(f"/instances/{instance_id}/cancel", {"reason": "duplicate"})

    assert again.status_code == 409
    assert again.json["message"]["en"] == "The process instance has already ended."


@pytest.mark.parametrize("what", ["", "/history"])
def test_an_unknown_instance_is_not_found(api, what):
    answer = api.get(f"/instances/nothing{what}")

    assert answer.status_code == 404
    assert answer.json["type"] == "urn:samnuan:problem:instance-not-found"


def test_a_worker_borrows_a_job_and_finishes_it(api, clock: TravellingClock):
    instance_id = api.start("welding", part="wing")
    ask = {"type": "weld", "worker": "w1", "lock_seconds": 60}

    [lent] = api.post("/jobs/activate", ask).json["items"]
    assert lent["headers"] == {"speed": "slow"}
    assert lent["variables"] == {"part": "wing"}
    assert api.post("/jobs/activate", ask).json["items"] == []

    done = api.post(f"/jobs/{lent['id']}/complete", {"worker": "w1", "variables": {"ok": True}})

    assert done.status_code == 204
    assert api.get(f"/instances/{instance_id}").json["status"] == "completed"


@pytest.mark.parametrize(
    ("how", "body", "told"),
    [
        ("complete", {}, "job_completed"),
        ("error", {"code": "cracked"}, "activity_cancelled"),
        ("", {}, "job_completed"),
    ],
)
def test_the_record_says_which_program_did_a_job(api, engine, how, body, told):
    """Done here, it is the house's own work; done outside, the client's and its worker's."""
    engine.deploy({"fragile.bpmn": FRAGILE, "any.form": FORM}, OWNER)
    instance_id = api.start("fragile")
    if how:
        [lent] = api.post("/jobs/activate", {"type": "weld", "worker": "w1"}).json["items"]
        api.post(f"/jobs/{lent['id']}/{how}", {"worker": "w1"} | body)
    else:
        engine.machine.handlers["weld"] = lambda work, call: None
        engine.run_due()

    actors = {event.actor for event in engine.history(instance_id) if event.type == told}
    assert actors == {"client:client-1/w1" if how else SYSTEM.id}


def test_only_the_borrower_finishes_fails_or_keeps_a_job(api, token):
    api.start("welding")
    [lent] = api.post("/jobs/activate", {"type": "weld", "worker": "w1"}).json["items"]
    colleague = Api(api.http, token())

    for other, worker in ((api, "w2"), (colleague, "w1")):
        body = {"worker": worker}
        assert other.post(f"/jobs/{lent['id']}/complete", body).status_code == 409
        assert other.post(f"/jobs/{lent['id']}/fail", body | {"message": "no"}).status_code == 409
        longer = body | {"lock_seconds": 60}
        assert other.post(f"/jobs/{lent['id']}/extend", longer).status_code == 409


def test_a_worker_sees_no_more_variables_than_it_asks_for(api):
    api.start("welding", part="wing", colour="red")

    ask = {"type": "weld", "worker": "w1", "fetch_variables": ["part", "missing"]}
    [lent] = api.post("/jobs/activate", ask).json["items"]

    assert lent["variables"] == {"part": "wing"}


def test_a_worker_may_wait_for_a_job_to_come(api):
    ask = {"type": "weld", "worker": "w1", "wait_seconds": 30}
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(api.post("/jobs/activate", ask)))
    waiting.start()
    api.start("welding")
    waiting.join()

    assert len(answers[0].json["items"]) == 1


def test_a_business_error_of_a_worker_takes_the_drawn_way(api, engine):
    engine.deploy({"fragile.bpmn": FRAGILE, "any.form": FORM}, OWNER)
    instance_id = api.start("fragile")
    [lent] = api.post("/jobs/activate", {"type": "weld", "worker": "w1"}).json["items"]
    address = f"/jobs/{lent['id']}/error"

    unknown = api.post(address, {"worker": "w1", "code": "undrawn"})
    thrown = api.post(address, {"worker": "w1", "code": "cracked", "variables": {"where": "seam"}})

    assert (unknown.status_code, thrown.status_code) == (422, 204)
    assert [task.element_id for task in engine.tasks(instance_id)] == ["repair"]
    assert engine.variables(instance_id)["where"] == "seam"


def test_a_worker_whose_time_is_over_is_told_so(api, clock: TravellingClock):
    api.start("welding")
    ask = {"type": "weld", "worker": "w1", "lock_seconds": 60}
    [lent] = api.post("/jobs/activate", ask).json["items"]
    clock.advance(seconds=61)

    late = api.post(f"/jobs/{lent['id']}/complete", {"worker": "w1"})

    assert late.status_code == 409
    assert late.json["type"] == "urn:samnuan:problem:job-not-held"
    assert "หมดเวลา" in late.json["message"]["th"]


def test_jobs_that_this_server_does_itself_are_not_lent(api):
    answer = api.post("/jobs/activate", {"type": "letter", "worker": "w1"})

    assert answer.status_code == 403
    assert "letter" in answer.json["message"]["th"]


def test_a_new_version_is_deployed_listed_and_downloaded_byte_for_byte(api):
    changed = CHECK.replace(b'name="check"', b'name="look"')

    answer = upload(api, {"check.bpmn": changed})

    assert answer.status_code == 201
    versions = api.get("/processes/check_up/versions").json["items"]
    assert [row["version"] for row in versions] == [2, 1]
    newest = {row["key"]: row["version"] for row in api.get("/processes").json["items"]}
    assert newest["check_up"] == 2
    assert api.get("/processes/check_up/versions/1/file").data == CHECK
    assert api.get("/processes/check_up/versions/2/file").data == changed
    assert api.get("/processes/check_up/versions/2/file?name=any.form").data == FORM


def test_the_same_deployment_under_one_key_is_one_deployment(api):
    changed = CHECK.replace(b'name="check"', b'name="look"')

    first = upload(api, {"check.bpmn": changed}, Idempotency_Key="d-1")
    again = upload(api, {"check.bpmn": changed}, Idempotency_Key="d-1")
    other = upload(api, {"check.bpmn": CHECK}, Idempotency_Key="d-1")

    assert first.json == again.json
    assert other.status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        b"not xml",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        diagram(start(), user("check", form="missing"), end(), path("start", "check", "end")),
    ],
)
def test_a_bad_diagram_is_refused_with_its_findings_and_nothing_changes(api, content):
    before = api.get("/processes").json

    answer = upload(api, {"bad.bpmn": content})

    assert answer.status_code == 422
    finding = next(each for each in answer.json["findings"] if each["severity"] == "error")
    assert finding["file"] == "bad.bpmn"
    assert finding["th"]
    assert finding["en"]
    assert api.get("/processes").json == before


def test_files_without_a_name_or_twice_the_same_are_refused(api):
    nothing = api.http.post("/api/v1/deployments", headers=api.headers)
    twice = api.http.post(
        "/api/v1/deployments",
        headers=api.headers,
        data={"files": [(io.BytesIO(CHECK), "a.bpmn"), (io.BytesIO(CHECK), "a.bpmn")]},
        content_type="multipart/form-data",
    )

    outside = upload(api, {"../a.bpmn": CHECK})

    assert [answer.status_code for answer in (nothing, twice, outside)] == [422, 422, 422]
    assert twice.json["places"][0]["field"] == "a.bpmn"


@pytest.mark.parametrize(
    "address",
    [
        "/processes/nothing/versions",
        "/processes/check_up/versions/9/file",
        "/processes/check_up/versions/99999999999/file",
        "/processes/check_up/versions/1/file?name=../../etc/passwd",
    ],
)
def test_what_was_never_deployed_is_not_found(api, address):
    assert api.get(address).status_code == 404


def test_the_report_of_refusals_starts_empty(api):
    assert api.get("/doors").json == {"refusals": [], "failed_deliveries": []}
