"""The agency whose law is walked here: one database is enough, the engine's tests take both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.clock import TravellingClock
from tests.support.agency import Agency


@pytest.fixture
def agency(sqlite_url: str, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    agency = Agency.open(sqlite_url, clock, tmp_path / "var")
    yield agency
    agency.close()
