"""A PostgreSQL server for the tests: the one that is named, else a private one of their own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import sqlalchemy as sa

from tests.support.requirements import memory_with, missing, postgres_program

# A test database that dies with the tests needs no durability, and copies of a template go faster.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_size": "128MB",
    "max_wal_senders": "0",
    "log_min_messages": "error",
}
# Each test makes and drops a database of ten megabytes: in memory that costs a tenth of the time.
ROOM = 1024 * 1024 * 1024


@contextlib.contextmanager
def server() -> Iterator[sa.URL]:
    """The URL of a maintenance database in which other databases may be created."""
    named = os.environ.get("SAMNUAN_TEST_POSTGRES_URL")
    if named:
        yield sa.make_url(named).set(drivername="postgresql+psycopg")
        return
    initdb, postgres = postgres_program("initdb"), postgres_program("postgres")
    if initdb is None or postgres is None:
        missing("PostgreSQL (SAMNUAN_TEST_POSTGRES_URL, or initdb and postgres)")
    # A socket's path must be short.
    home = Path(tempfile.mkdtemp(prefix="samnuan-pg-", dir=memory_with(ROOM) or "/tmp"))
    try:
        with _private_server(home, initdb.resolve(), postgres.resolve()) as url:
            yield url
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _private_server(home: Path, initdb: Path, postgres: Path) -> Iterator[sa.URL]:
    data, owner = str(home / "data"), unprivileged_owner(home)
    setup = [str(initdb), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    setup += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    subprocess.run(setup, check=True, capture_output=True, cwd=home, **owner)
    serve = [str(postgres), "-D", data, "-k", str(home)]
    serve += [f"--{name}={value}" for name, value in OPTIONS.items()]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(serve, stdin=DEVNULL, stdout=log, stderr=log, cwd=home, **owner)
    try:
        url = sa.URL.create(
            "postgresql+psycopg", "postgres", database="postgres", query={"host": str(home)}
        )
        _wait_until_ready(url, process, home / "log")
        yield url
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody needs this data again
        process.wait(timeout=20)


def unprivileged_owner(home: Path) -> dict[str, Any]:
    """As whom to run: PostgreSQL refuses root, so root hands `home` to another account."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = next((name for name in ("postgres", "nobody") if name in names), None)
    if name is None:
        missing("an account other than root to run PostgreSQL")
    account = pwd.getpwnam(name)
    os.chown(home, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _wait_until_ready(url: sa.URL, process: subprocess.Popen[bytes], log: Path) -> None:
    database = sa.create_engine(url, poolclass=sa.NullPool)
    deadline = time.monotonic() + 30
    while True:
        try:
            with database.connect():
                return
        except sa.exc.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text("utf-8", "replace")) from None
            time.sleep(0.02)  # a server outside the tests' clock: nothing else tells that it is up


def create_database(maintenance: sa.URL, name: str, *, template: str = "template0") -> sa.URL:
    _run(maintenance, f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING \'UTF8\'')
    return maintenance.set(database=name)


def drop_database(maintenance: sa.URL, name: str) -> None:
    _run(maintenance, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(maintenance: sa.URL, statement: str) -> None:
    database = sa.create_engine(maintenance, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with database.connect() as connection:
        connection.exec_driver_sql(statement)
