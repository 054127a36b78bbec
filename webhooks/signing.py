"""Standard Webhooks signatures, checked against the product's own clock."""

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import Webhook
from werkzeug.datastructures import Headers

from webhooks.errors import SignatureRefused, TimestampRefused

TOLERANCE = timedelta(minutes=5)  # as the Standard Webhooks specification recommends
LONGEST_ID = 255
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def new_secret() -> str:
    """A fresh secret in the form both sides paste into their settings: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, body: str, *, at: datetime) -> dict[str, str]:
    """The three headers of a signed message."""
    moment = at.astimezone(UTC)  # the package reads every datetime as UTC, whatever its zone
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body),
    }


def signature_headers(headers: Headers) -> dict[str, str]:
    """The three headers out of a request's, whatever the case of their letters."""
    return {name: headers.get(name, "") for name in HEADERS}


def verify(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The message's id, once its signature and its moment are proved.

    Raises:
        SignatureRefused: a header is missing or malformed, or no signature fits.
        TimestampRefused: the message is older or newer than the tolerance.
    """
    # `Webhook.verify` of standardwebhooks 1.1 asks the machine's clock, which neither travels nor
    # replays, and lets ValueError and binascii.Error escape from a malformed header.
    message_id = headers.get("webhook-id", "")
    sent = _moment(headers.get("webhook-timestamp", ""))
    if not message_id.isprintable() or not 0 < len(message_id) <= LONGEST_ID:
        raise SignatureRefused
    expected = _expected(secret, message_id, sent, body)
    if not any(
        hmac.compare_digest(expected, given)
        for given in _signatures(headers.get("webhook-signature", ""))
    ):
        raise SignatureRefused
    # Only a proved sender learns that its clock is wrong.
    if abs(now - sent) > TOLERANCE:
        raise TimestampRefused(minutes=int(TOLERANCE.total_seconds() // 60))
    return message_id


def _moment(header: str) -> datetime:
    if not (header.isascii() and header.isdigit() and len(header) <= 11):
        raise SignatureRefused
    return datetime.fromtimestamp(int(header), UTC)


def _expected(secret: str, message_id: str, sent: datetime, body: bytes) -> bytes:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise SignatureRefused from None
    return base64.b64decode(Webhook(secret).sign(message_id, sent, text).partition(",")[2])


def _signatures(header: str) -> list[bytes]:
    """The `v1` signatures of the header; several stand there while a secret is being replaced."""
    found = []
    for part in header.split(" ")[:10]:
        version, _, encoded = part.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
