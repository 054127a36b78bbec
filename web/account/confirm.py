"""A fresh proof of who one is, before identities are laid open, something is erased or published,
or roles are given: whoever finds a desk left alone must not do these."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for

from engine.ground.errors import Refusal
from office.ground.errors import FactorRefused, PasskeyRefused, SignInRefused, TooManyAttempts
from office.ground.tables import Account
from office.people.signing_in import outside_sign_in, passkeys, passwords, second_factors
from office.people.signing_in import sign_in as signin
from office.people.signing_in.sign_in import Session
from web.account.guessing import guessing
from web.account.providers import providers_of
from web.current import (
    TOKEN,
    now,
    read,
    services,
    settings,
    signed_in,
    signed_in_browser,
    write,
)
from web.errors import again
from web.links import local_path
from web.types import Answer

blueprint = Blueprint("confirm", __name__)
PASSWORD, CODE, PASSKEY = "confirm_password", "confirm_code", "confirm_passkey"
PROOFS = (PASSWORD, CODE, PASSKEY)
OWN_FIELDS = frozenset({*PROOFS, "csrf_token"})
BYTES = 20_000
REFUSALS = (SignInRefused, FactorRefused, PasskeyRefused, TooManyAttempts)
P = ParamSpec("P")


def confirmed(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """Let only those through who have lately proved who they are; ask the others, and go on with
    what they sent. Stands below `signed_in`."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
        browser = signed_in_browser()
        if browser is None or is_fresh(browser):
            return view(*args, **kwargs)
        if request.method == "POST" and any(name in request.form for name in PROOFS):
            try:
                prove(browser)
            except REFUSALS as error:
                return _ask(browser, error)
            return view(*args, **kwargs)
        return _ask(browser, None)

    return guarded


def is_fresh(browser: Session) -> bool:
    return now() - browser.proved_at <= timedelta(minutes=settings().confirm_minutes)


def prove(browser: Session) -> None:
    """Check the password, the code or the passkey that was given, and note the proof.

    Raises:
        SignInRefused, FactorRefused, PasskeyRefused: it is not right; TooManyAttempts.
    """
    account_id = browser.user.id
    with guessing("confirm", account_id):
        if PASSWORD in request.form:
            _check_password(account_id)
        with write() as work:
            if CODE in request.form:
                code = request.form[CODE][:80]
                second_factors.verify_code(work, services(), account_id, code)
            if PASSKEY in request.form and account_id != passkeys.proven_by(
                work, services(), signed_answer(PASSKEY)
            ):
                raise PasskeyRefused
            signin.note_proof(work, session[TOKEN])


def signed_answer(field: str) -> dict[str, Any]:
    """What the browser made or signed with a passkey.

    Raises:
        PasskeyRefused: it is nothing of the kind.
    """
    try:
        found = json.loads(request.form.get(field, "")[:BYTES])
    except ValueError:
        raise PasskeyRefused from None
    if not isinstance(found, dict):
        raise PasskeyRefused
    return found


def _check_password(account_id: str) -> None:
    with read() as work:
        account = work.session.get(Account, account_id)
        kept = account.password_hash if account else None
    if not passwords.fits(kept, request.form[PASSWORD][:1000]):
        raise SignInRefused


@blueprint.get("/account/confirm")
@signed_in()
def page() -> Answer:
    """Where a page that was opened leads first."""
    browser = signed_in_browser()
    if browser is None or is_fresh(browser):
        return redirect(local_path(request.args.get("next"), url_for("own.overview")))
    return _page(browser, None, local_path(request.args.get("next"), ""))


@blueprint.post("/account/confirm")
@signed_in()
@confirmed
def go_on() -> Answer:
    return redirect(local_path(request.form.get("next"), url_for("own.overview")), 303)


def _ask(browser: Session, refusal: Refusal | None) -> Answer:
    if request.method == "GET":
        return redirect(url_for("confirm.page", next=request.full_path.rstrip("?")))
    if refusal is None:
        return _page(browser, None, ""), 401
    return again(_page(browser, refusal, ""), refusal)


def _page(browser: Session, refusal: Refusal | None, target: str) -> str:
    """The question, with everything that was sent, so that it need not be typed again."""
    with read() as work:
        factors = second_factors.factors_of(work, browser.user.id)
        account = work.session.get(Account, browser.user.id)
        has_password = bool(account and account.password_hash)
        linked = outside_sign_in.linked_providers(work, browser.user.id)
    sent = [
        (name, value) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS
    ]
    action = request.full_path.rstrip("?") if request.method == "POST" else url_for("confirm.go_on")
    return render_template(
        "account/confirm.html",
        refusal=refusal,
        action=action,
        sent=sent if request.method == "POST" else [("next", target)],
        has_password=has_password,
        has_code=any(row.kind == "totp" for row in factors),
        passkeys=any(row.kind == "passkey" for row in factors) and passkeys.is_possible(services()),
        has_files=bool(request.files),
        providers=[each for each in providers_of(settings()) if each.key in linked],
        back=target or local_path(urlsplit(request.referrer or "").path, "/"),
    )
