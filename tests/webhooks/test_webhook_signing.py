"""Who may speak to `/hooks`: signatures, moments, and malformed headers."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook

from webhooks.errors import SignatureRefused, TimestampRefused
from webhooks.signing import new_secret, sign, verify

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BODY = '{"subject":"ปฏิบัติหน้าที่มิชอบ"}'


@pytest.fixture
def secret() -> str:
    return new_secret()


def test_a_signed_message_is_believed_and_named(secret):
    headers = sign(secret, "msg_1", BODY, at=NOW)

    assert verify(secret, headers, BODY.encode(), now=NOW) == "msg_1"


def test_the_example_of_the_published_specification_is_believed():
    # https://github.com/standard-webhooks/standard-webhooks, the vector its libraries share.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    sent = datetime.fromtimestamp(1614265330, UTC)

    assert verify(secret, headers, b'{"test": 2432232314}', now=sent) == headers["webhook-id"]


def test_a_moment_in_bangkok_is_signed_as_the_same_moment_in_utc(secret):
    bangkok = NOW.astimezone(timezone(timedelta(hours=7)))

    assert sign(secret, "msg_1", BODY, at=bangkok) == sign(secret, "msg_1", BODY, at=NOW)


def test_the_packages_own_receiver_believes_what_we_send():
    secret, now = new_secret(), datetime.now(UTC)

    assert Webhook(secret).verify(BODY, sign(secret, "msg_1", BODY, at=now))["subject"]


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "x" * 256},
        {"webhook-timestamp": "1772416801"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "-5"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-timestamp": "๑๗๗๒"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "no comma here"},
        {"webhook-signature": "v1,***"},
        {"webhook-signature": "v1,ลายมือ"},
        {"webhook-signature": "v1a,AAAA"},
    ],
)
def test_a_changed_or_malformed_header_is_refused(secret, change):
    headers = sign(secret, "msg_1", BODY, at=NOW) | change

    with pytest.raises(SignatureRefused):
        verify(secret, headers, BODY.encode(), now=NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(secret, missing):
    headers = sign(secret, "msg_1", BODY, at=NOW)
    del headers[missing]

    with pytest.raises(SignatureRefused):
        verify(secret, headers, BODY.encode(), now=NOW)


def test_a_changed_body_or_another_secret_is_refused(secret):
    headers = sign(secret, "msg_1", BODY, at=NOW)

    with pytest.raises(SignatureRefused):
        verify(secret, headers, BODY.encode() + b" ", now=NOW)
    with pytest.raises(SignatureRefused):
        verify(secret, headers, b"\xff\xfe", now=NOW)
    with pytest.raises(SignatureRefused):
        verify(new_secret(), headers, BODY.encode(), now=NOW)


def test_while_a_secret_is_replaced_either_signature_is_enough(secret):
    headers = sign(secret, "msg_1", BODY, at=NOW)
    other = sign(new_secret(), "msg_1", BODY, at=NOW)["webhook-signature"]
    headers["webhook-signature"] = f"{other} {headers['webhook-signature']}"

    assert verify(secret, headers, BODY.encode(), now=NOW) == "msg_1"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_future_moment_is_refused(secret, minutes):
    headers = sign(secret, "msg_1", BODY, at=NOW + timedelta(minutes=minutes))

    with pytest.raises(TimestampRefused) as refusal:
        verify(secret, headers, BODY.encode(), now=NOW)

    assert "5 นาที" in refusal.value.text.th


@pytest.mark.parametrize("minutes", [-5, 5])
def test_clocks_may_differ_by_five_minutes(secret, minutes):
    headers = sign(secret, "msg_1", BODY, at=NOW + timedelta(minutes=minutes))

    assert verify(secret, headers, BODY.encode(), now=NOW) == "msg_1"


def test_secrets_are_long_and_never_the_same():
    first, second = new_secret(), new_secret()

    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32
