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
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from engine import Engine
from tests.webhooks.test_api_work import CHECK, FORM, OWNER, ROBOT, WAIT

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


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_to_the_document(app, token, engine: Engine, mode):
    engine.deploy(
        {"check.bpmn": CHECK, "wait.bpmn": WAIT, "robot.bpmn": ROBOT, "any.form": FORM}, OWNER
    )
    engine.start("check_up", {})
    engine.start("welding", {})
    headers = token()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    checks = [*CHECKS, *([negative_data_rejection] if mode.is_negative else [])]

    def keeps_its_word(case):
        response = case.call(headers=headers)
        case.validate_response(response, checks=checks, headers=headers)

    for operation in schema.get_all_operations():
        strategy = operation.ok().as_strategy(generation_mode=mode)
        BOUNDED(given(case=strategy)(keeps_its_word))()
