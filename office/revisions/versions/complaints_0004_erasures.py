"""Requests to erase; tables that only grow refuse to be replaced too."""

import sqlalchemy as sa
from alembic import op

from engine.revisions.guards import refuse_replacing

revision = "complaints_0004"
down_revision = "complaints_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("what IN ('identity','content')", name=op.f("ck_erasure_what")),
        sa.CheckConstraint("decision IN ('erased','refused')", name=op.f("ck_erasure_decision")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_erasure_two_persons")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL)", name=op.f("ck_erasure_decided")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["complaint_case.id"], name=op.f("fk_erasure_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_case_id"), "erasure", ["case_id"])
    undecided = sa.text("decision IS NULL")
    op.create_index(
        "ix_erasure_open",
        "erasure",
        ["case_id", "what"],
        unique=True,
        sqlite_where=undecided,
        postgresql_where=undecided,
    )
    for table in ("calendar_version", "holiday", "office_clock_change", "audit_look"):
        refuse_replacing(table)
