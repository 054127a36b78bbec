"""Tables of the REST API and of webhooks: who may call, what was answered, who is told."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.store.tables import Base, Json
from office.ground.administered import follow


class InboundSource(Base):
    """A system that may post to `/hooks/<name>`; its signing secret is stored encrypted."""

    __tablename__ = "inbound_source"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('intake','message')", "kind"),
        # An intake without a channel could not be told apart in the statistics.
        sa.CheckConstraint("(kind = 'intake') = (channel IS NOT NULL)", "channel"),
    )
    name: Mapped[str] = mapped_column(sa.String(63), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    channel: Mapped[str | None] = mapped_column(sa.String(32))
    messages: Mapped[list[str]]  # names a message source may send
    variables: Mapped[list[str]]  # variables these messages may carry
    secret: Mapped[bytes]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class InboundDelivery(Base):
    """A message that was accepted once; its answer is given again to every repetition."""

    __tablename__ = "inbound_delivery"
    source: Mapped[str] = mapped_column(ForeignKey("inbound_source.name"), primary_key=True)
    message_id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    received_at: Mapped[datetime]
    answer: Mapped[dict[str, Any]]


class InboundRefusal(Base):
    """How often a source was refused on a day and why; unknown sources share the name "?"."""

    __tablename__ = "inbound_refusal"
    source: Mapped[str] = mapped_column(sa.String(63), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    day: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]


class Subscriber(Base):
    """An outside system that is told what happens; its signing secret is stored encrypted."""

    __tablename__ = "subscriber"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    url: Mapped[str] = mapped_column(sa.String(2000))
    secret: Mapped[bytes]
    events: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class ApiClient(Base):
    """A program with a token; it acts as an actor with these groups, within these scopes."""

    __tablename__ = "api_client"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    scopes: Mapped[list[str]]
    groups: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class ApiAnswer(Base):
    """The answer to a request that carried an Idempotency-Key, written with its effect."""

    __tablename__ = "api_answer"
    __table_args__ = (sa.Index("ix_api_answer_old", "client_id", "answered_at"),)
    client_id: Mapped[str] = mapped_column(ForeignKey("api_client.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    answered_at: Mapped[datetime]


# Who may knock, and who is told: each change is an entry in the chain of administration.
follow("inbound_source", InboundSource)
follow("subscriber", Subscriber)
follow("api_client", ApiClient)
