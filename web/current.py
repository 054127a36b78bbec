"""What every view reaches for: the office, the settings, a unit of work, who is signed in.

A request that shows something is one unit of work that reads, one that does something is one that
writes. Who is signed in is looked up in the first unit of work of the request, and a view that is
for some people only goes no further in it than that when it is not for this person.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, cast

from flask import abort, current_app, g, redirect, request, session, url_for

from engine.ground.errors import NotAllowed
from engine.ground.log import Log
from engine.store.database import DatabaseUnavailable
from web.settings import WebSettings
from web.types import Answer, FlaskResponse

if TYPE_CHECKING:
    from engine.store.work import Work
    from office.ground.services import Services
    from office.office import Office
    from office.people.people import User
    from office.people.signing_in.sign_in import Session

log = Log("web")
EXTENSION = "samnuan"
TOKEN = "sign_in"  # noqa: S105 — the name of a place in the session, not a secret
SEEN_EVERY = timedelta(minutes=1)
P = ParamSpec("P")


class SignInNeeded(Exception):
    """This page is for people who are signed in; the way there is shown."""


class SecondFactorNeeded(Exception):
    """Whoever asks has shown a password only; the way on is shown."""


def settings() -> WebSettings:
    return cast(WebSettings, current_app.extensions[EXTENSION]["settings"])


def office() -> Office:
    return cast("Office", current_app.extensions[EXTENSION]["office"])


def services() -> Services:
    return office().services


@contextlib.contextmanager
def read() -> Iterator[Work]:
    """The unit of work of this request in which nothing is written. What a view calls meanwhile
    reads in the same one."""
    running: Work | None = g.get("work")
    if running is not None:
        yield running
        return
    with office().read() as work, _running(work):
        yield work


@contextlib.contextmanager
def write() -> Iterator[Work]:
    """One transaction of the office: all of it, or nothing has happened."""
    if g.get("work") is not None:
        raise RuntimeError("a unit of work begins inside another one")
    with office().begin() as work, _running(work):
        yield work


@contextlib.contextmanager
def _running(work: Work) -> Iterator[None]:
    g.work = work
    try:
        _admit(work)
        yield
    finally:
        g.work = None


def now() -> datetime:
    """The moment of this request, by the office's clock."""
    return office().engine.clock.now()


def user() -> User:
    """Who is signed in; views behind `signed_in` may rely on it."""
    found = visitor()
    if found is None:
        raise NotAllowed
    return found


def pressed(name: str, *known: str) -> str:
    """Which of a page's buttons was pressed. A value that is missing or unknown is no answer: what
    cannot be undone must not follow from it."""
    value = request.form.get(name, "")
    if value not in known:
        abort(400)
    return value


def visitor() -> User | None:
    """Who is signed in with this browser's token, if it still counts."""
    if "user" not in g and TOKEN in session:
        with read():
            pass  # beginning a unit of work looks it up
    found: User | None = g.get("user")
    return found


def visitor_if_known() -> User | None:
    """The same for what stands around a page, which must come even when nothing can be read."""
    try:
        return visitor()
    except DatabaseUnavailable:
        g.user = None  # once is enough to wait for it
        return None


def signed_in_browser() -> Session | None:
    """This browser's own session, also one that still owes its second factor."""
    visitor()
    found: Session | None = g.get("session")
    return found


def _admit(work: Work) -> None:
    """Look up who is signed in, and go no further when the page is not for them."""
    if "user" not in g:
        _look_up(work)
    if g.user is not None:
        work.by = g.user.actor
    whose: tuple[frozenset[str], str] | None = g.get("whose")
    if whose is None:
        return
    roles, page = whose
    found: User | None = g.user
    if found is None:
        raise SignInNeeded if g.get("session") is None else SecondFactorNeeded
    if (roles and not found.roles & roles) or (page and page not in found.pages):
        raise NotAllowed
    g.whose = None


def _look_up(work: Work) -> None:
    from office.people.signing_in import sign_in

    token, idle = session.get(TOKEN), timedelta(minutes=settings().idle_minutes)
    g.session = None if token is None else sign_in.session_of(work, token, idle=idle)
    g.user = g.session.user if g.session is not None and g.session.is_full else None


def note_seen(response: FlaskResponse) -> FlaskResponse:
    """Once a minute: the browser is in use. The page comes all the same when it cannot be noted."""
    found: Session | None = g.get("session")
    if found is None or g.now - found.seen_at < SEEN_EVERY or TOKEN not in session:
        return response
    from office.people.signing_in import sign_in

    try:
        with office().begin() as work:
            sign_in.note_seen(work, session[TOKEN])
    except DatabaseUnavailable as error:
        log.warning("session_not_noted", error=type(error).__name__)
    return response


def _admitted(view: Callable[[], Answer]) -> Answer:
    """What a view answers. One that needed no unit of work, or refused what was sent before it came
    to one, says so only to whom the page is for."""
    try:
        answer = view()
    except Exception:
        _must_be_admitted()
        raise
    _must_be_admitted()
    return answer


def _must_be_admitted() -> None:
    if g.get("whose") is not None:
        with read():
            pass  # beginning a unit of work looks it up


def _to_sign_in() -> Answer:
    return _led_to("account.sign_in")


def _to_second_factor() -> Answer:
    found: Session | None = g.get("session")
    enrols = found is not None and found.stage == "enrol"
    return _led_to("own.overview" if enrols else "account.second")


def _led_to(endpoint: str) -> Answer:
    if request.headers.get("HX-Request"):
        # A redirect would be followed inside the page and put the sign-in form into another form.
        return "", 204, {"HX-Redirect": url_for(endpoint)}
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")))


def signed_in(*roles: str, page: str = "") -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let only signed-in people through, or only those who hold one of these roles, or a role that
    gets this page by the table of roles. They are looked up in the view's own unit of work."""

    def protect(view: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            if TOKEN not in session:
                return _to_sign_in()
            g.whose = frozenset(roles), page
            try:
                return _admitted(lambda: view(*args, **kwargs))
            except SignInNeeded:
                return _to_sign_in()
            except SecondFactorNeeded:
                return _to_second_factor()
            finally:
                g.whose = None

        return guarded

    return protect
