"""Lets a client in: its token, its rate, and the scope that each operation asks for."""

from typing import cast

from flask import g, request
from werkzeug.exceptions import NotFound

from webhooks.clients import Client, authenticate
from webhooks.context import api_context
from webhooks.errors import QueryUnreadable


def admit() -> None:
    """Before every operation of the API: who is it, and not too often."""
    _refuse_nul()
    with api_context().engine.read() as work:
        g.api_client = authenticate(work, request.headers.get("Authorization", ""))
    api_context().limit.count(client().id)


def client() -> Client:
    """The client that this request was admitted for."""
    return cast(Client, g.api_client)


def _refuse_nul() -> None:
    # PostgreSQL refuses to compare with a NUL, which would look like a fault of ours.
    if "\x00" in request.path:
        raise NotFound
    if any("\x00" in value for values in request.args.listvalues() for value in values):
        raise QueryUnreadable
