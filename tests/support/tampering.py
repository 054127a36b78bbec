"""What an operator with the database's password could do: write where the guards refuse it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa


@contextlib.contextmanager
def unguarded(database: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which the triggers of the record do not fire."""
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            triggers = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in connection.scalars(triggers).all():
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
