"""A program with every right of the REST API starts, moves and ends no complaint: only the office
does, which knows the case file, the deadlines and who must not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine import Engine
from engine.store.tables import ProcessInstance
from tests.office import information_request
from tests.support.verbs import Office
from tests.webhooks.client import Api
from tests.webhooks.drawings import OWNER
from tests.webhooks.test_inbound_hooks import COMPLAINT

HANDLER = {"handler": {"decision_group": "director"}}
REFUSED = "urn:samnuan:problem:complaints-have-their-own-door"


@pytest.fixture
def program(office: Office, http: Any, token: Callable[..., dict[str, str]]) -> Api:
    """All scopes, and the roles of who sees every case."""
    office.deploy_guideline()
    return Api(http, token(groups=("screening_head", "intake_officer")))


def instances(engine: Engine) -> list[tuple[str, str]]:
    with engine.read() as work:
        return [(row.status, row.id) for row in work.session.query(ProcessInstance)]


def test_a_program_starts_no_complaint(program: Api, engine: Engine) -> None:
    answer = program.post("/instances", {"process": "complaint", "variables": {}})

    assert (answer.status_code, answer.json["type"]) == (403, REFUSED)
    assert instances(engine) == []


def test_a_program_ends_no_complaint_and_answers_for_no_complainant(
    program: Api, office: Office, engine: Engine
) -> None:
    filed = office.file_complaint(COMPLAINT)
    [before] = instances(engine)

    ended = program.post(f"/instances/{before[1]}/cancel", {"reason": "duplicate"})
    withdrawn = program.post("/messages", {"name": "withdrawal_requested", "key": filed.case_id})

    for answer in (ended, withdrawn):
        assert (answer.status_code, answer.json["type"]) == (403, REFUSED)
    assert instances(engine) == [before]
    told = [event.type for event in engine.history(before[1])]
    assert "message_received" not in told


def test_nor_an_instance_of_the_guideline_that_no_case_stands_behind(
    program: Api, engine: Engine
) -> None:
    """A message may start one without the office having filed anything."""
    started = engine.start("fact_finding", HANDLER, actor=OWNER)

    answer = program.post(f"/instances/{started}/cancel", {"reason": "duplicate"})

    assert (answer.status_code, answer.json["type"]) == (403, REFUSED)
    assert instances(engine) == [("running", started)]


def test_nor_a_case_of_any_other_application(program: Api, office: Office, engine: Engine) -> None:
    """Without the office it would have no number, no code and no deadline."""
    office.engine.deploy(information_request.files(), application=information_request.KEY)

    answer = program.post("/instances", {"process": "information_request", "variables": {}})

    assert (answer.status_code, answer.json["type"]) == (403, REFUSED)
    assert instances(engine) == []
