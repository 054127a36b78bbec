"""The complainant's pages: choose a track, file, follow by code, answer, withdraw, read letters."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.store.work import Work
from forms import Form
from forms.errors import FormInvalid
from office.applications import application as applications
from office.applications.application import PUBLIC
from office.cases import complainant
from office.cases.complainant import ACTOR as COMPLAINANT
from office.cases.register import Filed, file_case, intake_context, intake_form
from office.cases.tracking import plain_code, spaced
from office.ground.errors import OfficeError, TooManyAttempts, TrackingCodeUnknown
from office.ground.services import Services
from office.guideline.guideline import build
from office.vault.attachments import Staged
from web import form_pages
from web.current import office, read, services, write
from web.errors import again, errors_of
from web.form_pages import FILE_REFUSALS, Filling
from web.language import language, t
from web.pictures import guideline as manual
from web.public import tracking_cookie
from web.public.starts import Start, find_start
from web.security import count_attempt, filing_limit, limiter
from web.types import Answer

blueprint = Blueprint("public", __name__)
CHANNEL = "web"


@blueprint.get("/")
def home() -> Answer:
    with read() as work:
        starts = [each for each in applications.in_force(work) if each.forms(PUBLIC)]
        return render_template("public/home.html", applications=starts)


@blueprint.get("/privacy")
def privacy() -> Answer:
    return render_template("public/privacy.html")


# ── filing ─────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/file/<path:start>")
def file(start: str) -> Answer:
    with read() as work:
        where = find_start(work, start)
        form, context = _intake(work, where)
        return _file_page(where, form_pages.fresh(form, context, settled=where.settled))


@blueprint.post("/file/<path:start>")
@limiter.limit(filing_limit, exempt_when=form_pages.is_redraw)
def send(start: str) -> Answer:
    try:
        files = form_pages.keep_files(lambda work: [_intake(work, find_start(work, start))[0]])
    except FILE_REFUSALS as refusal:
        return again(_typed_page(start, (), refusal), refusal)
    if form_pages.is_redraw():
        return _typed_page(start, files)
    try:
        filed = office().begin_once(_once(), lambda work: _file(work, start, files))
    except (FormInvalid, OfficeError) as refusal:
        return again(_typed_page(start, files, refusal), refusal)
    tracking_cookie.keep_receipt(filed)
    return redirect(url_for("public.receipt"), 303)


def _file(work: Work, start: str, files: Sequence[Staged]) -> Filed:
    where = find_start(work, start)
    answers = _posted(work, where, files).answers
    return file_case(
        work,
        services(),
        where.application,
        answers,
        channel=CHANNEL,
        actor=COMPLAINANT,
        idempotency_key=_once(),
    )


@blueprint.get("/receipt")
def receipt() -> Answer:
    filed = tracking_cookie.receipt()
    if filed is None:
        return redirect(url_for("public.track"), 303)
    return render_template("public/receipt.html", filed=filed, code=spaced(filed.tracking_code))


@blueprint.post("/receipt")
def receipt_kept() -> Answer:
    """The code is written down: it is not shown again, and the case can be followed."""
    filed = tracking_cookie.receipt()
    if filed is not None:
        tracking_cookie.follow(filed.tracking_code)
        tracking_cookie.forget_receipt()
    return redirect(url_for("public.case"), 303)


def _once() -> str | None:
    """A page sent twice is one filing: the second press finds the first one's receipt."""
    given = request.form.get("_once", "")
    # Whoever knows the key gets the receipt: only one that a page drew at random is believed.
    return f"web:{given}" if re.fullmatch("[0-9a-f]{32}", given) else None


def _intake(work: Work, where: Start) -> tuple[Form, dict[str, object]]:
    return intake_form(work, where.application), intake_context(work, CHANNEL)


def _posted(work: Work, where: Start, files: Sequence[Staged]) -> Filling:
    form, context = _intake(work, where)
    return form_pages.posted(form, context, settled=where.settled, files=files)


def _typed_page(start: str, files: Sequence[Staged], refusal: Refusal | None = None) -> str:
    """The form as it was filled in so far."""
    with read() as work:
        where = find_start(work, start)
        return _file_page(where, _posted(work, where, files), refusal)


def _file_page(where: Start, sheet: Filling, refusal: Refusal | None = None) -> str:
    other = None if isinstance(refusal, FormInvalid) else refusal
    return render_template(
        "public/file.html",
        start=where.address,
        name=where.application.variant_name(where.variant),
        kicker=where.kicker,
        sheet=sheet.view(errors_of(refusal)),
        refusal=other,
        once=secrets.token_hex(16) if _once() is None else request.form["_once"],
    )


# ── following ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/track")
def track() -> Answer:
    if tracking_cookie.code() is not None:
        return redirect(url_for("public.case"))
    return _track_page()


@blueprint.post("/track")
def open_tracking() -> Answer:
    """Take the code along, right or wrong: the answer is the same, and so is the time it takes."""
    try:
        count_attempt("tracking")
    except TooManyAttempts as refusal:
        return again(_track_page(refusal), refusal)
    tracking_cookie.follow(plain_code(request.form.get("code", "")))
    return redirect(url_for("public.case"), 303)


