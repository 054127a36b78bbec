"""The engine's tables. Rules live here as constraints; times are UTC, aware."""

from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from engine.ground.canonical import JsonText, dumps, loads


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC.

    Both databases sort it alike, and no driver drops its zone.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return moment_of(value)


class Json(sa.types.TypeDecorator[Any]):
    """JSON as text: PostgreSQL's JSONB reorders keys, and a hash needs the bytes as they were."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return json_value(value)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime | None) -> int | None:
    """A moment as it is stored."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a stored moment needs a time zone")
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment_of(stored: int | None) -> datetime | None:
    """A stored moment as it is known."""
    if stored is None:
        return None
    seconds, micros = divmod(stored, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


def json_text(value: Any) -> str | None:
    """A JSON value as it is stored."""
    return value if value is None or isinstance(value, JsonText) else dumps(value)


_EMPTY: dict[str, type] = {"{}": dict, "[]": list}


def json_value(stored: str | None) -> Any:
    """A stored JSON value as it is known."""
    if stored is None:
        return None
    return _EMPTY[stored]() if stored in _EMPTY else loads(stored)


class Base(DeclarativeBase):
    """All tables of the product; each package's module adds its own."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: Json,
        list[str]: Json,
    }
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def fixed(value: str) -> sa.ColumnElement[str]:
    """A literal in the statement itself: SQLite uses a partial index only if it can read its
    condition there, and a bound parameter hides it."""
    return sa.literal_column(f"'{value}'", sa.String)


def table(model: type[Base]) -> sa.Table:
    """The table behind a model: on the hot path, plain statements cost a third of the ORM's."""
    found = model.__table__
    assert isinstance(found, sa.Table)
    return found


# ── deployed ───────────────────────────────────────────────────────────────────────────────────


class Resource(Base):
    """A deployed file, byte for byte, stored once under its SHA-256 (hex)."""

    __tablename__ = "resource"
    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content: Mapped[bytes]


class Deployment(Base):
    """One act of deploying: a complete set of files that work together."""

    __tablename__ = "deployment"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    bundle_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    application: Mapped[str] = mapped_column(sa.String(64), index=True, server_default="")
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str]


class DeploymentFile(Base):
    """A file of a deployment; `carried` when it was taken over from the one before."""

    __tablename__ = "deployment_file"
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("resource.sha256"))
    carried: Mapped[bool] = mapped_column(default=False)


class ProcessDefinition(Base):
    """A version of an executable process; a running instance stays on the one it started with."""

    __tablename__ = "process_definition"
    __table_args__ = (UniqueConstraint("key", "version"),)
    id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)  # "key:version"
    key: Mapped[str] = mapped_column(sa.String(200), index=True)
    version: Mapped[int]
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    file: Mapped[str]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    name_th: Mapped[str]
    name_en: Mapped[str]


class ProcessInForce(Base):
    """An earlier version of a process that was put in force again, or 0 where it is retired.

    Without a row the newest version is in force; so it is again when a version newer than `newest`
    is made, also by code that does not know this table.
    """

    __tablename__ = "process_in_force"
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    version: Mapped[int]
    newest: Mapped[int]  # the newest version at that moment


# ── the running case ───────────────────────────────────────────────────────────────────────────


