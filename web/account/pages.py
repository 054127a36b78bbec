"""Signing in, the second factor, signing out, and the first password of an account."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)

from engine.ground.errors import Refusal
from office.ground.errors import (
    FactorRefused,
    OfficeError,
    PasswordsDiffer,
    SignInRefused,
    TooManyAttempts,
)
from office.people.people import User
from office.people.signing_in import one_time_codes, passkeys, second_factors
from office.people.signing_in import sign_in as signin
from office.people.signing_in.sign_in import Session
from web.account.browser_names import browser_name
from web.account.guessing import guessing
from web.account.known_browsers import KnownBrowser
from web.account.providers import providers_of
from web.current import (
    TOKEN,
    read,
    services,
    settings,
    signed_in,
    signed_in_browser,
    user,
    visitor,
    write,
)
from web.errors import again
from web.language import t
from web.links import local_path
from web.types import Answer

blueprint = Blueprint("account", __name__)
NEXT = "next"
HOMES = {
    "process_owner": "owner.processes",
    "administrator": "people.overview",
    "auditor": "auditor.cases",
}


@blueprint.get("/sign-in")
def sign_in() -> Answer:
    if visitor() is not None:
        return redirect(url_for(landing()))
    return sign_in_page(target=local_path(request.args.get("next"), ""))


@blueprint.post("/sign-in")
def enter() -> Answer:
    target = local_path(request.form.get("next"), "")
    try:
        found, stage = _proven(request.form.get("username", "")[:80], _typed("password"))
    except (SignInRefused, TooManyAttempts) as refusal:
        return again(sign_in_page(refusal, target), refusal)
    return let_in(found, stage, method="password", target=target)


def _proven(username: str, password: str) -> tuple[User, signin.Stage]:
    """Who this is, and how far it brings them. The password is tried between two transactions."""
    with read() as work:
        account = signin.account_named(work, username)
    with guessing("sign_in", account.id if account else f"@{username}"):
        proof = signin.proven(account, password, demo=settings().demo)
        with write() as work:
            found = signin.sign_in(work, proof)
            return found, signin.stage_after_password(work, found)


def let_in(found: User, stage: signin.Stage, *, method: str, target: str = "") -> Answer:
    """Give this browser a token of its own, and lead on: to the page, or to the second factor."""
    old = session.get(TOKEN)
    with write() as work:
        if old is not None:
            signin.close_session(work, old)
        token = signin.open_session(
            work,
            found,
            hours=settings().session_hours,
            stage=stage,
            method=method,
            browser=browser_name(request.headers.get("User-Agent", "")),
        )
    forget_all()
    session[TOKEN] = token
    if stage != "full":
        session[NEXT] = target
        return redirect(url_for("account.second" if stage == "factor" else "own.overview"), 303)
    g.user = found
    response = make_response(redirect(target or url_for(landing()), 303))
    KnownBrowser.of_request().remember(response, found.id)
    return response


# ── the second factor ──────────────────────────────────────────────────────────────────────────


@blueprint.get("/sign-in/second")
def second() -> Answer:
    return _elsewhere() if _pending() is None else second_page()


@blueprint.post("/sign-in/second")
def show_second() -> Answer:
    pending = _pending()
    if pending is None:
        return _elsewhere()
    found = pending.user
    try:
        with guessing("factor", found.id), write() as work:
            kind = second_factors.verify_code(work, services(), found.id, _typed("code"))
            left = second_factors.recovery_codes_left(work, found.id)
    except (FactorRefused, TooManyAttempts) as refusal:
        return again(second_page(refusal), refusal)
    answer = finish(pending, kind)
    if kind == "recovery":  # said after the old session was forgotten
        flash(
            t("เหลือรหัสสำรองอีก {count} รหัส", "{count} recovery codes are left.", count=left), "good"
        )
    return answer


def finish(pending: Session, kind: str) -> Answer:
    """The second factor was shown."""
    target = local_path(session.get(NEXT), "")
    return let_in(pending.user, "full", method=f"{pending.method}+{kind}", target=target)


def _elsewhere() -> Answer:
    place = "account.sign_in" if visitor() is None else landing()
    return redirect(url_for(place), 303)


def _pending() -> Session | None:
    found = signed_in_browser()
    return found if found is not None and found.stage == "factor" else None


def second_page(refusal: Refusal | None = None) -> str:
    return render_template(
        "account/second.html", refusal=refusal, passkeys=passkeys.is_possible(services())
    )


# ── the first password ─────────────────────────────────────────────────────────────────────────


@blueprint.get("/welcome")
def welcome() -> Answer:
    return render_template("account/welcome.html", refusal=None, username="")


@blueprint.post("/welcome")
def accept() -> Answer:
    """Whoever was given a code by an administrator chooses their own password."""
    username = request.form.get("username", "")[:80]
    try:
        if _typed("password") != _typed("again"):
            raise PasswordsDiffer
        with guessing("welcome", f"@{username}"), write() as work:
            one_time_codes.accept(work, services(), username, _typed("code"), _typed("password"))
    except OfficeError as refusal:
        page = render_template("account/welcome.html", refusal=refusal, username=username)
        return again(page, refusal)
    flash(t("ตั้งรหัสผ่านแล้ว ลงชื่อเข้าใช้ได้", "Your password is set; sign in."), "good")
    return redirect(url_for("account.sign_in"), 303)


# ── out ────────────────────────────────────────────────────────────────────────────────────────


@blueprint.post("/sign-out")
@signed_in()
def sign_out() -> Answer:
    with write() as work:
        signin.close_session(work, session[TOKEN])
    forget_all()
    g.user = None
    return redirect(url_for("public.home"), 303)


def forget_all() -> None:
    """Nothing but the language lives on in a browser over a sign-in or a sign-out: on a shared
    computer the next person would find the code that was followed, or what was just filed."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def landing() -> str:
    """The first page of each kind of work."""
    pages = {HOMES.get(role, "officer.work_list") for role in user().roles}
    return pages.pop() if len(pages) == 1 else "officer.work_list"


def sign_in_page(refusal: Refusal | None = None, target: str = "") -> str:
    return render_template(
        "account/sign_in.html",
        refusal=refusal,
        next=target,
        passkeys=passkeys.is_possible(services()),
        providers=providers_of(settings()),
    )


def _typed(name: str) -> str:
    return request.form.get(name, "")[:1000]
