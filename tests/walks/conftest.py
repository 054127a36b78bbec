"""The agency for the walks: the real guideline on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ground.clock import TravellingClock
from tests.support.agency import Agency
from tests.support.installations import Installations


@pytest.fixture
def clock(clock: TravellingClock) -> TravellingClock:
    """The twelve examples speak of days up to the second week of March 2569."""
    clock.advance(days=14)
    return clock


@pytest.fixture
def agency(agencies: Installations, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    with agencies.agency(clock, tmp_path / "var") as agency:
        yield agency
