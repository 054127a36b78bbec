"""Every table holds what its columns can hold and keeps its own constraints: a value of another
kind, one that is missing, a word that its column does not know, a row that refers to one that is
gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.verification.stored_rows import UNREADABLE, as_finding, stored_rows
from engine.store.tables import (
    AdministrationEvent,
    Base,
    Command,
    HistoryEvent,
    LogEntry,
    LogNode,
    Resource,
)
from engine.store.work import Work

NOT_READ = Text("อ่าน {column} ไม่ได้", "{column} cannot be read")
BROKEN = Text("ขัดกับเงื่อนไขของตาราง ({law})", "it breaks a constraint of its table ({law})")
ORPHAN = Text("อ้างถึง {table} {key} ซึ่งไม่มีแล้ว", "it refers to {table} {key}, which is gone")
# Compared byte for byte with hashes anyway, and the largest tables there are.
HASHED = frozenset(
    model.__tablename__
    for model in (Command, HistoryEvent, AdministrationEvent, LogEntry, LogNode, Resource)
)


def verify_tables(work: Work) -> Report:
    """Check every row of every table that this database has."""
    report = Report()
    there = set(sa.inspect(work.session.connection()).get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name not in there:
            continue
        with as_finding(report, "", table.name):
            _check_laws(work, table, report)
            _check_references(work, table, report)
        if table.name not in HASHED:
            with as_finding(report, "", table.name):
                _check_values(work, table, report)
    return report


def _check_values(work: Work, table: sa.Table, report: Report) -> None:
    for row in stored_rows(work, table):
        for column, value in row.items():
            if value is UNREADABLE:
                _differ(report, table, row, NOT_READ.format(column=column))


def _check_laws(work: Work, table: sa.Table, report: Report) -> None:
    for constraint in table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            for row in _named(work, table, sa.not_(sa.literal_column(f"({constraint.sqltext})"))):
                _differ(report, table, row, BROKEN.format(law=str(constraint.name)))


def _check_references(work: Work, table: sa.Table, report: Report) -> None:
    for key in table.foreign_keys:
        other = key.column.table.alias()
        there = sa.select(sa.literal(1)).where(other.c[key.column.name] == key.parent)
        for row in _named(work, table, key.parent.is_not(None), ~there.exists()):
            facts = {"table": key.column.table.name, "key": row[key.parent.name]}
            _differ(report, table, row, ORPHAN.format(**facts))


def _named(
    work: Work, table: sa.Table, *conditions: sa.ColumnElement[bool]
) -> Iterator[Mapping[str, Any]]:
    """The rows that meet these conditions, as far as they are needed to say which they are."""
    referring = [key.parent for key in table.foreign_keys]
    named = {c.name: c for c in [*table.primary_key.columns, *referring]}
    named |= {name: table.c[name] for name in SUBJECTS if name in table.c}
    columns = [sa.type_coerce(c, sa.types.NullType()).label(name) for name, c in named.items()]
    query = sa.select(*columns).where(*conditions)
    for row in work.session.execute(query):
        yield dict(row._mapping)


SUBJECTS = ("instance_id", "case_id")


def _differ(report: Report, table: sa.Table, row: Mapping[str, Any], what: Text) -> None:
    subject = next((str(row[name]) for name in SUBJECTS if row.get(name)), "")
    key = "/".join(str(row[column.name]) for column in table.primary_key.columns)
    report.differ(subject, f"{table.name}/{key}", 0, what)
