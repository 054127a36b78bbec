"""The tables of those who examine: what was laid open to them and why, and what they looked for."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class Reveal(Base):
    """Something covered that one person asked to read, with the encrypted reason and how long.

    A text opens at once to its reader; an identity only when a second person has granted it, and
    stays covered until `opened_at`, which is a read of its own in the case's record."""

    __tablename__ = "reveal"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    account_id: Mapped[str] = mapped_column(sa.String(32))
    kind: Mapped[str] = mapped_column(sa.String(16))  # text identity
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))
    fields: Mapped[list[str]]  # of the vault
    motive: Mapped[bytes]
    hours: Mapped[int]
    asked_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(sa.String(16))  # granted refused
    decided_by: Mapped[str | None] = mapped_column(sa.String(32))
    decided_at: Mapped[datetime | None]
    answer: Mapped[bytes | None]  # what the second person said
    expires_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    __table_args__ = (
        sa.CheckConstraint("kind IN ('text','identity')", "kind"),
        sa.CheckConstraint("(kind = 'text') = (submission_id IS NOT NULL)", "submission"),
        sa.CheckConstraint("decision IN ('granted','refused')", "decision"),
        # Two persons: whoever asks for an identity can never be the one who grants it.
        sa.CheckConstraint("kind = 'text' OR decided_by <> account_id", "two_persons"),
        sa.Index(
            "ix_reveal_pending",
            "asked_at",
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        ),
    )


class AuditLook(Base):
    """A search or a page of figures that an examiner asked for. Append-only."""

    __tablename__ = "audit_look"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.String(32))
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # search statistics
    facts: Mapped[dict[str, Any]]
