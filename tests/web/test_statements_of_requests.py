"""What each request of a program costs: statements, transactions and commits, among ten cases and
among hundreds. The ceilings are those that were measured; the table is printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.ground.actor import Actor
from tests.support.agency import Agency
from tests.support.counting import Cost, counting
from tests.support.crowd import crowd
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G
from tests.webhooks.drawings import FILES, OWNER
from webhooks.clients import SCOPES, register_client

FEW, MANY = 5, 120
# Statements at most; each request in one transaction, one that does something with one commit.
CEILINGS = {
    "GET /tasks": 4,
    "GET /tasks/x": 6,
    "GET /instances": 5,
    "GET /instances/x": 6,
    "GET /instances/x/history": 6,
    "GET /incidents": 2,
    "GET /processes": 4,
    "POST /instances": 21,
    "POST /instances, with a key": 25,
    "POST /tasks/x/claim": 16,
    "POST /tasks/x/complete": 15,
    "POST /tasks/x/complete, a complaint's": 37,
    "POST /messages": 13,
    "POST /jobs/activate": 7,
    "POST /jobs/x/complete": 12,
}


@dataclass
class Program:
    """A program that works for the head of screening, and for a role of no complaint."""

    agency: Agency
    http: FlaskClient
    headers: dict[str, str]

    def fill(self, count: int) -> None:
        """So many complaints that nobody has screened yet."""
        first = self.agency.file(COMPLAINT)
        with self.agency.office.begin() as work:
            crowd(work, self.agency.office.services, first.case_id, count)

    def costs(self) -> dict[str, Cost]:
        return {name: self._cost(act) for name, act in self._acts()}

    def _cost(self, act: Callable[[], object]) -> Cost:
        with counting(self.agency.office.engine.database) as cost:
            act()
        return cost

    def _acts(self) -> Iterator[tuple[str, Callable[[], object]]]:
        filed = self.agency.file(COMPLAINT)
        screening = self.agency.task(filed.case_id, "screen")
        task, instance = screening.id, screening.instance_id
        reads = {
            "GET /tasks": "/tasks?limit=50",
            "GET /tasks/x": f"/tasks/{task}",
            "GET /instances": "/instances?limit=50",
            "GET /instances/x": f"/instances/{instance}",
            "GET /instances/x/history": f"/instances/{instance}/history",
            "GET /incidents": "/incidents",
            "GET /processes": "/processes",
        }
        for name, path in reads.items():
            self.get(path)  # what is compiled once, and a token that was not seen before
            yield name, lambda path=path: self.get(path)
        yield "POST /instances", lambda: self.post("/instances", process="check_up")
        yield (
            "POST /instances, with a key",
            lambda: self.post("/instances", process="check_up", key=task),
        )
        started = self.post("/instances", process="check_up")["instance_id"]
        [check] = self.get(f"/tasks?instance_id={started}")["items"]
        yield "POST /tasks/x/claim", lambda: self.post(f"/tasks/{check['id']}/claim")
        yield (
            "POST /tasks/x/complete",
            lambda: self.post(f"/tasks/{check['id']}/complete", answers={"fine": True}),
        )
        yield (
            "POST /tasks/x/complete, a complaint's",
            lambda: self.post(f"/tasks/{task}/complete", answers=SCREENED_G),
        )
        self.post("/instances", process="waiting", variables={"case_id": task})
        yield (
            "POST /messages",
            lambda: self.post("/messages", name="answer", variables={"ok": True}, about=task),
        )
        self.post("/instances", process="welding")
        lent: list[dict[str, Any]] = []
        yield (
            "POST /jobs/activate",
            lambda: lent.extend(
                self.post("/jobs/activate", type="weld", worker="w", limit=1, lock_seconds=60)[
                    "items"
                ]
            ),
        )
        yield (
            "POST /jobs/x/complete",
            lambda: self.post(f"/jobs/{lent[0]['id']}/complete", worker="w", variables={}),
        )

    def get(self, path: str) -> Any:
        answer = self.http.get(f"/api/v1{path}", headers=self.headers)
        assert answer.status_code == 200, (path, answer.json)
        return answer.json

    def post(self, path: str, *, key: str = "", about: str = "", **body: Any) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        sent = body | ({"key": about} if about else {})
        answer = self.http.post(f"/api/v1{path}", headers=headers, json=sent)
        assert answer.status_code < 300, (path, answer.json)
        return answer.json


@pytest.fixture
def program(agency: Agency, app: Flask) -> Program:
    engine = agency.office.engine
    engine.deploy(FILES, OWNER)
    with engine.begin() as work:
        _, token = register_client(
            work, "portal", SCOPES, ["screening_head", "officer"], actor=Actor.of("admin")
        )
    return Program(agency, app.test_client(), {"Authorization": f"Bearer {token}"})


def test_a_request_is_one_unit_of_work_and_costs_no_more_among_many(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    program.fill(FEW)
    few = {name: len(cost.statements) for name, cost in program.costs().items()}
    program.fill(MANY)

    costs = program.costs()

    table = "\n".join(cost.row(name) for name, cost in costs.items())
    with capsys.disabled():
        sys.stdout.write(f"\n{table}\n")
    found = {name: len(cost.statements) for name, cost in costs.items()}
    assert {name: count for name, count in found.items() if count > CEILINGS[name]} == {}
    assert found.keys() == CEILINGS.keys()
    assert {name: (few[name], count) for name, count in found.items() if count > few[name]} == {}
    assert {name: cost.transactions for name, cost in costs.items()} == dict.fromkeys(costs, 1)
    commits = {name: cost.commits for name, cost in costs.items()}
    assert commits == {name: int(name.startswith("POST")) for name in costs}
