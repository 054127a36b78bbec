"""Lets a client in: its token, its rate, and the scope that each operation asks for.

A request is one unit of work, and its token is looked up in that one. Who was let in before is
remembered, to count its rate and compare its scopes before a body is read; who was not is looked
up in a read first, so that a stranger never holds up those who write.
"""

import contextlib
from collections.abc import Iterator
from typing import cast

from flask import g, request
from werkzeug.exceptions import NotFound

from engine.store.work import Work
from webhooks.clients import Client, authenticate, token_hash
from webhooks.context import api_context
from webhooks.errors import QueryUnreadable, TokenRefused


def admit() -> None:
    """Before every operation of the API: who is it, and not too often."""
    _refuse_nul()
    hash = token_hash(request.headers.get("Authorization", ""))
    known = api_context().known_clients
    if hash not in known:
        with api_context().engine.read() as work:
            known[hash] = authenticate(work, hash)
    g.api_client, g.token_hash = known[hash], hash
    api_context().limit.count(client().id)


@contextlib.contextmanager
def read() -> Iterator[Work]:
    """The unit of work of a request in which nothing is written."""
    with api_context().engine.read() as work:
        _confirm(work)
        yield work


@contextlib.contextmanager
def write() -> Iterator[Work]:
    """The unit of work of a request that does something: all of it, or nothing has happened."""
    with api_context().engine.begin() as work:
        _confirm(work)
        work.by = client().actor
        yield work


def client() -> Client:
    """The client that this request was admitted for."""
    return cast(Client, g.api_client)


def _confirm(work: Work) -> None:
    """The token as it counts now: what the client may do and see follows from this."""
    try:
        g.api_client = authenticate(work, g.token_hash)
    except TokenRefused:
        api_context().known_clients.pop(g.token_hash, None)
        raise


def _refuse_nul() -> None:
    # PostgreSQL refuses to compare with a NUL, which would look like a fault of ours.
    if "\x00" in request.path:
        raise NotFound
    if any("\x00" in value for values in request.args.listvalues() for value in values):
        raise QueryUnreadable
