"""The page of those who dispose of cases: what was kept long enough, what waits for a second
person, and what a court or an authority still needs."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from office.disposal import disposal
from office.ground.errors import OfficeError
from office.vault.case_keys import PURPOSES, Purpose
from web.account.confirm import confirmed
from web.current import pressed, read, services, signed_in, user, write
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("retention", __name__, url_prefix="/retention")
PAGE = "retention"  # a word of the column `pages` in roles.csv


@blueprint.get("")
@signed_in(page=PAGE)
def overview() -> Answer:
    return _page()


def _page(refusal: Refusal | None = None) -> str:
    with read() as work:
        found = disposal.overview(work, services(), user())
        return render_template("retention/overview.html", found=found, refusal=refusal)


@blueprint.post("/<case_id>/<what>")
@signed_in(page=PAGE)
@confirmed
def ask(case_id: str, what: str) -> Answer:
    try:
        with write() as work:
            reason = _said("reason")
            disposal.ask(work, services(), case_id, _purpose(what), user(), reason=reason)
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    flash(t("ขอลบแล้ว รอผู้มีอำนาจอีกคนหนึ่ง", "Asked; a second person decides."), "good")
    return _back()


@blueprint.post("/<case_id>/<what>/decision")
@signed_in(page=PAGE)
@confirmed
def decide(case_id: str, what: str) -> Answer:
    granted = pressed("decision", "erase", "refuse") == "erase"
    try:
        with write() as work:
            disposal.decide(work, services(), case_id, _purpose(what), user(), granted=granted)
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    if granted:
        flash(
            t("ลบแล้ว กู้คืนไม่ได้อีก บันทึกยังพิสูจน์ได้ครบ", "Erased for good; the record still verifies."),
            "good",
        )
    else:
        flash(t("ไม่อนุมัติคำขอลบ", "The request was refused."), "good")
    return _back()


@blueprint.post("/holds")
@signed_in(page=PAGE)
def hold() -> Answer:
    number, ground, reason = (_said(name) for name in ("receipt_no", "ground", "reason"))
    try:
        with write() as work:
            disposal.hold(work, services(), number, user(), ground=ground, reason=reason)
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    flash(t("ระงับการทำลายเรื่องนี้แล้ว", "Nothing of this case will be erased."), "good")
    return _back()


@blueprint.post("/holds/<case_id>/end")
@signed_in(page=PAGE)
def lift(case_id: str) -> Answer:
    try:
        with write() as work:
            disposal.lift(work, services(), case_id, user(), reason=_said("reason"))
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    flash(t("ยกเลิกการระงับแล้ว", "The hold is lifted."), "good")
    return _back()


def _purpose(what: str) -> Purpose:
    purpose = next((each for each in PURPOSES if each == what), None)
    if purpose is None:
        abort(404)  # of a word that nobody knows nothing is erased
    return purpose


def _said(name: str) -> str:
    return request.form.get(name, "")[:2000]


def _back() -> Answer:
    return redirect(url_for("retention.overview"), 303)
