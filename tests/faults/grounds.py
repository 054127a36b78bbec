"""Where a scene is played: a real database and a folder of files that can be put back at once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from engine.store.database import open_database


class Ground(Protocol):
    """A database and the folder `var` beside it."""

    name: str
    url: str
    folder: Path
    database: sa.Engine
    compiled: dict[str, Any]  # definitions that were deployed when this was kept

    def keep(self, name: str) -> None:
        """What stands here now is what `put_back` brings again by this name."""

    def put_back(self, name: str) -> None: ...


class SqliteGround:
    """One file in WAL mode."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "installation.sqlite3"
        self.url = f"sqlite:///{self.file}"
        self.database = open_database(self.url)
        self.compiled: dict[str, Any] = {}

    def keep(self, name: str) -> None:
        self.database.dispose()
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, self._kept(name))
        _copy_files(self.folder / "var", self.folder / name)

    def put_back(self, name: str) -> None:
        self.database.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self._kept(name), self.file)
        _copy_files(self.folder / name, self.folder / "var")

    def _kept(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


class PostgresGround:
    """A database of a server; what is kept lies beside it in a schema of its own.

    Rows are put back, not the whole database: a copy of a template takes a hundred times as long.
    """

    name = "postgres"

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.database = open_database(url)
        self.compiled: dict[str, Any] = {}
        self._tables: list[str] = []

    def keep(self, name: str) -> None:
        with self.database.connect() as connection:
            self._tables = sa.inspect(connection).get_table_names("public")
        self.database.dispose()
        script = f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name};"
        for table in self._tables:
            script += f'CREATE TABLE {name}."{table}" AS TABLE public."{table}";'
        self._run(script)
        _copy_files(self.folder / "var", self.folder / name)

    def put_back(self, name: str) -> None:
        self.database.dispose()
        # The guards of the record and the foreign keys are for the product, not for the stage.
        script = "SET session_replication_role = replica;"
        for table in self._tables:
            script += f'DELETE FROM public."{table}";'
            kept = f'OVERRIDING SYSTEM VALUE SELECT * FROM {name}."{table}"'
            script += f'INSERT INTO public."{table}" {kept};'
        self._run(script)
        _copy_files(self.folder / name, self.folder / "var")

    def _run(self, script: str) -> None:
        alone = sa.create_engine(self.url, poolclass=sa.NullPool)
        with alone.begin() as connection:
            connection.exec_driver_sql(script)


@contextmanager
def ground_on(url: str, folder: Path) -> Iterator[Ground]:
    """The ground over a fresh database with all tables; SQLite's lies in `folder`."""
    if url.startswith("sqlite"):
        sqlite = SqliteGround(folder)
        shutil.copyfile(str(sa.make_url(url).database), sqlite.file)
        yield sqlite
        sqlite.database.dispose()
        return
    ground = PostgresGround(folder, url)
    yield ground
    ground.database.dispose()


def _copy_files(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)
