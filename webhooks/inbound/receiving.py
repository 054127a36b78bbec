"""`POST /hooks/<source>`: signed messages from other systems, each with one effect however often
it is sent."""

from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import IntegrityError

from engine.ground import canonical
from engine.ground.errors import Refusal
from engine.store.database import DatabaseUnavailable
from engine.store.work import Work
from webhooks import problems
from webhooks.body import parse_json, read_bytes
from webhooks.context import api_context
from webhooks.errors import (
    BodyUnreadable,
    ContentTypeRefused,
    MessageIdReused,
    SourceUnknown,
    TooManyRequests,
)
from webhooks.inbound.effects import act_on, whole_answer
from webhooks.inbound.sources import active_source, count_refusal, source_secret
from webhooks.signing import new_secret, signature_headers, verify
from webhooks.tables import InboundDelivery

hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
problems.answer_errors(hooks)


class _Raced(Exception):
    """The same message arrived twice at once, and the other one committed first."""


@hooks.post("/<source>")
def receive(source: str) -> Response:
    """Believe the message by its signature, then give it its one effect."""
    # By place and not by source: a stranger's noise must not shut out the source it pretends to be.
    api_context().limit.count(f"hooks:{request.remote_addr}")
    content = read_bytes(request, api_context().settings.hook_body_limit)
    message_id = _proved(source, content)
    payload = _payload(content)
    try:
        answer = _once(source, message_id, content, payload)
    except _Raced:
        answer = _once(source, message_id, content, payload)
    return Response(canonical.dumps(answer), mimetype="application/json")


@hooks.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """Tell the sender, and count it for the administrator."""
    if not isinstance(refusal, DatabaseUnavailable | TooManyRequests):
        with api_context().engine.begin() as work:
            count_refusal(work, str((request.view_args or {})["source"]), problems.kind_of(refusal))
    return problems.of_refusal(refusal)


def _proved(source: str, content: bytes) -> str:
    """The message's id, if an active source signed it a moment ago. Of a source that there is not
    the signature is looked at as well: a stranger learns no names of sources."""
    with api_context().engine.read() as work:
        try:
            found = active_source(work, source)
            secret = source_secret(api_context().keyring, found)
        except SourceUnknown:
            secret = new_secret()
        now = work.now
    return verify(secret, signature_headers(request.headers), content, now=now)


def _payload(content: bytes) -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise ContentTypeRefused(expected="application/json")
    payload = parse_json(content)
    if not isinstance(payload, dict):
        raise BodyUnreadable(reason="it is not a JSON object")
    return payload


def _once(source: str, message_id: str, content: bytes, payload: dict[str, Any]) -> dict[str, Any]:
    """The answer to a message: of its first arrival, if it has arrived before."""
    body_hash, services = canonical.digest(content), api_context().services
    with api_context().engine.begin() as work:
        kept = work.session.get(InboundDelivery, (source, message_id))
        if kept is None:
            kept = _claim(work, source, message_id, body_hash)
            kept.answer = act_on(work, services, active_source(work, source), message_id, payload)
        elif kept.body_hash != body_hash:
            raise MessageIdReused
        return whole_answer(services, kept)


def _claim(work: Work, source: str, message_id: str, body_hash: str) -> InboundDelivery:
    delivery = InboundDelivery(
        source=source,
        message_id=message_id,
        body_hash=body_hash,
        received_at=work.now,
        answer={},
    )
    work.session.add(delivery)
    try:
        work.session.flush()  # on PostgreSQL a twin waits here, before it has any effect
    except IntegrityError as error:
        raise _Raced from error
    return delivery
