"""What still waits though it is due, in words: a drain that stands still must say where."""

from __future__ import annotations

import sqlalchemy as sa

from engine import Engine
from engine.store.tables import Job, OutboxMessage, Wait, table
from engine.verbs import incidents

NAMED = 5
TABLES = {"timer": Wait, "job": Job, "delivery": OutboxMessage}


def what_is_stuck(engine: Engine) -> str:
    """Due rows of each kind with who holds them until when, and the causes of open incidents."""
    with engine.read() as work:
        lines = []
        for kind, model in TABLES.items():
            rows = table(model)
            due = sa.select(rows).where(rows.c.due_at <= work.now).order_by(rows.c.due_at)
            count = work.session.scalar(sa.select(sa.func.count()).select_from(due.subquery()))
            found = work.session.execute(due.limit(NAMED)).mappings()
            named = [f"{r['id']} (held by {r['locked_by']}, {r['locked_until']})" for r in found]
            lines += [f"{count} {kind}(s) due: {', '.join(named)}"] if count else []
        lines += [
            f"incident at {each.element_id}: {each.message_en}"
            for each in incidents.open_incidents(work, limit=NAMED)
        ]
    return "; ".join(lines) or "nothing is due"
