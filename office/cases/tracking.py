"""Tracking codes: sixteen digits that only the complainant holds; the office keeps a keyed hash."""

from __future__ import annotations

import hmac
import re
import secrets

import sqlalchemy as sa

from engine.store.work import Work
from forms.text.numerals import arabic_digits
from office.ground.errors import TrackingCodeUnknown
from office.ground.services import Services
from office.ground.tables import Case

CODE_DIGITS = 16


def new_code(services: Services, idempotency_key: str | None = None) -> str:
    """A fresh code. With an idempotency key the code follows from key and pepper, so that the same
    request sent twice shows the same code although the code itself is stored nowhere."""
    if idempotency_key is not None:
        return services.keys.pepper.digits("tracking.derived", idempotency_key, count=CODE_DIGITS)
    return str(secrets.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)


def code_hash(services: Services, code: str) -> str:
    return services.keys.pepper.hash("tracking", plain_code(code))


def plain_code(code: str) -> str:
    """Digits only: people type spaces, dashes and Thai digits."""
    return re.sub(r"[\s\-–]", "", arabic_digits(code))[:64]


def spaced(code: str) -> str:
    """`1234 5678 9012 3456`, as it is shown and read out."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def find_case_by_code(work: Work, services: Services, code: str) -> Case:
    """The case of a tracking code. A wrong one costs the same hash, query and comparison.

    Raises:
        TrackingCodeUnknown: no case has it.
    """
    wanted = code_hash(services, code)
    case = work.session.scalar(sa.select(Case).where(Case.tracking_hash == wanted))
    kept = case.tracking_hash if case is not None else services.keys.pepper.hash("decoy", wanted)
    if not hmac.compare_digest(kept, wanted) or case is None:
        raise TrackingCodeUnknown
    return case
