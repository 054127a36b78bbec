"""The calendar with its versions, and the clocks that count on it."""

import sqlalchemy as sa
from alembic import op

from engine.revisions.guards import append_only

revision = "complaints_0002"
down_revision = "complaints_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "holiday",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["calendar_version.version"], name=op.f("fk_holiday_version")
        ),
        sa.PrimaryKeyConstraint("version", "day", name=op.f("pk_holiday")),
    )
    op.create_index(op.f("ix_holiday_day"), "holiday", ["day"])
    _create_clocks()
    op.create_table(
        "office_clock_change",
        sa.Column("clock_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["office_clock.id"], name=op.f("fk_office_clock_change_clock_id")
        ),
        sa.PrimaryKeyConstraint("clock_id", "seq", name=op.f("pk_office_clock_change")),
    )
    for table in ("calendar_version", "holiday", "office_clock_change"):
        append_only(table)


def _create_clocks() -> None:
    op.create_table(
        "office_clock",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.String(length=255), nullable=False),
        sa.Column("askers", sa.Text(), nullable=False),
        sa.Column("command_seq", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.CheckConstraint("owner IN ('agency','complainant')", name=op.f("ck_office_clock_owner")),
        sa.CheckConstraint(
            "status IN ('running','paused','finished')", name=op.f("ck_office_clock_status")
        ),
        sa.CheckConstraint(
            "(status = 'paused') = (paused_at IS NOT NULL)", name=op.f("ck_office_clock_paused")
        ),
        sa.CheckConstraint(
            "(status = 'finished') = (finished_at IS NOT NULL)",
            name=op.f("ck_office_clock_finished"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_clock")),
        sa.UniqueConstraint(
            "case_id", "key", "round", name=op.f("uq_office_clock_case_id_key_round")
        ),
    )
    op.create_index(op.f("ix_office_clock_case_id"), "office_clock", ["case_id"])
    op.create_index(op.f("ix_office_clock_instance_id"), "office_clock", ["instance_id"])
    still_open = sa.text("status <> 'finished'")
    op.create_index(
        "ix_office_clock_open_due",
        "office_clock",
        ["due_at"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
