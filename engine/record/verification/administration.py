"""The chain of administration, worked out again and compared with the log of signed heads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.ground.canonical import loads
from engine.record.differences import Report
from engine.record.verification.instances import Chain, unless_unreadable
from engine.record.verification.stored_rows import stored_rows
from engine.store.tables import AdministrationEvent, AdministrationHead, LogEntry, table
from engine.store.work import Work
from engine.turn.administration import CHAIN, hash_of


def verify_administration(work: Work) -> Report:
    """Check every entry, and where the chain is said to end."""
    report = Report()
    chain = Chain(CHAIN, AdministrationEvent.__tablename__, _sealed(work), report)
    for row in stored_rows(work, table(AdministrationEvent), as_text=True):
        chain.link(row, unless_unreadable(hash_of, chain.head, row))
    head: Mapping[str, Any] = next(iter(stored_rows(work, table(AdministrationHead))), {})
    chain.end(head.get("seq", 0), head.get("hash", ""))
    if head.get("chain") != CHAIN:
        chain.end(-1, "")
    return report


def _sealed(work: Work) -> dict[int, tuple[str, int]]:
    """The ends of the chain that the log holds, by number; a leaf that cannot be read is told where
    the log is checked."""
    query = sa.select(LogEntry.position, LogEntry.entry).where(LogEntry.subject == CHAIN)
    found = {}
    for position, text in work.session.execute(query.order_by(LogEntry.position)):
        try:
            entry = loads(text)
            found[int(entry["events"])] = (str(entry["event_head"]), position)
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    return found
