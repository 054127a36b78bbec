"""Which backend brings workers to the rows that want one: the rows are the truth, a dispatch only
announces them."""

from __future__ import annotations

import sqlalchemy as sa

from engine.ground.errors import EngineError
from engine.store.machine import Dispatch, Doorbell


class QueueNotInstalled(EngineError):
    """The worker backend procrastinate is not installed: pip install "samnuan[pg]"."""

    thai = 'ยังไม่ได้ติดตั้ง procrastinate โปรดสั่ง pip install "samnuan[pg]"'


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
