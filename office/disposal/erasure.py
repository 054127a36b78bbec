"""Erasing who is in a case, or what it tells: two persons, a reason, and proof that remains.

Destroying the key makes everything it encrypted unreadable for good, in backups too once their
master key is gone; the encrypted bytes go as well. The history keeps what was erased, by whom and
when, and its commitments keep the chain whole.
"""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from engine.engine import Engine
from engine.ground.actor import SYSTEM, Actor
from engine.ground.errors import NotAllowed
from engine.store import outbox
from engine.store.database import DatabaseUnavailable
from engine.store.machine import Machine
from engine.store.transactions import read
from engine.store.work import Work
from engine.turn import history
from office.cases import personal_files
from office.disposal import legal_holds, retention
from office.ground.erasure_ledger import Erased, catch_up, not_erased_here
from office.ground.erasure_tables import Erasure
from office.ground.errors import OfficeError, ReasonNeeded
from office.ground.services import Services
from office.ground.tables import (
    Attachment,
    Case,
    Identity,
    IdentityIndex,
    Letter,
    MailboxMessage,
    Submission,
)
from office.people.access import not_barred
from office.people.people import User
from office.vault import identities
from office.vault.case_keys import Purpose, destroy_key, is_destroyed

# Where the bytes of what is erased lay.
SCRUBBED = (
    "attachment",
    "case_key",
    "identity",
    "identity_index",
    "letter",
    "mailbox_message",
    "submission",
)
LOST_REASON = "ลบซ้ำหลังกู้คืนข้อมูลสำรองที่ทำไว้ก่อนการลบ / Erased again after a restore"
SCRUB_TOPIC = "scrub"  # to ourselves: give back the pages on which erased rows lay


class CaseStillOpen(OfficeError):
    """The case is not closed yet: what is needed to handle it cannot be erased."""

    thai = "เรื่องยังไม่ปิด จึงลบข้อมูลที่จำเป็นต่อการดำเนินการไม่ได้"


class ErasedAlready(OfficeError):
    """This was erased already."""

    thai = "ข้อมูลส่วนนี้ถูกลบไปแล้ว"


class NoErasureAsked(OfficeError):
    """Nobody has asked for this erasure, or it was decided already; a person cannot decide their
    own."""

    thai = "ไม่มีคำขอลบที่รอพิจารณา หรือเป็นคำขอของท่านเอง ซึ่งต้องให้ผู้อื่นพิจารณา"


class ErasureAskedAlready(OfficeError):
    """This erasure was asked for already and waits for a second person."""

    thai = "มีคำขอลบนี้รอผู้พิจารณาอีกคนอยู่แล้ว"


def ask_erasure(
    work: Work, services: Services, case: Case, what: Purpose, user: User, *, reason: str
) -> str:
    """Ask to have something erased; returns the request's id. A second person decides.

    Raises:
        NotAllowed: retention.csv does not let the person ask.
        ReasonNeeded, CaseStillOpen, ErasedAlready, CaseHeld, ErasureAskedAlready, NoRetentionRule.
    """
    actor = _acting(user, retention.rule_for(retention.rules(work), case, what).asks)
    if len(reason.strip()) < identities.REASON_LEAST:
        raise ReasonNeeded(least=identities.REASON_LEAST)
    _must_be_erasable(work, case, what)
    if _open_request(work, case, what) is not None:
        raise ErasureAskedAlready
    row = Erasure(id=uuid.uuid4().hex, case_id=case.id, what=what, asked_by=user.id)
    row.asked_at = work.now
    row.reason = services.keys.content.encrypt(reason.strip().encode(), f"erasure.reason|{row.id}")
    work.session.add(row)
    work.session.flush()  # a second request at once is refused here, by the index
    _record(work, case, "erasure_asked", actor, row)
    return row.id


def decide_erasure(
    work: Work, services: Services, case: Case, what: Purpose, user: User, *, granted: bool
) -> None:
    """Erase what somebody else asked to have erased, or refuse it.

    Raises:
        NotAllowed: retention.csv does not let the person decide.
        NoErasureAsked: nobody else has asked for it.
        CaseHeld: a legal hold has come since; the request goes on waiting.
    """
    actor = _acting(user, retention.rule_for(retention.rules(work), case, what).decides)
    row = _open_request(work, case, what)
    if row is None or row.asked_by == user.id:
        raise NoErasureAsked
    if granted:
        legal_holds.must_have_no_legal_hold(work, case)
    row.decision = "erased" if granted else "refused"
    row.decided_by, row.decided_at = user.id, work.now
    if not granted:
        _record(work, case, "erasure_refused", actor, row)
        return
    _record(work, case, f"{what}_erased", actor, row)
    _erase(work, services, case, what)
    work.after_commit(functools.partial(_tell_ledger, work.machine, services))


def _tell_ledger(machine: Machine, services: Services) -> None:
    """What was erased is known outside the database at once; if that fails, the scrubbing, which
    is tried until it is done, says it."""
    with contextlib.suppress(OSError, DatabaseUnavailable):
        note_erasures(machine, services)


def note_erasures(machine: Machine, services: Services) -> None:
    """Bring the ledger beside the database up to date."""
    with read(machine) as work:
        catch_up(work.session.connection(), services.ledger, at=work.now)


