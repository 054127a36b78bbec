"""An officer's pages for a review that is asked for by letter, by phone or in person."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from forms.errors import FormInvalid
from forms.text.numerals import arabic_digits
from office.cases import reviews
from office.ground.errors import CaseNotFound, OfficeError
from web import form_pages
from web.current import read, services, signed_in, user, write
from web.errors import again, errors_of
from web.form_pages import Filling
from web.language import t
from web.types import Answer

blueprint = Blueprint("reviewing", __name__)


@blueprint.get("/review-requests")
@signed_in(page=reviews.PAGE)
def find() -> Answer:
    return _find_page()


@blueprint.post("/review-requests")
@signed_in(page=reviews.PAGE)
def found() -> Answer:
    """By the receipt number that the complainant gives; nothing of the case is shown."""
    number = arabic_digits(request.form["receipt_no"])
    try:
        with read() as work:
            case_id = reviews.case_numbered(work, number, user())
    except CaseNotFound as refusal:
        return again(_find_page(refusal), refusal)
    return redirect(url_for("reviewing.entry", case_id=case_id), 303)


@blueprint.get("/cases/<case_id>/review-request")
@signed_in(page=reviews.PAGE)
def entry(case_id: str) -> Answer:
    with read() as work:
        case, form, context = reviews.entry_form(work, case_id, user())
        return _entry_page(case_id, case.receipt_no, form_pages.fresh(form, context))


@blueprint.post("/cases/<case_id>/review-request")
@signed_in(page=reviews.PAGE)
def enter(case_id: str) -> Answer:
    sheet: Filling | None = None
    number = ""
    try:
        with read() if form_pages.is_redraw() else write() as work:
            case, form, context = reviews.entry_form(work, case_id, user())
            sheet, number = form_pages.posted(form, context), case.receipt_no
            if sheet.action:
                return _entry_page(case_id, number, sheet)
            reviews.enter(work, services(), case_id, sheet.answers, user())
    except (FormInvalid, OfficeError) as refusal:
        if sheet is None:  # there is no such form for them
            raise
        return again(_entry_page(case_id, number, sheet, refusal), refusal)
    flash(
        t("บันทึกคำขอทบทวนแล้ว ผู้ทบทวนได้รับเรื่องแล้ว", "The request is recorded and with the reviewer."),
        "good",
    )
    return redirect(url_for("reviewing.find"), 303)


def _find_page(refusal: Refusal | None = None) -> str:
    return render_template("officer/review_find.html", refusal=refusal)


def _entry_page(
    case_id: str, receipt_no: str, sheet: Filling, refusal: Refusal | None = None
) -> str:
    return render_template(
        "officer/review_entry.html",
        sheet=sheet.view(errors_of(refusal)),
        case_id=case_id,
        receipt_no=receipt_no,
        refusal=None if isinstance(refusal, FormInvalid) else refusal,
    )
