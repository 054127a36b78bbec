"""The API's reference page in a real browser: readable for everybody, under its strict policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

pytestmark = pytest.mark.browser


@pytest.fixture
def address(application: Flask) -> Iterator[str]:
    """The REST API at a real address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_reference_has_no_barrier_and_asks_for_nothing_elsewhere(
    page: Page, address: str, width: int
):
    troubles, asked = [], []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(f"{address}/api/v1/")

    # axe is put into the page by the debugger, past the policy that forbids every script.
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert troubles == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}
