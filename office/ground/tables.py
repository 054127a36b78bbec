"""The office's tables. What says who a person is, or tells of a case in words, is encrypted."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base

# ── master data: seeded from processes/complaint/*.csv, edited in the tables afterwards ──────────


class Unit(Base):
    """A unit of the agency; `key` is what the tables and diagrams write."""

    __tablename__ = "unit"
    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    abbreviation: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0)


class Role(Base):
    """A role that diagrams name as a candidate group; a unit-bound one is written `role@unit`."""

    __tablename__ = "role"
    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_th: Mapped[str]
    name_en: Mapped[str]
    unit_bound: Mapped[bool] = mapped_column(default=False)
    access: Mapped[str] = mapped_column(sa.String(16), default="none")  # see cases.STANDING
    pages: Mapped[str | None]  # which pages it gets, by words; None until its table has said
    second_factor: Mapped[bool | None]  # who holds it must have one; None until its table has said
    two_persons: Mapped[bool | None]  # giving it takes a second administrator; likewise
    position: Mapped[int] = mapped_column(default=0)


class Status(Base):
    """A status of an application's cases, with the coarser words that the public reads."""

    __tablename__ = "status"
    application: Mapped[str] = mapped_column(sa.String(64), primary_key=True, server_default="")
    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name_th: Mapped[str]
    name_en: Mapped[str]
    public_th: Mapped[str]
    public_en: Mapped[str]
    terminal: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


# ── people ─────────────────────────────────────────────────────────────────────────────────────


class Account(Base):
    """A person who works here. `id` is what history and tasks refer to; the name stays here."""

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(80), unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.key"))
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class AccountRole(Base):
    """A role that an account holds, for one unit (`unit`) or for the whole agency ("")."""

    __tablename__ = "account_role"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.key"), primary_key=True)
    unit: Mapped[str] = mapped_column(sa.String(40), primary_key=True, default="")


class SignIn(Base):
    """A signed-in browser; revoking the row signs it out at once. Only the token's hash is kept.

    `stage` says how far it is: `factor` still owes its second factor, `enrol` must set one up
    first, and only `full` opens pages.
    """

    __tablename__ = "session"
    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(sa.String(8), default="full")
    seen_at: Mapped[datetime | None]  # to the minute, for the time-out
    proved_at: Mapped[datetime | None]  # when the person last proved to be who they are
    method: Mapped[str] = mapped_column(sa.String(24), default="password")
    browser: Mapped[str] = mapped_column(sa.String(80), default="")  # as its owner recognises it


class Attempt(Base):
    """How often something that is limited was tried from one (hashed) place in one window."""

    __tablename__ = "attempt"
    bucket: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    slot: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


# ── the register ───────────────────────────────────────────────────────────────────────────────


class Counter(Base):
    """The last number issued in a gap-free series; the row is locked while a number is issued."""

    __tablename__ = "counter"
    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[int]


class Case(Base):
    """A complaint in the register: what statistics and work lists need, and no personal data."""

    __tablename__ = "complaint_case"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    instance_id: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    receipt_no: Mapped[str] = mapped_column(sa.String(32), unique=True)
    tracking_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    idempotency_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    application: Mapped[str] = mapped_column(sa.String(64), index=True, server_default="")
    track: Mapped[str] = mapped_column(sa.String(40))  # the variant; "" where there are none
    channel: Mapped[str] = mapped_column(sa.String(20))
    identity_mode: Mapped[str] = mapped_column(sa.String(16))
    reply_by: Mapped[str | None] = mapped_column(sa.String(16))
    subject: Mapped[str | None]
    title: Mapped[bytes | None]  # encrypted under the case key: people write names in titles
    classification: Mapped[str] = mapped_column(sa.String(20))
    protected: Mapped[bool] = mapped_column(default=False)
    guarded: Mapped[bool] = mapped_column(default=False)  # its track protects who complained
    held: Mapped[bool] = mapped_column(default=False)  # seen by intake and screening alone so far
    status: Mapped[str] = mapped_column(sa.String(40), index=True)
    outcome: Mapped[str | None] = mapped_column(sa.String(40))
    handler: Mapped[str | None] = mapped_column(sa.String(20))
    hidden_from: Mapped[list[str]]
    lead_unit: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    co_units: Mapped[list[str]]
    severity: Mapped[str | None] = mapped_column(sa.String(8))
    source_no: Mapped[str | None]
    source_due: Mapped[date | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
    legal_received_on: Mapped[date]
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]  # an account id, or "complainant"
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CaseKey(Base):
    """A data key of one case, wrapped by a master key; destroying it erases what it encrypted."""

    __tablename__ = "case_key"
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(16), primary_key=True)  # content identity
    wrapped: Mapped[bytes | None]
    destroyed_at: Mapped[datetime | None]
    __table_args__ = (
        sa.CheckConstraint("purpose IN ('content','identity')", "purpose"),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", "destroyed"),
    )


