"""Opening the database, bringing its tables up to date, and the one unit of work that commits."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from engine.ground.errors import EngineError

# `revision = "b"` and the lines after it up to the blank one: down_revision, depends_on.
_REVISION = re.compile(r'^revision = "(?P<name>\w+)"\n(?P<before>(?:.+\n)*)', re.MULTILINE)
# On SQLite. A deferred transaction that reads and then writes fails at once when another writer
# came between, without waiting for the busy timeout; IMMEDIATE takes its place in the queue.
BEGIN = "BEGIN IMMEDIATE"
_NAMES = re.compile(r'"(\w+)"')


class DatabaseUnavailable(EngineError):
    """The database cannot be reached or written; nothing was changed, try again shortly."""

    thai = "ติดต่อหรือบันทึกฐานข้อมูลไม่ได้ในขณะนี้ ยังไม่มีข้อมูลใดเปลี่ยนแปลง โปรดลองใหม่อีกครั้ง"


class OutcomeUnknown(DatabaseUnavailable):
    """The database was lost while it was saving; look whether it was done before you try again."""

    thai = "การติดต่อฐานข้อมูลขาดขณะกำลังบันทึก โปรดตรวจดูก่อนว่าบันทึกแล้วหรือยัง จึงค่อยทำรายการซ้ำ"


def open_database(url: str, *, pool_size: int = 5) -> sa.Engine:
    """Open SQLite (`sqlite:///file`) or PostgreSQL (`postgresql+psycopg://…`)."""
    if url.startswith("sqlite"):
        return _open_sqlite(url)
    return sa.create_engine(
        url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True
    )


def _open_sqlite(url: str) -> sa.Engine:
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False, "isolation_level": None},
        hide_parameters=True,  # what people write is nobody's business in a log
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=30000")
        # A page that many commits change is brought over from the log once for all of them.
        connection.execute("PRAGMA wal_autocheckpoint=4000")

    @event.listens_for(engine, "begin")
    def begin_immediate(connection: sa.Connection) -> None:
        if not _driver(connection.connection).in_transaction:  # else a turn has begun it
            readonly = connection.get_execution_options().get("readonly", False)
            connection.exec_driver_sql("BEGIN" if readonly else BEGIN)

    return engine


def upgrade(database: sa.Engine, packages: Sequence[str] = ("engine",)) -> None:
    """Bring the tables of these packages (each with a folder `revisions/`) up to date."""
    root = Path(__file__).resolve().parents[2]
    if is_current(database, packages):
        return  # the usual start: Alembic need not even be loaded
    from alembic import command
    from alembic.config import Config

    # All packages' revisions are known to Alembic, so that a database with more packages than are
    # asked for here still opens; only those asked for are brought up to date.
    places = sorted(str(place) for place in root.glob("*/revisions/versions"))
    config = Config()
    config.set_main_option("script_location", str(root / "engine" / "revisions"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(places))
    with database.connect() as connection, _tables_may_be_replaced(connection):
        config.attributes["connection"] = connection
        for package in packages:
            command.upgrade(config, f"{package}@head")


@contextlib.contextmanager
def _tables_may_be_replaced(connection: sa.Connection) -> Iterator[None]:
    """A transaction in which SQLite lets a table that others refer to be made anew: it cannot
    change a column otherwise (https://sqlite.org/lang_altertable.html, section 7)."""
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    driver = _driver(connection.connection)
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing within a transaction
    try:
        with connection.begin():
            yield
            if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(lost[0]))
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def is_current(database: sa.Engine, packages: Sequence[str]) -> bool:
    """Whether every revision of these packages has been applied.

    Alembic stores only the newest ones; what those follow or depend on was applied before them.
    """
    root = Path(__file__).resolve().parents[2]
    pending = stored_revisions(database)
    parents = _parents(root)
    if not parents.keys() >= set(pending):
        # A newer release has been here, as in a rolling update: its tables suit the code before.
        return True
    applied: set[str] = set()
    while pending:
        name = pending.pop()
        applied.add(name)
        pending += parents.get(name, [])
    wanted = {match["name"] for t in _revisions(root, packages) for match in _REVISION.finditer(t)}
    return wanted <= applied


def unknown_revisions(stored: Iterable[str]) -> list[str]:
    """Those of a database's revisions that only a newer release than this one knows."""
    return sorted(set(stored) - _parents(Path(__file__).resolve().parents[2]).keys())


def _parents(root: Path) -> dict[str, list[str]]:
    """Every revision that this release knows, with those it follows or depends on."""
    return {
        match["name"]: _NAMES.findall(match["before"])
        for text in _revisions(root, ["*"])
        for match in _REVISION.finditer(text)
    }


def stored_revisions(database: sa.Engine) -> list[str]:
    """The newest revision of each package that the database has."""
    with database.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return []
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        return [str(row[0]) for row in found]


def _revisions(root: Path, packages: Sequence[str]) -> list[str]:
    """The text of each revision's file; its head says what it follows and depends on."""
    files = [f for package in packages for f in root.glob(f"{package}/revisions/versions/*_*.py")]
    return [file.read_text("utf-8") for file in files]


