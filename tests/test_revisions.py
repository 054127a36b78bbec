"""The revisions make the tables that the models describe, on both databases."""

import importlib
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from engine.store.database import open_database, upgrade
from engine.store.tables import Base

ROOT = Path(__file__).resolve().parents[1]
MODELS = (
    "engine.store.tables",
    "office.ground.tables",
    "office.ground.account_tables",
    "office.deadlines.tables",
    "office.cases.reveal_tables",
    "office.ground.erasure_tables",
    "webhooks.tables",
)


def test_the_revisions_and_the_models_agree(database_url: str) -> None:
    database = open_database(database_url)
    try:
        assert differences(database) == []
    finally:
        database.dispose()


def test_a_database_of_an_older_release_is_brought_up_to_date(tmp_path: Path) -> None:
    # The usual start looks at the stored revisions and does not load Alembic; it must notice
    # that one is missing even when newer ones of other packages are there.
    database = open_database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    upgrade(database, ["engine", "webhooks"])
    upgrade_office_to(database, "complaints_0001")

    upgrade(database, ["engine", "webhooks"])
    assert not sa.inspect(database).has_table("office_clock")
    upgrade(database, ["engine", "office", "webhooks"])

    assert sa.inspect(database).has_table("office_clock")
    with database.connect() as connection:  # the one that a table was made anew on, from the pool
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    assert differences(database) == []
    database.dispose()


def differences(database: sa.Engine) -> list[Any]:
    """Between the tables that are there and those that the models describe."""
    for module in MODELS:
        importlib.import_module(module)
    with database.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)


def upgrade_office_to(database: sa.Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "engine" / "revisions"))
    config.set_main_option("path_separator", "newline")
    places = sorted(str(place) for place in ROOT.glob("*/revisions/versions"))
    config.set_main_option("version_locations", "\n".join(places))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
