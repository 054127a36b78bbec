"""The OpenAPI document keeps its word: no request, however odd, ends in a 5xx or an answer that the
document does not name."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from engine import Engine
from engine.verbs.jobs import due_jobs
from tests.webhooks.drawings import FILES, OWNER

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def known(engine: Engine) -> dict[str, str]:
    """The ids of things that are really there, by the name of the path's parameter."""
    engine.deploy(FILES, OWNER)
    instance_id = engine.start("check_up", {})
    engine.start("welding", {})
    with engine.read() as work:
        [job_id] = due_jobs(work, ["weld"], 1)
    [task] = engine.tasks(instance_id)
    return {"instance_id": instance_id, "task_id": task.id, "job_id": job_id, "key": "check_up"}


def hold_to_the_document(app, headers, mode: GenerationMode, known: dict[str, str]) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    def keeps_its_word(case):
        there = {name: id for name, id in known.items() if name in case.path_parameters}
        case.path_parameters.update(there)
        if isinstance(case.body, dict) and case.body.get("wait_seconds") in range(1, 31):
            case.body["wait_seconds"] = 0  # it would wait as long as it says
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS, headers=headers)

    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy(generation_mode=mode)
        BOUNDED(given(case=strategy)(keeps_its_word))()


def test_no_request_that_fits_the_document_is_answered_otherwise(app, token, known):
    hold_to_the_document(app, token(), GenerationMode.POSITIVE, known)


def test_no_request_about_what_is_not_there_is_answered_otherwise(app, token, known):
    hold_to_the_document(app, token(), GenerationMode.POSITIVE, {})


def test_no_request_that_breaks_the_document_is_answered_otherwise(app, token, known):
    hold_to_the_document(app, token(), GenerationMode.NEGATIVE, {})
