"""Alembic's environment: runs the revisions of all floors over the connection it is given.

`engine.store.database.upgrade` is the only caller; each floor keeps its own branch of revisions in
`<floor>/revisions/versions`.
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
