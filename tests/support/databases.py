"""Databases for tests: the tables are made once per worker, each test gets a fresh copy."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from engine.store.database import open_database, upgrade
from tests.support import postgres
from tests.support.requirements import memory_with

ROOT = Path(__file__).resolve().parents[2]
# A real file, in memory where the machine offers that: every commit waits for the disk otherwise,
# and what a test proves does not depend on it.
MEMORY = memory_with()


def packages_with_tables() -> list[str]:
    """The packages that bring tables."""
    names = ("engine", "office", "webhooks", "web")
    return [name for name in names if any((ROOT / name / "revisions" / "versions").glob("*.py"))]


def migrate(url: str) -> None:
    database = open_database(url)
    try:
        upgrade(database, packages_with_tables())
    finally:
        database.dispose()


class SqliteTemplates:
    """A migrated file; a test's database is a copy of it."""

    def __init__(
        self, folder: Path, fill: Callable[[str], None] = migrate, *, of: Path | None = None
    ) -> None:
        self._template = folder / "template.sqlite3"
        if of is not None:
            shutil.copyfile(of, self._template)
        fill(f"sqlite:///{self._template}")

    def filled(self, folder: Path, fill: Callable[[str], None]) -> SqliteTemplates:
        """Copies of this database after `fill` has put something into it."""
        return SqliteTemplates(folder, fill, of=self._template)

    @contextmanager
    def copy(self, folder: Path | None = None) -> Iterator[str]:
        """A fresh database, in `folder` or somewhere that is gone afterwards."""
        with contextlib.ExitStack() as stack:
            if folder is None:
                made = tempfile.TemporaryDirectory(prefix="samnuan-test-", dir=MEMORY)
                folder = Path(stack.enter_context(made))
            file = folder / "test.sqlite3"
            shutil.copyfile(self._template, file)
            yield f"sqlite:///{file}"


class PostgresTemplates:
    """A migrated database; a test's database is made from it and dropped afterwards."""

    _all = itertools.count(1)

    def __init__(
        self,
        maintenance: sa.URL,
        fill: Callable[[str], None] = migrate,
        *,
        of: str = "template0",
    ) -> None:
        self._maintenance = maintenance
        # Workers, and runs side by side on one named server, must not meet.
        self._template = f"samnuan_test_{os.getpid()}_{next(self._all)}"
        self._numbers = itertools.count(1)
        url = postgres.create_database(maintenance, self._template, template=of)
        fill(url.render_as_string(hide_password=False))

    def filled(self, fill: Callable[[str], None]) -> PostgresTemplates:
        """Copies of this database after `fill` has put something into it."""
        return PostgresTemplates(self._maintenance, fill, of=self._template)

    def bare(self) -> PostgresTemplates:
        """Databases without any table."""
        return PostgresTemplates(self._maintenance, lambda _url: None)

    @contextmanager
    def copy(self) -> Iterator[str]:
        name = f"{self._template}_{next(self._numbers)}"
        url = postgres.create_database(self._maintenance, name, template=self._template)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            postgres.drop_database(self._maintenance, name)

    def close(self) -> None:
        postgres.drop_database(self._maintenance, self._template)
