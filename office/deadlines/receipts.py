"""When the complainant received a letter: what runs from a notice counts from that day.

A letter is received when its reader opens it in the tracking inbox, when the mail server took the
whole of it, or when an officer records its delivery; where nobody saw it arrive, the table
`receipt` says after how many days the law takes it as received.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import SYSTEM
from engine.ground.clock import BANGKOK
from engine.store.work import HostCall, Work
from engine.turn import history
from forms.text.dates import spell_date
from office.deadlines.changes import count_from_notice
from office.deadlines.rows import AWAITED, instance_of, open_deadlines
from office.deadlines.rules import days_until_received
from office.deadlines.tables import DeadlineRow
from office.ground.tables import Case, Letter

RECEIVED = "letter_received"
RECEIPT_OF = "receiptOf"  # a task that records a delivery names the deadline that counts from it


def note_receipt(work: Work, case: Case, letter: Letter) -> None:
    """The complainant has had a letter since now: deadlines that wait for that count from today."""
    day = work.now.astimezone(BANGKOK).date()
    reason = f"ผู้ร้องเรียนได้รับหนังสือเลขที่ {letter.number} วันที่ {spell_date(day, 'th')}"
    for deadline in open_deadlines(work, case.id):
        if AWAITED in deadline.rule and _notice_of(work, deadline) == letter.id:
            count_from_notice(work, deadline.id, day, reason=reason, actor=SYSTEM)


def note_mailed(work: Work, letter_id: str) -> None:
    """The mail server took a letter, all of it, for its reader."""
    letter = work.session.get_one(Letter, letter_id)
    case = work.session.get_one(Case, letter.case_id)
    if case.instance_id is None:
        return
    data = {"letter": letter.id, "number": letter.number, "method": letter.method}
    history.record(work, case.instance_id, RECEIVED, data, actor=SYSTEM)
    note_receipt(work, case, letter)


def received_in_this_turn(call: HostCall, key: str) -> date | None:
    """The day that an officer has just recorded, on the way to the step whose deadline is asked
    for, as the one on which the letter was received."""
    execution = call.work.live.get(call.instance_id)
    if execution is None or not any(
        type == "activity_completed" and node.extensions.properties.get(RECEIPT_OF) == key
        for type, node, _ in execution.changes.events
    ):
        return None
    definition_id = instance_of(call.work, call.instance_id).definition_id
    return _recorded(call.work, definition_id, call.variables)


def _recorded(work: Work, definition_id: str, recorded: Mapping[str, Any]) -> date | None:
    """The day of form F12: the one it gives, or the one on which the law takes it as received."""
    if recorded.get("delivered_on") and not recorded.get("returned"):
        return date.fromisoformat(str(recorded["delivered_on"])[:10])
    days = days_until_received(work, definition_id, recorded)
    if days is None or not recorded.get("sent_on"):
        return None
    return date.fromisoformat(str(recorded["sent_on"])[:10]) + timedelta(days=days)


def _notice_of(work: Work, deadline: DeadlineRow) -> str | None:
    """The letter that a deadline counts from: the last one sent when it began."""
    query = sa.select(Letter.id).where(
        Letter.case_id == deadline.case_id, Letter.issued_at <= deadline.started_at
    )
    newest = query.order_by(Letter.issued_at.desc(), Letter.number.desc()).limit(1)
    return work.session.scalar(newest)
