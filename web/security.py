"""What protects every page: headers, cookies, forged requests, too many requests."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from office.people.signing_in import throttle
from web.current import services, settings, write
from web.settings import MEGABYTE, WebSettings

# No inline script or style anywhere; images may be data, because Bootstrap's little signs are.
STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# The editors inside the modeler's side panel bring their own style elements.
MODELER = {**STRICT, "style-src": "'self' 'unsafe-inline'"}

# Two years, for this host alone: what else an agency runs below its name is not ours to decide.
HSTS = "max-age=63072000"

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def policy(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def filing_limit() -> str:
    return f"{settings().filings_per_hour} per hour"


def count_attempt(what: str) -> None:
    """Count a guess at a code or a password from this place, on every process alike.

    Raises:
        TooManyAttempts: the limit is used up.
    """
    limit, place = settings().attempts_per_quarter_hour, get_remote_address()
    # Of its own: an attempt counts whatever becomes of it.
    with write() as work:
        throttle.count_attempt(
            work, services(), what, place, limit=limit, per=timedelta(minutes=15)
        )


def add_headers(response: Response) -> Response:
    """Headers of every answer; a view may have set a stricter or a wider policy before."""
    directives = MODELER if request.endpoint == "owner.modeler" else STRICT
    response.headers.setdefault("Content-Security-Policy", policy(directives))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if settings().has_https:
        response.headers["Strict-Transport-Security"] = HSTS
    if request.endpoint != "static":
        # Case pages must not lie in a shared computer's cache, nor come back after signing out.
        response.headers["Cache-Control"] = "no-store"
    elif "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def install(app: Flask, settings: WebSettings, secret: str) -> None:
    app.config.update(
        SECRET_KEY=secret,
        # With this prefix a browser takes the cookie over HTTPS only, and from no other host.
        SESSION_COOKIE_NAME="__Host-samnuan" if settings.sends_secure_cookies else "samnuan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.sends_secure_cookies,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=220 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=2000,
        WTF_CSRF_TIME_LIMIT=None,  # a long complaint is written slowly; the session's end ends it
    )
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(add_headers)
