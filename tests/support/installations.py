"""Installations for tests: founded once per worker, each test works in a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from engine.ground.clock import TravellingClock
from office.ground.settings import OfficeSettings
from tests.support.agency import Agency
from tests.support.databases import PostgresTemplates, SqliteTemplates
from tests.support.verbs import Office

Founding = Callable[[str, Path], None]


class Installations:
    """Copies of an installation: its database, and the keys that open what is in it."""

    def __init__(
        self, empty: SqliteTemplates | PostgresTemplates, folder: Path, found: Founding
    ) -> None:
        self._keys = folder / "var"

        def fill(url: str) -> None:
            found(url, self._keys)

        if isinstance(empty, SqliteTemplates):
            self._databases: SqliteTemplates | PostgresTemplates = empty.filled(folder, fill)
        else:
            self._databases = empty.filled(fill)

    @contextmanager
    def copy(self, data_dir: Path) -> Iterator[str]:
        """A database of its own, with the keys in `data_dir`."""
        shutil.copytree(self._keys, data_dir, dirs_exist_ok=True)
        with self._databases.copy() as url:
            yield url

    @contextmanager
    def office(self, clock: TravellingClock, data_dir: Path) -> Iterator[Office]:
        with self.copy(data_dir) as url:
            settings = OfficeSettings(database_url=url, data_dir=data_dir, demo=True)
            with closing(Office.open(settings, clock=clock)) as office:
                yield office

    @contextmanager
    def agency(self, clock: TravellingClock, data_dir: Path) -> Iterator[Agency]:
        with self.office(clock, data_dir) as office:
            yield Agency.at(office, clock)
