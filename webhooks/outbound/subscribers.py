"""Outside systems that are told what happens: registering, closing, and what did not reach them."""

from collections.abc import Iterable
from uuid import uuid4

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.text import Text
from engine.store.tables import OutboxMessage
from engine.store.work import Work
from office.ground.keys import Keyring
from webhooks.errors import NameRefused, NameTaken
from webhooks.naming import checked_choices, checked_name
from webhooks.outbound.address import AddressPolicy, check
from webhooks.secrets import encrypt_secret, open_secret
from webhooks.signing import new_secret
from webhooks.tables import Subscriber

TOPIC = "webhook"

EVENTS = {
    "complaint.received": Text("รับเรื่องแล้ว", "A complaint was received"),
    "complaint.closed": Text("ปิดเรื่องแล้ว", "A complaint was closed"),
    "task.created": Text("มีงานใหม่", "A task was created"),
    "task.overdue": Text("งานเกินกำหนด", "A task is overdue"),
}


def register_subscriber(
    work: Work,
    keyring: Keyring,
    name: str,
    url: str,
    *,
    events: Iterable[str],
    policy: AddressPolicy,
    actor: Actor,
) -> str:
    """Register a subscriber; returns the signing secret, which is never shown again.

    Raises:
        AddressRefused: the URL may not be reached from here.
        NameTaken, NameRefused: the name is in use or malformed, or an event is unknown.
    """
    check(url, policy)
    wanted = checked_choices(list(events) or list(EVENTS), EVENTS)
    if _find(work, checked_name(name)) is not None:
        raise NameTaken(name=name)
    secret, id = new_secret(), uuid4().hex
    work.session.add(
        Subscriber(
            id=id,
            name=name,
            url=url,
            secret=encrypt_secret(keyring, secret, owner=f"subscriber:{id}"),
            events=wanted,
            active=True,
            created_at=work.now,
            created_by=actor.id,
        )
    )
    return secret


def close_subscriber(work: Work, name: str) -> None:
    """From now on nothing is sent to it; what is still waiting is dropped."""
    subscriber = _find(work, name)
    if subscriber is None:
        raise NameRefused(name=name, allowed=", ".join(s.name for s in subscribers(work)))
    subscriber.active = False


def subscriber_secret(keyring: Keyring, subscriber: Subscriber) -> str:
    return open_secret(keyring, subscriber.secret, owner=f"subscriber:{subscriber.id}")


def subscribers(work: Work) -> list[Subscriber]:
    return list(work.session.scalars(sa.select(Subscriber).order_by(Subscriber.name)))


def failed_deliveries(work: Work, *, limit: int = 100) -> list[OutboxMessage]:
    """What was given up after the last retry, the newest first."""
    failed = (OutboxMessage.topic == TOPIC) & (OutboxMessage.status == "failed")
    newest = OutboxMessage.created_at.desc()
    return list(
        work.session.scalars(sa.select(OutboxMessage).where(failed).order_by(newest).limit(limit))
    )


def _find(work: Work, name: str) -> Subscriber | None:
    return work.session.scalar(sa.select(Subscriber).where(Subscriber.name == name))
