"""An agency, and the command line over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.ground.clock import TravellingClock
from tests.support.agency import Agency
from tests.support.installations import Installations
from web.cli import main

Ask = Callable[..., Result]


@pytest.fixture
def agency(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Agency]:
    with sqlite_agencies.agency(clock, tmp_path) as agency:
        yield agency


@pytest.fixture
def ask(agency: Agency) -> Ask:
    """`samnuan` with these words, in the agency's installation."""
    known = agency.office.settings
    environment = {
        "SAMNUAN_DATABASE_URL": known.database_url,
        "SAMNUAN_DATA_DIR": str(known.data_dir),
    }
    return lambda *words: CliRunner(env=environment).invoke(main, words)
