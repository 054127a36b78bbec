"""The doors for people over a whole agency."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from complaints import people
from complaints.demo import DEMO_PASSWORD
from complaints.office import Office
from engine.clock import TravellingClock
from tests.support.agency import Agency
from tests.support.databases import SqliteTemplates
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings


@pytest.fixture(scope="session")
def furnished(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A folder with a furnished agency: database and secrets, to be copied for each test."""
    from tests.conftest import START

    folder = tmp_path_factory.mktemp("furnished")
    with sqlite_templates.copy(folder) as url:
        agency = Agency.open(url, TravellingClock(START), folder / "var")
        with agency.office.engine.begin() as work:
            people.set_password(work, "screening_head.2", DEMO_PASSWORD)
        agency.close()
        yield folder


@pytest.fixture
def settings(furnished: Path, tmp_path: Path) -> WebSettings:
    shutil.copytree(furnished, tmp_path / "house")
    database = next((tmp_path / "house").glob("*.sqlite*"))
    return WebSettings(database_url=f"sqlite:///{database}", data_dir=tmp_path / "house" / "var")


@pytest.fixture
def agency(settings: WebSettings, clock: TravellingClock) -> Iterator[Agency]:
    office = Office.open(settings, clock=clock)
    with office.engine.read() as work:
        staff = people.users(work)
    yield Agency(office, clock, staff)
    office.close()


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
