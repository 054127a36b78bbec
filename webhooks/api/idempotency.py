"""One effect per Idempotency-Key: the answer is stored in the transaction that has the effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.exc import IntegrityError

from engine.ground import canonical
from engine.store.work import Work
from webhooks.api.authentication import client, write
from webhooks.context import api_context
from webhooks.errors import FieldsRefused, KeyReused
from webhooks.tables import ApiAnswer

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
KEPT = timedelta(days=30)  # a client that repeats a request later than this means a new one
_OPEN = 0  # the status of an answer whose effect is under way in this very transaction


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation answers, now or again."""

    body: Any
    status: int
    replayed: bool = False


class _Raced(Exception):
    """Another request with the same key committed first."""


def once(act: Callable[[Work], Any], *, status: int) -> Outcome:
    """Run the act in one unit of work, at most once per key of this client.

    Raises:
        KeyReused: the key came before with another request.
    """
    key = request.headers.get(HEADER)
    if key is None:
        with write() as work:
            return Outcome(act(work), status)
    _check(key)
    try:
        return _keyed(act, key, status)
    except _Raced:
        return _keyed(act, key, status)


def is_answered() -> bool:
    """Whether the answer to this request's key is kept, so that it need only be given again."""
    key = request.headers.get(HEADER)
    if key is None:
        return False
    with api_context().engine.read() as work:
        return work.session.get(ApiAnswer, (client().id, key)) is not None


def _keyed(act: Callable[[Work], Any], key: str, status: int) -> Outcome:
    fingerprint = _fingerprint()
    with write() as work:
        kept = work.session.get(ApiAnswer, (client().id, key))
        if kept is not None:
            return _again(kept, fingerprint)
        answer = _claim(work, key, fingerprint)
        answer.body = {"value": act(work)}
        answer.status = status
        return Outcome(answer.body["value"], status)


def _again(kept: ApiAnswer, fingerprint: str) -> Outcome:
    if kept.request_hash != fingerprint:
        raise KeyReused
    return Outcome((kept.body or {}).get("value"), kept.status, replayed=True)


def _claim(work: Work, key: str, fingerprint: str) -> ApiAnswer:
    answer = ApiAnswer(
        client_id=client().id,
        key=key,
        request_hash=fingerprint,
        status=_OPEN,
        answered_at=work.now,
    )
    work.session.execute(
        sa.delete(ApiAnswer).where(
            ApiAnswer.client_id == client().id, ApiAnswer.answered_at < work.now - KEPT
        )
    )
    work.session.add(answer)
    try:
        work.session.flush()  # on PostgreSQL a twin request waits here, before it has any effect
    except IntegrityError as error:
        raise _Raced from error
    return answer


def _check(key: str) -> None:
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        place = {"in": "header", "field": HEADER}
        raise FieldsRefused(
            [place | {"th": "ต้องเป็นอักขระ ASCII 1–200 ตัว", "en": "1 to 200 ASCII characters."}]
        )


def _fingerprint() -> str:
    """The request's hash; of the files themselves in a multipart body, whose boundary is random."""
    parts: list[bytes | str] = [request.method, request.full_path]
    if request.mimetype != "multipart/form-data":
        return canonical.digest(*parts, request.get_data(cache=True))
    for file in request.files.getlist("files"):
        parts += [file.filename or "", file.stream.read()]
        file.stream.seek(0)
    return canonical.digest(*parts)
