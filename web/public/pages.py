"""The complainant's pages: choose a track, file, follow by code, answer, withdraw, read letters."""

from __future__ import annotations

import re
import secrets

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.ground.text import Text
from forms import Form
from forms.errors import FormInvalid
from office.cases.tracking import plain_code, spaced
from office.ground.errors import OfficeError, TooManyAttempts, TrackingCodeUnknown
from office.guideline.guideline import build
from web import form_pages
from web.current import office, read
from web.errors import errors_of, on_refusal
from web.form_pages import FILE_REFUSALS, Filling
from web.language import language, t
from web.pictures import guideline as manual
from web.public import tracking_cookie
from web.security import count_attempt, filing_limit, limiter
from web.types import Answer

blueprint = Blueprint("public", __name__)
CHANNEL = "web"
TRACKS = {
    "C": Text("ร้องเรียนการทุจริตและประพฤติมิชอบ", "Report corruption or misconduct"),
    "G": Text("ร้องทุกข์ ร้องเรียนบริการ", "Complain about a service"),
    "F": Text("คำติชม ข้อเสนอแนะ", "Praise, criticism, ideas"),
}


@blueprint.get("/")
def home() -> Answer:
    return render_template("public/home.html")


@blueprint.get("/privacy")
def privacy() -> Answer:
    return render_template("public/privacy.html")


# ── filing ─────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/file/<track>")
def file(track: str) -> Answer:
    form, context = _intake(track)
    return _file_page(track, form_pages.fresh(form, context, settled={"track": track}))


@blueprint.post("/file/<track>")
@limiter.limit(filing_limit, exempt_when=form_pages.is_redraw)
def send(track: str) -> Answer:
    on_refusal(*FILE_REFUSALS)(
        lambda refusal: _file_page(track, _posted(track, without_files=True), refusal)
    )
    sheet = _posted(track)
    if sheet.action:
        return _file_page(track, sheet)
    on_refusal(FormInvalid, OfficeError)(lambda refusal: _file_page(track, sheet, refusal))
    filed = office().file_complaint(sheet.answers, channel=CHANNEL, idempotency_key=_once())
    tracking_cookie.keep_receipt(filed)
    return redirect(url_for("public.receipt"), 303)


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


def _intake(track: str) -> tuple[Form, dict[str, object]]:
    if track not in TRACKS:
        abort(404)
    intake, _ = office().intake_forms()
    return intake, office().intake_context(CHANNEL)


def _posted(track: str, *, without_files: bool = False) -> Filling:
    form, context = _intake(track)
    settled = {"track": track}
    return form_pages.posted(form, context, settled=settled, without_files=without_files)


def _file_page(track: str, sheet: Filling, refusal: Refusal | None = None) -> str:
    other = None if isinstance(refusal, FormInvalid) else refusal
    return render_template(
        "public/file.html",
        track=track,
        name=TRACKS[track],
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
    on_refusal(TooManyAttempts)(_track_page)
    count_attempt("tracking")
    tracking_cookie.follow(plain_code(request.form.get("code", "")))
    return redirect(url_for("public.case"), 303)


@blueprint.get("/case")
def case() -> Answer:
    code = tracking_cookie.code()
    if code is None:
        return redirect(url_for("public.track"))
    on_refusal(TrackingCodeUnknown)(_unknown_code)
    found = office().track(code)
    return render_template("public/case.html", case=found, name=TRACKS[found.track])


@blueprint.post("/case/leave")
def leave() -> Answer:
    tracking_cookie.leave()
    return redirect(url_for("public.home"), 303)


@blueprint.get("/case/letters/<letter_id>")
def letter(letter_id: str) -> Answer:
    view, text = office().read_letter(_code(), letter_id)
    return render_template("public/letter.html", letter=view, text=text)


@blueprint.get("/case/reply")
def answer() -> Answer:
    form, context = office().reply_form(_code())
    return _reply_page(form_pages.fresh(form, context))


@blueprint.post("/case/reply")
@limiter.limit(filing_limit, exempt_when=form_pages.is_redraw)
def send_answer() -> Answer:
    form, context = office().reply_form(_code())
    on_refusal(*FILE_REFUSALS)(
        lambda refusal: _reply_page(form_pages.posted(form, context, without_files=True), refusal)
    )
    sheet = form_pages.posted(form, context)
    if sheet.action:
        return _reply_page(sheet)
    on_refusal(FormInvalid)(lambda refusal: _reply_page(sheet, refusal))
    office().reply(_code(), sheet.answers)
    flash(t("ส่งคำตอบแล้ว ขอบคุณ", "Your answer has been sent. Thank you."), "good")
    return redirect(url_for("public.case"), 303)


@blueprint.get("/case/withdraw")
def withdrawal() -> Answer:
    form, context = office().withdrawal_form(_code())
    return _withdrawal_page(form_pages.fresh(form, context))


@blueprint.post("/case/withdraw")
def withdraw() -> Answer:
    form, context = office().withdrawal_form(_code())
    sheet = form_pages.posted(form, context)
    if sheet.action:
        return _withdrawal_page(sheet)
    on_refusal(FormInvalid)(lambda refusal: _withdrawal_page(sheet, refusal))
    office().withdraw(_code(), sheet.answers)
    flash(t("รับคำขอถอนเรื่องแล้ว", "Your request to withdraw has been received."), "good")
    return redirect(url_for("public.case"), 303)


@blueprint.get("/case/review")
def review() -> Answer:
    form, context = office().review_form(_code())
    return _review_page(form_pages.fresh(form, context))


@blueprint.post("/case/review")
@limiter.limit(filing_limit, exempt_when=form_pages.is_redraw)
def ask_review() -> Answer:
    form, context = office().review_form(_code())
    sheet = form_pages.posted(form, context)
    if sheet.action:
        return _review_page(sheet)
    on_refusal(FormInvalid)(lambda refusal: _review_page(sheet, refusal))
    office().ask_review(_code(), sheet.answers)
    flash(
        t(
            "รับคำขอให้ทบทวนแล้ว จะแจ้งผลให้ทราบ",
            "Your request for a review has been received; you will be told the result.",
        ),
        "good",
    )
    return redirect(url_for("public.case"), 303)


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


def _unknown_code(refusal: Refusal) -> str:
    tracking_cookie.leave()
    return _track_page(refusal)


def _reply_page(sheet: Filling, refusal: Refusal | None = None) -> str:
    case, other = office().track(_code()), None if isinstance(refusal, FormInvalid) else refusal
    view = sheet.view(errors_of(refusal))
    return render_template("public/reply.html", case=case, sheet=view, refusal=other)


def _withdrawal_page(sheet: Filling, refusal: Refusal | None = None) -> str:
    case, view = office().track(_code()), sheet.view(errors_of(refusal))
    return render_template("public/withdraw.html", case=case, sheet=view)


def _review_page(sheet: Filling, refusal: Refusal | None = None) -> str:
    case, view = office().track(_code()), sheet.view(errors_of(refusal))
    return render_template("public/review.html", case=case, sheet=view)


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
