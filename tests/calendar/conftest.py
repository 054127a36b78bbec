"""The whole agency, deployed once per worker: each test works on a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from complaints import people
from complaints.office import Office
from complaints.settings import OfficeSettings
from engine.clock import BANGKOK, TravellingClock
from tests.support.agency import Agency
from tests.support.databases import SqliteTemplates

MONDAY = datetime(2026, 3, 16, 9, tzinfo=BANGKOK)  # no holiday until 6 April


@dataclass
class AgencyTemplate:
    """An agency's database and keys, to be copied."""

    folder: Path

    def copy(self, folder: Path) -> Agency:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        url = f"sqlite:///{folder / 'test.sqlite3'}"
        settings = OfficeSettings(database_url=url, data_dir=folder / "var")
        clock = TravellingClock(MONDAY)
        office = Office.open(settings, clock=clock)
        with office.engine.read() as work:
            return Agency(office, clock, people.users(work))


@pytest.fixture(scope="session")
def agency_template(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> AgencyTemplate:
    folder = tmp_path_factory.mktemp("agency")
    with sqlite_templates.copy(folder) as url:
        Agency.open(url, TravellingClock(MONDAY), folder / "var").close()
    return AgencyTemplate(folder)


@pytest.fixture
def agency(agency_template: AgencyTemplate, tmp_path: Path) -> Iterator[Agency]:
    agency = agency_template.copy(tmp_path)
    yield agency
    agency.close()


@pytest.fixture
def clock(agency: Agency) -> TravellingClock:
    """The agency's own: it moves only when told."""
    return agency.clock
