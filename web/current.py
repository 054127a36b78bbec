"""What every view reaches for: the office, the settings, a unit of work, who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, cast

from flask import abort, current_app, g, redirect, request, url_for

from engine.ground.errors import NotAllowed
from web.settings import WebSettings
from web.types import Answer

if TYPE_CHECKING:
    from engine.store.work import Work
    from office.office import Office
    from office.people.people import User

EXTENSION = "samnuan"
P = ParamSpec("P")


def settings() -> WebSettings:
    return cast(WebSettings, current_app.extensions[EXTENSION]["settings"])


def office() -> Office:
    return cast("Office", current_app.extensions[EXTENSION]["office"])


def read() -> AbstractContextManager[Work]:
    """A unit of work in which nothing is written."""
    return office().engine.read()


def write() -> AbstractContextManager[Work]:
    """One transaction of the office: all of it, or nothing has happened."""
    return office().engine.begin()


def now() -> datetime:
    """The moment of this request, by the office's clock."""
    return office().engine.clock.now()


def user() -> User:
    """Who is signed in; views behind `signed_in` may rely on it."""
    found: User | None = g.get("user")
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


def _to_sign_in() -> Answer:
    if request.headers.get("HX-Request"):
        # A redirect would be followed inside the page and put the sign-in form into another form.
        return "", 204, {"HX-Redirect": url_for("account.sign_in")}
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))


def signed_in(*roles: str, page: str = "") -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Let only signed-in people through, or only those who hold one of these roles, or a role that
    gets this page by the table of roles."""

    def protect(view: Callable[P, Answer]) -> Callable[P, Answer]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Answer:
            if g.get("user") is None:
                return _to_sign_in()
            if roles and not user().roles & set(roles):
                raise NotAllowed
            if page and page not in user().pages:
                raise NotAllowed
            return view(*args, **kwargs)

        return guarded

    return protect
