"""Rows of a case that no event speaks of, and what a row says beside what is sealed in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from engine.ground.text import Text
from engine.store.work import Work
from office.audit.rows.recorded_rows import ADDED, NOT_SAID, Recorded
from office.cases.reveal_tables import Reveal
from office.cases.store_answers import SUBMITTED
from office.disposal import erasure, legal_holds
from office.ground.erasure_tables import Erasure, LegalHold
from office.ground.errors import KeyUnknown
from office.ground.keys import DataKey
from office.ground.services import Services
from office.ground.tables import Attachment, Identity, IdentityRead, Letter, Submission
from office.vault import attachments, file_types, submissions

Found = Iterator[tuple[str, str, Text]]  # table, key, what


def _files(data: Mapping[str, Any]) -> list[str]:
    return [str(file["file"]) for file in data.get("files", [])]


def _named(*names: str) -> Callable[[Mapping[str, Any]], list[str]]:
    return lambda data: [str(data[name]) for name in names if data.get(name)]


# Which rows of a case there are, and how its events name them.
NAMED: Sequence[tuple[type[Any], str, Callable[[Mapping[str, Any]], list[str]]]] = (
    (Submission, "id", _named("submission", "answer")),
    (Attachment, "id", _files),
    (Letter, "id", _named("letter")),
    (Identity, "path", lambda data: list(data.get("identity", {}))),
    (IdentityRead, "id", _named("read")),
    (Reveal, "id", _named("reveal")),
    (LegalHold, "id", _named("hold")),
    (Erasure, "id", _named("erasure")),
)


def surplus(work: Work, case_id: str, events: Sequence[Recorded]) -> Found:
    """Rows of a case that its record knows nothing of, and submissions out of their order."""
    for model, column, named in NAMED:
        known = {id for event in events for id in named(event.data)}
        query = sa.select(getattr(model, column)).where(model.case_id == case_id)
        for id in work.session.scalars(query):
            if id not in known:
                yield model.__tablename__, str(id), ADDED
    order = [id for event in events for id in NAMED[0][2](event.data) if _brings(event, id)]
    for position, row in enumerate(submissions.rows_of(work, case_id), start=1):
        if row.seq != position or (row.id in order and order.index(row.id) != position - 1):
            yield "submission", row.id, NOT_SAID.format(column="seq")


def _brings(event: Recorded, id: str) -> bool:
    """Whether an event is the one with which a submission came; others refer to it later."""
    if event.type == SUBMITTED:
        return True
    asked = event.type in ("extension_asked", "late_reported", "case_stayed")
    return bool(event.data.get("submission" if asked else "answer") == id)


def unlike_event(row: Attachment, event: Recorded, key: DataKey) -> Iterator[str]:
    """The columns of an attachment that are not what the event with which it came says."""
    if row.submission_id != event.data["submission"]:
        yield "submission_id"
    if row.added_at != event.at:
        yield "added_at"
    if row.added_by not in (event.actor, submissions.COMPLAINANT):
        yield "added_by"
    name = attachments.name_of(row, key)
    if row.media_type != file_types.media_type_named(name):
        yield "media_type"


def unreadable_reasons(work: Work, services: Services, case_id: str) -> Found:
    """The reasons behind holds and erasures, which open with the master key alone."""
    kinds: Sequence[tuple[type[Any], Callable[[Services, Any], object]]] = (
        (LegalHold, legal_holds.reasons_of),
        (Erasure, erasure.reason_of),
    )
    for model, opened in kinds:
        query = sa.select(model).where(model.case_id == case_id)
        for row in work.session.scalars(query):
            try:
                opened(services, row)
            except (InvalidTag, KeyUnknown, ValueError):
                yield model.__tablename__, row.id, NOT_SAID.format(column="reason")
