"""What the row behind an event must say, from the event itself: a letter, a look at an identity, a
hold or an erasure that was given another person, day or number by hand is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.ground.text import Text
from engine.store.work import Work
from office.cases import reveals
from office.cases.reveal_tables import Reveal
from office.deadlines import extensions, legal_stays
from office.ground.erasure_tables import Erasure, LegalHold
from office.ground.tables import IdentityRead, Letter, Submission
from office.people import conflicts, handover

GONE = Text("ไม่มีแล้ว ทั้งที่บันทึกอ้างถึง", "it is gone, and the record refers to it")
ADDED = Text("บันทึกไม่มีรายการนี้", "the record knows nothing of it")
NOT_SAID = Text("{column} ไม่ตรงกับที่บันทึก", "{column} is not what the record says")


class Recorded(NamedTuple):
    """An event as the checks of the office read it."""

    seq: int
    type: str
    actor: str
    at: datetime
    data: dict[str, Any]
    element_id: str = ""
    task: str | None = None  # that its command completed


Said = Callable[[Recorded], Any]


def _data(name: str) -> Said:
    return lambda event: event.data[name]


def _actor(event: Recorded) -> str:
    return event.actor


def _at(event: Recorded) -> datetime:
    return event.at


def _element(event: Recorded) -> str:
    return event.element_id


def _task(event: Recorded) -> str | None:
    return event.task


def _of_no_step(_event: Recorded) -> str:
    """A reason for a refusal is kept with the case, not with the step whose deadline it is."""
    return ""


def _until(event: Recorded) -> datetime:
    """A text is open for an hour."""
    return event.at + timedelta(hours=reveals.TEXT_HOURS)


def _words(form: str, element: Said = _element) -> Mapping[str, Said]:
    """What somebody wrote on a form that no task of the diagram shows."""
    return {
        "form": lambda _event: form,
        "given_by": _actor,
        "given_at": _at,
        "element_id": element,
        "task_id": lambda _event: None,
    }


class _Behind(NamedTuple):
    """The row that an event speaks of, and what its columns must be."""

    model: type[Any]
    key: str  # in the event's data
    columns: Mapping[str, Said]


_DECIDED: Mapping[str, Said] = {"decided_by": _actor, "decided_at": _at}
_ASKED: Mapping[str, Said] = {"account_id": _actor, "asked_at": _at}
_ERASED: Mapping[str, Said] = {**_DECIDED, "decision": lambda _event: "erased"}
UNSAID = {"opened_at", "expires_at"}  # of a wish to see an identity no event says them
ROWS: Mapping[str, _Behind] = {
    "form_submitted": _Behind(
        Submission,
        "submission",
        {
            "form": _data("form"),
            "given_by": _actor,
            "given_at": _at,
            "element_id": _element,
            "task_id": _task,
        },
    ),
    "extension_asked": _Behind(Submission, "submission", _words(extensions.FORM)),
    "extension_refused": _Behind(
        Submission, "answer", _words(extensions.DECISION_FORM, _of_no_step)
    ),
    "late_reported": _Behind(Submission, "submission", _words(extensions.FORM)),
    "case_stayed": _Behind(Submission, "submission", _words(legal_stays.FORM)),
    "task_reassigned": _Behind(Submission, "submission", _words(handover.FORM)),
    "conflict_confirmed": _Behind(Submission, "submission", _words(conflicts.FORM)),
    "conflict_lifted": _Behind(Submission, "submission", _words(conflicts.FORM)),
    "letter_issued": _Behind(
        Letter,
        "letter",
        {
            "number": _data("number"),
            "kind": _data("kind"),
            "template_sha256": _data("template"),
            "method": _data("method"),
            "issued_at": _at,
        },
    ),
    "letter_read": _Behind(Letter, "letter", {"read_at": _at}),
    "submission_read": _Behind(
        Reveal,
        "reveal",
        {
            **_ASKED,
            "kind": lambda _event: "text",
            "submission_id": _data("submission"),
            "decision": lambda _event: "granted",
            **_DECIDED,
            "opened_at": _at,
            "expires_at": _until,
        },
    ),
    "identity_asked": _Behind(
        Reveal,
        "reveal",
        {**_ASKED, "kind": lambda _event: "identity", "fields": _data("fields")},
    ),
    "identity_granted": _Behind(
        Reveal, "reveal", {**_DECIDED, "decision": lambda _event: "granted"}
    ),
    "identity_refused": _Behind(
        Reveal, "reveal", {**_DECIDED, "decision": lambda _event: "refused"}
    ),
    "identity_read": _Behind(
        IdentityRead, "read", {"account_id": _actor, "at": _at, "fields": _data("fields")}
    ),
    "hold_set": _Behind(
        LegalHold, "hold", {"ground": _data("ground"), "set_by": _actor, "set_at": _at}
    ),
    "hold_lifted": _Behind(LegalHold, "hold", {"lifted_by": _actor, "lifted_at": _at}),
    "erasure_asked": _Behind(
        Erasure, "erasure", {"what": _data("what"), "asked_by": _actor, "asked_at": _at}
    ),
    "identity_erased": _Behind(Erasure, "erasure", _ERASED),
    "content_erased": _Behind(Erasure, "erasure", _ERASED),
}


def compare(work: Work, case_id: str, event: Recorded) -> Iterator[tuple[str, str, Text]]:
    """Where the row behind an event says something else: table, key, and what."""
    behind = ROWS.get(event.type)
    # What was erased again after a restore was decided before, and says when.
    if behind is None or behind.key not in event.data or event.data.get("again"):
        return
    id = str(event.data[behind.key])
    row = work.session.get(behind.model, id)
    if row is None:
        if behind.model in (LegalHold, Erasure):  # the others are told by whoever opens them
            yield behind.model.__tablename__, id, GONE
        return
    said = {column: told(event) for column, told in behind.columns.items()}
    for column, value in {"case_id": case_id, **said}.items():
        if getattr(row, column) != value:
            yield behind.model.__tablename__, id, NOT_SAID.format(column=column)


def unsaid(work: Work, case_id: str, events: Sequence[Recorded]) -> Iterator[tuple[str, str, Text]]:
    """Where a row says that something was done (a letter read, a wish granted, a hold lifted) and
    no event does: table, key, and what."""
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in events:
        behind = ROWS.get(event.type)
        if behind is not None and behind.key in event.data:
            row = behind.model.__tablename__, str(event.data[behind.key])
            said[row].update(behind.columns)
    for model, columns in _optional().items():
        for row in work.session.scalars(sa.select(model).where(model.case_id == case_id)):
            for column in columns - said[model.__tablename__, row.id]:
                if getattr(row, column) is not None:
                    yield model.__tablename__, row.id, NOT_SAID.format(column=column)


def _optional() -> dict[type[Any], set[str]]:
    """The columns of each kind of row that stay empty until an event speaks of them."""
    found: dict[type[Any], set[str]] = defaultdict(set)
    for model, _, columns in ROWS.values():
        found[model].update(name for name in columns if model.__table__.c[name].nullable)
    found[Reveal] -= UNSAID
    return found
