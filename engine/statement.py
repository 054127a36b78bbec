"""SQL that is made once: the statements of a turn, on the transaction's own connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

Values = Mapping[str, Any]
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

    def run(self, connection: sa.Connection, values: Values | Sequence[Values]) -> int:
        """Say it once, or once for each of several rows; returns how many rows it touched."""
        driver = connection.dialect.driver
        prepared = self._prepared.get(driver)
        if prepared is None:
            prepared = self._prepared[driver] = _Prepared(self._clause, connection.dialect)
        if isinstance(values, Mapping):
            parameters = prepared.parameters(values)
        else:
            parameters = [prepared.parameters(row) for row in values]
        return connection.exec_driver_sql(prepared.sql, parameters).rowcount


class _Prepared:
    """The text and the conversion of its values, as one driver wants them."""

    def __init__(self, clause: sa.UpdateBase, dialect: sa.Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        self.sql = str(compiled)
        names = compiled.positiontup if compiled.positional else compiled.binds
        self._slots = [(name, _process(compiled.binds[name], dialect)) for name in names or ()]
        self.parameters = self._tuple if compiled.positional else self._dict

    def _tuple(self, values: Values) -> Any:
        return tuple(
            [
                values[name] if process is None else process(values[name])
                for name, process in self._slots
            ]
        )

    def _dict(self, values: Values) -> Any:
        return {
            name: values[name] if process is None else process(values[name])
            for name, process in self._slots
        }


def _process(bind: sa.BindParameter[Any], dialect: sa.Dialect) -> Process | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)
