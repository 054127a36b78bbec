"""One's own account: password, second factors, signed-in browsers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from engine.ground.errors import NotAllowed, Refusal
from engine.store.work import Work
from office.applications import master_data
from office.ground.errors import (
    FactorUnknown,
    OfficeError,
    PasswordsDiffer,
)
from office.ground.tables import Account
from office.people import people
from office.people.signing_in import outside_sign_in, passkeys, passwords, second_factors
from office.people.signing_in import sign_in as signin
from office.people.signing_in.sign_in import Session
from web.account import pages
from web.account.confirm import confirmed
from web.account.guessing import guessing
from web.account.providers import providers_of
from web.current import (
    TOKEN,
    read,
    services,
    settings,
    signed_in,
    signed_in_browser,
    write,
)
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("own", __name__, url_prefix="/account")
P = ParamSpec("P")


def enrolling_too(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """Also for whoever must set up a second factor before they may do anything else."""
    whole = signed_in()(view)

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
        browser = signed_in_browser()
        if browser is not None and browser.stage == "enrol":
            return view(*args, **kwargs)
        return whole(*args, **kwargs)

    return guarded


@blueprint.get("")
@enrolling_too
def overview() -> Answer:
    return page()


def page(refusal: Refusal | None = None) -> str:
    browser = _browser()
    with read() as work:
        return render_template(
            "account/own.html",
            refusal=refusal,
            browser=browser,
            owner=browser.user,
            roles=[master_data.group_text(work, each) for each in sorted(browser.user.groups)],
            factors=second_factors.factors_of(work, browser.user.id),
            codes_left=second_factors.recovery_codes_left(work, browser.user.id),
            is_required=second_factors.is_required(work, browser.user),
            sessions=signin.sessions_of(work, browser.user) if browser.is_full else [],
            passkeys=passkeys.is_possible(services()),
            least=passwords.PASSWORD_LEAST,
            has_password=_has_password(work, browser),
            providers=providers_of(settings()),
            linked=outside_sign_in.linked_providers(work, browser.user.id),
        )


# ── the password ───────────────────────────────────────────────────────────────────────────────


@blueprint.post("/password")
@signed_in()
def change_password() -> Answer:
    """All other browsers are signed out; this one goes on with a new token."""
    browser = _browser()
    typed = {name: request.form.get(name, "")[:1000] for name in ("current", "new", "again")}
    try:
        if typed["new"] != typed["again"]:
            raise PasswordsDiffer
        with read() as work:
            account = work.session.get(Account, browser.user.id)
        with guessing("confirm", browser.user.id):
            proof = signin.proven(account, typed["current"], demo=settings().demo)
        with write() as work:
            signin.sign_in(work, proof)  # not changed by another browser in between
            people.set_password(work, browser.user.username, typed["new"])
    except OfficeError as refusal:
        return again(page(refusal), refusal)
    answer = pages.let_in(browser.user, "full", method=browser.method, target=_here())
    flash(
        t(
            "เปลี่ยนรหัสผ่านแล้ว เบราว์เซอร์อื่นออกจากระบบทั้งหมด",
            "Changed. All other browsers are signed out.",
        ),
        "good",
    )
    return answer


# ── authenticator apps and recovery codes ──────────────────────────────────────────────────────


@blueprint.post("/app")
@enrolling_too
@confirmed
def begin_app() -> Answer:
    with write() as work:
        second_factors.begin_app(work, services(), _browser().user)
    return redirect(url_for("own.app"), 303)


@blueprint.get("/app")
@enrolling_too
def app() -> Answer:
    return app_page()


def app_page(refusal: Refusal | None = None) -> Answer:
    owner = _browser().user
    with read() as work:
        row = second_factors.begun_app(work, owner)
        if row is None:
            return redirect(_here())
        seed = second_factors.seed_of(services(), row)
        address = second_factors.address_of(services(), row, owner, _issuer())
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    spelled = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return render_template("account/app.html", refusal=refusal, picture=picture, seed=spelled)


@blueprint.post("/app/confirm")
@enrolling_too
def confirm_app() -> Answer:
    browser = _browser()
    try:
        with guessing("factor", browser.user.id), write() as work:
            codes = second_factors.confirm_app(
                work,
                services(),
                browser.user,
                request.form.get("code", "")[:80],
                name=request.form.get("name", "") or "App",
            )
    except FactorUnknown:
        return redirect(_here(), 303)
    except OfficeError as refusal:
        return again(str(app_page(refusal)), refusal)
    return set_up(browser, codes, "totp")


def set_up(browser: Session, codes: list[str], kind: str) -> Answer:
    """A factor is there. With the first come recovery codes, shown once; and whoever had to set
    one up is let in."""
    if browser.stage == "enrol":
        pages.let_in(browser.user, "full", method=f"{browser.method}+{kind}")
    if codes:
        return render_template("account/codes.html", codes=codes)
    flash(t("เพิ่มปัจจัยที่สองแล้ว", "The second factor is set up."), "good")
    return redirect(_here(), 303)


@blueprint.post("/recovery-codes")
@signed_in()
@confirmed
def new_codes() -> Answer:
    with write() as work:
        codes = second_factors.new_recovery_codes(work, services(), _browser().user)
    return render_template("account/codes.html", codes=codes)


@blueprint.post("/factors/<factor_id>/remove")
@signed_in()
@confirmed
def remove(factor_id: str) -> Answer:
    try:
        with write() as work:
            second_factors.remove_factor(work, _browser().user, factor_id)
    except OfficeError as refusal:
        return again(page(refusal), refusal)
    flash(t("ลบปัจจัยที่สองแล้ว", "It is removed."), "good")
    return redirect(_here(), 303)


@blueprint.post("/unlink/<key>")
@signed_in()
@confirmed
def unlink(key: str) -> Answer:
    with write() as work:
        outside_sign_in.unlink(work, _browser().user, key)
    flash(t("เลิกผูกแล้ว", "It no longer opens your account."), "good")
    return redirect(_here(), 303)


# ── signed-in browsers ─────────────────────────────────────────────────────────────────────────


@blueprint.post("/sessions/end")
@signed_in()
def end_sessions() -> Answer:
    """Sign out one browser of the list, or all but this one."""
    only = request.form.getlist("session")
    with write() as work:
        ended = signin.close_own_sessions(work, _browser().user, only=only, but=session[TOKEN])
    words = t("ออกจากระบบแล้ว {count} เครื่อง", "{count} browser(s) signed out.", count=ended)
    flash(words, "good")
    return redirect(_here(), 303)


def _browser() -> Session:
    browser = signed_in_browser()
    if browser is None:
        raise NotAllowed
    return browser


def _has_password(work: Work, browser: Session) -> bool:
    account = work.session.get(Account, browser.user.id)
    return bool(account and account.password_hash)


def _issuer() -> str:
    return settings().agency_en


def _here() -> str:
    return url_for("own.overview")
