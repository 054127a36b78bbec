"""Laying open what is covered: with a reason, for a while, and never without a trace.

The text of a submission opens to an examiner who says why. Who a person is takes two: one asks with
a motive and for how long, the custodian of identities decides, and the look itself is a read of the
vault like any other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.errors import NotAllowed
from engine.store.work import Work
from engine.turn import history
from office.cases import handed_out, personal_files
from office.cases.personal_files import PersonalFile
from office.cases.reveal_tables import Reveal
from office.ground.errors import CaseNotFound, OfficeError, ReasonNeeded
from office.ground.services import Services
from office.ground.tables import Case, IdentityRead, Submission
from office.people import people
from office.people.access import (
    CUSTODIAN,
    Sight,
    as_examiner,
    examines,
    is_guarded,
    load_case,
    may_reveal,
    not_barred,
    reading,
)
from office.people.people import User
from office.vault import attachments, envelopes, identities
from office.vault.case_keys import case_key, is_destroyed
from office.vault.identities import REASON_LEAST

TEXT_HOURS = 1  # a text is covered again after that; opening it anew is a new reason
MOST_HOURS = 24  # of an identity; the guideline's own limit for form F14


class SecondPersonNeeded(OfficeError):
    """This identity is protected: ask for it, and the identity custodian decides."""

    thai = "ตัวตนในเรื่องนี้ได้รับการคุ้มครอง โปรดยื่นคำขอให้ผู้คุ้มครองข้อมูลผู้ร้องพิจารณา"


class RequestNotFound(OfficeError):
    """There is no such request, or it was decided already."""

    thai = "ไม่พบคำขอนี้ หรือมีผู้พิจารณาแล้ว"


class RequestExpired(OfficeError):
    """The time for which this was granted is over; ask again."""

    thai = "สิ้นสุดเวลาที่อนุญาตแล้ว หากยังจำเป็นโปรดยื่นคำขอใหม่"


class NothingToReveal(OfficeError):
    """Choose at least one field that this case holds, for at most {most} hours."""

    thai = "โปรดเลือกข้อมูลอย่างน้อยหนึ่งรายการที่มีในเรื่องนี้ และขอได้ไม่เกิน {most} ชั่วโมง"


@dataclass(frozen=True, slots=True)
class Request:
    """A reveal as people read it."""

    id: str
    case_id: str
    instance_id: str | None
    receipt_no: str
    kind: str
    submission_id: str | None
    form: str
    fields: tuple[str, ...]
    by: str
    account_id: str
    motive: str | None  # None where the key that encrypted it is gone
    hours: int
    asked_at: datetime
    decision: str | None
    decided_by: str
    decided_at: datetime | None
    answer: str | None
    expires_at: datetime | None
    opened_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether it lays something open at this moment."""
        granted = self.decision == "granted" and self.expires_at is not None
        return granted and self.expires_at is not None and self.expires_at > now


# ── texts ──────────────────────────────────────────────────────────────────────────────────────


def reveal_text(
    work: Work, services: Services, case_id: str, submission_id: str, user: User, *, reason: str
) -> None:
    """Open the text of one submission to an examiner, for an hour.

    Raises:
        CaseNotFound: the case or the submission is not there, or not for them.
        ReasonNeeded: the reason is too short to mean anything.
    """
    case, _ = load_case(work, case_id, user)
    submission = work.session.get(Submission, submission_id)
    is_there = submission is not None and submission.case_id == case.id
    if not is_there or not examines(work, user) or is_destroyed(work, case.id, "content"):
        raise CaseNotFound
    row, motive = _row(work, services, case, user, "text", reason=reason, hours=TEXT_HOURS)
    row.submission_id = submission_id
    row.decision, row.decided_by, row.decided_at = "granted", user.id, work.now
    row.expires_at, row.opened_at = work.now + timedelta(hours=TEXT_HOURS), work.now
    work.session.add(row)
    told = {"reveal": row.id, "submission": submission_id, "motive": motive}
    _record(work, case, "submission_read", user, **told)


def may_read(work: Work, submission_id: str, user: User) -> bool:
    """Whether a text is open to this person now."""
    query = sa.select(Reveal.id).where(
        Reveal.submission_id == submission_id,
        Reveal.account_id == user.id,
        Reveal.expires_at > work.now,
    )
    return work.session.scalar(query.limit(1)) is not None


# ── identities ─────────────────────────────────────────────────────────────────────────────────


def ask_identity(
    work: Work,
    services: Services,
    case_id: str,
    user: User,
    *,
    fields: Sequence[str],
    reason: str,
    hours: int,
) -> str:
    """Ask to see who is in a case; returns the id of the request, which a second person decides.

    Raises:
        CaseNotFound: the case is not for them, or its identities are not.
        NothingToReveal: no field that the vault holds, or for too long.
        ReasonNeeded: the reason is too short to mean anything.
    """
    case, sight = load_case(work, case_id, user)
    if not (examines(work, user) or may_reveal(work, sight, user)):
        raise CaseNotFound
    held = set(paths_of(work, case))
    if not fields or not set(fields) <= held or not 1 <= hours <= MOST_HOURS:
        raise NothingToReveal(most=MOST_HOURS)
    row, motive = _row(work, services, case, user, "identity", reason=reason, hours=hours)
    row.fields = sorted(set(fields))
    work.session.add(row)
    _record(work, case, "identity_asked", user, reveal=row.id, fields=row.fields, motive=motive)
    return row.id


