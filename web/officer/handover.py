"""A head's page for handing tasks over: which, to whom, and why."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from forms.errors import FormInvalid
from office.ground.errors import UserNotFound
from office.people import handover
from office.people.handover import HandoverRefused, NothingToHandOver
from web.current import read, services, signed_in, user, write
from web.errors import again, errors_of
from web.language import t
from web.types import Answer

blueprint = Blueprint("handover", __name__)
PAGE = handover.PAGE
REFUSALS = (FormInvalid, HandoverRefused, NothingToHandOver, UserNotFound)


@blueprint.get("/handover")
@signed_in(page=handover.PAGE)
def tasks() -> Answer:
    return _page(frozenset(request.args.getlist("task")))


@blueprint.post("/handover")
@signed_in(page=handover.PAGE)
def hand_over() -> Answer:
    chosen, to = request.form.getlist("task"), request.form.get("to", "")
    reason = request.form.get("reason", "")
    try:
        with write() as work:
            got = handover.hand_over(work, services(), chosen, to, user(), reason=reason)
    except REFUSALS as refusal:
        return again(_page(frozenset(chosen), to=to, reason=reason, refusal=refusal), refusal)
    words = ("มอบงาน {count} งานให้ {name} แล้ว", "{count} task(s) are now with {name}.")
    flash(t(*words, count=len(set(chosen)), name=got.display_name), "good")
    return redirect(url_for("handover.tasks"), 303)


def _page(
    chosen: frozenset[str], *, to: str = "", reason: str = "", refusal: Refusal | None = None
) -> str:
    with read() as work:
        return render_template(
            "officer/handover.html",
            tasks=handover.movable(work, user()),
            colleagues=handover.colleagues(work, user()),
            chosen=chosen,
            to=to,
            reason=reason,
            wrong=errors_of(refusal).get("reason"),
            refusal=None if isinstance(refusal, FormInvalid) else refusal,
        )
