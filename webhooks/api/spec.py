"""The OpenAPI 3.1 document of the API, and its page, rendered here without any script."""

import http
from typing import Any

from flask import Blueprint, Flask, Response, render_template
from flask_smorest import Api
from flask_smorest.spec import prepare_response
from marshmallow import fields

from engine import canonical
from webhooks.api.base import Shown
from webhooks.clients import SCOPES
from webhooks.problems import MEDIA_TYPE

_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DESCRIPTION = """\
Machines work here as people do on the pages: every operation is one verb in one transaction.

- Every request carries `Authorization: Bearer smn_…`; a token has scopes and acts for groups.
- `Idempotency-Key` on a POST gives the same answer, once, however often it is sent.
- `ETag` is the revision of the case; sent back in `If-Match`, a case that moved is refused (412).
- Lists are pages: pass `next` of one page as `cursor` of the next.
- Refusals are `application/problem+json` in Thai and English, and name the place.
- No personal data leaves through this API: cases, tasks and letters are references.
"""


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


class DoorApi(Api):  # type: ignore[misc]  # flask-smorest carries no types
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
                "info": {"description": _DESCRIPTION},
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
        """The OpenAPI document; every operation also names the scope its token needs."""
        document: dict[str, Any] = self.spec.to_dict()
        return document


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


def reference(api: DoorApi) -> Blueprint:
    """Serves the document and its page, to anyone: it describes the doors and opens none."""
    pages = Blueprint(
        "api-reference",
        __name__,
        url_prefix="/api/v1",
        template_folder="../templates",
        static_folder="../static",
        static_url_path="/static",
    )

    @pages.get("/openapi.json")
    def document() -> Response:
        return Response(canonical.dumps(api.document()), mimetype="application/json")

    @pages.get("/")
    def page() -> Response:
        document = api.document()
        html = render_template(
            "webhooks/reference.html", document=document, groups=_by_tag(document)
        )
        return Response(html, headers={"Content-Security-Policy": _POLICY})

    return pages


def _by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations under their noun, in the order of the document, with their path and method."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method, operation in item.items():
            if method == "parameters":
                continue
            entry = {"path": path, "method": method.upper(), **operation}
            entry["parameters"] = [
                resolve(document, parameter)
                for parameter in (*shared, *operation.get("parameters", []))
            ]
            groups.setdefault(operation["tags"][0], []).append(entry)
    return groups


def resolve(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` of the document points at."""
    while "$ref" in part:
        target: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
