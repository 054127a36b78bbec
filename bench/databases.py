"""The databases that numbers are taken on: SQLite always, PostgreSQL where one answers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bench.engines import our_engine
from engine import Engine

# A server in which a database may be made and dropped; with its own durability, whatever that is.
SERVER = os.environ.get(
    "SAMNUAN_BENCH_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def _answers() -> bool:
    server = sa.create_engine(SERVER, connect_args={"connect_timeout": 2})
    try:
        with server.connect():
            return True
    except sa.exc.SQLAlchemyError:
        return False
    finally:
        server.dispose()


def versions() -> dict[str, str]:
    """What answered, as the report names it."""
    found = {"SQLite": _version("sqlite://", "SELECT sqlite_version()")}
    if "PostgreSQL" in DATABASES:
        found["PostgreSQL"] = _version(SERVER, "SHOW server_version")
    return found


def _version(url: str, question: str) -> str:
    server = sa.create_engine(url)
    with server.connect() as connection:
        version = str(connection.exec_driver_sql(question).scalar())
    server.dispose()
    return version


DATABASES = ("SQLite", "PostgreSQL") if _answers() else ("SQLite",)


@contextmanager
def database(name: str) -> Iterator[Engine]:
    """An engine on a database of its own, which is gone afterwards."""
    if name == "SQLite":
        with our_engine() as (engine, _):
            yield engine
        return
    with fresh_postgres() as url, our_engine(url) as (engine, _):
        yield engine


@contextmanager
def fresh_postgres() -> Iterator[str]:
    server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
    name = f"samnuan_bench_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        server.dispose()
