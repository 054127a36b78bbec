"""What is done about the installation (deployments, accounts, who looked at what), in one chain.

It is the mechanism of a case's events: the same hash over the same fields, the chain's name in the
place of the case's id, and its end in the log of signed heads. Entries are written at the very end
of the transaction that they tell of: the end of the chain is held for that moment only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.canonical import JsonText, dumps
from engine.store.tables import AdministrationEvent, AdministrationHead, table
from engine.store.work import Work
from engine.turn.commitments import event_hash, event_payload, new_salt

CHAIN = "administration"
SUBJECT_LENGTH = 255


class _Entry(NamedTuple):
    type: str
    subject: str
    data: Mapping[str, Any]
    actor: Actor


def note(
    work: Work,
    type: str,
    subject: str = "",
    data: Mapping[str, Any] | None = None,
    *,
    actor: Actor | None = None,
) -> None:
    """Write down what was done, with the caller's transaction; by whoever it was opened for unless
    an actor is given. `subject` is an id; nothing here says anything about a complainant."""
    waiting: list[_Entry] = work.kept(CHAIN, "entries", list)
    if not waiting:
        work.before_commit(lambda: _write(work, waiting))
    waiting.append(_Entry(type, subject[:SUBJECT_LENGTH], dict(data or {}), actor or work.by))


def hash_of(previous: str, row: Mapping[str, Any]) -> str:
    """The hash of an entry: that of an event of a case, see docs/reference/record.md."""
    event = {**row, "instance_id": CHAIN, "command_seq": 0, "element_id": row["subject"]}
    return event_hash(previous, event, event_payload(row))


def _write(work: Work, waiting: list[_Entry]) -> None:
    head = work.session.get_one(
        AdministrationHead, CHAIN, with_for_update=True, populate_existing=True
    )
    rows = []
    for entry in waiting:
        head.seq += 1
        row = {
            "seq": head.seq,
            "type": entry.type,
            "subject": entry.subject,
            "at": work.now,
            "actor": entry.actor.id,
            "role": entry.actor.role,
            "on_behalf_of": entry.actor.on_behalf_of,
            "data": JsonText(dumps(dict(entry.data))),
            "salt": new_salt(),
        }
        head.hash = row["hash"] = hash_of(head.hash, row)
        rows.append(row)
    work.session.execute(sa.insert(table(AdministrationEvent)), rows)
    work.session.flush()  # the head goes with its entries
    waiting.clear()
