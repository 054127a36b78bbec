"""The table of erasures: who asked for one and why, and the second person who decided."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class Erasure(Base):
    """A request to erase what a case tells, or who is in it, and what became of it."""

    __tablename__ = "erasure"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    what: Mapped[str] = mapped_column(sa.String(16))  # identity content
    asked_by: Mapped[str] = mapped_column(sa.String(32))
    asked_at: Mapped[datetime]
    reason: Mapped[bytes]  # encrypted by the master key: it outlives the case's own
    decision: Mapped[str | None] = mapped_column(sa.String(16))  # erased refused
    decided_by: Mapped[str | None] = mapped_column(sa.String(32))
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        sa.CheckConstraint("what IN ('identity','content')", "what"),
        sa.CheckConstraint("decision IN ('erased','refused')", "decision"),
        sa.CheckConstraint("decided_by <> asked_by", "two_persons"),
        sa.CheckConstraint("(decision IS NULL) = (decided_by IS NULL)", "decided"),
        sa.Index(
            "ix_erasure_open",
            "case_id",
            "what",
            unique=True,
            sqlite_where=sa.text("decision IS NULL"),
            postgresql_where=sa.text("decision IS NULL"),
        ),
    )


class LegalHold(Base):
    """An order that nothing of a case be erased, who gave it and why, and who lifted it."""

    __tablename__ = "legal_hold"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    ground: Mapped[str] = mapped_column(sa.String(16))
    set_by: Mapped[str] = mapped_column(sa.String(32))
    set_at: Mapped[datetime]
    reason: Mapped[bytes]  # encrypted by the master key, as that of an erasure
    lifted_by: Mapped[str | None] = mapped_column(sa.String(32))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[bytes | None]
    __table_args__ = (
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", "lifted"),
        sa.Index(
            "ix_legal_hold_open",
            "case_id",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )
