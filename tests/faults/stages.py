"""Where scenes begin: an empty installation and an agency with its people, once for each database.

Whoever plays a scene gets a copy of its own, so that scenes may be played side by side.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.turn.definitions import Bundles
from tests.conftest import START
from tests.faults.grounds import Ground, ground_on
from tests.support import postgres
from tests.support.agency import Agency
from tests.support.databases import MEMORY, migrate

EMPTY, AGENCY = "empty", "agency"


class Shelf(Protocol):
    """Databases of one kind by name."""

    def copy(self, source: str, target: str) -> str:
        """Copy a database; returns the URL of the new one."""

    def drop(self, name: str) -> None: ...


class SqliteShelf:
    """Files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        migrate(f"sqlite:///{self._file(EMPTY)}")

    def copy(self, source: str, target: str) -> str:
        shutil.copyfile(self._file(source), self._file(target))
        return f"sqlite:///{self._file(target)}"

    def drop(self, name: str) -> None:
        self._file(name).unlink()

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"


class PostgresShelf:
    """Databases of one server."""

    def __init__(self, maintenance: sa.URL) -> None:
        self._server = maintenance
        self._prefix = f"samnuan_fault_{os.getpid()}"
        url = postgres.create_database(maintenance, self._name(EMPTY))
        migrate(url.render_as_string(hide_password=False))

    def copy(self, source: str, target: str) -> str:
        name, template = self._name(target), self._name(source)
        url = postgres.create_database(self._server, name, template=template)
        return url.render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        postgres.drop_database(self._server, self._name(name))

    def _name(self, name: str) -> str:
        return f"{self._prefix}_{name}"


class Stage:
    """One kind of database with its beginnings: an empty installation, an agency when founded."""

    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self._shelf = shelf
        self._data = folder / AGENCY
        self._numbers = itertools.count(1)
        self._compiled: dict[str, Any] = {}

    def found_agency(self) -> None:
        """Deploy the guideline and hire the people, with whom every scene of the office begins."""
        agency = Agency.open(self._shelf.copy(EMPTY, AGENCY), TravellingClock(START), self._data)
        agency.office.intake_form()  # compiles what was deployed
        self._compiled = dict(agency.office.engine.machine.cache(Bundles))
        agency.close()

    @contextmanager
    def ground(self, beginning: str) -> Iterator[Ground]:
        """A copy of a beginning, to be broken."""
        name = f"{os.getpid()}_{next(self._numbers)}"
        with tempfile.TemporaryDirectory(prefix="samnuan-kill-", dir=MEMORY) as made:
            with ground_on(self._shelf.copy(beginning, name), Path(made)) as ground:
                if beginning == AGENCY:
                    shutil.copytree(self._data, ground.folder / "var", dirs_exist_ok=True)
                    ground.compiled = dict(self._compiled)
                yield ground
            self._shelf.drop(name)


@contextmanager
def stage(database: str) -> Iterator[Stage]:
    """The stage of SQLite, or of PostgreSQL on a server that the tests inside use too."""
    with contextlib.ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="samnuan-stage-", dir=MEMORY)
        folder = Path(stack.enter_context(made))
        if database == "sqlite":
            yield Stage(SqliteShelf(folder), folder)
            return
        maintenance = stack.enter_context(postgres.server())
        os.environ["SAMNUAN_TEST_POSTGRES_URL"] = maintenance.render_as_string(hide_password=False)
        shelf = PostgresShelf(maintenance)
        yield Stage(shelf, folder)
        for name in (EMPTY, AGENCY):
            shelf.drop(name)
