"""The whole agency on a Monday with four ordinary weeks ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from engine.ground.clock import BANGKOK, TravellingClock
from tests.support.agency import Agency
from tests.support.installations import Installations

MONDAY = datetime(2026, 3, 16, 9, tzinfo=BANGKOK)  # no holiday until 6 April


@pytest.fixture
def clock() -> TravellingClock:
    """The agency's own: it moves only when told."""
    return TravellingClock(MONDAY)


@pytest.fixture
def agency(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Agency]:
    with sqlite_agencies.agency(clock, tmp_path / "var") as agency:
        yield agency
