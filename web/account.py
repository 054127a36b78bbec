"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for

from engine.ground.errors import Refusal
from office.ground.errors import SignInRefused, TooManyAttempts
from office.people import sign_in as signin
from web.current import TOKEN, office, read, signed_in, user, visitor, write
from web.errors import again
from web.links import local_path
from web.security import count_attempt
from web.types import Answer

blueprint = Blueprint("account", __name__)


@blueprint.get("/sign-in")
def sign_in() -> Answer:
    if visitor() is not None:
        return redirect(url_for(landing()))
    return _page(local_path(request.args.get("next"), ""))


@blueprint.post("/sign-in")
def enter() -> Answer:
    target = local_path(request.form.get("next"), "")
    try:
        count_attempt("sign_in")
        token = _proven(request.form.get("username", "")[:80], _password())
    except (SignInRefused, TooManyAttempts) as refusal:
        with write() as work:
            why = "throttled" if isinstance(refusal, TooManyAttempts) else "refused"
            signin.note_refusal(work, request.form.get("username", "")[:80], why)
        return again(_page(target, refusal), refusal)
    _forget_all()
    session[TOKEN] = token
    return redirect(target or url_for(landing()), 303)


def _proven(username: str, password: str) -> str:
    """The token of a newly signed-in browser. The password is tried between two transactions."""
    with read() as work:
        account = signin.account_named(work, username)
    proof = signin.proven(account, password)
    with write() as work:
        g.user = signin.sign_in(work, proof)
        return signin.open_session(work, g.user, hours=office().settings.session_hours)


def _page(target: str, refusal: Refusal | None = None) -> str:
    return render_template("account/sign_in.html", refusal=refusal, next=target)


@blueprint.post("/sign-out")
@signed_in()
def sign_out() -> Answer:
    with write() as work:
        signin.close_session(work, session[TOKEN])
    _forget_all()
    g.user = None
    return redirect(url_for("public.home"), 303)


def _forget_all() -> None:
    """Nothing but the language lives on in a browser over a sign-in or a sign-out: on a shared
    computer the next person would find the code that was followed, or what was just filed."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def landing() -> str:
    """The first page of each kind of work."""
    roles = user().roles
    homes = {
        "process_owner": "owner.processes",
        "administrator": "admin.people",
        "auditor": "auditor.cases",
    }
    pages = {homes.get(role, "officer.work_list") for role in roles}
    return pages.pop() if len(pages) == 1 else "officer.work_list"


def _password() -> str:
    return request.form.get("password", "")[:1000]
