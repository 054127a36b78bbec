"""A copy of the whole database at one moment, and the way back: SQLite's online backup, or
PostgreSQL's own programs."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.ground.errors import EngineError
from engine.store.database import open_database, stored_revisions


class ProgramMissing(EngineError):
    """The program {program} is needed for this; it comes with PostgreSQL's client package."""

    thai = "ต้องมีโปรแกรม {program} ซึ่งอยู่ในชุดโปรแกรมลูกข่ายของ PostgreSQL"


class ProgramFailed(EngineError):
    """{program} failed: {reason}"""

    thai = "{program} ทำงานไม่สำเร็จ: {reason}"


class DatabaseNotEmpty(EngineError):
    """The database already holds records ({tables}); --force replaces all of them."""

    thai = "ฐานข้อมูลมีข้อมูลอยู่แล้ว ({tables}) หากต้องการแทนที่ทั้งหมดให้ระบุ --force"


class DatabaseInUse(EngineError):
    """The database is in use; stop every server and worker first."""

    thai = "ฐานข้อมูลกำลังถูกใช้งาน โปรดหยุดระบบและงานเบื้องหลังทั้งหมดก่อน"


@dataclass(frozen=True, slots=True)
class Dumped:
    """What a copy holds."""

    rows: dict[str, int]  # by table
    revisions: list[str]


# ── out ────────────────────────────────────────────────────────────────────────────────────────


def dump_database(url: str, target: Path) -> Dumped:
    """Write a copy into `target` while others go on working.

    Raises:
        ProgramMissing, ProgramFailed: PostgreSQL's programs are not there, or refuse.
    """
    if url.startswith("sqlite"):
        return _copy_sqlite(url, target)
    return _dump_postgres(url, target)


def _copy_sqlite(url: str, target: Path) -> Dumped:
    with (
        contextlib.closing(_sqlite(Path(str(sa.make_url(url).database)))) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy, pages=4096, sleep=0)
    database = open_database(f"sqlite:///{target}")
    try:
        with database.connect() as connection:
            rows = row_counts(connection)
        revisions = stored_revisions(database)
    finally:
        database.dispose()
    with contextlib.closing(_sqlite(target)) as alone:
        # One file that needs nothing beside it: a backup is carried about alone.
        alone.execute("PRAGMA journal_mode=DELETE")
    return Dumped(rows, revisions)


def _sqlite(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=30, isolation_level=None)


def _dump_postgres(url: str, target: Path) -> Dumped:
    """Rows are counted in the very snapshot that is dumped."""
    database = open_database(url).execution_options(isolation_level="REPEATABLE READ")
    try:
        with database.connect() as connection:
            snapshot = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
            rows = row_counts(connection)
            words = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
            _run(url, "pg_dump", *words, f"--snapshot={snapshot}")
        return Dumped(rows, stored_revisions(database))
    finally:
        database.dispose()


# ── and back ───────────────────────────────────────────────────────────────────────────────────


def load_database(url: str, source: Path, *, records: Sequence[str], force: bool) -> None:
    """Put a dumped copy in the place of everything the database holds: all of it or nothing.

    `records` are the tables whose rows nobody may replace without `force`.

    Raises:
        DatabaseNotEmpty: it holds records, and `force` was not given.
        DatabaseInUse: somebody has the SQLite file open.
        ProgramMissing, ProgramFailed: PostgreSQL's programs are not there, or refuse.
    """
    check_replaceable(url, records, force=force)
    if url.startswith("sqlite"):
        _load_sqlite(url, source)
    else:
        _load_postgres(url, source)


def check_replaceable(url: str, records: Sequence[str], *, force: bool) -> None:
    """Raises `DatabaseNotEmpty`: these tables hold rows, and nobody has said `force`."""
    if force:
        return
    database = open_database(url)
    try:
        with database.connect() as connection:
            rows = row_counts(connection)
    finally:
        database.dispose()
    full = [f"{name}: {rows[name]}" for name in records if rows.get(name)]
    if full:
        raise DatabaseNotEmpty(tables=", ".join(full))


def _load_sqlite(url: str, source: Path) -> None:
    path = Path(str(sa.make_url(url).database))
    with (
        contextlib.closing(_sqlite(path)) as target,
        contextlib.closing(_sqlite(source)) as copy,
    ):
        _must_be_alone(target)
        # One transaction of SQLite's own: whoever is killed in it finds the old content again.
        copy.backup(target)


def _must_be_alone(connection: sqlite3.Connection) -> None:
    """Leaving WAL mode needs the file for oneself, so this tells whether anybody has it open."""
    connection.execute("PRAGMA busy_timeout=1000")
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise DatabaseInUse from error


def _load_postgres(url: str, source: Path) -> None:
    """Everything in one transaction of psql, the old content's end included."""
    with tempfile.TemporaryDirectory(prefix="samnuan-") as folder:
        script, first = Path(folder) / "restore.sql", Path(folder) / "first.sql"
        words = ["--no-owner", "--no-privileges", f"--file={script}", str(source)]
        _run(url, "pg_restore", *words, connect=False)
        first.write_text(_clearing(url))
        quiet = ["--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
        _run(url, "psql", *quiet, "--single-transaction", f"--file={first}", f"--file={script}")


def _clearing(url: str) -> str:
    """Statements that empty a database whatever has been put into it."""
    database = open_database(url)
    try:
        schemas = sa.inspect(database).get_schema_names()
    finally:
        database.dispose()
    found = [name for name in schemas if not name.startswith(("pg_", "information_schema"))]
    quoted = [name.replace('"', '""') for name in found]
    drops = [f'DROP SCHEMA "{name}" CASCADE;' for name in quoted]
    return "\n".join(["SET lock_timeout = '10s';", *drops, "CREATE SCHEMA public;", ""])


# ── what both need ─────────────────────────────────────────────────────────────────────────────


def row_counts(connection: sa.Connection) -> dict[str, int]:
    """Rows by table; the tables of other programs beside ours count too."""
    names = sorted(sa.inspect(connection).get_table_names())
    return {name: _count(connection, name) for name in names}


def _count(connection: sa.Connection, table: str) -> int:
    counted = sa.select(sa.func.count()).select_from(sa.table(table))
    return int(connection.scalar(counted) or 0)


def _run(url: str, program: str, *words: str, connect: bool = True) -> None:
    found = shutil.which(program)
    if found is None:
        raise ProgramMissing(program=program)
    place, environ = _libpq(url)
    command = [found, *([f"--dbname={place}"] if connect else []), *words]
    done = subprocess.run(  # noqa: S603 PostgreSQL's own program, no shell, our own settings
        command, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise ProgramFailed(program=program, reason=lines[0] if lines else done.returncode)


def _libpq(url: str) -> tuple[str, Mapping[str, str]]:
    """The address as PostgreSQL's programs read it; the password is not shown among processes."""
    parsed = sa.make_url(url)
    environ: dict[str, str] = dict(os.environ)
    if parsed.password is not None:
        environ["PGPASSWORD"] = str(parsed.password)
    bare = sa.URL.create(
        "postgresql",
        username=parsed.username,
        host=parsed.host,
        port=parsed.port,
        database=parsed.database,
        query=dict[str, Any](parsed.query),
    )
    return bare.render_as_string(hide_password=False), environ