def decide_identity(
    work: Work, services: Services, reveal_id: str, user: User, *, granted: bool, answer: str
) -> None:
    """The custodian grants or refuses what somebody else asked for; the hours run from now.

    Raises:
        NotAllowed: they are no custodian.
        RequestNotFound: it is not there, decided, their own, or of a case that is not for them.
        ReasonNeeded: the answer is too short to mean anything.
    """
    _must_be_custodian(user)
    row = work.session.get(Reveal, reveal_id, with_for_update=True)
    case = None if row is None else _case_for_custodian(work, row, user)
    if row is None or case is None or row.decision is not None or row.account_id == user.id:
        raise RequestNotFound
    row.answer, said = _encrypted(work, services, case, row.id, "answer", answer)
    row.decision = "granted" if granted else "refused"
    row.decided_by, row.decided_at = user.id, work.now
    row.expires_at = work.now + timedelta(hours=row.hours) if granted else None
    told = {"reveal": row.id, "fields": row.fields, "answer": said}
    _record(work, case, f"identity_{row.decision}", user, **told)


def open_identity(work: Work, services: Services, reveal_id: str, user: User) -> dict[str, Any]:
    """See what was granted. Every opening is a read of the vault and stands in the record.

    Raises:
        RequestNotFound: it was not granted to this person, or the case is not for them any more.
        RequestExpired: the hours are over.
    """
    row = work.session.get(Reveal, reveal_id)
    if row is None or row.account_id != user.id or row.decision != "granted":
        raise RequestNotFound
    case, sight = load_case(work, row.case_id, user)
    if not (examines(work, user) or may_reveal(work, sight, user)):
        raise RequestNotFound
    if row.kind != "identity" or row.expires_at is None or row.expires_at <= work.now:
        raise RequestExpired
    row.opened_at = row.opened_at or work.now
    motive = _opened(work, services, case, row.id, "motive", row.motive) or ""
    return lay_open(
        work, services, case, row.fields, reader=reading(work, case, user), reason=motive
    )


def lay_open(
    work: Work, services: Services, case: Case, paths: Sequence[str], *, reader: Actor, reason: str
) -> dict[str, Any]:
    """The fields of the vault, and of a personal file what the case file says of it: its bytes are
    then open to the reader for a while. See `vault.reveal_identity`."""
    listed = {file.id: file for file in attachments.list_files(work, services, case.id)}
    files: dict[str, Any] = {}
    for each in _sealed_files(work, case):
        if each.path in paths:
            files.setdefault(each.path, []).append(listed[each.id])
    return identities.reveal_identity(
        work, services, case, paths, reader=reader, reason=reason, files=files
    )


def paths_of(work: Work, case: Case) -> list[str]:
    """What could be laid open of a case: the fields of the vault, the personal files, and the
    originals of files of which there are copies without metadata."""
    files = {file.path for file in _sealed_files(work, case)}
    return sorted({*identities.identity_paths(work, case.id), *files})


def _sealed_files(work: Work, case: Case) -> list[PersonalFile]:
    """Files that are opened like an identity. With the identity's key the originals are gone too:
    what is hidden in them would tell what was erased."""
    personal = personal_files.files_of(work, case)
    if is_destroyed(work, case.id, "identity") or is_destroyed(work, case.id, "content"):
        return personal
    covered = {file.id for file in personal}
    rows = [row for row in attachments.rows_of(work, case.id) if row.id not in covered]
    originals = handed_out.originals_of(work, case, rows)
    return [*personal, *(PersonalFile(id, path) for id, path in originals.items())]


def open_files(work: Work, case: Case, sight: Sight, user: User) -> set[str]:
    """The ids of the personal files, and of files whose originals, lie open to this person now."""
    files = _sealed_files(work, case)
    if not files or not (examines(work, user) or may_reveal(work, sight, user)):
        return set()
    fields = set(granted_fields(work, case.id, user))
    if not is_guarded(case) and not examines(work, user):
        fields |= _just_read(work, case.id, user)
    return {file.id for file in files if file.path in fields}


def _just_read(work: Work, case_id: str, user: User) -> set[str]:
    query = sa.select(IdentityRead.fields).where(
        IdentityRead.case_id == case_id,
        IdentityRead.account_id == user.id,
        IdentityRead.at > work.now - timedelta(hours=TEXT_HOURS),
    )
    return {field for fields in work.session.scalars(query) for field in fields}


def granted_fields(work: Work, case_id: str, user: User) -> frozenset[str]:
    """The fields of the vault that this person has opened and that are not covered again yet."""
    query = sa.select(Reveal.fields).where(
        Reveal.case_id == case_id,
        Reveal.account_id == user.id,
        Reveal.kind == "identity",
        Reveal.opened_at.is_not(None),
        Reveal.expires_at > work.now,
    )
    return frozenset(field for fields in work.session.scalars(query) for field in fields)


