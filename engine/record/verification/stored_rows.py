"""Rows as they lie in the database, whatever is in them: a value that its column cannot hold is
`UNREADABLE`, and neither its row nor the others are lost to the check."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine.ground.text import Text
from engine.record.differences import Report
from engine.store.machine import Machine
from engine.store.tables import Json, Moment, json_value, moment_of
from engine.store.transactions import read
from engine.store.work import Work

Row = Mapping[str, Any]
AT_ONCE = 500
UNCHECKED = Text("ตรวจไม่ได้ ({error})", "it cannot be checked ({error})")


class _Unreadable:
    """Equal to nothing that was ever stored."""

    def __str__(self) -> str:
        return "?"


UNREADABLE: Final = _Unreadable()


@contextlib.contextmanager
def as_finding(report: Report, subject: str, table: str, seq: int = 0) -> Iterator[None]:
    """Whatever stops a check is a finding at its place, told by its kind; the next check goes on.

    A database that fails is no finding: nothing more could be read from it.
    """
    try:
        yield
    except DBAPIError:
        raise
    except Exception as error:  # what is broken can break a check in any way
        report.differ(subject, table, seq, UNCHECKED.format(error=type(error).__name__))


@contextlib.contextmanager
def reading(machine: Machine) -> Iterator[Work]:
    """One moment of the database. On SQLite, bytes that are no text would end the statement that
    meets them: they are read as text that equals no other."""
    with read(machine, snapshot=True) as work:
        driver: Any = work.session.connection().connection.driver_connection
        if machine.database.dialect.name != "sqlite":
            yield work
            return
        driver.text_factory = _any_text
        try:
            yield work
        finally:
            driver.text_factory = str


def _any_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def stored_rows(
    work: Work, table: sa.Table, *conditions: sa.ColumnElement[bool], as_text: bool = False
) -> Generator[dict[str, Any], None, None]:
    """The rows of a table in the order of their keys; JSON may stay the text that it is."""
    columns = list(table.columns)
    query = sa.select(*(sa.type_coerce(c, sa.types.NullType()).label(c.name) for c in columns))
    query = query.where(*conditions).order_by(*table.primary_key.columns)
    read = [(c.name, UNREADABLE if not c.nullable else None, _reader(c, as_text)) for c in columns]
    with work.session.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        for row in rows:
            yield {
                name: absent if value is None else _value(known, value)
                for (name, absent, known), value in zip(read, row, strict=True)
            }


def _value(known: Callable[[Any], Any], stored: Any) -> Any:
    try:
        return known(stored)
    except (ValueError, TypeError, LookupError, ArithmeticError, OSError, RecursionError):
        return UNREADABLE


def _reader(column: sa.Column[Any], as_text: bool) -> Callable[[Any], Any]:
    """What makes a stored value known; it refuses another kind, which its column never held."""
    type = column.type
    if isinstance(type, Moment):
        return lambda stored: moment_of(_of_kind(int, stored))
    if isinstance(type, Json):
        return _text if as_text else json_value
    if isinstance(type, sa.Date):
        return lambda stored: stored if isinstance(stored, date) else date.fromisoformat(stored)
    if isinstance(type, sa.Boolean):
        return {0: False, 1: True}.__getitem__
    kind = type.python_type
    return _text if kind is str else lambda stored: _of_kind(kind, stored)


def _text(stored: Any) -> str:
    text: str = _of_kind(str, stored)
    text.encode()  # bytes that are no text were read as something that cannot be written
    return text


def is_text(stored: Any) -> bool:
    """Whether a stored value is text that a database could be asked for."""
    try:
        _text(stored)
    except (TypeError, UnicodeEncodeError):
        return False
    return True


def _of_kind(kind: type[Any], stored: Any) -> Any:
    if not isinstance(stored, kind):
        raise TypeError
    return stored
