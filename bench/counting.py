"""Counts what goes to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa


def counted(database: sa.Engine, act: Callable[[], object]) -> tuple[int, int]:
    """Statements (BEGIN left out) and commits of an act."""
    statements: list[str] = []
    commits: list[object] = []
    keep = commits.append

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sa.event.listen(database, "before_cursor_execute", note)
    sa.event.listen(database, "commit", keep)
    try:
        act()
    finally:
        sa.event.remove(database, "before_cursor_execute", note)
        sa.event.remove(database, "commit", keep)
    return len(statements), len(commits)