@blueprint.get("/case")
def case() -> Answer:
    code = tracking_cookie.code()
    if code is None:
        return redirect(url_for("public.track"))
    try:
        with read() as work:
            found = complainant.track_case(work, services(), code)
            return render_template("public/case.html", case=found)
    except TrackingCodeUnknown as refusal:
        tracking_cookie.leave()
        return again(_track_page(refusal), refusal)


@blueprint.post("/case/leave")
def leave() -> Answer:
    tracking_cookie.leave()
    return redirect(url_for("public.home"), 303)


@blueprint.get("/case/letters/<letter_id>")
def letter(letter_id: str) -> Answer:
    code = _code()
    with write() as work:  # the first reading is recorded
        view, text = complainant.read_letter(work, services(), code, letter_id)
    return render_template("public/letter.html", letter=view, text=text)


@blueprint.get("/case/reply")
def answer() -> Answer:
    return _fresh_page("public/reply.html", complainant.reply_form)


@blueprint.post("/case/reply")
@limiter.limit(filing_limit, exempt_when=form_pages.is_redraw)
def send_answer() -> Answer:
    code, files = _code(), list[Staged]()
    page = partial(_said_page, "public/reply.html", complainant.reply_form)
    try:
        files = form_pages.keep_files(
            lambda work: [complainant.reply_form(work, services(), code)[0]]
        )
        if form_pages.is_redraw():
            return page(files)
        with write() as work:
            form, context = complainant.reply_form(work, services(), code)
            answers = form_pages.posted(form, context, files=files).answers
            complainant.reply(work, services(), code, answers)
    except (FormInvalid, *FILE_REFUSALS) as refusal:
        return again(page(files, refusal), refusal)
    flash(t("ส่งคำตอบแล้ว ขอบคุณ", "Your answer has been sent. Thank you."), "good")
    return redirect(url_for("public.case"), 303)


@blueprint.get("/case/withdraw")
def withdrawal() -> Answer:
    return _fresh_page("public/withdraw.html", complainant.withdrawal_form)


@blueprint.post("/case/withdraw")
def withdraw() -> Answer:
    page = partial(_said_page, "public/withdraw.html", complainant.withdrawal_form)
    if form_pages.is_redraw():
        return page()
    try:
        _say(complainant.withdrawal_form, complainant.withdraw)
    except FormInvalid as refusal:
        return again(page(refusal=refusal), refusal)
    flash(t("รับคำขอถอนเรื่องแล้ว", "Your request to withdraw has been received."), "good")
    return redirect(url_for("public.case"), 303)


@blueprint.get("/case/review")
def review() -> Answer:
    return _fresh_page("public/review.html", complainant.review_form)


@blueprint.post("/case/review")
@limiter.limit(filing_limit, exempt_when=form_pages.is_redraw)
def ask_review() -> Answer:
    page = partial(_said_page, "public/review.html", complainant.review_form)
    if form_pages.is_redraw():
        return page()
    try:
        _say(complainant.review_form, complainant.ask_review)
    except FormInvalid as refusal:
        return again(page(refusal=refusal), refusal)
    flash(
        t(
            "รับคำขอให้ทบทวนแล้ว จะแจ้งผลให้ทราบ",
            "Your request for a review has been received; you will be told the result.",
        ),
        "good",
    )
    return redirect(url_for("public.case"), 303)


FormOf = Callable[[Work, Services, str], tuple[Form, Mapping[str, Any]]]
Verb = Callable[[Work, Services, str, Mapping[str, Any]], None]


def _say(form_of: FormOf, verb: Verb) -> None:
    """Hand in what was posted, for the case that this browser follows."""
    code = _code()
    with write() as work:
        form, context = form_of(work, services(), code)
        verb(work, services(), code, form_pages.posted(form, context).answers)


def _fresh_page(template: str, form_of: FormOf) -> str:
    """A form that the complainant may fill in now."""
    code = _code()
    with read() as work:
        sheet = form_pages.fresh(*form_of(work, services(), code))
        case = complainant.track_case(work, services(), code)
        return render_template(template, case=case, sheet=sheet.view(), refusal=None)


def _said_page(
    template: str, form_of: FormOf, files: Sequence[Staged] = (), refusal: Refusal | None = None
) -> str:
    """The same as it was filled in so far."""
    code, other = _code(), None if isinstance(refusal, FormInvalid) else refusal
    with read() as work:
        sheet = form_pages.posted(*form_of(work, services(), code), files=files)
        case, view = complainant.track_case(work, services(), code), sheet.view(errors_of(refusal))
        return render_template(template, case=case, sheet=view, refusal=other)


def _code() -> str:
    """The code that this browser follows.

    Raises:
        TrackingCodeUnknown: none, or it rested for too long.
    """
    found = tracking_cookie.code()
    if found is None:
        raise TrackingCodeUnknown
    return found


def _track_page(refusal: Refusal | None = None) -> str:
    return render_template("public/track.html", refusal=refusal)


# ── the guideline ──────────────────────────────────────────────────────────────────────────────


@blueprint.get("/guideline")
def guideline() -> Answer:
    """How complaints are handled, written by the software from what is deployed."""
    with read() as work:
        guide = build(work, language())
        pictures = manual.pictures(work, guide)
    return render_template("public/guideline.html", guide=guide, pictures=pictures)


@blueprint.get("/guideline/diagrams/<key>")
def diagram(key: str) -> Answer:
    with read() as work:
        content = manual.diagram(work, build(work), key)
    return Response(content, mimetype="application/xml")
