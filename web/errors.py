"""The one place where a refusal becomes a page, and a bug an apology without a traceback."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Flask, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.ground import errors as engine
from engine.ground.errors import Refusal
from engine.ground.log import Log
from engine.ground.text import Text
from engine.store.database import DatabaseUnavailable
from forms.errors import FormInvalid
from office.cases import reveals
from office.deadlines import extensions, holiday_table, legal_stays
from office.disposal import erasure, legal_holds
from office.ground import errors as office
from office.people import grants, orders, units
from office.people.signing_in import outside_sign_in
from office.vault.attachments import FILES_LIMIT, MEGABYTES_LIMIT
from web.types import Answer, FlaskResponse

log = Log("web")

# The nearest class up the line decides; what is not named is a plain 422.
STATUS: dict[type[Refusal], int] = {
    Refusal: 422,
    engine.NotAllowed: 403,
    engine.InstanceNotFound: 404,
    engine.DefinitionNotFound: 404,
    engine.DefinitionRetired: 409,
    engine.MessageUnclear: 409,
    engine.TaskNotFound: 404,
    engine.TaskClosed: 409,
    engine.TaskAlreadyClaimed: 409,
    engine.InstanceNotRunning: 409,
    engine.ConcurrentUpdate: 409,
    engine.MessageNotAwaited: 409,
    DatabaseUnavailable: 503,
    office.StorageUnavailable: 503,
    office.ScannerUnavailable: 503,
    office.CaseNotFound: 404,
    office.LetterNotFound: 404,
    office.AttachmentNotFound: 404,
    office.TrackingCodeUnknown: 404,
    office.SignInRefused: 401,
    office.FactorRefused: 401,
    office.PasskeyRefused: 401,
    office.CodeExpired: 401,
    office.FactorUnknown: 404,
    outside_sign_in.ProviderRefused: 401,
    outside_sign_in.ProviderAway: 503,
    outside_sign_in.NotLinked: 403,
    outside_sign_in.NoRoleHere: 403,
    outside_sign_in.NameTaken: 409,
    outside_sign_in.LinkedToAnother: 409,
    grants.RequestGone: 409,
    units.UnitUnknown: 404,
    units.UnitExists: 409,
    units.UnitInUse: 409,
    orders.OrderUnknown: 404,
    office.UserNotFound: 404,
    office.UserExists: 409,
    grants.SecondPersonNeeded: 403,
    office.TooManyAttempts: 429,
    office.FileTooLarge: 413,
    office.TooManyFiles: 413,
    office.FileTypeRefused: 415,
    office.NothingToAnswer: 409,
    office.CannotWithdraw: 409,
    office.NothingToReview: 409,
    office.KeyDestroyed: 410,
    extensions.ExtensionAsked: 409,
    extensions.ExtensionDecided: 409,
    extensions.NothingToExtend: 409,
    legal_holds.CaseHeld: 409,
    legal_holds.HeldAlready: 409,
    legal_holds.NotHeld: 409,
    erasure.ErasedAlready: 409,
    erasure.ErasureAskedAlready: 409,
    erasure.NoErasureAsked: 409,
    legal_stays.StayRunning: 409,
    legal_stays.NoStay: 409,
    holiday_table.HolidayExists: 409,
    holiday_table.NotAHoliday: 409,
    reveals.RequestNotFound: 404,
    reveals.RequestExpired: 410,
}

TELLING = frozenset({"Allow", "Retry-After"})  # headers of an error that its page keeps
SAYS: dict[int, Text] = {
    400: Text("คำขอไม่ถูกต้อง", "The request is not right"),
    401: Text("ต้องลงชื่อเข้าใช้", "Sign in first"),
    403: Text("ไม่มีสิทธิทำรายการนี้", "Not allowed"),
    404: Text("ไม่พบสิ่งที่ต้องการ", "Not found"),
    405: Text("ทำรายการนี้ที่นี่ไม่ได้", "Not possible here"),
    409: Text("ทำรายการซ้อนกัน", "Something changed meanwhile"),
    410: Text("ข้อมูลถูกทำลายแล้ว", "Erased"),
    413: Text("แฟ้มใหญ่หรือมากเกินไป", "Too large or too many files"),
    415: Text("ไม่รับแฟ้มชนิดนี้", "This kind of file is not accepted"),
    422: Text("ทำรายการไม่ได้", "This cannot be done"),
    429: Text("ลองหลายครั้งเกินไป", "Too many attempts"),
    500: Text("ระบบขัดข้อง", "Something went wrong on our side"),
    503: Text("ระบบไม่พร้อมให้บริการชั่วคราว", "Briefly unavailable"),
}
WHAT_NOW: dict[int, Text] = {
    400: Text(
        "หน้านี้อาจเปิดค้างไว้นานเกินไป โปรดกลับไปหน้าเดิม โหลดใหม่ แล้วส่งอีกครั้ง",
        "The page may have been open for too long: go back, reload and send again.",
    ),
    404: Text(
        "ที่อยู่นี้ไม่มีหน้าใด หรือท่านไม่มีสิทธิเข้าถึง",
        "There is no page at this address, or it is not yours to see.",
    ),
    413: Text(
        "แนบได้ไม่เกิน {files} แฟ้ม แฟ้มละไม่เกิน {megabytes} MB",
        "At most {files} files of {megabytes} MB each can be attached.",
    ).format(files=FILES_LIMIT, megabytes=MEGABYTES_LIMIT),
    429: Text(
        "เพื่อความปลอดภัยของทุกเรื่อง โปรดรอประมาณ 15 นาทีแล้วลองใหม่",
        "To keep every case safe, please wait about 15 minutes and try again.",
    ),
    500: Text(
        "เราบันทึกเหตุขัดข้องไว้แล้ว โปรดลองใหม่อีกครั้งในภายหลัง หากยังไม่ได้ โปรดแจ้งเลขอ้างอิงนี้",
        "The fault has been recorded. Please try again later; if it stays, quote this reference.",
    ),
}
AWAY = Text(
    "ไม่ได้เกิดจากท่าน ปกติจะกลับมาใช้ได้ภายในไม่กี่นาที",
    "It is nothing that you did, and it is usually over within minutes.",
)
RETRY_AFTER = "30"  # seconds, for programs that read pages


def status_of(refusal: Refusal) -> int:
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def errors_of(refusal: Refusal | None) -> Mapping[str, Sequence[Text]]:
    """What is wrong with which field, when a form was refused."""
    return refusal.errors if isinstance(refusal, FormInvalid) else {}


def again(page: str, refusal: Refusal) -> Answer:
    """The page that a refusal came from, shown again with what is wrong."""
    status = status_of(refusal)
    _note(refusal, status)
    return page, status


def refused(refusal: Refusal) -> Answer:
    """An expected refusal that no view shows on its own page."""
    status = status_of(refusal)
    _note(refusal, status)
    return _page(status, refusal.text)


def _note(refusal: Refusal, status: int) -> None:
    log.info("refused", kind=type(refusal).__name__, status=status, endpoint=request.endpoint)


def http_error(error: HTTPException) -> Answer:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    page = _page(status, WHAT_NOW.get(status))
    for name, value in error.get_headers():
        if name in TELLING:
            page.headers[name] = value
    return page


def csrf_error(error: CSRFError) -> Answer:
    log.warning("csrf_refused", endpoint=request.endpoint)
    return _page(400, WHAT_NOW[400])


def bug(error: Exception) -> Answer:
    """Anything else is a bug: loud in the log with its traceback, quiet on the page."""
    reference = secrets.token_hex(4)
    log.exception("bug", reference=reference, endpoint=request.endpoint)
    return _page(500, WHAT_NOW[500], reference=reference)


def _page(status: int, sentence: Text | None, *, reference: str = "") -> FlaskResponse:
    """A whole page, or for htmx only the words to put in its place."""
    heading = SAYS.get(status, Text(str(HTTPStatus(status).value), HTTPStatus(status).phrase))
    template = "parts/refusal.html" if request.headers.get("HX-Request") else "refusal.html"
    facts = {"status": status, "heading": heading, "sentence": sentence, "reference": reference}
    if status != HTTPStatus.SERVICE_UNAVAILABLE:
        return make_response(render_template(template, **facts), status)
    # What was sent cannot be sent again by a link; what was asked for can be asked for again.
    again = f"?{request.query_string.decode()}" if request.method == "GET" else ""
    page = make_response(render_template(template, **facts, comfort=AWAY, again=again), status)
    page.headers["Retry-After"] = RETRY_AFTER
    return page


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, bug)