class ProcessInstance(Base):
    """A case as the engine knows it. `state` is the stored workflow, without any specification."""

    __tablename__ = "process_instance"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("process_definition.id"), index=True)
    business_key: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(sa.String(16))  # running completed cancelled
    revision: Mapped[int] = mapped_column()
    state: Mapped[str]  # compact JSON
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    command_seq: Mapped[int] = mapped_column(default=0)
    command_head: Mapped[str] = mapped_column(sa.String(64), default="")
    event_seq: Mapped[int] = mapped_column(default=0)
    event_head: Mapped[str] = mapped_column(sa.String(64), default="")
    __table_args__ = (
        sa.CheckConstraint("status IN ('running','completed','cancelled')", "status"),
        Index(
            "ix_process_instance_running",
            "status",
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        ),
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  (SQLAlchemy reads it as it is)


class StartSubscription(Base):
    """A message, signal or timer that starts an instance of the version in force."""

    __tablename__ = "start_subscription"
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    element_id: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("process_definition.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))  # message timer signal
    name: Mapped[str | None] = mapped_column(sa.String(255), index=True)
    timer: Mapped[dict[str, Any] | None] = mapped_column(Json)  # facts of a cycle
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")  # that failed

    @property
    def start_event(self) -> str:
        """The drawn start event: one with several triggers has a row for each, `id`, `id#2` …."""
        return self.element_id.partition("#")[0]


class UserTask(Base):
    """A step that waits for a person."""

    __tablename__ = "user_task"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), index=True)
    definition_id: Mapped[str] = mapped_column(sa.String(255))
    process_key: Mapped[str] = mapped_column(
        sa.String(200)
    )  # of the (called) process that holds it
    element_id: Mapped[str] = mapped_column(sa.String(255))
    name_th: Mapped[str]
    name_en: Mapped[str]
    form: Mapped[str]
    status: Mapped[str] = mapped_column(sa.String(16))  # open completed cancelled
    assignee: Mapped[str | None]
    candidate_groups: Mapped[list[str]]
    candidate_users: Mapped[list[str]]
    separate_from: Mapped[list[str]]  # element ids whose doers may not do this one
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    __table_args__ = (
        Index(
            "ix_user_task_open_assignee",
            "assignee",
            "due_at",
            "id",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
        Index(
            "ix_user_task_open_due",
            "due_at",
            "id",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        ),
        sa.CheckConstraint("status IN ('open','completed','cancelled')", "status"),
    )


class UserTaskCandidate(Base):
    """Who may claim an open task: a row per group (`kind` group) or person (`kind` user)."""

    __tablename__ = "user_task_candidate"
    kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("user_task.id"), primary_key=True, index=True)


class Wait(Base):
    """What an instance waits for: a timer or a subscription to a message or signal."""

    __tablename__ = "wait"
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)  # task id + definition slot
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), index=True)
    task_id: Mapped[str] = mapped_column(sa.String(32))
    element_id: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(8))  # timer message signal
    name: Mapped[str | None] = mapped_column(sa.String(255))
    correlation_key: Mapped[str | None] = mapped_column(sa.String(255))
    due_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")  # that failed
    locked_by: Mapped[str | None]  # the worker that is firing the timer
    locked_until: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_wait_due",
            "due_at",
            sqlite_where=sa.text("kind = 'timer'"),
            postgresql_where=sa.text("kind = 'timer'"),
        ),
        Index("ix_wait_subscription", "name", "correlation_key"),
    )


class Job(Base):
    """Work that a service, send or business task asks of a handler or of an external worker."""

    __tablename__ = "job"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), index=True)
    element_id: Mapped[str] = mapped_column(sa.String(255))
    type: Mapped[str] = mapped_column(sa.String(100))
    headers: Mapped[dict[str, Any]]
    variables: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(sa.String(16))  # ready locked failed (no retries left)
    retries: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    locked_by: Mapped[str | None]
    locked_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "ix_job_ready",
            "type",
            "due_at",
            sqlite_where=sa.text("status = 'ready'"),
            postgresql_where=sa.text("status = 'ready'"),
        ),
        Index(
            "ix_job_locked",
            "locked_until",
            sqlite_where=sa.text("status = 'locked'"),
            postgresql_where=sa.text("status = 'locked'"),
        ),
    )


class Incident(Base):
    """Something an administrator must look at; the case waits, nothing is lost."""

    __tablename__ = "incident"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("process_instance.id"), index=True)
    job_id: Mapped[str | None] = mapped_column(sa.String(32))
    element_id: Mapped[str] = mapped_column(sa.String(255))
    kind: Mapped[str] = mapped_column(sa.String(32))
    message_th: Mapped[str]
    message_en: Mapped[str]
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    __table_args__ = (
        Index(
            "ix_incident_open",
            "kind",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        ),
    )


