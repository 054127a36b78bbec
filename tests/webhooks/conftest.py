"""What tests of REST and webhooks need: an office, an application, clients, a subscriber."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect

import webhooks
from engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.store.database import open_database
from office.ground.keys import Keyring
from office.ground.settings import OfficeSettings
from tests.support.verbs import Office
from tests.webhooks.client import Api
from tests.webhooks.drawings import FILES, OWNER
from tests.webhooks.listener import Listener, listening
from web import create_app
from web.settings import WebSettings
from webhooks.clients import SCOPES, register_client
from webhooks.outbound.address import AddressPolicy
from webhooks.outbound.deliveries import Courier

ADMINISTRATOR = Actor.of("admin-1", "administrator")


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A fresh database; a module that must hold on both overrides this."""
    return sqlite_url


@pytest.fixture
def engine(url: str, clock: TravellingClock) -> Iterator[Engine]:
    """An engine on a fresh database, with nothing deployed."""
    engine = Engine(open_database(url), clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def office(engine: Engine, url: str, tmp_path: Path) -> Office:
    """An office with empty tables."""
    settings = OfficeSettings(database_url=url, data_dir=tmp_path / "data")
    return Office.open(settings, engine=engine)


@pytest.fixture
def keyring(office: Office) -> Keyring:
    return office.services.keys.content


@pytest.fixture
def courier(engine: Engine, keyring: Keyring) -> Courier:
    """Delivers over plain http to this machine, as a development installation does."""
    courier = Courier(engine, keyring, AddressPolicy(development=True))
    engine.machine.deliverers |= courier.deliverers()
    return courier


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A subscriber's server: what it received, and what it answers."""
    with listening() as listener:
        yield listener


@pytest.fixture
def app(office: Office) -> Flask:
    """An application with nothing but these routes, protected as the real one is."""
    app = Flask("api")
    app.config.update(SECRET_KEY="tests", TESTING=True)
    CSRFProtect(app)
    webhooks.register(app, office)
    return app


@pytest.fixture
def application(office: Office, url: str, tmp_path: Path) -> Flask:
    """The whole application, with the pages for people."""
    app = create_app(WebSettings(database_url=url, data_dir=tmp_path / "data"), office)
    app.config["TESTING"] = True
    return app


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(engine: Engine) -> Callable[..., dict[str, str]]:
    """The headers of a new client: `token("tasks:read", groups=["officer"])`, or of all scopes."""
    numbers = iter(range(1, 100))

    def create(*scopes: str, groups: tuple[str, ...] = ("officer",)) -> dict[str, str]:
        with engine.begin() as work:
            _, token = register_client(
                work, f"client-{next(numbers)}", scopes or SCOPES, groups, actor=ADMINISTRATOR
            )
        return {"Authorization": f"Bearer {token}"}

    return create


@pytest.fixture
def api(http: FlaskClient, token: Callable[..., dict[str, str]], engine: Engine) -> Api:
    """A client of all scopes in the group `officer`, with three processes deployed."""
    engine.deploy(FILES, OWNER)
    return Api(http, token())