def scrub(database: sa.Engine, tables: Sequence[str]) -> None:
    """Give up the pages on which deleted rows still lie, and the log that led there.

    A deleted row's bytes stay in the file until something else is written over them. SQLite is
    written anew as a whole; on PostgreSQL these tables are.

    Raises:
        DatabaseUnavailable: somebody is reading; try again later.
    """
    from sqlalchemy.exc import OperationalError

    try:
        if database.dialect.name == "sqlite":
            _scrub_sqlite(database)
            return
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(tables)}")
    except OperationalError as error:
        raise DatabaseUnavailable from error


def _scrub_sqlite(database: sa.Engine) -> None:
    import sqlite3

    lent = database.raw_connection()  # VACUUM runs in no transaction, not even in ours
    try:
        cursor = lent.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_) = cursor.fetchone() or (1,)
        cursor.close()
    except sqlite3.OperationalError as error:
        raise DatabaseUnavailable from error
    finally:
        lent.close()
    if busy:
        raise DatabaseUnavailable


class Transaction:
    """One transaction, begun when something is first read or written in it.

    Prepared statements are said to the driver; everything else goes through SQLAlchemy's connection
    or a session over the same transaction, which are made only for those who ask for them: they
    cost as much as SQLite needs for a whole turn. With `snapshot`, everything is read as of one
    moment; SQLite does that anyway.
    """

    def __init__(
        self, database: sa.Engine, *, readonly: bool = False, snapshot: bool = False
    ) -> None:
        self.after_commit: list[Callable[[], None]] = []
        self.info: dict[str, Any] = {}  # for those who listen to the session
        self._database = database
        self._options: dict[str, Any] = {"readonly": True} if readonly else {}
        if snapshot and database.dialect.name == "postgresql":
            self._options["isolation_level"] = "REPEATABLE READ"
        self._lent: sa.PoolProxiedConnection | None = None  # of the driver
        self._cursor: Any = None
        self._connection: sa.Connection | None = None
        self._session: Session | None = None

    @property
    def dialect(self) -> sa.Dialect:
        return self._database.dialect

    @property
    def connection(self) -> sa.Connection:
        if self._connection is None:
            self._connection = sa.Connection(self._database, connection=self._lent)
            if self._options:
                self._connection.execution_options(**self._options)
            self._connection.begin()
        return self._connection

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = Session(
                self.connection,
                expire_on_commit=False,
                info=self.info,
                join_transaction_mode="rollback_only",  # it takes part, and never commits
            )
        return self._session

    def say(self, sql: str, parameters: Any, *, many: bool = False) -> Any:
        """Say prepared SQL on the driver's own cursor, which is returned with its rows.

        Whoever listens to SQLAlchemy's statements hears of it too, at SQLAlchemy's price.
        """
        if self._cursor is None:
            if self._database.dispatch.before_cursor_execute:
                return self.connection.exec_driver_sql(sql, parameters)
            self._cursor = self._driver().cursor()
        try:
            (self._cursor.executemany if many else self._cursor.execute)(sql, parameters)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error, sql) from error
        return self._cursor

    def _driver(self) -> Any:
        """The driver's connection, in the transaction."""
        if self._options:
            return _driver(self.connection.connection)
        if self._connection is not None:
            return _driver(self._connection.connection)
        try:
            self._lent = self._database.raw_connection()
            driver = _driver(self._lent)
            if self.dialect.name == "sqlite":  # psycopg begins by itself
                driver.execute(BEGIN)
        except self.dialect.loaded_dbapi.Error as error:
            raise self._told(error, BEGIN) from error
        return driver

    def _told(self, error: Any, sql: str) -> Exception:
        """A driver's error as SQLAlchemy tells it; a connection that is gone is not used again."""
        lent = self._lent if self._connection is None else self._connection.connection
        gone = lent is not None and self.dialect.is_disconnect(error, _driver(lent), None)
        if gone and self._connection is not None:
            self._connection.invalidate(error)
        elif gone and lent is not None:
            lent.invalidate(error)
        told: DBAPIError = DBAPIError.instance(
            sql,
            None,
            error,
            self.dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=self.dialect,
        )
        return told

    def commit(self) -> None:
        if self._session is not None:
            self._session.commit()  # writes what is pending
        try:
            self._commit()
        except OperationalError as error:
            # One that says no has not saved; a server that is gone may have done so before.
            if not error.connection_invalidated:
                raise
            raise OutcomeUnknown from error

    def _commit(self) -> None:
        if self._connection is not None:
            self._connection.commit()
        elif self._lent is not None:
            try:
                _driver(self._lent).commit()
            except self.dialect.loaded_dbapi.Error as error:
                raise self._told(error, "COMMIT") from error

    def end(self) -> None:
        """Give the connection back; what was not committed has not happened."""
        if self._session is not None:
            self._session.expunge_all()  # a roll-back would empty the rows that the caller keeps
            self._session.close()
        if self._connection is not None:
            self._connection.close()
        elif self._lent is not None:
            self._lent.close()  # the pool rolls back


def _driver(lent: sa.PoolProxiedConnection) -> Any:
    return lent.driver_connection


@contextlib.contextmanager
def unit_of_work(
    database: sa.Engine, *, readonly: bool = False, snapshot: bool = False
) -> Iterator[Transaction]:
    """One transaction: commits at the end, rolls back on any error. The only place that commits."""
    transaction = Transaction(database, readonly=readonly, snapshot=snapshot)
    try:
        try:
            yield transaction
            if not readonly:
                transaction.commit()
        finally:
            transaction.end()
    except OperationalError as error:
        raise DatabaseUnavailable from error
    for callback in transaction.after_commit:
        callback()
