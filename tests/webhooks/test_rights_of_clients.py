"""Each operation of the REST API: the scope that opens it, and whether it minds what the client had
read; written down by hand. An operation that is not in the table fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine import Engine
from tests.webhooks.client import Api
from tests.webhooks.drawings import FILES, OWNER
from webhooks.clients import SCOPES

OPERATIONS = {
    "GET /tasks": "tasks:read",
    "GET /tasks/{task_id}": "tasks:read",
    "POST /tasks/{task_id}/claim": "tasks:write",
    "POST /tasks/{task_id}/release": "tasks:write",
    "POST /tasks/{task_id}/complete": "tasks:write",
    "POST /tasks/{task_id}/reassign": "tasks:write",
    "GET /instances": "instances:read",
    "GET /instances/{instance_id}": "instances:read",
    "GET /instances/{instance_id}/history": "history:read",
    "POST /instances": "instances:write",
    "POST /instances/{instance_id}/cancel": "instances:write",
    "GET /processes": "processes:read",
    "GET /processes/{key}/versions": "processes:read",
    "GET /processes/{key}/versions/{version}/file": "processes:read",
    "POST /deployments": "deployments:write",
    "POST /messages": "messages:write",
    "GET /incidents": "incidents:read",
    "POST /incidents/{incident_id}/resolve": "incidents:write",
    "POST /incidents/{incident_id}/settle": "incidents:write",
    "GET /doors": "hooks:read",
    "POST /jobs/activate": "jobs:work",
    "POST /jobs/{job_id}/complete": "jobs:work",
    "POST /jobs/{job_id}/fail": "jobs:work",
    "POST /jobs/{job_id}/error": "jobs:work",
    "POST /jobs/{job_id}/extend": "jobs:work",
}
OPEN_TO_ALL = {"/api/v1/", "/api/v1/openapi.json", "/api/v1/static/<path:filename>"}
MINDS_IF_MATCH = {  # what it answers when the case is as it was read
    "POST /tasks/{task_id}/claim": 200,
    "POST /tasks/{task_id}/release": 200,
    "POST /tasks/{task_id}/complete": 204,
    "POST /instances/{instance_id}/cancel": 204,
}
BODIES = {
    "POST /tasks/{task_id}/complete": {"answers": {}},
    "POST /tasks/{task_id}/reassign": {"to": "nobody", "reason": "on leave"},
    "POST /instances/{instance_id}/cancel": {"reason": "duplicate"},
}


def place(operation: str, **ids: Any) -> tuple[str, str]:
    method, _, path = operation.partition(" ")
    named = {name: ids.get(name, "none") for name in ("task_id", "instance_id", "key", "job_id")}
    return method, path.format(**named, version=ids.get("version", 1), incident_id="none")


def ask(api: Api, operation: str, body: Any = None, **headers: str) -> Any:
    method, path = place(operation)
    return call(api, method, path, body, **headers)


def call(api: Api, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return api.get(path, **headers) if method == "GET" else api.post(path, body, **headers)


def test_the_table_names_every_operation(app, http):
    rules = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1") and rule.rule not in OPEN_TO_ALL
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    named = {
        operation.replace(" ", " /api/v1").replace("{version}", "<int:version>")
        for operation in OPERATIONS
    }

    assert {name.replace("{", "<").replace("}", ">") for name in named} == rules
    assert set(OPERATIONS.values()) == set(SCOPES)


def test_the_document_says_who_minds_what_was_read(http):
    document = http.get("/api/v1/openapi.json").json
    minding = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and "If-Match" in str(operation.get("parameters"))
    } | {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters" and "412" in operation["responses"]
    }

    assert minding == set(MINDS_IF_MATCH)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_opens_to_its_scope_and_to_no_other(
    http, engine: Engine, token: Callable[..., dict[str, str]], operation: str
) -> None:
    engine.deploy(FILES, OWNER)
    scope = OPERATIONS[operation]
    holder = Api(http, token(scope))
    others = Api(http, token(*(each for each in SCOPES if each != scope)))

    assert ask(holder, operation, BODIES.get(operation)).status_code not in (401, 403)
    refused = ask(others, operation, BODIES.get(operation))
    assert refused.status_code == 403
    assert scope in refused.json["detail"]
    assert ask(Api(http, {}), operation).status_code == 401


@pytest.mark.parametrize(
    ("matching", "done"),
    [
        (None, True),
        ('"{now}"', True),
        ('"{before}", "{now}"', True),
        ("*", True),
        ('"{before}"', False),
        ('"{after}"', False),
        ('"0"', False),
        ('"x"', False),
    ],
)
@pytest.mark.parametrize("operation", MINDS_IF_MATCH)
def test_what_was_read_must_still_be_so(
    api: Api, engine: Engine, operation: str, matching: str | None, done: bool
) -> None:
    instance_id = api.start("check_up")
    task_id = api.only_task()["id"]
    if operation.endswith("release"):
        api.post(f"/tasks/{task_id}/claim")
    shown = api.get(f"/instances/{instance_id}").json
    now = shown["revision"]
    headers = {}
    if matching is not None:
        headers["If_Match"] = matching.format(now=now, before=now - 1, after=now + 1)
    before = [event.type for event in engine.history(instance_id)]

    method, path = place(operation, task_id=task_id, instance_id=instance_id)
    answer = call(api, method, path, BODIES.get(operation), **headers)

    assert answer.status_code == (MINDS_IF_MATCH[operation] if done else 412), answer.data
    changed = [event.type for event in engine.history(instance_id)] != before
    assert changed is done


@pytest.mark.parametrize("given", ["5", '"5', "W/5", '"5" "6"', '"5";', "", "**", '"a b"'])
def test_an_if_match_that_is_none_is_told_and_changes_nothing(api: Api, given: str) -> None:
    instance_id = api.start("check_up")
    task_id = api.only_task()["id"]
    before = api.get(f"/instances/{instance_id}").json["revision"]

    answer = api.post(f"/tasks/{task_id}/claim", If_Match=given)

    assert answer.status_code == 400
    assert "If-Match" in answer.json["message"]["th"]
    assert api.get(f"/instances/{instance_id}").json["revision"] == before
    assert api.only_task()["assignee"] is None


def test_a_key_says_one_thing(api: Api) -> None:
    first = api.post("/instances", {"process": "check_up"}, Idempotency_Key="k")
    again = api.post("/instances", {"process": "check_up"}, Idempotency_Key="k")
    other = api.post(
        "/instances", {"process": "check_up", "variables": {"x": 1}}, Idempotency_Key="k"
    )

    assert (first.status_code, again.json, other.status_code) == (201, first.json, 422)
    assert len(api.get("/instances").json["items"]) == 1


def test_what_a_client_borrowed_is_finished_by_itself(http, api: Api, token) -> None:
    api.start("welding")
    body = {"type": "weld", "worker": "arm", "limit": 1, "lock_seconds": 60}
    (job,) = api.post("/jobs/activate", body).json["items"]
    stranger = Api(http, token())

    for api_, status in ((stranger, 409), (api, 204)):
        done = api_.post(f"/jobs/{job['id']}/complete", {"worker": "arm", "variables": {}})
        assert done.status_code == status
