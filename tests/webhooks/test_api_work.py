"""What a program does through the REST API: start, claim, complete, send, work, read, deploy."""

from __future__ import annotations

import io

import pytest

from engine import Engine
from engine.actor import Actor
from engine.clock import TravellingClock
from tests.support.drawing import (
    catch,
    diagram,
    end,
    job,
    message,
    path,
    start,
    user,
)

OWNER = Actor.of("owner")
FORM = """{
  "type": "default", "id": "any", "schemaVersion": 19,
  "components": [{
    "id": "Field_fine", "type": "checkbox", "key": "fine", "label": "ดี",
    "properties": {"label_en": "Fine"}
  }]
}""".encode()
MESSAGE = (
    '<bpmn:message id="m" name="answer"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=case_id"/></bpmn:extensionElements></bpmn:message>'
)
CHECK = diagram(start(), user("check"), end(), path("start", "check", "end"), id="check_up")
WAIT = diagram(
    start(),
    catch("wait", message("m")),
    end(),
    path("start", "wait", "end"),
    id="waiting",
    roots=MESSAGE,
)
ROBOT = diagram(
    start(), job("robot", "weld", speed="slow"), end(), path("start", "robot", "end"), id="welding"
)


@pytest.fixture
def api(http, token, engine: Engine):
    """A client of all scopes in the group `officer`, with three processes deployed."""
    files = {"check.bpmn": CHECK, "wait.bpmn": WAIT, "robot.bpmn": ROBOT, "any.form": FORM}
    engine.deploy(files, OWNER)
    return Api(http, token())


class Api:
    def __init__(self, http, headers) -> None:
        self.http, self.headers = http, headers

    def get(self, address: str, **headers: str):
        return self.http.get(f"/api/v1{address}", headers=self.headers | _dashed(headers))

    def post(self, address: str, body=None, **headers: str):
        return self.http.post(
            f"/api/v1{address}", headers=self.headers | _dashed(headers), json=body or {}
        )

    def start(self, process: str, **variables) -> str:
        answer = self.post("/instances", {"process": process, "variables": variables})
        assert answer.status_code == 201, answer.json
        return answer.json["instance_id"]

    def only_task(self) -> dict:
        [task] = self.get("/tasks").json["items"]
        return task


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


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


def test_a_completed_task_is_gone(api):
    api.start("check_up")
    task = api.only_task()
    api.post(f"/tasks/{task['id']}/complete")

    again = api.post(f"/tasks/{task['id']}/complete")

    assert again.status_code == 404
    assert again.json["message"]["th"] == "ไม่พบงานนี้ หรืองานนี้เสร็จสิ้นไปแล้ว"


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


def test_what_has_not_changed_is_not_sent_again(api):
    instance_id = api.start("check_up")
    tag = api.get(f"/instances/{instance_id}").headers["ETag"]

    assert api.get(f"/instances/{instance_id}", If_None_Match=tag).status_code == 304
    assert api.get(f"/instances/{instance_id}", If_None_Match='"0"').status_code == 200


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


def test_a_cancelled_instance_cannot_be_cancelled_again(api):
    instance_id = api.start("check_up")
    api.post(f"/instances/{instance_id}/cancel", {"reason": "duplicate"})

    again = api.post(f"/instances/{instance_id}/cancel", {"reason": "duplicate"})

    assert again.status_code == 409
    assert again.json["message"]["en"] == "The process instance has already ended."


def test_where_an_instance_stands_and_what_happened_can_be_read(api):
    instance_id = api.start("check_up")

    [standing] = api.get(f"/instances/{instance_id}").json["standing"]
    assert standing["element_id"] == "check"

    whole = api.get(f"/instances/{instance_id}/history").json["items"]
    first = api.get(f"/instances/{instance_id}/history?limit=1").json
    rest = api.get(f"/instances/{instance_id}/history?cursor={first['next']}").json
    assert whole[0]["type"] == "instance_started"
    assert first["items"] + rest["items"] == whole


@pytest.mark.parametrize("what", ["", "/history"])
def test_an_unknown_instance_is_not_found(api, what):
    answer = api.get(f"/instances/nothing{what}")

    assert answer.status_code == 404
    assert answer.json["type"] == "urn:samnuan:problem:instance-not-found"


def test_a_message_reaches_the_instance_that_waits_for_it(api):
    instance_id = api.start("waiting", case_id="c-1")

    wrong = api.post("/messages", {"name": "answer", "key": "c-2"})
    right = api.post("/messages", {"name": "answer", "key": "c-1", "variables": {"yes": True}})

    assert wrong.status_code == 404
    assert right.json == {"instance_id": instance_id}
    assert api.get(f"/instances/{instance_id}").json["variables"]["yes"] is True


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


def test_only_the_borrower_finishes_fails_or_keeps_a_job(api, token):
    api.start("welding")
    [lent] = api.post("/jobs/activate", {"type": "weld", "worker": "w1"}).json["items"]
    colleague = Api(api.http, token())

    for other, worker in ((api, "w2"), (colleague, "w1")):
        body = {"worker": worker}
        assert other.post(f"/jobs/{lent['id']}/complete", body).status_code == 404
        assert other.post(f"/jobs/{lent['id']}/fail", body | {"message": "no"}).status_code == 404
        longer = body | {"lock_seconds": 60}
        assert other.post(f"/jobs/{lent['id']}/extend", longer).status_code == 404


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


def test_jobs_that_this_server_does_itself_are_not_lent(api, engine: Engine):
    answer = api.post("/jobs/activate", {"type": "letter", "worker": "w1"})

    assert answer.status_code == 403
    assert "letter" in answer.json["message"]["th"]


def upload(api, files: dict[str, bytes], **headers: str):
    parts = [(io.BytesIO(content), name) for name, content in files.items()]
    return api.http.post(
        "/api/v1/deployments",
        headers=api.headers | _dashed(headers),
        data={"files": parts},
        content_type="multipart/form-data",
    )


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


def test_the_doors_report_starts_empty(api):
    assert api.get("/doors").json == {"refusals": [], "failed_deliveries": []}
