"""The two data keys of a case, one for what it tells and one for who is in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.errors import KeyDestroyed
from office.ground.keys import DataKey, Keyring
from office.ground.services import Services
from office.ground.tables import CaseKey

Purpose = Literal["content", "identity"]
ROWS, OPENED = "case keys", "opened case keys"  # what a unit of work keeps of them
PURPOSES: tuple[Purpose, ...] = ("content", "identity")


def issue_keys(work: Work, services: Services, case_id: str) -> None:
    """Give a new case its keys, each wrapped by the master of its purpose."""
    for purpose in PURPOSES:
        wrapped = _master(services, purpose).encrypt(
            DataKey.generate().secret, _place(case_id, purpose)
        )
        work.session.add(CaseKey(case_id=case_id, purpose=purpose, wrapped=wrapped))
    work.forget(ROWS, OPENED)


def case_key(work: Work, services: Services, case_id: str, purpose: Purpose = "content") -> DataKey:
    """The data key of a case, unwrapped once per unit of work.

    Raises:
        KeyDestroyed: it was destroyed, and with it all that it encrypted.
    """
    row = _row(work, case_id, purpose)
    if row is None or row.wrapped is None:
        raise KeyDestroyed
    wrapped, place = row.wrapped, _place(case_id, purpose)
    return work.kept(
        OPENED,
        (case_id, purpose),
        lambda: DataKey(_master(services, purpose).decrypt(wrapped, place)),
    )


def must_be_alive(work: Work, case_id: str, purpose: Purpose = "content") -> None:
    """Look again at a key that was used in this unit of work.

    On PostgreSQL each statement sees what is committed by then: the rows read after the key may be
    those that an erasure has left in between. One snapshot for the whole page would see neither,
    but VACUUM FULL keeps what an open snapshot may still see: what was erased would stay on disk.

    Raises:
        KeyDestroyed: it was destroyed since.
    """
    used = _rows(work).get((case_id, purpose))
    if work.transaction.dialect.name != "postgresql" or used is None or used.wrapped is None:
        return
    now = sa.select(CaseKey.wrapped).where(CaseKey.case_id == case_id, CaseKey.purpose == purpose)
    if work.session.scalar(now) is None:
        raise KeyDestroyed


def destroy_key(work: Work, case_id: str, purpose: Purpose) -> None:
    """Erase for good what this key encrypted; the chain of history stays whole."""
    work.forget(OPENED)
    row = _row(work, case_id, purpose)
    if row is None or row.wrapped is None:
        return
    row.wrapped = None
    row.destroyed_at = work.now


def preload(work: Work, case_ids: Iterable[str]) -> None:
    """Read the keys of many cases at once."""
    ids = list(set(case_ids))
    remember(work, work.session.scalars(sa.select(CaseKey).where(CaseKey.case_id.in_(ids))))


def remember(work: Work, rows: Iterable[CaseKey]) -> None:
    """Keys that were read along with something else need not be asked for again."""
    _rows(work).update({(row.case_id, row.purpose): row for row in rows})


def is_destroyed(work: Work, case_id: str, purpose: Purpose) -> bool:
    row = _row(work, case_id, purpose)
    return row is None or row.wrapped is None


def _row(work: Work, case_id: str, purpose: Purpose) -> CaseKey | None:
    known = _rows(work)
    if (case_id, purpose) not in known:
        preload(work, [case_id])
    return known.get((case_id, purpose))


def _rows(work: Work) -> dict[tuple[str, str], CaseKey]:
    return work.kept(ROWS, None, dict)


def rewrap_keys(work: Work, services: Services, *, limit: int = 1000) -> int:
    """After a new master key was added: wrap older data keys anew; returns how many were."""
    rewrapped = 0
    for row in work.session.scalars(sa.select(CaseKey).where(CaseKey.wrapped.is_not(None))):
        purpose: Purpose = "identity" if row.purpose == "identity" else "content"
        master, place = _master(services, purpose), _place(row.case_id, purpose)
        if row.wrapped is None or master.is_current(row.wrapped) or rewrapped >= limit:
            continue
        row.wrapped = master.encrypt(master.decrypt(row.wrapped, place), place)
        rewrapped += 1
    return rewrapped


def _master(services: Services, purpose: Purpose) -> Keyring:
    return services.keys.identity if purpose == "identity" else services.keys.content


def _place(case_id: str, purpose: Purpose) -> str:
    return f"case_key.wrapped|{case_id}|{purpose}"
