"""What belongs to an account beside its name and roles: factors, codes, orders, requests."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base


class AccountFactor(Base):
    """A second factor of an account: an authenticator app or a passkey. What it is checked with is
    encrypted; a passkey is found by the hash of its id."""

    __tablename__ = "account_factor"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(80))
    sealed: Mapped[bytes]
    credential_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    counter: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # last step, or signature count
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # an app counts once a code of it was entered
    used_at: Mapped[datetime | None]
    __table_args__ = (sa.CheckConstraint("kind IN ('totp','passkey')", "kind"),)


class RecoveryCode(Base):
    """A code that stands in for a second factor once."""

    __tablename__ = "recovery_code"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    used_at: Mapped[datetime | None]


class OneTimeCode(Base):
    """What can be used once and soon: the challenge of a passkey, the code that opens an account.
    Only its hash is kept."""

    __tablename__ = "one_time_code"
    code_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(16))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ExternalIdentity(Base):
    """Who an account is at an identity provider, as a keyed hash of the provider's subject."""

    __tablename__ = "external_identity"
    provider: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    subject_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    linked_at: Mapped[datetime]
    gives_roles: Mapped[bool] = mapped_column(default=False)  # the provider's groups are its roles


class RoleRequest(Base):
    """Roles that one administrator wants to give and a second one decides on."""

    __tablename__ = "role_request"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    group_name: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(sa.String(8))  # granted refused
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class ActingOrder(Base):
    """An order by which a person acts in a role for a time, both days included."""

    __tablename__ = "acting_order"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.key"))
    unit: Mapped[str] = mapped_column(sa.String(40), default="")
    number: Mapped[str] = mapped_column(sa.String(80))
    capacity: Mapped[str] = mapped_column(sa.String(16))
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    agreed_by: Mapped[str | None]  # the second person, where the role asks for one
    agreed_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class UnitName(Base):
    """What a unit was called before it was renamed, and until when."""

    __tablename__ = "unit_name"
    unit: Mapped[str] = mapped_column(ForeignKey("unit.key"), primary_key=True)
    until: Mapped[datetime] = mapped_column(primary_key=True)
    abbreviation: Mapped[str]
    name_th: Mapped[str]
    name_en: Mapped[str]
    changed_by: Mapped[str]
    reference: Mapped[str]


class AppliedTable(Base):
    """A table of master data as it was last taken over from a file: what changed since is seen by
    comparing, so that a file does not undo what was edited on a page."""

    __tablename__ = "applied_table"
    name: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    content: Mapped[bytes]
    applied_at: Mapped[datetime]
