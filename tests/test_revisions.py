"""The revisions make the tables that the models describe, on both databases."""

import importlib

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.database import open_database
from engine.models import Base

MODELS = ("engine.models", "complaints.models", "complaints.clock_models", "webhooks.models")


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
