"""Finds the points of a verb at which a process can die, and dies at the one it is told.

The points are found at the driver, under SQLAlchemy: whatever writes, by whatever way, passes here,
so that a new write cannot be forgotten. Files and mail are found by Python's own audit events.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

# What changes nothing. A SELECT that calls a function of the database's own (a queue) may write.
READS = re.compile(
    r"\s*(SELECT(?![^;]*\b(procrastinate_\w+|pg_notify|nextval|setval)\()|BEGIN|PRAGMA|SHOW|SET|"
    r"SAVEPOINT|RELEASE|ROLLBACK|VALUES)\b|;?$",  # nothing at all asks whether anybody is there
    re.IGNORECASE,
)
COMMIT = re.compile(r"\s*(COMMIT|END)\b", re.IGNORECASE)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass
class Watch:
    """The points that were passed; at number `die_at` the process is killed."""

    die_at: int | None = None
    on_commit: Callable[[], None] = lambda: None
    folder: str = ""
    points: list[str] = field(default_factory=list)
    commits_before: list[int] = field(default_factory=list)  # for each point
    commits: int = 0

    def point(self, name: str) -> None:
        number = len(self.points)
        self.points.append(name)
        self.commits_before.append(self.commits)
        if number == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def committed(self) -> None:
        self.commits += 1
        self.on_commit()

    def audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Files of the store, mail on its way, and other programs."""
        if name == "smtplib.send":
            self.point("mail")
        elif name == "subprocess.Popen":
            self.point(f"program: {os.path.basename(os.fsdecode(arguments[0]))}")
        elif name == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
            self._file("write", arguments[0])
        elif name in ("os.rename", "os.remove", "os.link"):
            self._file(name.removeprefix("os."), arguments[0])

    def _file(self, what: str, path: Any) -> None:
        if self.folder and str(path).startswith(self.folder):
            self.point(f"file: {what}")


_watch: list[Watch] = []


@contextmanager
def watching(watch: Watch) -> Iterator[Watch]:
    """Report the points of this process to `watch`; connections must be opened in here."""
    install()
    _watch.append(watch)
    try:
        yield watch
    finally:
        _watch.pop()


@contextmanager
def looking_away() -> Iterator[None]:
    """What the test itself asks of the database is no point."""
    kept = _watch[:]
    _watch.clear()
    try:
        yield
    finally:
        _watch.extend(kept)


def install() -> None:
    """Let every connection of the process pass its statements by here; once."""
    if not event.contains(sa.Engine, "do_connect", _connect):
        event.listen(sa.Engine, "do_connect", _connect)
        sys.addaudithook(_audit)


def _audit(name: str, arguments: tuple[Any, ...]) -> None:
    if _watch:
        _watch[-1].audit(name, arguments)


def _connect(dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
    if dialect.name == "sqlite":
        named["factory"] = WatchedSqlite
        return None
    return WatchedPostgres.connect(*arguments, **named)


@contextmanager
def _statement(connection: Any, sql: Any) -> Iterator[None]:
    text = sql if isinstance(sql, str) else str(sql)
    if not _watch or READS.match(text):
        yield
    elif COMMIT.match(text):
        with _commit(connection):
            yield
    else:
        connection.wrote = True
        what = " ".join(text.split()[:3])
        _watch[-1].point(f"before {what}")
        yield
        _watch[-1].point(f"after {what}")


@contextmanager
def _commit(connection: Any) -> Iterator[None]:
    if not _watch or not connection.wrote:
        yield
        return
    connection.wrote = False
    _watch[-1].point("before commit")
    yield
    _watch[-1].committed()
    _watch[-1].point("after commit")


class WatchedSqliteCursor(sqlite3.Cursor):
    def execute(self, sql: str, *rest: Any) -> Any:
        with _statement(self.connection, sql):
            return super().execute(sql, *rest)

    def executemany(self, sql: str, *rest: Any) -> Any:
        with _statement(self.connection, sql):
            return super().executemany(sql, *rest)


class WatchedSqlite(sqlite3.Connection):
    wrote = False

    def cursor(self, factory: Any = WatchedSqliteCursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, *rest: Any) -> Any:
        return self.cursor().execute(sql, *rest)

    def executemany(self, sql: str, *rest: Any) -> Any:
        return self.cursor().executemany(sql, *rest)

    def commit(self) -> None:
        with _commit(self):
            super().commit()

    def rollback(self) -> None:
        self.wrote = False
        super().rollback()


class WatchedPostgresCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, *rest: Any, **named: Any) -> Any:
        with _statement(self.connection, query):
            return super().execute(query, *rest, **named)

    def executemany(self, query: Any, *rest: Any, **named: Any) -> Any:
        with _statement(self.connection, query):
            return super().executemany(query, *rest, **named)


class WatchedAsyncCursor(psycopg.AsyncCursor[Any]):
    async def execute(self, query: Any, *rest: Any, **named: Any) -> Any:
        with _statement(self.connection, query):
            return await super().execute(query, *rest, **named)


class WatchedPostgres(psycopg.Connection[Any]):
    wrote = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.cursor_factory = WatchedPostgresCursor

    def commit(self) -> None:
        with _commit(self):
            super().commit()

    def rollback(self) -> None:
        self.wrote = False
        super().rollback()


class WatchedAsyncPostgres(psycopg.AsyncConnection[Any]):
    """procrastinate's own connections, which do not come by SQLAlchemy."""

    wrote = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.cursor_factory = WatchedAsyncCursor

    async def commit(self) -> None:
        with _commit(self):
            await super().commit()

    async def rollback(self) -> None:
        self.wrote = False
        await super().rollback()
