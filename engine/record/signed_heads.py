"""Signed heads: the ends of all cases go into an append-only log, and its root is signed.

Every signing adds one leaf for each case that has moved since, and for each new deployment. What
leaves the server (a file, a mail) is the signed head together with the leaves it added: whoever
keeps those can tell which case was rewritten afterwards, and from where on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.canonical import canonical, digest, loads
from engine.ground.errors import EngineError
from engine.record.merkle import Growth, consistency_path, growth_at, inclusion_path, leaf_hash
from engine.record.signing import SigningKey, is_signed
from engine.store.tables import (
    AdministrationHead,
    Deployment,
    DeploymentFile,
    LogEntry,
    LogNode,
    ProcessDefinition,
    ProcessInstance,
    SignedHead,
    table,
)
from engine.store.work import Work
from engine.turn.administration import CHAIN
from engine.turn.commitments import moment

AT_ONCE = 500  # leaves per statement


class HeadNotSignedYet(EngineError):
    """The case's head has not been signed yet; run `samnuan seal` first."""

    thai = "เรื่องนี้ยังไม่ได้ประทับตรา โปรดสั่ง samnuan seal ก่อน"


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head of the log."""

    size: int
    root: str  # hex
    at: datetime
    public_key: str  # hex
    signature: str  # hex

    def as_data(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "root": self.root,
            "at": moment(self.at),
            "public_key": self.public_key,
            "signature": self.signature,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Head:
        return cls(
            size=int(data["size"]),
            root=str(data["root"]),
            at=datetime.fromisoformat(data["at"]),
            public_key=str(data["public_key"]),
            signature=str(data["signature"]),
        )

    @property
    def is_signed(self) -> bool:
        try:
            signature, public = bytes.fromhex(self.signature), bytes.fromhex(self.public_key)
        except ValueError:
            return False
        return is_signed(head_text(self.size, self.root, self.at), signature, public)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Proof that an entry is the leaf at a position of the log that a head stands for."""

    entry: str
    position: int
    path: tuple[str, ...]  # hex, from the leaf upwards
    head: Head


def head_text(size: int, root: str, at: datetime) -> bytes:
    """What the signature is made over."""
    return f"samnuan head 1\n{size}\n{root}\n{moment(at)}\n".encode()


def sign_head(work: Work, key: SigningKey) -> Head | None:
    """Put what has moved into the log and sign its new head; none if nothing has moved.

    One signing at a time: on PostgreSQL the table is locked, on SQLite every writer is alone.
    """
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(sa.text("LOCK TABLE seal IN SHARE ROW EXCLUSIVE MODE"))
    growth = growth_at(log_size(work), _lookup(work))
    before = growth.size
    previous = newest_head(work)
    for batch in _batches(_moved(work)):
        if previous is not None and growth.size == before:
            batch.insert(0, (head_subject(previous.size), head_entry(previous)))
        _append(work, growth, batch)
    if growth.size == before:
        return None
    root = growth.root().hex()
    signature = key.sign(head_text(growth.size, root, work.now)).hex()
    head = Head(growth.size, root, work.now, key.public.hex(), signature)
    row = {**head.as_data(), "at": work.now}
    work.session.execute(sa.insert(table(SignedHead)), [row])
    return head


