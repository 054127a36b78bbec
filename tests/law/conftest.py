"""The agency whose law is walked here: one database is enough, the engine's tests take both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ground.clock import TravellingClock
from tests.support.agency import Agency
from tests.support.installations import Installations


@pytest.fixture
def agency(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Agency]:
    with sqlite_agencies.agency(clock, tmp_path / "var") as agency:
        yield agency
