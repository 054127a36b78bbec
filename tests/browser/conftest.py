"""The product at a real address, and people with real browsers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from waitress.server import create_server

from engine.ground.clock import TravellingClock
from tests.browser.person import Person
from tests.support.agency import Agency
from tests.support.installations import Installations
from web import create_app
from web.settings import WebSettings

MINIMAL_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def agency(agencies: Installations, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    with agencies.agency(clock, tmp_path / "var") as agency:
        yield agency


@pytest.fixture
def address(agency: Agency) -> Iterator[str]:
    """Where the product answers, as long as the test runs."""
    known = agency.office.settings
    settings = WebSettings(
        database_url=known.database_url, data_dir=known.data_dir, demo=True, idle_minutes=1440
    )
    app = create_app(settings, agency.office)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture
def person(browser: Browser, address: str) -> Iterator[Callable[..., Person]]:
    """`person()` is somebody new with a browser of their own."""
    people: list[Person] = []

    def somebody(*, phone: bool = False) -> Person:
        people.append(Person(browser, address, phone=phone))
        return people[-1]

    yield somebody
    for each in people:
        each.close()


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    file = tmp_path / "หลักฐานการโอนเงิน.pdf"
    file.write_bytes(MINIMAL_PDF)
    return file