def waiting_requests(work: Work, services: Services, user: User) -> list[Request]:
    """What a custodian has to decide, the oldest first.

    Raises:
        NotAllowed: they are no custodian.
    """
    _must_be_custodian(user)
    query = (
        sa.select(Reveal, Case)
        .join(Case, Case.id == Reveal.case_id)
        .where(Reveal.decision.is_(None), Reveal.account_id != user.id, *not_barred(user))
        .order_by(Reveal.asked_at, Reveal.id)
    )
    return _requests(work, services, work.session.execute(query).all())


def requests_of_case(work: Work, services: Services, case_id: str, user: User) -> list[Request]:
    """Everything that was laid open or asked for in a case, the newest first.

    Raises:
        CaseNotFound: it is not for them.
    """
    case, _ = load_case(work, case_id, user)
    query = sa.select(Reveal).where(Reveal.case_id == case.id)
    rows = work.session.scalars(query.order_by(Reveal.asked_at.desc(), Reveal.id))
    return _requests(work, services, [(row, case) for row in rows])


def own_request(work: Work, services: Services, reveal_id: str, user: User) -> Request:
    """A request of one's own.

    Raises:
        RequestNotFound: it is none.
    """
    row = work.session.get(Reveal, reveal_id)
    if row is None or row.account_id != user.id:
        raise RequestNotFound
    case, _ = load_case(work, row.case_id, user)
    return _requests(work, services, [(row, case)])[0]


# ── parts ──────────────────────────────────────────────────────────────────────────────────────


def _must_be_custodian(user: User) -> None:
    if not user.has(CUSTODIAN):
        raise NotAllowed


def _case_for_custodian(work: Work, row: Reveal, user: User) -> Case | None:
    """A custodian sees no case file, but decides none that they are concerned in either."""
    query = sa.select(Case).where(Case.id == row.case_id, *not_barred(user))
    return work.session.scalar(query)


def _row(
    work: Work, services: Services, case: Case, user: User, kind: str, *, reason: str, hours: int
) -> tuple[Reveal, str]:
    """A new reveal, and what the record commits to of its motive."""
    row = Reveal(id=uuid.uuid4().hex, case_id=case.id, account_id=user.id, kind=kind, fields=[])
    row.motive, committed = _encrypted(work, services, case, row.id, "motive", reason)
    row.hours, row.asked_at = hours, work.now
    return row, committed


def place(case_id: str, id: str, what: str) -> str:
    """Where the motive of a reveal, or the answer to it, is encrypted."""
    return f"reveal.{what}|{case_id}|{id}"


def _encrypted(
    work: Work, services: Services, case: Case, id: str, what: str, words: str
) -> tuple[bytes, str]:
    """People write names into reasons: they are encrypted like everything that is written, and the
    record commits to them."""
    if len(words.strip()) < REASON_LEAST:
        raise ReasonNeeded(least=REASON_LEAST)
    key = case_key(work, services, case.id)
    return envelopes.encrypt(key, words.strip().encode(), place(case.id, id, what))


def _opened(
    work: Work, services: Services, case: Case, id: str, what: str, encrypted: bytes | None
) -> str | None:
    if encrypted is None or is_destroyed(work, case.id, "content"):
        return None
    key = case_key(work, services, case.id)
    return envelopes.decrypt(key, encrypted, place(case.id, id, what)).decode()


def _record(work: Work, case: Case, type: str, user: User, **references: Any) -> None:
    if case.instance_id is not None:
        actor = as_examiner(work, user).acting([CUSTODIAN])
        history.record(work, case.instance_id, type, references, actor=actor)


def _requests(work: Work, services: Services, rows: Iterable[Any]) -> list[Request]:
    found = [(row, case) for row, case in rows]
    ids = {id for row, _ in found for id in (row.account_id, row.decided_by) if id}
    names = people.display_names(work, ids)
    return [_request(work, services, row, case, names) for row, case in found]


def _request(
    work: Work, services: Services, row: Reveal, case: Case, names: dict[str, str]
) -> Request:
    submission = work.session.get(Submission, row.submission_id) if row.submission_id else None
    return Request(
        id=row.id,
        case_id=case.id,
        instance_id=case.instance_id,
        receipt_no=case.receipt_no,
        kind=row.kind,
        submission_id=row.submission_id,
        form="" if submission is None else submission.form,
        fields=tuple(row.fields),
        by=names.get(row.account_id, "—"),
        account_id=row.account_id,
        motive=_opened(work, services, case, row.id, "motive", row.motive),
        hours=row.hours,
        asked_at=row.asked_at,
        decision=row.decision,
        decided_by=names.get(row.decided_by or "", ""),
        decided_at=row.decided_at,
        answer=_opened(work, services, case, row.id, "answer", row.answer),
        expires_at=row.expires_at,
        opened_at=row.opened_at,
    )
