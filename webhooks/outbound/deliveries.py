"""Tells subscribers what happened: signed, references only, through the outbox and its retries."""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.engine import Engine
from engine.ground import canonical
from engine.store import outbox
from engine.store.work import Work
from office.cases.case_listener import EVENT_TOPIC
from office.ground.keys import Keyring
from webhooks.errors import DeliveryRefused
from webhooks.outbound.address import AddressPolicy, check
from webhooks.outbound.subscribers import TOPIC, subscriber_secret
from webhooks.outbound.transport import post
from webhooks.signing import sign
from webhooks.tables import Subscriber

_GONE = 410  # the subscriber's way of saying "never again" (Standard Webhooks)

# What of an office's event may leave: references. Whoever may know more asks the API for it.
REFERENCES = ("case", "receipt_no", "task", "step")


def fan_out(work: Work, event: Mapping[str, Any], *, key: str) -> int:
    """Put one delivery per subscriber of this event into the outbox; returns how many.

    `event` is what `office.cases.case_listener.announce` wrote; `key` names it for ever, so that
    a second fan-out of the same event reaches nobody twice.
    """
    message = {
        "type": event["type"],
        "timestamp": event["at"],
        "data": {name: event[name] for name in REFERENCES if name in event},
    }
    listening = work.session.scalars(sa.select(Subscriber).where(Subscriber.active))
    wanted = [subscriber for subscriber in listening if event["type"] in subscriber.events]
    for subscriber in wanted:
        delivery_key = f"msg_{canonical.digest(key, subscriber.id)[:32]}"
        outbox.enqueue(
            work, TOPIC, {"subscriber": subscriber.id, "event": message}, key=delivery_key
        )
    return len(wanted)


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers what the outbox holds: `relay` for the topic "event", `deliver` for "webhook"."""

    engine: Engine
    keyring: Keyring
    policy: AddressPolicy

    def deliverers(self) -> dict[str, Callable[..., None]]:
        """By topic of the outbox."""
        return {EVENT_TOPIC: self.relay, TOPIC: self.deliver}

    def relay(self, payload: Mapping[str, Any], *, key: str) -> None:
        """Turn one event of the office into a delivery for each subscriber."""
        with self.engine.begin() as work:
            fan_out(work, payload, key=key)

    def deliver(self, payload: Mapping[str, Any], *, key: str) -> None:
        """Post one event to one subscriber.

        Raises:
            AddressRefused, DeliveryRefused: try again later.
        """
        with self.engine.read() as work:
            subscriber = work.session.get(Subscriber, payload["subscriber"])
            now = work.now
        if subscriber is None or not subscriber.active:
            return  # closed since: nobody is left to be told
        body = canonical.dumps(payload["event"])
        headers = sign(subscriber_secret(self.keyring, subscriber), key, body, at=now)
        if self._post(subscriber.url, body, headers) == _GONE:
            self._close(subscriber.id)

    def _post(self, url: str, body: str, headers: Mapping[str, str]) -> int:
        try:
            status = post(check(url, self.policy), body.encode(), headers)
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryRefused(answer=type(error).__name__) from error
        if status != _GONE and not 200 <= status < 300:
            raise DeliveryRefused(answer=status)
        return status

    def _close(self, subscriber_id: str) -> None:
        with self.engine.begin() as work:
            subscriber = work.session.get(Subscriber, subscriber_id)
            if subscriber is not None:
                subscriber.active = False