def redo_erasures(engine: Engine, services: Services) -> list[Erased]:
    """Erase again what the ledger says was erased and this database, restored from before that,
    still holds; returns what was. A hold that it holds was lifted before, and counts no more."""
    erased = services.ledger.erased()
    if not erased:
        return []
    with engine.read() as work:
        again = not_erased_here(work.session.connection(), erased)
    if not again:
        return []
    with engine.begin() as work:
        for each in again:
            _redo(work, services, each)
    return again


def _redo(work: Work, services: Services, erased: Erased) -> None:
    case = work.session.get_one(Case, erased.case)
    what: Purpose = "identity" if erased.what == "identity" else "content"
    row = _open_request(work, case, what) or _asked_since(work, services, case, erased)
    row.decision, row.decided_at = "erased", datetime.fromisoformat(erased.at)
    row.decided_by = erased.decided_by or SYSTEM.id
    if case.instance_id is not None:
        data = {"erasure": row.id, "what": what, "again": True, "first_at": erased.at}
        data["event_hash"] = erased.event_hash
        history.record(work, case.instance_id, f"{what}_erased", data, actor=SYSTEM)
    _erase(work, services, case, what)


def _asked_since(work: Work, services: Services, case: Case, erased: Erased) -> Erasure:
    """The request itself is younger than the backup: its reason is lost, who asked is not."""
    row = Erasure(id=erased.erasure or uuid.uuid4().hex, case_id=case.id, what=erased.what)
    row.asked_by = erased.asked_by or "?"
    row.asked_at = datetime.fromisoformat(erased.asked_at or erased.at)
    row.reason = services.keys.content.encrypt(LOST_REASON.encode(), f"erasure.reason|{row.id}")
    work.session.add(row)
    return row


def _acting(user: User, roles: tuple[str, ...]) -> Actor:
    actor = user.actor.acting(roles)
    if not actor.role:
        raise NotAllowed
    return actor


def _must_be_erasable(work: Work, case: Case, what: Purpose) -> None:
    if case.closed_at is None:
        raise CaseStillOpen
    if is_destroyed(work, case.id, what):
        raise ErasedAlready
    legal_holds.must_have_no_legal_hold(work, case)


def _open_request(work: Work, case: Case, what: Purpose) -> Erasure | None:
    query = sa.select(Erasure).where(
        Erasure.case_id == case.id, Erasure.what == what, Erasure.decision.is_(None)
    )
    return work.session.scalar(query.with_for_update())


def _record(work: Work, case: Case, type: str, actor: Actor, row: Erasure) -> None:
    if case.instance_id is not None:
        data = {"erasure": row.id, "what": row.what}
        history.record(work, case.instance_id, type, data, actor=actor)


def _erase(work: Work, services: Services, case: Case, what: Purpose) -> None:
    destroy_key(work, case.id, what)
    if what == "identity":
        _erase_identity(work, services, case)
    else:
        _erase_content(work, services, case)
    outbox.enqueue(work, SCRUB_TOPIC, {})


def _erase_identity(work: Work, services: Services, case: Case) -> None:
    """The vault's fields, the index that finds a person, and what names them: files and letters."""
    for model in (Identity, IdentityIndex):
        work.session.execute(sa.delete(model).where(model.case_id == case.id))
    mails = sa.select(Letter.mail_key).where(Letter.case_id == case.id)
    work.session.execute(sa.delete(MailboxMessage).where(MailboxMessage.key.in_(mails)))
    _erase_files(work, services, case, personal_files.ids_of(work, case))
    emptied = {"sealed": b"", "text_sha256": ""}
    work.session.execute(sa.update(Letter).where(Letter.case_id == case.id).values(**emptied))


def _erase_content(work: Work, services: Services, case: Case) -> None:
    """The encrypted answers and names of files; the files themselves once this is committed."""
    case.title = None
    mine = Submission.case_id == case.id
    work.session.execute(sa.update(Submission).where(mine).values(sealed=b""))
    own = sa.select(Attachment.id).where(
        Attachment.case_id == case.id, Attachment.purpose == "content"
    )
    _erase_files(work, services, case, work.session.scalars(own).all())


def _erase_files(work: Work, services: Services, case: Case, ids: Collection[str]) -> None:
    """Their names and keys; the bytes once this is committed."""
    query = sa.select(Attachment).where(Attachment.case_id == case.id, Attachment.id.in_(ids))
    files = list(work.session.scalars(query))
    for file in files:
        file.name, file.file_key, file.sha256 = b"", b"", ""
    for file in files:
        work.after_commit(functools.partial(services.storage.delete, file.id))


def waiting_erasures(work: Work, user: User) -> list[tuple[Case, Erasure]]:
    """What waits for a second person and is not hidden from this one, the oldest first."""
    query = sa.select(Case, Erasure).join(Erasure, Erasure.case_id == Case.id)
    query = query.where(Erasure.decision.is_(None), *not_barred(user))
    rows = work.session.execute(query.order_by(Erasure.asked_at, Erasure.id))
    return [(case, row) for case, row in rows]


def reason_of(services: Services, row: Erasure) -> str:
    return services.keys.content.decrypt(row.reason, f"erasure.reason|{row.id}").decode()
