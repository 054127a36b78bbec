"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for

from engine.ground.errors import Refusal
from office.ground.errors import SignInRefused, TooManyAttempts
from web.current import office, signed_in, user
from web.errors import on_refusal
from web.links import local_path
from web.security import count_attempt
from web.types import Answer

blueprint = Blueprint("account", __name__)
TOKEN = "sign_in"  # noqa: S105 — the name of a place in the session, not a secret


def recognise() -> None:
    """Before each request: who is signed in with this browser's token, if it still counts."""
    token = session.get(TOKEN)
    if token is None or request.endpoint == "static":
        g.user = None
        return
    g.user = office().user_of_session(token)


@blueprint.get("/sign-in")
def sign_in() -> Answer:
    if g.user is not None:
        return redirect(url_for(landing()))
    return render_template("account/sign_in.html", next=local_path(request.args.get("next"), ""))


@blueprint.post("/sign-in")
def enter() -> Answer:
    target = local_path(request.form.get("next"), "")

    @on_refusal(SignInRefused, TooManyAttempts)
    def again(refusal: Refusal) -> str:
        return render_template("account/sign_in.html", refusal=refusal, next=target)

    count_attempt("sign_in")
    known, token = office().sign_in(request.form.get("username", "")[:80], _password())
    _forget_all()
    session[TOKEN] = token
    g.user = known
    return redirect(target or url_for(landing()), 303)


@blueprint.post("/sign-out")
@signed_in()
def sign_out() -> Answer:
    office().sign_out(session[TOKEN])
    _forget_all()
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
