"""Every refusal leaves as `application/problem+json` (RFC 9457), in Thai and in English, with the
place it concerns."""

import re
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, json, request
from werkzeug.exceptions import HTTPException

from engine.ground import errors
from engine.ground.errors import Refusal
from engine.ground.text import Text
from engine.store.database import DatabaseUnavailable
from engine.verbs.jobs import JobNotHeld
from forms.errors import FormInvalid
from office.ground.errors import StorageUnavailable
from webhooks.errors import FieldsRefused, TokenRefused, TooManyRequests

MEDIA_TYPE = "application/problem+json"

_STATUS: dict[type[Refusal], int] = {
    errors.NotAllowed: 403,
    errors.DefinitionNotFound: 404,
    errors.DefinitionRetired: 409,
    errors.MessageUnclear: 409,
    errors.InstanceNotFound: 404,
    errors.TaskNotFound: 404,
    errors.TaskClosed: 409,
    errors.MessageNotAwaited: 404,
    errors.InstanceNotRunning: 409,
    errors.TaskAlreadyClaimed: 409,
    errors.ConcurrentUpdate: 409,
    JobNotHeld: 409,
    DatabaseUnavailable: 503,
    StorageUnavailable: 503,
}

_HTTP = {
    400: Text("คำขอไม่ถูกต้อง", "The request is malformed."),
    404: Text("ไม่พบที่อยู่นี้", "There is nothing at this address."),
    405: Text("ที่อยู่นี้ไม่รับวิธีเรียกแบบนี้", "This address does not take this method."),
    413: Text("เนื้อหาใหญ่เกินกำหนด", "The body is too large."),
    415: Text("ไม่รับเนื้อหาชนิดนี้", "This content type is not accepted."),
    422: Text("ข้อมูลบางช่องไม่ถูกต้อง", "Some fields do not fit."),
    500: Text(
        "ระบบขัดข้อง ผู้ดูแลจะตรวจสอบจากบันทึก",
        "Something broke here; the administrator's log tells what.",
    ),
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal: its own, its nearest relative's, or 422."""
    own = getattr(refusal, "status", None)
    if isinstance(own, int):
        return own
    for kind in type(refusal).__mro__:
        if kind in _STATUS:
            return _STATUS[kind]
    return 404 if type(refusal).__name__.endswith("NotFound") else 422


def kind_of(refusal: Refusal) -> str:
    """The refusal's stable name: `TaskNotFound` becomes `task-not-found`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()


def of_refusal(refusal: Refusal) -> Response:
    """The answer to an expected refusal."""
    details: dict[str, Any] = {}
    if isinstance(refusal, FieldsRefused):
        details["places"] = refusal.places
    if isinstance(refusal, FormInvalid):
        details["places"] = _answers(refusal)
    if isinstance(refusal, errors.DeploymentRejected):
        details["findings"] = [finding.to_json() for finding in refusal.findings]
    answer = problem(status_of(refusal), kind_of(refusal), refusal.text, details)
    if isinstance(refusal, TokenRefused):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="samnuan"'
    if isinstance(refusal, TooManyRequests):
        answer.headers["Retry-After"] = str(refusal.facts["seconds"])
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "5"
    return answer


def _answers(refusal: FormInvalid) -> list[dict[str, str]]:
    return [
        {"in": "form", "field": path, "th": text.th, "en": text.en}
        for path, texts in refusal.errors.items()
        for text in texts
    ]


def of_http(error: HTTPException) -> Response:
    """The answer to what Werkzeug refuses itself: no such address, wrong method, and bugs."""
    code = error.code or 500
    text = _HTTP.get(code, _HTTP[400] if code < 500 else _HTTP[500])
    answer = problem(code, f"http-{code}", text)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):  # flask-smorest's own handler drops `Allow`
            answer.headers[name] = value
    return answer


def answer_errors(blueprint: Blueprint) -> None:
    """Let a blueprint answer every HTTP error as a problem document.

    By code as well as by class: Flask asks for handlers of a code first, and the pages' own ones
    would win against a handler of the mere class.
    """
    blueprint.register_error_handler(HTTPException, of_http)
    for code in _HTTP:
        blueprint.register_error_handler(code, of_http)


def problem(status: int, kind: str, text: Text, details: dict[str, Any] | None = None) -> Response:
    """A problem document; `detail` follows Accept-Language, `message` always has both."""
    language = request.accept_languages.best_match(["th", "en"], "th")
    body = {
        "type": f"urn:samnuan:problem:{kind}",
        "title": kind.replace("-", " "),
        "status": status,
        "detail": text.of(language),
        "message": {"th": text.th, "en": text.en},
        **(details or {}),
    }
    answer = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    answer.headers["Content-Language"] = language
    answer.vary.add("Accept-Language")
    return answer
