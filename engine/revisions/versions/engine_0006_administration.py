"""The chain of what is done about the installation itself.

Additive for the code before, which adds nothing to it.
"""

import sqlalchemy as sa
from alembic import op

from engine.revisions.guards import append_only, refuse_replacing

revision = "engine_0006"
down_revision = "engine_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "administration_event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=120), server_default="", nullable=False),
        sa.Column("on_behalf_of", sa.String(length=120), server_default="", nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_administration_event")),
    )
    op.create_index(op.f("ix_administration_event_at"), "administration_event", ["at"])
    op.create_index(
        "ix_administration_event_subject_type_actor_at",
        "administration_event",
        ["subject", "type", "actor", "at"],
    )
    op.create_index("ix_administration_event_type_at", "administration_event", ["type", "at"])
    append_only("administration_event")
    refuse_replacing("administration_event")
    head = op.create_table(
        "administration_head",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_administration_head")),
    )
    op.bulk_insert(head, [{"chain": "administration", "seq": 0, "hash": ""}])
