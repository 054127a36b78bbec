"""What is laid open to those who examine, and what they looked for."""

import sqlalchemy as sa
from alembic import op

from engine.revisions.guards import append_only

revision = "complaints_0003"
down_revision = "complaints_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reveal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("submission_id", sa.String(length=32), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("motive", sa.LargeBinary(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('text','identity')", name=op.f("ck_reveal_kind")),
        sa.CheckConstraint(
            "(kind = 'text') = (submission_id IS NOT NULL)", name=op.f("ck_reveal_submission")
        ),
        sa.CheckConstraint("decision IN ('granted','refused')", name=op.f("ck_reveal_decision")),
        sa.CheckConstraint(
            "kind = 'text' OR decided_by <> account_id", name=op.f("ck_reveal_two_persons")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["complaint_case.id"], name=op.f("fk_reveal_case_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_reveal_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    op.create_index(op.f("ix_reveal_case_id"), "reveal", ["case_id"])
    pending = sa.text("decision IS NULL")
    op.create_index(
        "ix_reveal_pending", "reveal", ["asked_at"], sqlite_where=pending, postgresql_where=pending
    )
    op.create_table(
        "audit_look",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_look")),
    )
    op.create_index(op.f("ix_audit_look_at"), "audit_look", ["at"])
    append_only("audit_look")
