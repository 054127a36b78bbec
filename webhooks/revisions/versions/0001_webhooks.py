"""Tables of the REST API and of webhooks: sources, subscribers, API clients and their answers.

Revision ID: webhooks_0001
"""

import sqlalchemy as sa
from alembic import op

from engine.store.tables import Json, Moment

revision = "webhooks_0001"
down_revision = None
branch_labels = ("webhooks",)
depends_on = "engine_0001"


def upgrade() -> None:
    op.create_table(
        "inbound_source",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32)),
        sa.Column("messages", Json(), nullable=False),
        sa.Column("variables", Json(), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.CheckConstraint("kind IN ('intake','message')", name="kind"),
        sa.CheckConstraint("(kind = 'intake') = (channel IS NOT NULL)", name="channel"),
    )
    op.create_table(
        "inbound_delivery",
        sa.Column("source", sa.String(63), sa.ForeignKey("inbound_source.name"), primary_key=True),
        sa.Column("message_id", sa.String(255), primary_key=True),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("answer", Json(), nullable=False),
    )
    op.create_table(
        "inbound_refusal",
        sa.Column("source", sa.String(63), primary_key=True),
        sa.Column("reason", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("events", Json(), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
    )
    op.create_table(
        "api_client",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("groups", Json(), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
    )
    op.create_table(
        "api_answer",
        sa.Column("client_id", sa.String(32), sa.ForeignKey("api_client.id"), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", Json()),
        sa.Column("answered_at", Moment(), nullable=False),
    )
    op.create_index("ix_api_answer_old", "api_answer", ["client_id", "answered_at"])


def downgrade() -> None:
    for table in (
        "api_answer",
        "api_client",
        "subscriber",
        "inbound_refusal",
        "inbound_delivery",
        "inbound_source",
    ):
        op.drop_table(table)
