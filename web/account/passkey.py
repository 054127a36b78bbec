"""Passkeys: what the browser asks for before, and the forms with what it made or signed."""

from __future__ import annotations

from flask import Blueprint, Response, request

from engine.ground.errors import NotAllowed
from office.ground.errors import PasskeyRefused
from office.people import people as accounts
from office.people.signing_in import passkeys
from office.people.signing_in.sign_in import Session
from web.account import own, pages
from web.account.confirm import confirmed, signed_answer
from web.account.guessing import note_refused
from web.account.own import enrolling_too
from web.current import services, settings, signed_in_browser, write
from web.errors import again
from web.links import local_path
from web.security import limiter
from web.types import Answer

blueprint = Blueprint("passkey", __name__)
LIMIT = "60 per minute"  # questions from one place; a guess at a passkey is hopeless anyway
ANSWER = "answer"


@blueprint.post("/account/passkeys/options")
@enrolling_too
@confirmed
def set_up_options() -> Answer:
    browser = _browser()
    with write() as work:
        agency = settings().agency_en
        options = passkeys.set_up_options(work, services(), browser.user, agency=agency)
    return Response(options, mimetype="application/json")


@blueprint.post("/account/passkeys")
@enrolling_too
@confirmed
def set_up() -> Answer:
    browser = _browser()
    name = request.form.get("name", "") or "Passkey"
    try:
        with write() as work:
            codes = passkeys.set_up(
                work, services(), browser.user, signed_answer(ANSWER), name=name
            )
    except PasskeyRefused as refusal:
        return again(own.page(refusal), refusal)
    return own.set_up(browser, codes, "passkey")


@blueprint.post("/sign-in/passkey/options")
@limiter.limit(LIMIT)
def prove_options() -> Answer:
    with write() as work:
        options = passkeys.prove_options(work, services())
    return Response(options, mimetype="application/json")


@blueprint.post("/sign-in/passkey")
@limiter.limit(LIMIT)
def enter() -> Answer:
    """Sign in with a passkey alone, or show it as the second factor."""
    pending = signed_in_browser()
    try:
        with write() as work:
            account_id = passkeys.proven_by(work, services(), signed_answer(ANSWER))
            if pending is not None and pending.user.id != account_id:
                raise PasskeyRefused
            found = accounts.user_by_id(work, account_id)
    except PasskeyRefused as refusal:
        note_refused(refusal, "" if pending is None else pending.user.id)
        page = pages.second_page if pending is not None else pages.sign_in_page
        return again(page(refusal), refusal)
    if pending is not None and pending.stage == "factor":
        return pages.finish(pending, "passkey")
    target = local_path(request.form.get("next"), "")
    return pages.let_in(found, "full", method="passkey", target=target)


def _browser() -> Session:
    browser = signed_in_browser()
    if browser is None:
        raise NotAllowed
    return browser
