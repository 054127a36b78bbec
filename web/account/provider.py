"""Signing in at an identity provider (OpenID Connect: code flow, PKCE, state, nonce), linking
it to one's account, and proving with it who one is.

The way there is a link, not a form: a form's answer may lead to no other site (`form-action`).
"""

from __future__ import annotations

import time
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from flask import Blueprint, abort, flash, redirect, request, session, url_for
from joserfc.errors import JoseError

from engine.ground.log import Log
from office.guideline.guideline import table_in_force
from office.people.signing_in import outside_sign_in
from office.people.signing_in import sign_in as signin
from office.people.signing_in.outside_sign_in import ProviderAway, ProviderRefused, Told
from web.account import pages
from web.account.guessing import note_refused
from web.account.providers import Provider, client_of, providers_of
from web.current import TOKEN, services, settings, signed_in_browser, user, write
from web.errors import again
from web.language import t
from web.links import local_path
from web.types import Answer

log = Log("web")
blueprint = Blueprint("provider", __name__, url_prefix="/sign-in/with")
AIM, NEXT = "provider_aim", "provider_next"
AIMS = frozenset({"enter", "link", "prove"})
JUST_NOW = 300  # seconds since the provider has seen the person, for a fresh proof
REFUSALS = (
    ProviderRefused,
    ProviderAway,
    outside_sign_in.NotLinked,
    outside_sign_in.NoRoleHere,
    outside_sign_in.NameTaken,
)


@blueprint.get("/<key>")
def go(key: str) -> Answer:
    """Lead to the provider, remembering in this browser what for."""
    provider, client = _known(key)
    aim = request.args.get("aim", "enter")
    if aim not in AIMS:
        abort(404)
    session[AIM], session[NEXT] = aim, local_path(request.args.get("next"), "")
    more = {"prompt": "login", "max_age": 0} if aim == "prove" else {}
    try:
        answer: Answer = client.authorize_redirect(_back(provider), **more)
    except requests.RequestException as error:
        refusal = _away(provider, error)
        return again(pages.sign_in_page(refusal), refusal)
    return answer


@blueprint.get("/<key>/back")
def back(key: str) -> Answer:
    """The provider has sent somebody back."""
    provider, client = _known(key)
    aim, target = session.pop(AIM, ""), local_path(session.pop(NEXT, ""), "")
    try:
        claims = _claims(provider, client)
        told = Told.of(provider.key, claims, provider.groups_claim)
        if aim == "link":
            return _link(told)
        if aim == "prove":
            return _prove(told, claims, target)
        return _enter(told, target)
    except REFUSALS as refusal:
        note_refused(refusal)
        return again(pages.sign_in_page(refusal), refusal)


def _enter(told: Told, target: str) -> Answer:
    with write() as work:
        table = table_in_force(work, outside_sign_in.TABLE)
        found = outside_sign_in.let_in(work, services(), told, table)
        stage = "full" if told.has_second_factor else signin.stage_after_password(work, found)
    return pages.let_in(found, stage, method=told.provider, target=target)


def _link(told: Told) -> Answer:
    """To the account that is signed in; begun from its page, with this browser's own state."""
    with write() as work:
        outside_sign_in.link(work, services(), user(), told)
    flash(t("ผูกกับบัญชีนี้แล้ว", "It opens your account from now on."), "good")
    return redirect(url_for("own.overview"), 303)


def _prove(told: Told, claims: dict[str, Any], target: str) -> Answer:
    browser = signed_in_browser()
    with write() as work:
        seen = int(claims.get("auth_time") or 0)
        is_theirs = browser is not None and outside_sign_in.belongs_to(
            work, services(), told, browser.user
        )
        if not is_theirs or time.time() - seen > JUST_NOW:
            raise ProviderRefused
        signin.note_proof(work, session[TOKEN])
    return redirect(target or url_for("own.overview"), 303)


def _claims(provider: Provider, client: Any) -> dict[str, Any]:
    """What the id token says, its signature, issuer, audience, time and nonce checked.

    Raises:
        ProviderRefused: any of it is not right, or the person said no; ProviderAway.
    """
    try:
        token = client.authorize_access_token()
        claims = dict(token["userinfo"])
    except requests.RequestException as error:
        raise _away(provider, error) from error
    except (OAuthError, JoseError, KeyError, ValueError, RuntimeError) as error:
        # What was wrong is for the log; it holds no claim.
        log.warning("provider_refused", provider=provider.key, error=type(error).__name__)
        raise ProviderRefused from error
    if not claims.get("sub") or claims.get("iss", "").rstrip("/") != provider.issuer.rstrip("/"):
        raise ProviderRefused
    return claims


def _away(provider: Provider, error: Exception) -> ProviderAway:
    log.warning("provider_away", provider=provider.key, error=type(error).__name__)
    return ProviderAway()


def _known(key: str) -> tuple[Provider, Any]:
    provider = next((each for each in providers_of(settings()) if each.key == key), None)
    if provider is None:
        abort(404)
    return provider, client_of(key)


def _back(provider: Provider) -> str:
    return settings().public_url + url_for("provider.back", key=provider.key)
