"""Pages over a whole agency."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from engine.ground.clock import TravellingClock
from tests.support.agency import Agency
from tests.support.installations import Installations
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings


@pytest.fixture
def agency(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Agency]:
    with sqlite_agencies.agency(clock, tmp_path / "installation" / "var") as agency:
        yield agency


@pytest.fixture
def settings(agency: Agency) -> WebSettings:
    known = agency.office.settings
    # Time travels in these stories; that a browser lies idle has a test of its own.
    return WebSettings(
        database_url=known.database_url, data_dir=known.data_dir, demo=True, idle_minutes=1440
    )


@pytest.fixture
def app(settings: WebSettings, agency: Agency) -> Flask:
    return create_app(settings, agency.office)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def another(app: Flask) -> Visitor:
    """Somebody else, at another browser."""
    return Visitor(app.test_client())