def _batches(moved: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while batch := list(itertools.islice(moved, AT_ONCE)):
        yield batch


def carry_on(work: Work, kept: Iterable[tuple[Head, Sequence[str]]]) -> int:
    """Append signed heads that this log does not reach, with the leaves that each of them added:
    what was signed stays signed, whichever database is put in place. Returns how many heads were.

    A head that does not continue this log is left out, and all behind it: the check of the record
    tells where they part.
    """
    growth, added = growth_at(log_size(work), _lookup(work)), 0
    for head, entries in kept:
        if head.size <= growth.size:
            continue
        grown = growth_at(growth.size, _lookup(work))
        for entry in entries:
            list(grown.append(leaf_hash(entry.encode())))
        if (grown.size, grown.root().hex()) != (head.size, head.root) or not head.is_signed:
            break
        _append(work, growth, [(_subject_of(entry), entry) for entry in entries])
        row = {**head.as_data(), "at": head.at}
        work.session.execute(sa.insert(table(SignedHead)), [row])
        added += 1
    return added


def _subject_of(entry: str) -> str:
    facts = read_entry(entry)
    named = facts.get("instance") or facts.get("deployment")
    return str(named or head_subject(facts["size"]))


def _append(work: Work, growth: Growth, batch: list[tuple[str, str]]) -> None:
    entries, nodes = [], []
    for subject, entry in batch:
        entries.append({"position": growth.size, "subject": subject, "entry": entry})
        for level, hash in growth.append(leaf_hash(entry.encode())):
            nodes.append({"upto": growth.size, "level": level, "hash": hash})
    work.session.execute(sa.insert(table(LogEntry)), entries)
    work.session.execute(sa.insert(table(LogNode)), nodes)


def log_size(work: Work) -> int:
    last = work.session.scalar(sa.select(sa.func.max(LogEntry.position)))
    return 0 if last is None else last + 1


def heads(work: Work, *, after: int = 0) -> list[Head]:
    """The signed heads over more than so many leaves, oldest first."""
    query = sa.select(SignedHead).where(SignedHead.size > after).order_by(SignedHead.size)
    return [head_of(row) for row in work.session.scalars(query)]


def newest_head(work: Work) -> Head | None:
    row = work.session.scalars(
        sa.select(SignedHead).order_by(SignedHead.size.desc()).limit(1)
    ).first()
    return None if row is None else head_of(row)


def entries(work: Work, first: int, behind: int) -> list[str]:
    """The log's entries from one position up to before another."""
    query = sa.select(LogEntry.entry).where(LogEntry.position >= first, LogEntry.position < behind)
    return list(work.session.scalars(query.order_by(LogEntry.position)))


def inclusion(work: Work, subject: str, head: Head | None = None) -> Inclusion:
    """Proof that the newest signed heads of a case (by instance id) are in the log.

    Raises:
        HeadNotSignedYet: the log does not hold it, or did not when that head was signed.
    """
    head = head or newest_head(work)
    if head is None:
        raise HeadNotSignedYet
    query = sa.select(LogEntry).where(LogEntry.subject == subject, LogEntry.position < head.size)
    row = work.session.scalars(query.order_by(LogEntry.position.desc()).limit(1)).first()
    if row is None:
        raise HeadNotSignedYet
    path = inclusion_path(row.position, head.size, _lookup(work))
    return Inclusion(row.entry, row.position, tuple(hash.hex() for hash in path), head)


def consistency(work: Work, older: Head, newer: Head) -> list[bytes]:
    """The hashes that show the log of the newer head to begin with that of the older one."""
    return consistency_path(older.size, newer.size, _lookup(work))


def case_entry(row: Any) -> str:
    """The leaf of a case: where its two chains stand."""
    return _text(
        kind="case",
        instance=row.id,
        commands=row.command_seq,
        command_head=row.command_head,
        events=row.event_seq,
        event_head=row.event_head,
    )


def deployment_entry(work: Work, row: Deployment) -> str:
    """The leaf of a deployment: what came into force together, when and by whom."""
    of = {"application": row.application} if row.application else {}
    return _text(
        kind="deployment",
        **of,
        deployment=row.id,
        bundle=row.bundle_hash,
        at=moment(row.deployed_at),
        by=row.deployed_by,
        files=_digest_of(work, DeploymentFile, row.id),
        definitions=_digest_of(work, ProcessDefinition, row.id),
    )


def administration_entry(head: AdministrationHead) -> str:
    """The leaf of the chain of administration: where it stands."""
    return _text(kind=CHAIN, instance=CHAIN, events=head.seq, event_head=head.hash)


def head_subject(size: int) -> str:
    return f"head/{size}"


def head_entry(head: Head) -> str:
    """The leaf of the head before: a head that was taken away is missed."""
    return _text(kind="head", **head.as_data())


def _digest_of(work: Work, model: type[Any], deployment_id: str) -> str:
    """One hash over rows of a deployment, whatever columns they have."""
    rows = table(model)
    query = sa.select(rows).where(rows.c.deployment_id == deployment_id)
    found = work.session.execute(query.order_by(*rows.primary_key.columns)).mappings()
    return digest(*(canonical(dict(row)) for row in found))


def _text(**facts: Any) -> str:
    return canonical(facts).decode()


def _moved(work: Work) -> Iterator[tuple[str, str]]:
    yield from _new_deployments(work)
    yield from _administration(work)
    newest = (
        sa.select(LogEntry.subject, sa.func.max(LogEntry.position).label("position"))
        .group_by(LogEntry.subject)
        .subquery()
    )
    columns = (ProcessInstance.id, ProcessInstance.command_seq, ProcessInstance.command_head)
    query = (
        sa.select(*columns, ProcessInstance.event_seq, ProcessInstance.event_head, LogEntry.entry)
        .outerjoin(newest, newest.c.subject == ProcessInstance.id)
        .outerjoin(LogEntry, LogEntry.position == newest.c.position)
        .order_by(ProcessInstance.id)
    )
    for row in work.session.execute(query.execution_options(yield_per=AT_ONCE)):
        entry = case_entry(row)
        if entry != row.entry:
            yield row.id, entry


def _new_deployments(work: Work) -> Iterator[tuple[str, str]]:
    logged = sa.select(LogEntry.subject).where(LogEntry.subject == Deployment.id)
    query = sa.select(Deployment).where(~logged.exists())
    for row in work.session.scalars(query.order_by(Deployment.deployed_at, Deployment.id)):
        yield row.id, deployment_entry(work, row)


def _administration(work: Work) -> Iterator[tuple[str, str]]:
    head = work.session.get(AdministrationHead, CHAIN, populate_existing=True)
    if head is None or not head.seq:
        return
    query = sa.select(LogEntry.entry).where(LogEntry.subject == CHAIN)
    newest = work.session.scalar(query.order_by(LogEntry.position.desc()).limit(1))
    entry = administration_entry(head)
    if entry != newest:
        yield CHAIN, entry


def _lookup(work: Work) -> Any:
    def lookup(first: int, behind: int) -> bytes:
        level = (behind - first).bit_length() - 1
        return work.session.get_one(LogNode, (behind, level)).hash

    return lookup


def head_of(row: SignedHead) -> Head:
    return Head(row.size, row.root, row.at, row.public_key, row.signature)


def read_entry(entry: str) -> dict[str, Any]:
    """What a leaf says."""
    found: dict[str, Any] = loads(entry)
    return found
