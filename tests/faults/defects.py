"""Deliberate defects, patched in at run time, that the suite must catch; a plugin of pytest.

`pytest -p tests.faults.defects` with `SAMNUAN_DEFECT=<name>` runs with one of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest


def commit_split_in_two(patch: pytest.MonkeyPatch) -> None:
    """The command is committed before the events are written."""
    from engine.turn import turn

    append = turn.append_events

    def split(work: Any, *arguments: Any, **named: Any) -> None:
        transaction = work.connection.get_transaction()
        transaction.commit()
        work.connection.begin()
        append(work, *arguments, **named)

    patch.setattr(turn, "append_events", split)


def missing_revision_check(patch: pytest.MonkeyPatch) -> None:
    """A case in memory is used however far the stored one has gone since."""
    from engine.store.machine import LiveCases

    def take(self: Any, instance_id: str, _revision: int) -> Any:
        found = self._cases.pop(instance_id, None)
        return None if found is None else found[1]

    patch.setattr(LiveCases, "take", take)


def history_after_commit(patch: pytest.MonkeyPatch) -> None:
    """Events are written in a transaction of their own, when the turn is safe."""
    from engine.turn import turn

    append = turn.append_events

    def later(work: Any, *arguments: Any, **named: Any) -> None:
        def write() -> None:
            with work.machine.begin() as another:
                append(another, *arguments, **named)

        work.after_commit(write)

    patch.setattr(turn, "append_events", later)


def timer_row_kept(patch: pytest.MonkeyPatch) -> None:
    """A timer that fired stays in the table of waits."""
    from engine.turn import rows

    write = rows.write_waits

    def keep(work: Any, instance: Any, changes: Any) -> None:
        changes.closed_waits.clear()
        write(work, instance, changes)

    patch.setattr(rows, "write_waits", keep)


def cache_not_dropped_on_error(patch: pytest.MonkeyPatch) -> None:
    """A case on which an act failed half-way stays in memory."""
    from engine.store.machine import LiveCases

    def look(self: Any, instance_id: str, revision: int) -> Any:
        found = self._cases.get(instance_id)
        return found[1] if found is not None and found[0] == revision else None

    patch.setattr(LiveCases, "take", look)


DEFECTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    defect.__name__.replace("_", "-"): defect
    for defect in (
        commit_split_in_two,
        missing_revision_check,
        history_after_commit,
        timer_row_kept,
        cache_not_dropped_on_error,
    )
}


def pytest_configure(config: pytest.Config) -> None:
    name = os.environ.get("SAMNUAN_DEFECT", "")
    if name:
        patch = pytest.MonkeyPatch()
        config.add_cleanup(patch.undo)
        DEFECTS[name](patch)
