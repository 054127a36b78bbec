"""An earlier version of a process can be put in force again.

Additive for the code before: it starts the newest version, and what it deploys is the newest for
the code after it too. Without a row the newest version is in force, as it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "engine_0005"
down_revision = "engine_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_in_force",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process_in_force")),
    )
