"""The tracking code between two pages: encrypted in the cookie, never in an address, soon gone."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import session

from engine.ground.canonical import dumps, loads
from office.cases.register import Filed
from office.ground.errors import KeyUnknown
from web.current import now, office

RECEIPT, CODE = "receipt", "tracking"
RECEIPT_STAYS = timedelta(minutes=30)  # a change of language or a reload must not lose the code
CODE_STAYS = timedelta(minutes=30)


def keep_receipt(filed: Filed) -> None:
    """Remember what was just given to the complainant, for the page that shows it."""
    session[RECEIPT] = _encrypted(RECEIPT, [filed.case_id, filed.receipt_no, filed.tracking_code])


def receipt() -> Filed | None:
    """What was filed from this browser a moment ago."""
    facts = _opened(RECEIPT, RECEIPT_STAYS)
    return Filed(*facts) if facts is not None else None


def forget_receipt() -> None:
    session.pop(RECEIPT, None)


def follow(code: str) -> None:
    """Follow the case of this code in this browser, until it rests for half an hour."""
    session[CODE] = _encrypted(CODE, code)


def code() -> str | None:
    """The code that this browser follows; each look keeps it a while longer."""
    found: str | None = _opened(CODE, CODE_STAYS)
    if found is not None:
        follow(found)
    return found


def leave() -> None:
    """Forget the code and the receipt: the next person at this computer finds nothing."""
    session.pop(CODE, None)
    forget_receipt()


def _encrypted(place: str, facts: Any) -> str:
    # The cookie is signed but readable: what lies in it about a case is encrypted besides.
    whole = dumps([now().isoformat(), facts]).encode()
    encrypted = office().services.keys.content.encrypt(whole, f"cookie.{place}")
    return base64.urlsafe_b64encode(encrypted).decode()


def _opened(place: str, stays: timedelta) -> Any:
    kept = session.get(place)
    if kept is None:
        return None
    try:
        encrypted = base64.urlsafe_b64decode(kept)
        written, facts = loads(
            office().services.keys.content.decrypt(encrypted, f"cookie.{place}").decode()
        )
    except (InvalidTag, KeyUnknown, binascii.Error):
        session.pop(place)  # encrypted under a key that is gone
        return None
    if datetime.fromisoformat(written) + stays < now():
        session.pop(place)
        return None
    return facts
