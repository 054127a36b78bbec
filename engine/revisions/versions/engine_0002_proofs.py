"""Acting role, principal and salt of what is recorded; the log of signed heads."""

import sqlalchemy as sa
from alembic import op

from engine.revisions.guards import append_only, refuse_replacing

revision = "engine_0002"
down_revision = "engine_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("command", "history_event"):
        _add_columns(table)
        refuse_replacing(table)
    op.create_table(
        "log_entry",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_entry")),
    )
    op.create_index(op.f("ix_log_entry_subject"), "log_entry", ["subject"])
    op.create_table(
        "log_node",
        sa.Column("upto", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("upto", "level", name=op.f("pk_log_node")),
    )
    op.create_table(
        "seal",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_seal")),
    )
    for table in ("log_entry", "log_node", "seal"):
        append_only(table)
        refuse_replacing(table)


def _add_columns(table: str) -> None:
    for name in ("role", "on_behalf_of"):
        column = sa.Column(name, sa.String(length=120), server_default="", nullable=False)
        op.add_column(table, column)
    op.add_column(table, sa.Column("salt", sa.LargeBinary(), nullable=True))
