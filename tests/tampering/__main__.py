"""`make tamper`: each column of each table is changed, one by one, and a row of each removed; the
check of the record must tell of it every time. What no check covers stands in `unproven`."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.store.tables import Base
from office.ground.settings import OfficeSettings
from tests.conftest import START
from tests.support.agency import Agency
from tests.support.databases import SqliteTemplates, packages_with_tables
from tests.support.verbs import Office
from tests.tampering.damage import KEEP, OTHER, Damage, worse
from tests.tampering.installation import TABLES, Installation, tampered_installation
from tests.tampering.unproven import is_proven


def main() -> None:
    tried = found = 0
    with _installation() as installation:
        for damage in _damages(installation):
            tried += 1
            if damage.is_told_alone(installation):
                found += 1
            else:
                click.echo(f"not found: {damage}")
            if sys.stderr.isatty():
                click.echo(f"\r{tried}", nl=False, err=True)
    click.echo(f"{tried} tried, {found} found")
    sys.exit(tried != found)


@contextlib.contextmanager
def _installation() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory() as made:
        folder, clock = Path(made), TravellingClock(START)
        (folder / "template").mkdir()
        with SqliteTemplates(folder / "template").copy() as url:
            Agency.open(url, clock, folder / "var").close()
            settings = OfficeSettings(database_url=url, data_dir=folder / "var")
            office = Office.open(settings, clock=clock, packages=packages_with_tables())
            installation = tampered_installation(Agency.at(office, clock))
            installation.known = frozenset(installation.check())
            yield installation
            office.close()


def _damages(installation: Installation) -> Iterator[Damage]:
    wanted = set(sys.argv[1:])
    for name in TABLES:
        if wanted and name not in wanted:
            continue
        table = Base.metadata.tables[name]
        (row, *_) = installation.rows(table)
        if is_proven(name):
            yield Damage(table, row, {})
        for column in table.columns:
            other = _other(installation, table, column)
            if is_proven(name, column.name) and other is not None:
                yield other


def _other(installation: Installation, table: sa.Table, column: sa.Column[object]) -> Damage | None:
    """The column changed in the first row that has a value there, or given one where none has."""
    rows = installation.rows(table)
    row = next((row for row in rows if row[column.name] is not None), rows[0])
    value = worse(installation, row[column.name], OTHER, column)
    if value is KEEP:
        value = installation.made_up(column)
    return Damage(table, row, {column.name: value})


if __name__ == "__main__":
    main()
