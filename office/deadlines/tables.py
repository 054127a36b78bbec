"""The tables of the calendar and of the deadlines that run on it."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class CalendarVersion(Base):
    """One change of the calendar: by whom, when, on what announcement. Never changed afterwards."""

    __tablename__ = "calendar_version"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    reference: Mapped[str]


class HolidayChange(Base):
    """A day that a version of the calendar makes a holiday, or takes from the holidays."""

    __tablename__ = "holiday"
    version: Mapped[int] = mapped_column(
        ForeignKey("calendar_version.version"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    name: Mapped[str]
    removed: Mapped[bool] = mapped_column(default=False)


class DeadlineRow(Base):
    """A deadline of one step of a case, or of the case as a whole, with its whole derivation.

    `round` counts how often the case came to the step; one deadline of a case, key and round."""

    __tablename__ = "office_clock"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    instance_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    key: Mapped[str] = mapped_column(sa.String(40))
    element_id: Mapped[str] = mapped_column(sa.String(255))  # the step, "" for the whole case
    round: Mapped[int]
    owner: Mapped[str] = mapped_column(sa.String(16))  # agency complainant
    started_at: Mapped[datetime]
    started_on: Mapped[date]  # the day that the law excludes from the count
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(sa.String(16))  # running paused finished
    paused_at: Mapped[datetime | None]
    extended: Mapped[int] = mapped_column(default=0)  # in the rule's unit
    extensions: Mapped[int] = mapped_column(default=0)  # how often
    finished_at: Mapped[datetime | None]
    calendar_version: Mapped[int]
    rule: Mapped[dict[str, Any]]  # the row of the SLA table as it was applied
    definition_id: Mapped[str] = mapped_column(sa.String(255))  # whose deployment holds that table
    askers: Mapped[list[str]]  # elements whose due date or timer follows this deadline
    command_seq: Mapped[int]  # of the instance's command that started it
    changes: Mapped[int]  # how many rows of `office_clock_change` it has
    __table_args__ = (
        sa.UniqueConstraint("case_id", "key", "round"),
        Index(
            "ix_office_clock_open_due",
            "due_at",
            sqlite_where=sa.text("status <> 'finished'"),
            postgresql_where=sa.text("status <> 'finished'"),
        ),
        sa.CheckConstraint("owner IN ('agency','complainant')", "owner"),
        sa.CheckConstraint("status IN ('running','paused','finished')", "status"),
        sa.CheckConstraint("(status = 'paused') = (paused_at IS NOT NULL)", "paused"),
        sa.CheckConstraint("(status = 'finished') = (finished_at IS NOT NULL)", "finished"),
    )


class DeadlineChange(Base):
    """What moved a deadline: the moment before and after, why, and by whom. Append-only; when it
    started and ended stands in the deadline itself."""

    __tablename__ = "office_clock_change"
    clock_id: Mapped[str] = mapped_column(ForeignKey("office_clock.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(16))  # paused resumed extended moved
    at: Mapped[datetime]
    actor: Mapped[str]
    before: Mapped[datetime]
    after: Mapped[datetime]
    days: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")


class ReminderRow(Base):
    """A reminder or escalation that a running deadline still has before it, or that was sent.

    `lap` tells the reminders of an extended deadline from those before: more time is a new end, of
    which people are reminded again. A reminder is sent when its row gets `sent_at`, never twice."""

    __tablename__ = "office_rung"
    clock_id: Mapped[str] = mapped_column(ForeignKey("office_clock.id"), primary_key=True)
    lap: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(24), primary_key=True)  # reminder-1, escalation-2
    case_id: Mapped[str] = mapped_column(sa.String(32))
    due_at: Mapped[datetime]
    planned_at: Mapped[datetime]
    rule: Mapped[dict[str, Any]]  # the row of the table as it was applied
    askers: Mapped[list[str]]  # elements whose timer follows it
    is_reported: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    sent_to: Mapped[list[str]]  # groups, as they were when it was sent
    __table_args__ = (
        Index(
            "ix_office_rung_waiting",
            "case_id",
            "due_at",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
    )


class ExtensionRow(Base):
    """A request for more time (form F11): asked, and granted, refused or overtaken."""

    __tablename__ = "office_extension"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    clock_id: Mapped[str] = mapped_column(ForeignKey("office_clock.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # extension late_report
    days: Mapped[int]
    approver: Mapped[str] = mapped_column(sa.String(120), index=True)  # a group
    moves_overall: Mapped[bool] = mapped_column(default=False)
    submission_id: Mapped[str] = mapped_column(sa.String(32))  # the reason, encrypted
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    asked_due: Mapped[datetime]  # the end that was to be moved
    status: Mapped[str] = mapped_column(sa.String(16))  # asked granted refused overtaken reported
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    __table_args__ = (
        # Two people who ask at once ask once.
        Index(
            "uq_office_extension_asked",
            "clock_id",
            unique=True,
            sqlite_where=sa.text("status = 'asked'"),
            postgresql_where=sa.text("status = 'asked'"),
        ),
    )
