"""Whatever is broken in whichever row, the check says so at its place, goes on, and finds what else
is wrong elsewhere.

Every table and every column of it is damaged in an installation of real cases: by a value that the
column cannot hold, by none at all, by another one of the same kind, and by removing the row; what
one check can tell apart is damaged at the same time. A column that is added later is tried without
anybody thinking of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from sqlalchemy import Table

from engine.ground.clock import TravellingClock
from engine.record.verification.tables import HASHED
from engine.store.tables import Base
from office.ground.settings import OfficeSettings
from tests.conftest import START
from tests.support.agency import Agency
from tests.support.databases import ROOT, packages_with_tables
from tests.support.installations import Installations
from tests.support.verbs import Office
from tests.tampering.damage import GARBAGE, NOTHING, OTHER, Damage, damage, made, silent
from tests.tampering.installation import (
    TABLES,
    Installation,
    damage_elsewhere,
    elsewhere,
    tampered_installation,
)
from tests.tampering.unproven import UNPROVEN, Unproven, is_proven
from web.cli import main

PARTS = 5


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    installations: Installations = request.getfixturevalue(f"{request.param}_agencies")
    clock, folder = TravellingClock(START), tmp_path_factory.mktemp("damaged")
    with installations.copy(folder) as url:
        settings = OfficeSettings(database_url=url, data_dir=folder)
        office = Office.open(settings, clock=clock, packages=packages_with_tables())
        installation = tampered_installation(Agency.at(office, clock))
        damage_elsewhere(installation)
        installation.known = frozenset(installation.check())
        yield installation
        office.close()


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", [NOTHING, GARBAGE, OTHER])
def test_damaged_rows_stop_no_check(installation: Installation, kind: str, part: int) -> None:
    damages = [Damage(t, *damage(installation, t, kind)) for t in part_of(part)]
    damages = [each for each in damages if each.values]

    with made(installation, damages):
        found = installation.check()

    assert elsewhere(installation) <= {place for place, _ in found}
    for each in damages if kind != OTHER else ():
        if each.table.name not in HASHED:
            told = {what for place, what in found if f"{each.table.name}/" in place}
            # PostgreSQL keeps no value that its column cannot hold.
            unread = {c for c in each.values if not each.table.c[c].nullable or kind == GARBAGE}
            assert {f"{column} cannot be read" for column in unread} <= told, str(each)


@pytest.mark.parametrize("part", range(PARTS))
def test_removed_rows_stop_no_check(installation: Installation, part: int) -> None:
    with made(
        installation, [Damage(table, installation.rows(table)[0], {}) for table in part_of(part)]
    ):
        found = installation.check()

    assert elsewhere(installation) <= {place for place, _ in found}


@pytest.mark.parametrize("part", range(PARTS))
def test_keys_that_are_no_text_stop_no_check(installation: Installation, part: int) -> None:
    """A row whose key is bytes was looked up by it once, and ended the check. PostgreSQL keeps no
    such key."""
    if installation.office.engine.database.dialect.name != "sqlite":
        return
    damages = []
    for table in part_of(part):
        (row, *_) = installation.rows(table)
        values = {column.name: b"\xff\xfe\x00" for column in table.primary_key.columns}
        kept = {name: value for name, value in values.items() if not isinstance(row[name], int)}
        damages += [Damage(table, row, kept)] if kept else []

    with made(installation, damages):
        found = installation.check()

    assert elsewhere(installation) <= {place for place, _ in found}


def test_a_removed_row_is_found(installation: Installation) -> None:
    tables = [table for table in map(Base.metadata.tables.get, TABLES) if table is not None]
    removed = [Damage(t, installation.rows(t)[0], {}) for t in tables if is_proven(t.name)]

    assert silent(installation, removed) == []


def test_what_the_record_proves_is_found_when_it_is_changed(installation: Installation) -> None:
    changed = []
    for name in filter(is_proven, TABLES):
        row, values = damage(installation, Base.metadata.tables[name], OTHER)
        free = set(UNPROVEN.get(name, Unproven("", "")).columns.split())
        table = Base.metadata.tables[name]
        changed += [Damage(table, row, {c: v}) for c, v in values.items() if c not in free]

    assert len(changed) > 100
    assert silent(installation, changed) == []


def test_the_words_on_every_kind_of_form_are_bound(installation: Installation) -> None:
    """A request for more time is no step of the diagram: nobody compared its words once."""
    table = Base.metadata.tables["submission"]
    whole = [row for row in installation.rows(table) if row["case_id"] == installation.first_case]
    by_form = {row["form"]: row for row in whole}  # the second case is damaged already
    changed = [Damage(table, row, {"sealed": b"x" * 40}) for row in by_form.values()]

    changed += [
        Damage(table, row, {column: "x"})
        for row in by_form.values()
        for column in ("element_id", "task_id", "form", "given_by")
    ]

    assert {"f1_intake", "f2_screening", "f11_extension"} <= by_form.keys()
    told_of_none = [each for each in changed if not each.is_told_alone(installation)]
    assert [(each.row["form"], *each.values) for each in told_of_none] == []


def part_of(part: int) -> list[Table]:
    """A part of all tables: few enough that a check that stops at one is noticed."""
    return [Base.metadata.tables[name] for name in TABLES[part::PARTS]]


def test_a_stored_file_that_no_case_holds_is_named(installation: Installation) -> None:
    path = installation.office.settings.data_dir / "files" / "ab" / ("ab" * 16)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (1_700_000_000, 1_700_000_000))  # long ago, by the clock of the machine

    found = installation.check() - installation.known
    path.unlink()

    assert found == {(f"attachment/{path.name}/0", "a file is stored that no case holds")}


def test_the_list_of_exceptions_is_the_one_that_people_read() -> None:
    page = (ROOT / "docs" / "reference" / "unproven.md").read_text("utf-8")
    for name, free in UNPROVEN.items():
        columns = ", ".join(f"`{column}`" for column in free.columns.split()) or "all"
        assert f"| `{name}` | {columns} | {free.why} |" in page
    assert page.count("\n| `") == len(UNPROVEN)


def test_every_exception_names_a_column_that_is_there() -> None:
    for name, free in UNPROVEN.items():
        assert set(free.columns.split()) <= set(Base.metadata.tables[name].columns.keys()), name
        assert free.why


def test_the_command_names_all_of_it_and_ends_with_code_1(installation: Installation) -> None:
    table = Base.metadata.tables["submission"]
    row, values = damage(installation, table, NOTHING)
    settings = installation.office.settings
    environ = {
        "SAMNUAN_DATABASE_URL": settings.database_url,
        "SAMNUAN_DATA_DIR": str(settings.data_dir),
        "SAMNUAN_LANGUAGE": "en",
    }

    with installation.damaged(table, row, values):
        told = CliRunner(env=environ).invoke(main, ["verify", "--all"])

    assert told.exit_code == 1
    assert "Traceback" not in told.output
    for place in (*elsewhere(installation), f"submission/{row['id']}"):
        assert place in told.stderr
    assert "its stored file is not the one that was attached" in told.stderr