class WorkerSeen(Base):
    """A process that does background work, as long as it is seen."""

    __tablename__ = "worker"
    id: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    backend: Mapped[str] = mapped_column(sa.String(16))  # embedded procrastinate
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    running: Mapped[int]  # items at this moment


# ── the record ─────────────────────────────────────────────────────────────────────────────────


class Command(Base):
    """What was asked of an instance: with the host results, enough to run it again. Append-only."""

    __tablename__ = "command"
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    body: Mapped[dict[str, Any]]
    actor: Mapped[str]
    at: Mapped[datetime]
    results: Mapped[dict[str, Any]]  # of host functions and jobs, in call order
    state_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    role: Mapped[str] = mapped_column(sa.String(120), server_default="")
    on_behalf_of: Mapped[str] = mapped_column(sa.String(120), server_default="")
    salt: Mapped[bytes | None]  # none: hashed as the first release did, see commitments


class HistoryEvent(Base):
    """What happened, for people to read. Append-only, chained by hash within an instance."""

    __tablename__ = "history_event"
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    command_seq: Mapped[int]
    type: Mapped[str] = mapped_column(sa.String(40))
    element_id: Mapped[str] = mapped_column(sa.String(255))
    at: Mapped[datetime]
    actor: Mapped[str]
    data: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(sa.String(64))
    role: Mapped[str] = mapped_column(sa.String(120), server_default="")  # in which they acted
    on_behalf_of: Mapped[str] = mapped_column(sa.String(120), server_default="")
    salt: Mapped[bytes | None]  # none: hashed as the first release did, see commitments


class AdministrationEvent(Base):
    """What was done about the installation itself: accounts, deployments, sign-ins, looks.
    Append-only, one chain for all of it, hashed as the events of a case are."""

    __tablename__ = "administration_event"
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(255))  # the id of what it is about
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[str] = mapped_column(sa.String(120), server_default="")
    on_behalf_of: Mapped[str] = mapped_column(sa.String(120), server_default="")
    data: Mapped[dict[str, Any]]
    salt: Mapped[bytes]
    hash: Mapped[str] = mapped_column(sa.String(64))
    __table_args__ = (
        Index("ix_administration_event_subject_type_actor_at", "subject", "type", "actor", "at"),
        Index("ix_administration_event_type_at", "type", "at"),
    )


class AdministrationHead(Base):
    """Where that chain stands; whoever adds to it holds this row to the end of the transaction."""

    __tablename__ = "administration_head"
    chain: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[str] = mapped_column(sa.String(64))


class LogEntry(Base):
    """A leaf of the log: the heads of a case, or a deployment, as they stood when its head was
    signed. Append-only."""

    __tablename__ = "log_entry"
    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(sa.String(64), index=True)  # instance or deployment id
    entry: Mapped[str] = mapped_column(sa.Text)  # JSON, hashed byte for byte as it stands here


class LogNode(Base):
    """A complete node of the log's Merkle tree. `upto` is the leaf behind its last one, so that
    nodes sort in the order in which they are completed. Append-only."""

    __tablename__ = "log_node"
    upto: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class SignedHead(Base):
    """A signed head of the log: its size, root and moment (hex). Append-only."""

    __tablename__ = "seal"
    size: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]
    public_key: Mapped[str] = mapped_column(sa.String(64))
    signature: Mapped[str] = mapped_column(sa.String(128))


class OutboxMessage(Base):
    """Something that must leave the agency (mail, webhook, thrown message), written in the turn and
    delivered afterwards until it is accepted. `payload` holds references, never personal data."""

    __tablename__ = "outbox_message"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(sa.String(16))  # pending delivered failed
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    locked_by: Mapped[str | None]
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        Index(
            "ix_outbox_message_due",
            "due_at",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
    )
