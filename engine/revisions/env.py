"""Alembic's environment: runs the revisions of all packages over the connection it is given.

`engine.store.database.upgrade` is the only caller; each package keeps its own branch of
revisions in `<package>/revisions/versions`.
"""

from alembic import context

from engine.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
