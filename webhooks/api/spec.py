"""The OpenAPI 3.1 document of the API, written by flask-smorest from the schemas it checks with."""

import http
from typing import Any

from flask import Flask
from flask_smorest import Api
from flask_smorest.spec import prepare_response
from marshmallow import fields

from webhooks.api.base import Shown
from webhooks.api.events import events
from webhooks.api.notes import NOTES
from webhooks.clients import SCOPES
from webhooks.problems import MEDIA_TYPE


class MessageSchema(Shown):
    th = fields.String(required=True)
    en = fields.String(required=True)


class PlaceSchema(Shown):
    where = fields.String(required=True, data_key="in")
    field = fields.String(required=True)
    th = fields.String(required=True)
    en = fields.String(required=True)


class FindingSchema(Shown):
    file = fields.String(required=True)
    element = fields.String(required=True)
    severity = fields.String(required=True)
    rule = fields.String(required=True)
    th = fields.String(required=True)
    en = fields.String(required=True)
    row = fields.Integer(allow_none=True)
    column = fields.Integer(allow_none=True)


class ProblemSchema(Shown):
    """RFC 9457, with the sentence in both languages and the places it concerns."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    message = fields.Nested(MessageSchema, required=True)
    places = fields.List(fields.Nested(PlaceSchema))
    findings = fields.List(fields.Nested(FindingSchema))


class SamnuanApi(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """flask-smorest, without its app-wide error handler, CDN pages and catch-all error response."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None  # every status is documented by name instead

    def __init__(self, app: Flask) -> None:
        super().__init__(
            app,
            config_prefix="SAMNUAN_API",
            spec_kwargs={
                "title": "Samnuan",
                "version": "1",
                "openapi_version": "3.1.0",
                "info": {"description": "\n".join(f"- {note.en} · {note.th}" for note in NOTES)},
            },
        )
        components = self.spec.components
        components.security_scheme("token", _security_scheme())
        for name, parameter in _PARAMETERS.items():
            components.parameter(name, "header", parameter, lazy=True)

    def _register_error_handlers(self) -> None:
        """Pages have their own; ours stand on the API's blueprints."""

    def _register_doc_blueprint(self) -> None:
        """Replaced by `reference`."""

    def _register_pagination_header(self) -> None:
        """Pages carry their cursor in the body."""

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)

    def document(self) -> dict[str, Any]:
        """The OpenAPI document: the operations, and the events that subscribers get."""
        document: dict[str, Any] = self.spec.to_dict()
        return document | {"webhooks": events()}


_PARAMETERS: dict[str, dict[str, Any]] = {
    "IDEMPOTENCY_KEY": {
        "name": "Idempotency-Key",
        "description": "The same key gives the same answer and no second effect.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    },
    "OPTIONAL_IF_MATCH": {
        "name": "If-Match",
        "description": "The ETag the case must still have.",
        "schema": {"type": "string", "pattern": '^(\\*|"[0-9]{1,18}")$'},
    },
}


def _security_scheme() -> dict[str, Any]:
    scopes = "\n".join(
        f"- `{scope}`: {meaning.en} · {meaning.th}" for scope, meaning in SCOPES.items()
    )
    return {
        "type": "http",
        "scheme": "bearer",
        "description": f"`samnuan clients create` makes a token. Scopes:\n\n{scopes}",
    }
