"""The revisions make the tables that the models describe, on both databases."""

import importlib
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.store.database import open_database, upgrade
from engine.store.tables import Base

MODELS = (
    "engine.store.tables",
    "office.ground.tables",
    "office.ground.account_tables",
    "office.deadlines.tables",
    "office.cases.reveal_tables",
    "office.ground.erasure_tables",
    "webhooks.tables",
)
# What later revisions of the office made, in an order in which it can be dropped.
LATER = (
    "applied_table",
    "unit_name",
    "acting_order",
    "role_request",
    "external_identity",
    "one_time_code",
    "recovery_code",
    "account_factor",
    "erasure",
    "legal_hold",
    "audit_look",
    "reveal",
    "office_extension",
    "office_rung",
    "office_clock_change",
    "office_clock",
    "holiday",
    "calendar_version",
)


STATUS = """
CREATE TABLE status (
    key VARCHAR(40) NOT NULL, name_th VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
    public_th VARCHAR NOT NULL, public_en VARCHAR NOT NULL, terminal BOOLEAN NOT NULL,
    position INTEGER NOT NULL, CONSTRAINT pk_status PRIMARY KEY (key)
)
"""


def test_the_revisions_and_the_models_agree(database_url: str) -> None:
    for module in MODELS:
        importlib.import_module(module)

    database = open_database(database_url)
    try:
        with database.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    finally:
        database.dispose()

    assert differences == []


def test_a_database_of_an_older_release_is_brought_up_to_date(tmp_path: Path) -> None:
    # The usual start looks at the stored revisions and does not load Alembic; it must notice
    # that one is missing even when newer ones of other packages are there.
    database = open_database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    upgrade(database, ["engine", "office", "webhooks"])
    with database.begin() as connection:
        for table in LATER:
            connection.execute(sa.text(f"DROP TABLE {table}"))
        for column in ("pages", "second_factor", "two_persons"):
            connection.execute(sa.text(f"ALTER TABLE role DROP COLUMN {column}"))
        for column in ("stage", "seen_at", "proved_at", "method", "browser"):
            connection.execute(sa.text(f"ALTER TABLE session DROP COLUMN {column}"))
        connection.execute(sa.text("ALTER TABLE attachment DROP COLUMN purpose"))
        connection.execute(sa.text("DROP INDEX ix_complaint_case_application"))
        connection.execute(sa.text("DROP TABLE status"))
        connection.execute(sa.text(STATUS))
        for column in ("held", "guarded", "application"):
            connection.execute(sa.text(f"ALTER TABLE complaint_case DROP COLUMN {column}"))
        older = "UPDATE alembic_version SET version_num = 'complaints_0001'"
        connection.execute(sa.text(f"{older} WHERE version_num LIKE 'complaints_%'"))

    upgrade(database, ["engine", "webhooks"])
    assert not sa.inspect(database).has_table("office_clock")
    upgrade(database, ["engine", "office", "webhooks"])

    assert sa.inspect(database).has_table("office_clock")
    with database.connect() as connection:  # the one that a table was made anew on, from the pool
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    database.dispose()
