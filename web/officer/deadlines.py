"""An officer's pages about time: asking for more, deciding that, a legal stay, who is late."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from forms.errors import FormInvalid
from office.cases import deadline_views
from office.deadlines import extensions, legal_stays
from office.deadlines.changes import ExtensionTooLate
from office.ground.errors import OfficeError
from web import form_pages
from web.current import pressed, read, services, signed_in, user, write
from web.errors import again, errors_of
from web.form_pages import Filling
from web.language import t
from web.types import Answer

blueprint = Blueprint("deadlines", __name__)
LATE = "_late"  # a button, not an answer: those begin with no underscore
EXPEDITE = "expedite"  # a word of the column `pages` in roles.csv


@blueprint.get("/expedite")
@signed_in(page=EXPEDITE)
def expedite() -> Answer:
    """Who is late with what, for how long, and who is told next."""
    with read() as work:
        units = deadline_views.late_units(work, user())
        return render_template("officer/expedite.html", units=units)


# ── more time ──────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/cases/<case_id>/extension")
@signed_in()
def extension(case_id: str) -> Answer:
    with read() as work:
        sheet = form_pages.fresh(*extensions.extension_form(work, case_id, user()))
        return _extension_page(case_id, sheet)


@blueprint.post("/cases/<case_id>/extension")
@signed_in()
def ask(case_id: str) -> Answer:
    is_late = bool(request.form.get(LATE))
    sheet: Filling | None = None
    try:
        with read() if form_pages.is_redraw() else write() as work:
            sheet = form_pages.posted(*extensions.extension_form(work, case_id, user()))
            if sheet.action:
                return _extension_page(case_id, sheet)
            extensions.ask_extension(
                work, services(), case_id, sheet.answers, user(), is_late=is_late
            )
    except (FormInvalid, OfficeError) as refusal:
        if sheet is None:  # there is no such form for them
            raise
        return again(_extension_page(case_id, sheet, refusal), refusal)
    flash(
        t("บันทึกรายงานความล่าช้าแล้ว กำหนดไม่เลื่อน", "The late report is recorded; the deadline stays.")
        if is_late
        else t("ส่งคำขอขยายเวลาแล้ว รอผู้อนุมัติพิจารณา", "The request is with the approver."),
        "good",
    )
    return redirect(url_for("officer.case", case_id=case_id), 303)


def _extension_page(case_id: str, sheet: Filling, refusal: Refusal | None = None) -> str:
    return render_template(
        "officer/extension.html",
        sheet=sheet.view(errors_of(refusal)),
        case_id=case_id,
        refusal=None if isinstance(refusal, FormInvalid) else refusal,
        is_too_late=isinstance(refusal, ExtensionTooLate),
    )


@blueprint.post("/extensions/<request_id>")
@signed_in()
def decide(request_id: str) -> Answer:
    grants = pressed("decision", "grant", "refuse") == "grant"
    reason = request.form.get("reason", "")[:2000]
    with write() as work:
        extensions.decide_extension(
            work, services(), request_id, user(), grants=grants, reason=reason
        )
    flash(t("อนุมัติแล้ว", "Granted.") if grants else t("ไม่อนุมัติ บันทึกแล้ว", "Refused."), "good")
    return redirect(url_for("officer.work_list"), 303)


# ── a legal stay ───────────────────────────────────────────────────────────────────────────────


@blueprint.get("/cases/<case_id>/stay")
@signed_in(page=legal_stays.PAGE)
def stay(case_id: str) -> Answer:
    with read() as work:
        sheet = form_pages.fresh(*legal_stays.stay_form(work, case_id, user()))
        return _stay_page(case_id, sheet)


@blueprint.post("/cases/<case_id>/stay")
@signed_in(page=legal_stays.PAGE)
def begin_stay(case_id: str) -> Answer:
    sheet: Filling | None = None
    try:
        with read() if form_pages.is_redraw() else write() as work:
            sheet = form_pages.posted(*legal_stays.stay_form(work, case_id, user()))
            if sheet.action:
                return _stay_page(case_id, sheet)
            legal_stays.stay_case(work, services(), case_id, sheet.answers, user())
    except (FormInvalid, OfficeError) as refusal:
        if sheet is None:  # there is no such form for them
            raise
        return again(_stay_page(case_id, sheet, refusal), refusal)
    flash(t("หยุดนับเวลาของเรื่องแล้ว", "The count of the case stands still."), "good")
    return redirect(url_for("officer.case", case_id=case_id), 303)


@blueprint.post("/cases/<case_id>/stay/confirmation")
@signed_in(page=legal_stays.PAGE)
def confirm(case_id: str) -> Answer:
    with write() as work:
        legal_stays.confirm_stay(work, case_id, user())
    flash(t("ยืนยันให้หยุดนับต่อแล้ว", "The stay goes on."), "good")
    return redirect(url_for("officer.case", case_id=case_id), 303)


@blueprint.post("/cases/<case_id>/stay/end")
@signed_in(page=legal_stays.PAGE)
def lift(case_id: str) -> Answer:
    with write() as work:
        legal_stays.lift_stay(work, case_id, user())
    flash(t("เริ่มนับเวลาต่อแล้ว", "The deadlines count on."), "good")
    return redirect(url_for("officer.case", case_id=case_id), 303)


def _stay_page(case_id: str, sheet: Filling, refusal: Refusal | None = None) -> str:
    return render_template(
        "officer/stay.html",
        sheet=sheet.view(errors_of(refusal)),
        case_id=case_id,
        refusal=None if isinstance(refusal, FormInvalid) else refusal,
    )
