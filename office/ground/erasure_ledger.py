"""What was erased, kept outside the database: a backup from before an erasure still holds the key.

`erasures.jsonl` in the data folder has one line for each erasure: which case, what, when, and the
hash of the event that records it; nothing about anybody. Its first line says since when it has been
kept. Lines are only ever added. Whatever database is put in place afterwards, `redo_erasures` makes
it forget again what this file says was erased.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.store.tables import Deployment, HistoryEvent
from office.ground.erasure_tables import Erasure
from office.ground.tables import Case, CaseKey

FILE = "erasures.jsonl"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure, as the ledger keeps it; who asked and who decided are account ids."""

    case: str
    receipt_no: str
    what: str
    at: str
    erasure: str = ""
    asked_by: str = ""
    asked_at: str = ""
    decided_by: str = ""
    event_hash: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.case, self.what


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file of erasures; it is made when there is something to say."""

    path: Path

    def since(self) -> datetime | None:
        """Since when every erasure stands in it; none if there is no ledger."""
        for line in self._lines():
            if "since" in line:
                return datetime.fromisoformat(str(line["since"]))
        return None

    def erased(self) -> list[Erased]:
        return [Erased(**line) for line in self._lines() if "case" in line]

    def add(self, erased: Iterable[Erased], *, since: datetime) -> None:
        """Add what is not in it yet; `since` counts if there is no ledger."""
        known = {each.key for each in self.erased()}
        lines: list[dict[str, Any]] = [] if self.since() else [{"since": since.isoformat()}]
        lines += [asdict(each) for each in erased if each.key not in known]
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes that add the same at once leave it twice, which says no more than once.
        with open(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            whole = _ends_whole(file.read())
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            file.write(("" if whole else "\n").encode() + text.encode())
            file.flush()
            os.fsync(file.fileno())

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        for line in self.path.read_text("utf-8", errors="replace").splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue  # one that a crash left unfinished was written again behind it
            if isinstance(found, dict):
                yield found


def _ends_whole(content: bytes) -> bool:
    return not content or content.endswith(b"\n")


def catch_up(connection: sa.Connection, ledger: Ledger, *, at: datetime) -> None:
    """Add what this database knows to be erased; what it has known from its beginning on counts."""
    if not sa.inspect(connection).has_table(CaseKey.__tablename__):
        return
    began = connection.scalar(sa.select(sa.func.min(Deployment.deployed_at)))
    ledger.add(erased_in(connection), since=began or at)


def erased_in(connection: sa.Connection) -> list[Erased]:
    """Every key that this database has destroyed, with the decision behind it."""
    has_erasures = sa.inspect(connection).has_table(Erasure.__tablename__)
    columns = [CaseKey.case_id, CaseKey.purpose, CaseKey.destroyed_at, Case.receipt_no]
    query = sa.select(*columns, Case.instance_id).join(Case, Case.id == CaseKey.case_id)
    query = query.where(CaseKey.wrapped.is_(None)).order_by(CaseKey.destroyed_at, CaseKey.case_id)
    found = []
    for row in connection.execute(query).all():
        decided = _decision(connection, row.case_id, row.purpose) if has_erasures else {}
        found.append(
            Erased(
                case=row.case_id,
                receipt_no=row.receipt_no,
                what=row.purpose,
                at=row.destroyed_at.isoformat(),
                event_hash=_proof(connection, row.instance_id, row.purpose),
                **decided,
            )
        )
    return found


def _decision(connection: sa.Connection, case_id: str, what: str) -> dict[str, str]:
    columns = (Erasure.id, Erasure.asked_by, Erasure.asked_at, Erasure.decided_by)
    query = sa.select(*columns).where(Erasure.case_id == case_id, Erasure.what == what)
    row = connection.execute(query.where(Erasure.decision == "erased").limit(1)).first()
    if row is None:
        return {}
    facts = {"erasure": row.id, "asked_by": row.asked_by, "decided_by": row.decided_by}
    return {**facts, "asked_at": row.asked_at.isoformat()}


def _proof(connection: sa.Connection, instance_id: str | None, what: str) -> str:
    event = sa.select(HistoryEvent.hash).where(HistoryEvent.instance_id == instance_id)
    event = event.where(HistoryEvent.type == f"{what}_erased").order_by(HistoryEvent.seq)
    return connection.scalar(event.limit(1)) or ""


def not_erased_here(connection: sa.Connection, erased: Sequence[Erased]) -> list[Erased]:
    """Those whose key this database still holds."""
    held: set[tuple[str, str]] = set()
    ids = sorted({each.case for each in erased})
    for start in range(0, len(ids), AT_ONCE):
        query = sa.select(CaseKey.case_id, CaseKey.purpose).where(CaseKey.wrapped.is_not(None))
        rows = connection.execute(query.where(CaseKey.case_id.in_(ids[start : start + AT_ONCE])))
        held.update((row.case_id, row.purpose) for row in rows)
    return list({each.key: each for each in erased if each.key in held}.values())
