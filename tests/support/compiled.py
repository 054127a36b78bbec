"""What a worker of the tests compiles once for all of them: SQL statements and page templates.

Each test opens a database and an application of its own, and each of these would begin with empty
caches: a third of what a test of pages costs went into compiling the same again.
"""

from __future__ import annotations

from typing import Any

import flask
import sqlalchemy as sa
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_STATEMENTS: dict[Any, Any] = {}


class _OneForAll:
    """Equal dialects: what was compiled for one database of a kind is found by all others."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: sa.Engine) -> None:
        engine.update_execution_options(compiled_cache=_STATEMENTS)


class Sqlite(_OneForAll, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class Postgres(_OneForAll, PGDialect_psycopg):
    supports_statement_cache = True


class _Templates(BytecodeCache):
    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = self._codes.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def share() -> None:
    """From now on, in this process."""
    registry.register("sqlite", __name__, "Sqlite")
    registry.register("postgresql.psycopg", __name__, "Postgres")
    flask.Flask.jinja_options = {**flask.Flask.jinja_options, "bytecode_cache": _Templates()}