class Identity(Base):
    """One personal field of a case (`full_name`, `accused[0].name`), encrypted under its own
    key."""

    __tablename__ = "identity"
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    sealed: Mapped[bytes]
    recorded_at: Mapped[datetime]


class IdentityIndex(Base):
    """A keyed hash of an identity number, to find the cases of one person without storing it."""

    __tablename__ = "identity_index"
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), primary_key=True)


class IdentityRead(Base):
    """Who looked at whose identity, which fields, and the encrypted reason they gave."""

    __tablename__ = "identity_read"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    account_id: Mapped[str]
    at: Mapped[datetime]
    fields: Mapped[list[str]]
    reason: Mapped[bytes]


class Conflict(Base):
    """A person who must neither handle nor see a case, and on what ground."""

    __tablename__ = "conflict"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(
        ForeignKey("complaint_case.id"), primary_key=True, index=True
    )
    ground: Mapped[str] = mapped_column(sa.String(20))  # see office.people.conflicts
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


# ── the case file ──────────────────────────────────────────────────────────────────────────────


class Submission(Base):
    """The answers to one form as they were given, encrypted under the case key."""

    __tablename__ = "submission"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"))
    seq: Mapped[int]  # order within the case: two may bear the same moment
    form: Mapped[str] = mapped_column(sa.String(120))
    task_id: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    element_id: Mapped[str] = mapped_column(sa.String(255), default="")
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    sealed: Mapped[bytes]
    __table_args__ = (UniqueConstraint("case_id", "seq"),)


class Attachment(Base):
    """A file of a case. Its bytes lie outside the database, encrypted under a key of their own that
    the case key wraps."""

    __tablename__ = "attachment"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)  # also the storage's name
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))
    field: Mapped[str] = mapped_column(sa.String(120))
    name: Mapped[bytes]  # encrypted: file names carry people's names
    file_key: Mapped[bytes]  # wrapped by the case key
    # Which key of the case encrypts both: a file that says who a person is goes with the identity.
    purpose: Mapped[str] = mapped_column(sa.String(16), default="content")
    media_type: Mapped[str] = mapped_column(sa.String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class Letter(Base):
    """A letter as it was issued: its number, the version of its template, its encrypted text."""

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(40), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))  # L1 … L12
    title_th: Mapped[str]
    title_en: Mapped[str]
    template_sha256: Mapped[str] = mapped_column(sa.String(64))
    text_sha256: Mapped[str] = mapped_column(sa.String(64))  # the commitment to the text
    sealed: Mapped[bytes]
    method: Mapped[str] = mapped_column(sa.String(16))  # what DT6 chose: inbox email post phone
    job_id: Mapped[str | None] = mapped_column(sa.String(32), unique=True)
    issued_at: Mapped[datetime]
    mail_key: Mapped[str | None] = mapped_column(sa.String(200))  # of the outbox, when mailed
    read_at: Mapped[datetime | None]  # first opened in the tracking inbox


class Notice(Base):
    """An internal word to a role or unit: a reminder, a warning that a step is late."""

    __tablename__ = "notice"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_case.id"), index=True)
    audience: Mapped[str] = mapped_column(sa.String(120), index=True)  # a group: role or role@unit
    kind: Mapped[str] = mapped_column(sa.String(40))
    element_id: Mapped[str] = mapped_column(sa.String(255))
    job_id: Mapped[str | None] = mapped_column(sa.String(32))
    sent_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


class MailboxMessage(Base):
    """The development mailbox: mail that would have left, encrypted, when no mail server is set."""

    __tablename__ = "mailbox_message"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    sealed: Mapped[bytes]
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
