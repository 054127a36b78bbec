"""Telling subscribers what happened: once, signed, references only, until they accept it."""

from __future__ import annotations

import json
import socket

import pytest

from engine import Engine
from engine.ground.clock import TravellingClock
from engine.store import outbox
from engine.verbs import deliveries
from engine.verbs.incidents import open_incidents
from tests.webhooks.conftest import ADMINISTRATOR
from tests.webhooks.listener import Listener
from webhooks.errors import AddressRefused, NameRefused, NameTaken
from webhooks.outbound.address import AddressPolicy, Target
from webhooks.outbound.deliveries import Courier
from webhooks.outbound.subscribers import (
    close_subscriber,
    failed_deliveries,
    register_subscriber,
    subscribers,
)
from webhooks.outbound.transport import post
from webhooks.signing import verify

RECEIVED = {
    "type": "complaint.received",
    "at": "2026-03-02T02:00:00+00:00",
    "case": "c0ffee",
    "receipt_no": "รร.00001/2569",
    "track": "C",
    "status": "RECEIVED",
}


def subscribe(courier: Courier, listener: Listener, name: str = "portal", **options) -> str:
    options = {"events": ["complaint.received"], "policy": courier.policy} | options
    with courier.engine.begin() as work:
        return register_subscriber(
            work, courier.keyring, name, listener.url, actor=ADMINISTRATOR, **options
        )


def happens(engine: Engine, event: dict = RECEIVED, key: str = "complaint.received:c0ffee") -> None:
    with engine.begin() as work:
        outbox.enqueue(work, "event", event, key=key)
    engine.run_due()


def test_a_subscriber_is_told_and_can_prove_who_told_it(
    engine: Engine, courier: Courier, listener: Listener, clock: TravellingClock
):
    secret = subscribe(courier, listener)

    happens(engine)

    [message] = listener.received
    assert message.path == "/hook?from=samnuan"
    assert verify(secret, message.headers, message.body, now=clock.now())
    assert json.loads(message.body) == {
        "type": "complaint.received",
        "timestamp": "2026-03-02T02:00:00+00:00",
        "data": {"case": "c0ffee", "receipt_no": "รร.00001/2569"},
    }


def test_only_those_who_asked_for_an_event_are_told(engine, courier, listener):
    subscribe(courier, listener, "tasks-only", events=["task.created"])
    subscribe(courier, listener, "everything", events=[])

    happens(engine)

    assert len(listener.received) == 1


def test_the_same_event_twice_is_told_once(engine, courier, listener):
    subscribe(courier, listener)

    happens(engine)
    with engine.begin() as work:
        outbox.enqueue(work, "event", RECEIVED, key="complaint.received:c0ffee")
    courier.relay(RECEIVED, key="complaint.received:c0ffee")
    engine.run_due()

    assert len(listener.received) == 1


def test_a_subscriber_that_stumbles_is_told_again_under_the_same_id(
    engine, courier, listener, clock
):
    secret = subscribe(courier, listener)
    listener.answers = [500, 204]

    happens(engine)
    engine.run_due()
    assert len(listener.received) == 1

    clock.advance(minutes=5)
    engine.run_due()

    first, second = listener.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    # The second is signed at its own moment: a receiver refuses what is five minutes old.
    assert verify(secret, second.headers, second.body, now=clock.now())


def test_after_the_last_try_the_failure_is_there_to_be_seen(engine, courier, listener, clock):
    subscribe(courier, listener)
    listener.answers = [503]

    happens(engine)
    for _ in range(deliveries.MAX_ATTEMPTS):
        clock.advance(hours=7)
        engine.run_due()

    assert len(listener.received) == deliveries.MAX_ATTEMPTS
    with engine.read() as work:
        [failed] = failed_deliveries(work)
        assert failed.payload["event"]["type"] == "complaint.received"
        assert "503" in failed.last_error
        [incident] = open_incidents(work)
        assert incident.element_id == "webhook"


def test_a_redirect_is_a_failure_and_is_not_followed(engine, courier, listener):
    subscribe(courier, listener)
    listener.answers = [302]

    happens(engine)

    assert [message.path for message in listener.received] == ["/hook?from=samnuan"]


def test_nobody_home_is_tried_again(engine, courier, listener, clock):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    absent = Listener(port=port)
    subscribe(courier, absent)
    happens(engine)

    with engine.begin() as work:
        [subscriber] = subscribers(work)
        subscriber.url = listener.url
    clock.advance(minutes=5)
    engine.run_due()

    assert len(listener.received) == 1


def test_one_who_is_gone_is_never_asked_again(engine, courier, listener):
    subscribe(courier, listener)
    listener.answers = [410]

    happens(engine)
    happens(engine, key="complaint.received:another")

    assert len(listener.received) == 1
    with engine.read() as work:
        assert not subscribers(work)[0].active


def test_what_waited_for_a_closed_subscriber_is_dropped(engine, courier, listener, clock):
    subscribe(courier, listener)
    listener.answers = [500, 204]
    happens(engine)

    with engine.begin() as work:
        close_subscriber(work, "portal")
    clock.advance(hours=1)
    engine.run_due()

    assert len(listener.received) == 1


def test_an_address_that_became_forbidden_is_not_delivered_to(engine, courier, listener):
    subscribe(courier, listener)
    strict = Courier(engine, courier.keyring, AddressPolicy())
    engine.machine.deliverers |= strict.deliverers()

    happens(engine)

    assert listener.received == []


def test_a_subscriber_inside_the_network_is_refused_at_registration(engine, courier, listener):
    with pytest.raises(AddressRefused) as refusal:
        subscribe(courier, listener, policy=AddressPolicy())

    assert "ส่งข้อมูลไปยัง" in refusal.value.text.th
    with engine.read() as work:
        assert subscribers(work) == []


def test_names_and_events_are_checked(courier, listener):
    subscribe(courier, listener)

    with pytest.raises(NameTaken):
        subscribe(courier, listener)
    with pytest.raises(NameRefused):
        subscribe(courier, listener, "Portal ไทย")
    with pytest.raises(NameRefused):
        subscribe(courier, listener, "other", events=["complaint.told"])


def test_the_secret_stands_nowhere_in_the_database(engine, courier, listener, sqlite_url):
    secret = subscribe(courier, listener)

    with engine.read() as work:
        [row] = subscribers(work)
        assert secret.encode() not in row.secret
        assert secret.removeprefix("whsec_").encode() not in row.secret


def test_a_server_that_never_answers_is_left_after_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        target = Target("http", "127.0.0.1", port, "/", "127.0.0.1")

        with pytest.raises((OSError, ConnectionError)):
            post(target, b"{}", {}, deadline=0.1)
