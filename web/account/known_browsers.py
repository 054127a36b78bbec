"""Which accounts a browser has signed in to before: a signed cookie that keeps guesses made
elsewhere from keeping these people out. It opens nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from web.types import FlaskResponse

NAME = "samnuan-known"
LASTS = 180 * 24 * 3600
ACCOUNTS = 12  # on a shared computer the last so many


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A random name for the browser, and the accounts that signed in with it."""

    name: str
    accounts: tuple[str, ...]

    @classmethod
    def of_request(cls) -> KnownBrowser:
        try:
            name, *accounts = _serializer().loads(request.cookies.get(_name(), ""), LASTS)
        except (BadSignature, ValueError):
            return cls(secrets.token_urlsafe(12), ())
        return cls(name, tuple(accounts))

    def for_account(self, account_id: str) -> str:
        """Its name, if this account has signed in with it."""
        return self.name if account_id in self.accounts else ""

    def remember(self, response: FlaskResponse, account_id: str) -> None:
        accounts = [account_id, *(each for each in self.accounts if each != account_id)]
        response.set_cookie(
            _name(),
            _serializer().dumps([self.name, *accounts[:ACCOUNTS]]),
            max_age=LASTS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )


def _name() -> str:
    return f"__Host-{NAME}" if current_app.config["SESSION_COOKIE_SECURE"] else NAME


def _serializer() -> URLSafeTimedSerializer:
    # The key list: after a change of keys, cookies of before are still known.
    fallbacks = current_app.config.get("SECRET_KEY_FALLBACKS") or []
    keys = [*fallbacks, current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt="known-browser")
