"""Timers and deliveries are held while a worker is at them; workers are seen.

Additive for the code before: it writes neither the new columns nor the new table.
"""

import sqlalchemy as sa
from alembic import op

revision = "engine_0003"
down_revision = "engine_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wait", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("wait", sa.Column("locked_by", sa.String(), nullable=True))
    op.add_column("wait", sa.Column("locked_until", sa.BigInteger(), nullable=True))
    op.add_column("outbox_message", sa.Column("locked_by", sa.String(), nullable=True))
    op.add_column(
        "start_subscription",
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
    )
    # The code before left a job "locked" that it had given back.
    op.execute("UPDATE job SET status = 'ready' WHERE status = 'locked' AND locked_until IS NULL")
    op.drop_index("ix_job_due", "job")
    op.create_index(
        "ix_job_ready",
        "job",
        ["type", "due_at"],
        sqlite_where=sa.text("status = 'ready'"),
        postgresql_where=sa.text("status = 'ready'"),
    )
    op.create_index(
        "ix_job_locked",
        "job",
        ["locked_until"],
        sqlite_where=sa.text("status = 'locked'"),
        postgresql_where=sa.text("status = 'locked'"),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("backend", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
