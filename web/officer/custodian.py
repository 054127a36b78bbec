"""The identity custodian's page: who asks to know whom, why and for how long; grant or refuse."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from office.cases import reveals
from office.ground.errors import ReasonNeeded
from web.account.confirm import confirmed
from web.auditor import overview
from web.current import pressed, read, services, signed_in, user, write
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("custodian", __name__, url_prefix="/identity-requests")
ROLES = frozenset({"identity_custodian"})


@blueprint.get("")
@signed_in(*ROLES)
def requests() -> Answer:
    return _page()


def _page(refusal: Refusal | None = None) -> str:
    with read() as work:
        found = reveals.waiting_requests(work, services(), user())
        waiting = [(each, overview.asked_fields(work, each)) for each in found]
        return render_template("custodian/requests.html", waiting=waiting, refusal=refusal)


@blueprint.post("/<reveal_id>")
@signed_in(*ROLES)
@confirmed
def decide(reveal_id: str) -> Answer:
    granted = pressed("decision", "grant", "refuse") == "grant"
    answer = request.form.get("answer", "")[:2000]
    try:
        with write() as work:
            reveals.decide_identity(
                work, services(), reveal_id, user(), granted=granted, answer=answer
            )
    except ReasonNeeded as refusal:
        return again(_page(refusal), refusal)
    if granted:
        flash(t("อนุมัติแล้ว เวลาเริ่มนับทันที", "Granted; the hours run from now."), "good")
    else:
        flash(t("บันทึกการไม่อนุมัติแล้ว", "Refused; this is recorded."), "good")
    return redirect(url_for("custodian.requests"), 303)
