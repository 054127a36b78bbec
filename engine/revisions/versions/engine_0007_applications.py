"""A deployment belongs to a process application.

Additive for the code before: it reads and writes deployments without one, which `""` stands for.
"""

import sqlalchemy as sa
from alembic import op

revision = "engine_0007"
down_revision = "engine_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deployment") as table:
        table.add_column(sa.Column("application", sa.String(length=64), nullable=False,
                                   server_default=""))  # fmt: skip
    op.create_index(op.f("ix_deployment_application"), "deployment", ["application"])
