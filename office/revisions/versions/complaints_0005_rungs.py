"""Reminders and escalations as rows, requests for more time, and the pages a role gets."""

import sqlalchemy as sa
from alembic import op

revision = "complaints_0005"
down_revision = "complaints_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_rungs()
    _create_extensions()
    # Empty until the table of roles is read again: an older one does not say.
    op.add_column("role", sa.Column("pages", sa.String(), nullable=True))


def _create_rungs() -> None:
    op.create_table(
        "office_rung",
        sa.Column("clock_id", sa.String(length=32), nullable=False),
        sa.Column("lap", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("askers", sa.Text(), nullable=False),
        sa.Column("is_reported", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["office_clock.id"], name=op.f("fk_office_rung_clock_id")
        ),
        sa.PrimaryKeyConstraint("clock_id", "lap", "name", name=op.f("pk_office_rung")),
    )
    waiting = sa.text("sent_at IS NULL")
    op.create_index(
        "ix_office_rung_waiting",
        "office_rung",
        ["case_id", "due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _create_extensions() -> None:
    op.create_table(
        "office_extension",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("clock_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("approver", sa.String(length=120), nullable=False),
        sa.Column("moves_overall", sa.Boolean(), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_due", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["office_clock.id"], name=op.f("fk_office_extension_clock_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_extension")),
    )
    for column in ("case_id", "clock_id", "approver"):
        op.create_index(op.f(f"ix_office_extension_{column}"), "office_extension", [column])
    asked = sa.text("status = 'asked'")
    op.create_index(
        "uq_office_extension_asked",
        "office_extension",
        ["clock_id"],
        unique=True,
        sqlite_where=asked,
        postgresql_where=asked,
    )
