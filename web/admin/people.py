"""People's accounts: opened, renamed, closed, reset, given roles; several at once from a table."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.ground.text import Text
from engine.store.work import Work
from office.applications import master_data
from office.ground import reference
from office.ground.errors import OfficeError
from office.people import grants, orders
from office.people import people as accounts
from office.people.import_people import Imported, import_people
from office.people.signing_in import one_time_codes, second_factors
from web.account.confirm import confirmed
from web.admin.accounts import choices, people_list
from web.admin.pages import ROLES
from web.current import pressed, read, services, signed_in, user, write
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("people", __name__, url_prefix="/admin/people")
MEGABYTE = 1024 * 1024
WAITS = Text(
    "บันทึกแล้ว บทบาทที่เห็นทุกเรื่องรอผู้ดูแลระบบอีกคนหนึ่ง",
    "Saved. Roles that see everything wait for a second administrator.",
)


@blueprint.get("")
@signed_in(*ROLES)
def overview() -> Answer:
    return _page()


def _page(refusal: Refusal | None = None) -> str:
    with read() as work:
        waiting = grants.waiting(work)
        names = accounts.display_names(
            work, {id for row in waiting for id in (row.account_id, row.asked_by)}
        )
        return render_template(
            "admin/people.html",
            people=people_list(work),
            waiting=waiting,
            names=names,
            roles={row.group_name: master_data.group_text(work, row.group_name) for row in waiting},
            own=user().id,
            refusal=refusal,
        )


@blueprint.post("/requests/<request_id>")
@signed_in(*ROLES)
@confirmed
def decide(request_id: str) -> Answer:
    granted = pressed("decision", "grant", "refuse") == "grant"
    try:
        with write() as work:
            grants.decide(work, request_id, by=user(), granted=granted)
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    flash(t("ให้บทบาทแล้ว", "Given.") if granted else t("ไม่อนุมัติ", "Refused."), "good")
    return redirect(url_for("people.overview"), 303)


# ── new accounts ───────────────────────────────────────────────────────────────────────────────


@blueprint.get("/new")
@signed_in(*ROLES)
def new() -> Answer:
    return _new_page()


def _new_page(refusal: Refusal | None = None) -> str:
    with read() as work:
        return render_template(
            "admin/new_person.html",
            units=master_data.unit_options(work),
            choices=choices(work),
            chosen=request.form.getlist("group"),
            typed=request.form,
            refusal=refusal,
        )


@blueprint.post("/new")
@signed_in(*ROLES)
@confirmed
def add() -> Answer:
    """The code is shown once: with it the person gives the account its password."""
    username, name = _said("username", 80), _said("name", 200)
    try:
        with write() as work:
            _must_be_named(username, name)
            added = accounts.add_user(work, username, name, None, unit=_said("unit", 40) or None)
            waiting = grants.give(
                work, added.id, request.form.getlist("group"), by=user(), reason=_said("reason")
            )
            code = one_time_codes.invite(work, services(), added.id)
    except OfficeError as refusal:
        return again(_new_page(refusal), refusal)
    return _codes_page([Imported(added, code, waiting)])


@blueprint.post("/import")
@signed_in(*ROLES)
@confirmed
def bring_in() -> Answer:
    file = request.files.get("table")
    content = file.read(MEGABYTE) if file else b""
    try:
        with write() as work:
            found = import_people(work, services(), content, by=user(), reason=_said("reason"))
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    return _codes_page(found)


def _codes_page(found: list[Imported]) -> str:
    return render_template("admin/codes.html", found=found)


# ── one account ────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/<account_id>")
@signed_in(*ROLES)
def person(account_id: str) -> Answer:
    return _person_page(account_id)


def _person_page(account_id: str, refusal: Refusal | None = None) -> str:
    with read() as work:
        found = accounts.user_by_id(work, account_id)
        given = accounts.given_groups(work, account_id)
        return render_template(
            "admin/person.html",
            person=found,
            given=given,
            acting=[
                row
                for row in orders.orders(work)
                if row.account_id == account_id and orders.state_of(work, row) != "over"
            ],
            group_text=lambda group: master_data.group_text(work, group),
            units=master_data.unit_options(work),
            choices=choices(work),
            waiting=[row for row in grants.waiting(work) if row.account_id == account_id],
            factors=second_factors.factors_of(work, account_id),
            is_required=second_factors.is_required(work, found),
            refusal=refusal,
        )


@blueprint.post("/<account_id>")
@signed_in(*ROLES)
@confirmed
def change(account_id: str) -> Answer:
    return _doing(account_id, lambda work: _rename(work, account_id))


@blueprint.post("/<account_id>/roles")
@signed_in(*ROLES)
@confirmed
def give(account_id: str) -> Answer:
    wanted = request.form.getlist("group")
    try:
        with write() as work:
            accounts.user_by_id(work, account_id)
            waiting = grants.give(work, account_id, wanted, by=user(), reason=_said("reason"))
    except OfficeError as refusal:
        return again(_person_page(account_id, refusal), refusal)
    flash(t(WAITS) if waiting else t("บันทึกบทบาทแล้ว", "The roles are saved."), "good")
    return redirect(url_for("people.person", account_id=account_id), 303)


@blueprint.post("/<account_id>/state")
@signed_in(*ROLES)
@confirmed
def set_state(account_id: str) -> Answer:
    is_open = pressed("state", "open", "close") == "open"

    def act(work: Work) -> None:
        accounts.set_active(work, accounts.user_by_id(work, account_id).username, is_open)

    return _doing(account_id, act)


@blueprint.post("/<account_id>/reset")
@signed_in(*ROLES)
@confirmed
def reset(account_id: str) -> Answer:
    """For who has forgotten the password or lost the telephone: a code, shown once, opens the
    account again. All its browsers are signed out."""
    what = pressed("what", "password", "factors", "all")
    with write() as work:
        found = accounts.user_by_id(work, account_id)
        if what in ("factors", "all"):
            second_factors.reset_factors(work, account_id)
            accounts.revoke_sessions(work, account_id)
        if what == "factors":
            code = ""
        else:
            accounts.lock_out(work, account_id)
            code = one_time_codes.invite(work, services(), account_id)
    if code:
        return _codes_page([Imported(found, code, [])])
    flash(t("ล้างปัจจัยที่สองแล้ว", "The second factors are gone."), "good")
    return redirect(url_for("people.person", account_id=account_id), 303)


def _rename(work: Work, account_id: str) -> None:
    accounts.rename_user(work, account_id, _said("name", 200), _said("unit", 40) or None)


def _doing(account_id: str, act: Callable[[Work], None]) -> Answer:
    try:
        with write() as work:
            act(work)
    except OfficeError as refusal:
        return again(_person_page(account_id, refusal), refusal)
    flash(t("บันทึกแล้ว", "Saved."), "good")
    return redirect(url_for("people.person", account_id=account_id), 303)


@blueprint.get("/roles")
@signed_in(*ROLES)
def roles() -> Answer:
    """The table of roles, as it is in force, with who holds each."""
    with read() as work:
        found = accounts.users(work)
        held = {
            key: [each for each in found if key in each.roles and each.active]
            for key in reference.roles(work)
        }
        return render_template("admin/roles.html", roles=reference.roles(work), held=held)


def _said(name: str, most: int = 500) -> str:
    return request.form.get(name, "").strip()[:most]


class PersonUnclear(OfficeError):
    """A user name without blanks and a name are needed."""

    thai = "ต้องมีชื่อผู้ใช้ที่ไม่มีช่องว่าง และชื่อที่แสดง"


def _must_be_named(username: str, name: str) -> None:
    if not username or not name or any(char.isspace() for char in username):
        raise PersonUnclear
