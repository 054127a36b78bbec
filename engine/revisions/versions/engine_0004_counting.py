"""Open cases and open incidents are counted by an index."""

import sqlalchemy as sa
from alembic import op

revision = "engine_0004"
down_revision = "engine_0003"
branch_labels = None
depends_on = None

RUNNING = "status = 'running'"
OPEN = "resolved_at IS NULL"


def upgrade() -> None:
    for name, table, columns, where in (
        ("ix_process_instance_running", "process_instance", ["status"], RUNNING),
        ("ix_incident_open", "incident", ["kind"], OPEN),
    ):
        only = sa.text(where)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
