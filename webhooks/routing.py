"""Answers 404 and 405 of the machines' addresses as problem documents."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webhooks import problems

PREFIXES = ("/api/", "/hooks/")


def watch_routes(app: Flask) -> None:
    """A failed routing belongs to no blueprint, so a blueprint's error handler never sees it."""
    app.before_request(_unrouted)


def _unrouted() -> Response | None:
    error = request.routing_exception
    if not isinstance(error, HTTPException) or isinstance(error, RequestRedirect):
        return None
    return problems.of_http(error) if request.path.startswith(PREFIXES) else None
