"""Submissions: the answers to a form as they were given, encrypted under the key of their case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.canonical import dumps, loads
from engine.store.work import Work
from office.ground.keys import DataKey
from office.ground.services import Services
from office.ground.tables import Submission
from office.vault import envelopes
from office.vault.case_keys import case_key

COMPLAINANT = "complainant"


@dataclass(frozen=True, slots=True)
class Given:
    """A submission, opened. `answers` holds no personal field: those stand in the vault."""

    id: str
    form: str
    task_id: str | None
    element_id: str
    given_by: str
    given_at: datetime
    answers: dict[str, Any]


def keep_submission(
    work: Work,
    services: Services,
    case_id: str,
    form: str,
    answers: Mapping[str, Any],
    *,
    given_by: str,
    task_id: str | None = None,
    element_id: str = "",
) -> tuple[str, str]:
    """Encrypt the answers to one form; returns the submission's id and the commitment to it."""
    id = uuid.uuid4().hex
    key = case_key(work, services, case_id)
    encrypted, commitment = envelopes.encrypt(
        key, dumps(dict(answers)).encode(), place(case_id, id)
    )
    row = Submission(
        id=id,
        case_id=case_id,
        form=form,
        task_id=task_id,
        element_id=element_id,
        sealed=encrypted,
    )
    row.given_by, row.given_at, row.seq = given_by, work.now, _next_seq(work, case_id)
    work.session.add(row)
    # Attachments refer to the submission, and SQLAlchemy sorts no inserts without a relationship.
    work.session.flush()
    return id, commitment


def submissions(
    work: Work, services: Services, case_id: str, *, forms: frozenset[str] | None = None
) -> list[Given]:
    """The submissions of a case in the order they were given, of these forms or of all."""
    wanted = [row for row in rows_of(work, case_id) if forms is None or row.form in forms]
    return [opened(work, services, row) for row in wanted]


def opened(work: Work, services: Services, row: Submission) -> Given:
    """A submission with its answers decrypted.

    Raises:
        KeyDestroyed: the key of its case was.
    """
    return Given(
        id=row.id,
        form=row.form,
        task_id=row.task_id,
        element_id=row.element_id,
        given_by=row.given_by,
        given_at=row.given_at,
        answers=answers_of(row, case_key(work, services, row.case_id)),
    )


def answers_of(row: Submission, key: DataKey) -> dict[str, Any]:
    """The answers of a submission, unsealed by the key of its case.

    Raises:
        KeyDestroyed: they were erased.
        cryptography.exceptions.InvalidTag: they were touched or moved.
    """
    found: dict[str, Any] = loads(
        envelopes.decrypt(key, row.sealed, place(row.case_id, row.id)).decode()
    )
    return found


def rows_of(work: Work, case_id: str) -> list[Submission]:
    """The submissions of a case as they lie there, encrypted."""
    query = sa.select(Submission).where(Submission.case_id == case_id).order_by(Submission.seq)
    return work.once("submissions", case_id, lambda: list(work.session.scalars(query)))


def count(work: Work, case_id: str, form: str) -> int:
    """How often a form was handed in for a case."""
    return sum(row.form == form for row in rows_of(work, case_id))


def latest_answers(given: list[Given]) -> dict[str, dict[str, Any]]:
    """The newest answers of each form: what a letter or a following step quotes."""
    return {submission.form: submission.answers for submission in given}


def _next_seq(work: Work, case_id: str) -> int:
    last = sa.select(sa.func.max(Submission.seq)).where(Submission.case_id == case_id)
    return (work.session.scalar(last) or 0) + 1


def place(case_id: str, id: str) -> str:
    return f"submission.sealed|{case_id}|{id}"
