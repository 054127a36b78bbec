"""A picture of a whole database in which two runs of the same story look alike.

What chance or the clock decides (ids, hashes, signatures, moments) is masked; everything else of
every row of every table is kept, so that half a turn, a lost row and a doubled one all show.
"""

from __future__ import annotations

import importlib
import re

import sqlalchemy as sa

from engine.store.tables import Base
from tests.faults.watching import looking_away

for _module in ("office.ground.tables", "office.deadlines.tables", "webhooks.tables"):
    importlib.import_module(_module)

Picture = dict[str, list[str]]
CHANCE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{16,}"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:\d\d)?"
    r"|\b\d{15,}\b"  # microseconds: a moment
    r"|(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{22,}={0,2}"
)
# Attempts at a delivery or a job, and who holds it till when, tell of the kill itself.
OF_THE_KILL = {"attempts", "locked_until", "locked_by", "revision"}

OF_THE_DEATH = re.compile(r'"(?:seq|command_seq|event_seq)":\d+,?|"last_error":(?:null|"[^"]*"),?')


def picture(url: str) -> Picture:
    """All rows by table, masked and sorted."""
    database = sa.create_engine(url, poolclass=sa.NullPool)
    with looking_away(), database.connect() as connection:
        found: Picture = {}
        for name, row in connection.exec_driver_sql(_question(url, connection)):
            found.setdefault(name, []).append(CHANCE.sub("#", row))
    return {name: sorted(rows) for name, rows in found.items()}


def _tables(connection: sa.Connection) -> list[sa.Table]:
    there = set(sa.inspect(connection).get_table_names())
    return [table for table in Base.metadata.sorted_tables if table.name in there]


_questions: dict[str, str] = {}  # by URL: no scene makes or drops a table of ours


def _question(url: str, connection: sa.Connection) -> str:
    if url not in _questions:
        is_sqlite = connection.dialect.name == "sqlite"
        parts = (_question_of(table, is_sqlite) for table in _tables(connection))
        _questions[url] = " UNION ALL ".join(parts)
    return _questions[url]


def _question_of(table: sa.Table, is_sqlite: bool) -> str:
    columns = [column for column in table.columns if column.name not in OF_THE_KILL]
    if not is_sqlite:
        names = ", ".join(f'"{column.name}"' for column in columns)
        return f"SELECT '{table.name}', row_to_json(r)::text FROM (SELECT {names} FROM {table}) r"
    pairs = ", ".join(f"'{column.name}', {_plain(column)}" for column in columns)
    return f"SELECT '{table.name}', json_object({pairs}) FROM {table}"


def _plain(column: sa.Column[object]) -> str:
    """SQLite's JSON holds no bytes."""
    is_bytes = isinstance(column.type, sa.LargeBinary)
    return f'length("{column.name}")' if is_bytes else f'"{column.name}"'


def without_the_death(seen: Picture) -> Picture:
    """A worker that dies is written down as a failed attempt, which moves the numbers of the events
    after it; all else must be as in peace."""
    kept = {name: [row for row in rows if '"job_failed"' not in row] for name, rows in seen.items()}
    return {name: sorted(OF_THE_DEATH.sub("", row) for row in rows) for name, rows in kept.items()}


def difference(expected: Picture, found: Picture) -> str:
    """The rows in which two pictures part, for the person who reads the failure."""
    lines = []
    for name in sorted(expected.keys() | found.keys()):
        wanted, there = list(expected.get(name, [])), list(found.get(name, []))
        for row in list(there):
            if row in wanted:
                wanted.remove(row)
                there.remove(row)
        lines += [f"  {name} lost   {row[:600]}" for row in wanted]
        lines += [f"  {name} gained {row[:600]}" for row in there]
    return "\n".join(lines)
