"""How long foreign code may hold a transaction: no longer than a worker may hold its work."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from engine.ground.errors import EngineError
from engine.store.work import Work


class HandlerTooSlow(EngineError):
    """The handler did not come back within {seconds} seconds; its transaction was taken back."""

    thai = "ตัวจัดการงานไม่ตอบภายใน {seconds} วินาที จึงยกเลิกสิ่งที่ทำค้างไว้"


@contextlib.contextmanager
def bounded(work: Work) -> Iterator[None]:
    """Take a transaction back whose code hangs.

    PostgreSQL ends it by itself when it is silent for too long: one case was held up. On SQLite
    nobody else could write meanwhile, so its connection is cut.

    Raises:
        HandlerTooSlow: it came back after all, and its transaction was gone.
    """
    seconds = work.machine.lease.total_seconds()
    if work.session.get_bind().dialect.name == "postgresql":
        name, limit = "idle_in_transaction_session_timeout", f"{int(seconds * 1000)}ms"
        work.session.execute(sa.select(sa.func.set_config(name, limit, True)))
        yield
        return
    cut = _Cut(work.transaction.connection.connection.driver_connection)
    watch = threading.Timer(seconds, cut.make)
    watch.daemon = True
    watch.start()
    try:
        yield
    except Exception as error:
        if cut.is_made:
            raise HandlerTooSlow(seconds=seconds) from error
        raise
    finally:
        watch.cancel()
        cut.forgo()
    if cut.is_made:
        raise HandlerTooSlow(seconds=seconds)


class _Cut:
    """Closes a connection at most once, and never after it was given back."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._is_over = False
        self.is_made = False

    def make(self) -> None:
        with self._lock:
            if self._is_over:
                return
            self.is_made = True
            self._connection.interrupt()
            self._connection.close()  # what is open in it is rolled back

    def forgo(self) -> None:
        with self._lock:
            self._is_over = True
