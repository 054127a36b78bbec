"""A blueprint whose operations say in a line what they need: scope, schemas, possible refusals."""

import http
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from engine.ground import canonical
from engine.ground.errors import Refusal
from webhooks import problems
from webhooks.api.authentication import admit, client, read
from webhooks.api.idempotency import is_answered, once
from webhooks.api.parser import StrictParser

View = Callable[..., Any]
Answer = type[Schema] | dict[str, str] | None
BYTES = {"type": "string", "format": "binary"}  # the answer is a file
UPLOAD_LIMIT = 20_000_000  # bytes, all files of a deployment together

_ALWAYS = (400, 401, 403, 429, 503)
_FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"files": {"type": "array", "items": BYTES, "minItems": 1}},
                "required": ["files"],
            }
        }
    },
}


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """Views take the unit of work first, then what was parsed, then what stands in the path."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api-{name}", __name__, url_prefix="/api/v1", description=description)
        self.tag = name
        self._prepare_doc_cbks.append(self._prepare_headers_doc)
        self.before_request(admit)
        self.register_error_handler(Refusal, problems.of_refusal)
        problems.answer_errors(self)

    def reads(
        self,
        rule: str,
        *,
        scope: str,
        answer: Answer,
        query: type[Schema] | None = None,
        refusals: tuple[int, ...] = (),
        revisioned: bool = False,
    ) -> Callable[[View], View]:
        """A GET that writes nothing; `revisioned` answers carry an ETag."""

        def decorate(view: View) -> View:
            def run(*parsed: Any, **path: Any) -> Response:
                with read() as work:
                    result = view(work, *parsed, **path)
                    if isinstance(result, Response):
                        return result
                    return _answer(_dump(answer, result), revisioned=revisioned)

            headers = ["IF_NONE_MATCH"] if revisioned else []
            handler = self._documented(wraps(view)(run), 200, answer, [*refusals, *_ALWAYS])
            if revisioned:
                handler = self.alt_response(304, http.HTTPStatus(304).name)(handler)
            return self._open("GET", rule, handler, scope=scope, query=query, headers=headers)

        return decorate

    def writes(
        self,
        rule: str,
        *,
        scope: str,
        answer: type[Schema] | None = None,
        body: type[Schema] | None = None,
        status: int = 200,
        refusals: tuple[int, ...] = (),
        matches: bool = False,
        upload: bool = False,
        before: Callable[..., None] | None = None,
    ) -> Callable[[View], View]:
        """A POST with one effect in one unit of work.

        `matches` ones honour If-Match; an `upload` takes its files as multipart/form-data;
        `before` runs on the body before the unit of work begins, unless the answer is kept already.
        """

        def decorate(view: View) -> View:
            def run(*parsed: Any, **path: Any) -> Response:
                if upload:
                    request.max_content_length = UPLOAD_LIMIT
                if before is not None and not is_answered():
                    before(*parsed)
                outcome = once(
                    lambda work: _dump(answer, view(work, *parsed, **path)), status=status
                )
                response = _answer(outcome.body, status=outcome.status)
                if outcome.replayed:
                    response.headers["Idempotent-Replayed"] = "true"
                return response

            headers = ["IDEMPOTENCY_KEY", *(["OPTIONAL_IF_MATCH"] if matches else [])]
            of_match, of_body = (412,) if matches else (), (413, 415) if body or upload else ()
            codes = [*refusals, 422, *_ALWAYS, *of_match, *of_body]
            handler = self._documented(wraps(view)(run), status, answer, codes)
            if upload:
                handler = self.doc(requestBody=_FILES)(handler)
            return self._open("POST", rule, handler, scope=scope, body=body, headers=headers)

        return decorate

    def _documented(self, handler: View, status: int, answer: Answer, refusals: list[int]) -> View:
        media = "application/octet-stream" if isinstance(answer, dict) else None
        handler = self.response(status, answer, content_type=media)(handler)
        for code in sorted(set(refusals)):
            handler = self.alt_response(code, http.HTTPStatus(code).name)(handler)
        return handler

    def _open(
        self,
        method: str,
        rule: str,
        handler: View,
        *,
        scope: str,
        headers: list[str],
        query: type[Schema] | None = None,
        body: type[Schema] | None = None,
    ) -> View:
        if body is not None:
            handler = self.arguments(body)(handler)
        if query is not None:
            handler = self.arguments(query, location="query")(handler)
        handler = self.doc(security=[{"token": [scope]}])(handler)
        guarded = _guarded(handler, scope)
        guarded._apidoc["request_headers"] = headers  # type: ignore[attr-defined]
        self.add_url_rule(rule, handler.__name__, guarded, methods=[method], tags=[self.tag])
        return guarded

    @staticmethod
    def _prepare_headers_doc(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> Any:
        if doc_info.get("request_headers"):
            doc.setdefault("parameters", []).extend(doc_info["request_headers"])
        return doc


def _guarded(handler: View, scope: str) -> View:
    """The scope is asked before the body is read: a client learns nothing from a body's refusal."""

    @wraps(handler)
    def run(*args: Any, **kwargs: Any) -> Any:
        client().must_have(scope)
        return handler(*args, **kwargs)

    run._apidoc = deepcopy(handler._apidoc)  # type: ignore[attr-defined]
    return run


def _dump(schema: Answer, result: Any) -> Any:
    return schema().dump(result) if isinstance(schema, type) else None


def _answer(body: Any, *, status: int = 200, revisioned: bool = False) -> Response:
    if body is None:
        return Response(status=status)
    response = Response(canonical.dumps(body), status, mimetype="application/json")
    if revisioned:
        response.set_etag(str(body["revision"]))
        response.make_conditional(request)
    return response
