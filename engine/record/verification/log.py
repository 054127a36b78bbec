"""The log of signed heads: every leaf, node and signed root worked out again, in one pass."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.text import Text
from engine.record.differences import Report
from engine.record.merkle import Growth, leaf_hash
from engine.record.signed_heads import Head, head_entry, head_subject, read_entry
from engine.record.verification.stored_rows import UNREADABLE, Row, as_finding, stored_rows
from engine.store.tables import (
    Command,
    Deployment,
    HistoryEvent,
    LogEntry,
    LogNode,
    ProcessInstance,
    SignedHead,
    table,
)
from engine.store.work import Work
from engine.turn.administration import CHAIN

AT_ONCE = 500
GAP = Text("ลำดับที่ {number} หายไป", "number {number} is missing")
SUBJECT = Text("ไม่ได้กล่าวถึงเรื่องที่ระบุ", "it does not speak of its subject")
NODE = Text("ค่าแฮชไม่ใช่ผลของรายการที่อยู่ใต้จุดนี้", "the hash is not that of the entries under it")
ROOT = Text(
    "ตราประทับไม่ตรงกับบันทึกรวม {size} รายการแรก",
    "the signed head is not that of the first {size} entries",
)
SIGNATURE = Text("ลายมือชื่อของตราประทับไม่ถูกต้อง", "the signature of the head does not hold")
LOGGED = Text(
    "ไม่มีแล้วหรือไม่ตรงกับที่รายการ {position} ของบันทึกรวมระบุ",
    "it is gone, or not the one that entry {position} of the log holds",
)
UNSIGNED = Text("มีรายการหลังตราประทับล่าสุด", "there are entries behind the last signed head")
BEYOND = Text(
    "ประทับตรา {size} รายการ แต่มีเพียง {found}", "it signs {size} entries, there are {found}"
)
UNREAD = Text("อ่านรายการนี้ไม่ได้", "it cannot be read")
GONE = Text("ไม่มีเรื่องนี้แล้ว แต่ยังมีบันทึกอยู่", "it is gone, and its record is still here")


def verify_log(work: Work) -> Report:
    """Check the log and its signed heads, and that what they speak of is still there."""
    report = Report()
    grown = _grow(work, report)
    here: dict[str, str] = {}
    for row in stored_rows(work, table(SignedHead)):
        size = row["size"]
        with as_finding(report, str(size), "seal", size):
            head = Head(size, row["root"], row["at"], row["public_key"], row["signature"])
            _check_head(head, grown, report)
            here[head_subject(size)] = head_entry(head)
    with as_finding(report, "", "seal"):
        _check_heads(work, here, report)
    with as_finding(report, "", "log_entry"):
        _check_presence(work, report)
    return report


def _check_head(head: Head, grown: int, report: Report) -> None:
    if not head.is_signed:
        report.differ(str(head.size), "seal", head.size, SIGNATURE)
    if head.size > grown:
        facts = {"size": head.size, "found": grown}
        report.differ(str(head.size), "seal", head.size, BEYOND.format(**facts))


def _grow(work: Work, report: Report) -> int:
    """Grow the tree from its leaves and compare it at every size; returns the size."""
    growth = Growth()
    heads = work.session.execute(sa.select(SignedHead.size, SignedHead.root))
    roots = {row[0]: row[1] for row in heads}
    stream = contextlib.closing(stored_rows(work, table(LogEntry)))
    # Closed by name: on PostgreSQL a check that ends early leaves a server-side cursor open.
    with contextlib.closing(_Nodes(work, report)) as nodes, stream as rows:
        for row in rows:
            position, entry = row["position"], row["entry"]
            if position != growth.size:
                report.differ("", "log_entry", growth.size, GAP.format(number=growth.size))
                return growth.size
            if entry is UNREADABLE:
                report.differ(str(row["subject"]), "log_entry", position, UNREAD)
                return growth.size
            _check_subject(row, report)
            nodes.compare(growth.size + 1, growth.append(leaf_hash(entry.encode())))
            _check_root(growth, roots, report)
        nodes.end()
    if growth.size and growth.size not in roots:
        report.differ("", "log_entry", growth.size - 1, UNSIGNED)
    return growth.size


def _check_root(growth: Growth, roots: Mapping[int, str], report: Report) -> None:
    size = growth.size
    if size in roots and roots[size] != growth.root().hex():
        report.differ(str(size), "seal", size, ROOT.format(size=size))


def _check_subject(row: Row, report: Report) -> None:
    try:
        entry = read_entry(row["entry"])
        head = head_subject(entry["size"]) if entry["kind"] == "head" else None
        named = entry.get("instance") or entry.get("deployment") or head
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        named = None
    if named != row["subject"]:
        report.differ(str(row["subject"]), "log_entry", row["position"], SUBJECT)


class _Nodes:
    """The stored nodes, which stand in the order in which a growing tree completes them."""

    def __init__(self, work: Work, report: Report) -> None:
        query = sa.select(LogNode.upto, LogNode.level, LogNode.hash)
        query = query.order_by(LogNode.upto, LogNode.level)
        rows = work.session.execute(query.execution_options(yield_per=AT_ONCE))
        self._rows = rows
        self._stored: Iterator[Any] | None = iter(rows)
        self._report = report

    def compare(self, upto: int, completed: Iterator[tuple[int, bytes]]) -> None:
        for level, hash in completed:
            if self._stored is None:
                continue
            found = next(self._stored, None)
            if found is None or tuple(found) != (upto, level, hash):
                self._differ(upto)

    def close(self) -> None:
        self._rows.close()

    def end(self) -> None:
        extra = next(self._stored, None) if self._stored is not None else None
        if extra is not None:
            self._differ(extra[0])

    def _differ(self, upto: int) -> None:
        # After one that is missing or too many all others stand elsewhere: the first is the place.
        self._report.differ("", "log_node", upto, NODE)
        self._stored = None


def _check_heads(work: Work, here: Mapping[str, str], report: Report) -> None:
    """Every head but the newest stands in the log too, as the first leaf of the next signing."""
    query = sa.select(LogEntry.subject, LogEntry.entry, LogEntry.position)
    logged = work.session.execute(query.where(LogEntry.subject.startswith("head/")))
    for subject, entry, position in logged:
        if here.get(subject) != entry:
            report.differ(subject, "seal", position, LOGGED.format(position=position))


def _check_presence(work: Work, report: Report) -> None:
    """What is recorded or signed must not be gone itself."""
    for model in (Command, HistoryEvent):
        there = sa.select(ProcessInstance.id).where(ProcessInstance.id == model.instance_id)
        query = sa.select(model.instance_id, sa.func.max(model.seq)).where(~there.exists())
        for instance_id, seq in work.session.execute(query.group_by(model.instance_id)):
            report.differ(instance_id, model.__tablename__, seq, GONE)
    known = sa.union_all(sa.select(ProcessInstance.id), sa.select(Deployment.id)).subquery()
    query = sa.select(LogEntry.subject, sa.func.max(LogEntry.position))
    query = query.outerjoin(known, known.c.id == LogEntry.subject)
    query = query.where(known.c.id.is_(None), ~LogEntry.subject.startswith("head/"))
    query = query.where(LogEntry.subject != CHAIN)
    for subject, position in work.session.execute(query.group_by(LogEntry.subject)):
        report.differ(subject, "log_entry", position, GONE)
