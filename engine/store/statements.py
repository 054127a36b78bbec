"""SQL that is made once: the statements of a turn, said on the transaction's own connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from engine.store.database import Transaction
from engine.store.tables import Json, Moment, json_text, json_value, microseconds, moment_of

Values = dict[str, Any]
Process = Callable[[Any], Any]


class Statement:
    """An INSERT, UPDATE or DELETE whose text is made once for each database driver.

    SQLAlchemy's usual way (look the statement up in a cache, copy and check its parameters) costs
    four times what SQLite needs for a small row. Every value is a bound parameter: `run` takes the
    same names as the statement's `bindparam`s, or the table's columns for an INSERT.
    """

    def __init__(self, clause: sa.UpdateBase) -> None:
        self._clause = clause
        self._prepared: dict[str, _Prepared] = {}

    def run(self, transaction: Transaction, values: Values | Sequence[Values]) -> int:
        """Say it once, or once for each of several rows; returns how many rows it touched."""
        prepared = _prepared(self._prepared, self._clause, transaction)
        if isinstance(values, dict):
            said = transaction.say(prepared.sql, prepared.parameters(values))
        else:
            rows = [prepared.parameters(row) for row in values]
            said = transaction.say(prepared.sql, rows, many=True)
        return int(said.rowcount)


class Query:
    """A SELECT whose text is made once for each database driver, for a row that may be there."""

    def __init__(self, clause: sa.Select[Any]) -> None:
        self._clause = clause
        self._prepared: dict[str, _Prepared] = {}

    def first(self, transaction: Transaction, values: Values) -> list[Any] | None:
        """The columns of the first row, or None."""
        prepared = _prepared(self._prepared, self._clause, transaction)
        row = transaction.say(prepared.sql, prepared.parameters(values)).fetchone()
        return None if row is None else prepared.understood(row)


def _prepared(
    known: dict[str, _Prepared], clause: sa.UpdateBase | sa.Select[Any], transaction: Transaction
) -> _Prepared:
    dialect = transaction.dialect
    found = known.get(dialect.driver)
    if found is None:
        found = known[dialect.driver] = _Prepared(clause, dialect)
    return found


class _Prepared:
    """The text and the conversion of its values, as one driver wants them."""

    def __init__(self, clause: sa.UpdateBase | sa.Select[Any], dialect: sa.Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        self.sql = str(compiled)
        names = compiled.positiontup if compiled.positional else compiled.binds
        self._names = list(names or ())
        found = [_process(compiled.binds[name], dialect) for name in self._names]
        self._converted = [(n, process) for n, process in enumerate(found) if process is not None]
        self.parameters = self._tuple if compiled.positional else self._dict
        columns = clause.selected_columns if isinstance(clause, sa.Select) else ()
        self._columns = [_understand(column, dialect) for column in columns]

    def _tuple(self, values: Values) -> tuple[Any, ...]:
        plain = [values[name] for name in self._names]
        for place, process in self._converted:
            plain[place] = process(plain[place])
        return tuple(plain)

    def _dict(self, values: Values) -> dict[str, Any]:
        return dict(zip(self._names, self._tuple(values), strict=True))

    def understood(self, row: Sequence[Any]) -> list[Any]:
        return [
            value if process is None else process(value)
            for value, process in zip(row, self._columns, strict=True)
        ]


# SQLAlchemy wraps a type's conversion into two more calls for each value.
_PLAINLY: dict[type, Process] = {Moment: microseconds, Json: json_text}
_PLAINLY_BACK: dict[type, Process] = {Moment: moment_of, Json: json_value}


def _process(bind: sa.BindParameter[Any], dialect: sa.Dialect) -> Process | None:
    plain = _PLAINLY.get(type(bind.type))
    if plain is not None:
        return plain
    return bind.type.dialect_impl(dialect).bind_processor(dialect)


def _understand(column: sa.ColumnElement[Any], dialect: sa.Dialect) -> Process | None:
    plain = _PLAINLY_BACK.get(type(column.type))
    if plain is not None:
        return plain
    return column.type.dialect_impl(dialect).result_processor(dialect, None)
