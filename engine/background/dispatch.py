"""How a worker learns of a row that wants it: the rows are the truth, this only rings the bell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from engine.ground.errors import EngineError
from engine.store.work import Offer, Work

if TYPE_CHECKING:
    import sqlalchemy as sa


class QueueNotInstalled(EngineError):
    """The worker backend procrastinate is not installed: pip install "samnuan[pg]"."""

    thai = 'ยังไม่ได้ติดตั้ง procrastinate โปรดสั่ง pip install "samnuan[pg]"'


class Dispatch(Protocol):
    """Called at the end of a transaction that leaves work behind, before it commits."""

    def bring(self, work: Work, offers: Sequence[Offer]) -> None: ...


class Doorbell:
    """Wakes the worker of this process; those of other processes look by themselves."""

    def bring(self, work: Work, offers: Sequence[Offer]) -> None:
        if any(offer.at <= work.now for offer in offers):
            work.after_commit(work.engine.wake)


def dispatch_of(worker: str, database: sa.Engine) -> Dispatch:
    """The dispatch that a setting names.

    Raises:
        QueueNotInstalled, QueueNeedsPostgres
    """
    if worker == "embedded":
        return Doorbell()
    try:
        from engine.background.distributed import Announcer
    except ImportError as error:
        raise QueueNotInstalled from error
    return Announcer(database)
