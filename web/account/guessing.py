"""Guesses at a password or a code: counted before they are made, taken back when right."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from flask_limiter.util import get_remote_address

from engine.ground.errors import Refusal
from office.ground.errors import CodeExpired, FactorRefused, SignInRefused, TooManyAttempts
from office.people.signing_in import sign_in, throttle
from web.account.known_browsers import KnownBrowser
from web.current import services, settings, write

REFUSED = (SignInRefused, FactorRefused, CodeExpired, TooManyAttempts)


@contextlib.contextmanager
def guessing(what: str, account: str) -> Iterator[None]:
    """Around a try: one that is refused stays counted.

    Raises:
        TooManyAttempts: the limit of the account, the network or the browser is used up.
    """
    limits = throttle.limits_of(
        what,
        account,
        get_remote_address(),
        KnownBrowser.of_request().for_account(account),
        by_network=settings().sign_in_failures_per_network,
    )
    try:
        with write() as work:
            throttle.count_attempts(work, services(), limits)
        yield
    except REFUSED as refusal:
        note_refused(refusal, "" if account.startswith("@") else account)
        raise
    with write() as work:
        throttle.forgive(work, services(), limits)


def note_refused(refusal: Refusal, account_id: str = "") -> None:
    """Write down that somebody was not let in, in the chain of administration."""
    why = "throttled" if isinstance(refusal, TooManyAttempts) else "refused"
    with write() as work:
        sign_in.note_refusal(work, account_id, why)
