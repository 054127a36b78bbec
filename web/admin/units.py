"""The units of the agency: opened, renamed by an announcement, closed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.store.work import Work
from office.ground import reference
from office.ground.errors import OfficeError
from office.people import units
from office.people.units import Names
from web.account.confirm import confirmed
from web.admin.pages import ROLES
from web.current import pressed, read, signed_in, user, write
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("units", __name__, url_prefix="/admin/units")


@blueprint.get("")
@signed_in(*ROLES)
def overview() -> Answer:
    return _page()


def _page(refusal: Refusal | None = None) -> str:
    with read() as work:
        return render_template(
            "admin/units.html",
            units=reference.units(work).values(),
            former=units.former_names(work),
            typed=request.form,
            refusal=refusal,
        )


@blueprint.post("")
@signed_in(*ROLES)
@confirmed
def add() -> Answer:
    key = request.form.get("key", "").strip()
    return _doing(lambda work: units.open_unit(work, key, Names.of(request.form)))


@blueprint.post("/<key>")
@signed_in(*ROLES)
@confirmed
def change(key: str) -> Answer:
    def act(work: Work) -> None:
        said, who = request.form.get("reference", "")[:200], user().actor
        units.rename_unit(work, key, Names.of(request.form), reference_=said, actor=who)

    return _doing(act)


@blueprint.post("/<key>/state")
@signed_in(*ROLES)
@confirmed
def set_state(key: str) -> Answer:
    closes = pressed("state", "close", "open") == "close"
    return _doing(lambda work: (units.close_unit if closes else units.reopen_unit)(work, key))


def _doing(act: Callable[[Work], object]) -> Answer:
    try:
        with write() as work:
            act(work)
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    flash(t("บันทึกแล้ว เอกสารที่ออกไปแล้วคงชื่อเดิม", "Saved. What is out keeps its name."), "good")
    return redirect(url_for("units.overview"), 303)
