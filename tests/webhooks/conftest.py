"""What the stories of the doors need: an engine, a keyring, and a subscriber that listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from complaints.keys import Keyring, decode_key, new_key
from engine import Engine
from engine.actor import Actor
from engine.clock import TravellingClock
from engine.database import open_database
from tests.webhooks.listener import Listener, listening
from webhooks.address import AddressPolicy
from webhooks.outbound import Courier

ADMINISTRATOR = Actor.of("admin-1", "administrator")


@pytest.fixture
def keyring() -> Keyring:
    return Keyring({1: decode_key(new_key())})


@pytest.fixture
def engine(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    """An engine on a fresh database, with nothing deployed."""
    engine = Engine(open_database(sqlite_url), clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def courier(engine: Engine, keyring: Keyring) -> Courier:
    """Delivers over plain http to this machine, as a development installation does."""
    courier = Courier(engine, keyring, AddressPolicy(development=True))
    engine.deliverers |= courier.deliverers()
    return courier


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A subscriber's server: what it received, and what it answers."""
    with listening() as listener:
        yield listener
