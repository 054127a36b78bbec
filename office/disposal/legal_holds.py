"""A legal hold: while a court, the NACC or a complaint needs a case, nothing of it may be erased.

Who may set one, and who may lift it, stands in `retention.csv` in the row `hold`.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.errors import NotAllowed
from engine.ground.text import Text
from engine.store.work import Work
from engine.turn import history
from office.disposal import retention
from office.ground.erasure_tables import LegalHold
from office.ground.errors import OfficeError, ReasonNeeded
from office.ground.services import Services
from office.ground.tables import Case
from office.people.access import not_barred
from office.people.people import User
from office.vault.identities import REASON_LEAST

HOLD = "hold"  # the row of retention.csv
GROUNDS = {
    "court": Text("อยู่ในศาล", "before a court"),
    "nacc": Text("อยู่ระหว่างการไต่สวนของ ป.ป.ช. หรือ ป.ป.ท.", "before the NACC or the PACC"),
    "complaint": Text("ยังอยู่ในอายุความหรือเวลาอุทธรณ์", "within the time for suit or appeal"),
}


class CaseHeld(OfficeError):
    """A legal hold is on this case: nothing of it may be erased before the hold is lifted."""

    thai = "เรื่องนี้มีคำสั่งระงับการทำลาย จึงลบไม่ได้จนกว่าจะยกเลิกคำสั่งนั้น"


class HeldAlready(OfficeError):
    """A legal hold is on this case already."""

    thai = "เรื่องนี้มีคำสั่งระงับการทำลายอยู่แล้ว"


class NotHeld(OfficeError):
    """No legal hold is on this case."""

    thai = "เรื่องนี้ไม่มีคำสั่งระงับการทำลาย"


class GroundUnknown(OfficeError):
    """There is no ground {ground}; there are {known}."""

    thai = "ไม่มีเหตุ {ground} ที่มีคือ {known}"


def set_legal_hold(
    work: Work, services: Services, case: Case, user: User, *, ground: str, reason: str
) -> None:
    """Keep everything of a case until the hold is lifted.

    Raises:
        NotAllowed: retention.csv does not let the person set one.
        GroundUnknown, ReasonNeeded, HeldAlready, NoRetentionRule.
    """
    actor = _acting(user, retention.rule_for(retention.rules(work), case, HOLD).asks)
    if ground not in GROUNDS:
        raise GroundUnknown(ground=ground, known=", ".join(GROUNDS))
    _must_say_why(reason)
    if legal_hold_of(work, case, for_update=True) is not None:
        raise HeldAlready
    row = LegalHold(id=uuid.uuid4().hex, case_id=case.id, ground=ground)
    row.set_by, row.set_at = user.id, work.now
    row.reason = services.keys.content.encrypt(reason.strip().encode(), _place(row.id, "reason"))
    work.session.add(row)
    work.session.flush()  # a second hold at once is refused here, by the index
    _record(work, case, "hold_set", actor, row)


def lift_legal_hold(work: Work, services: Services, case: Case, user: User, *, reason: str) -> None:
    """The case may be erased again when its time has come.

    Raises:
        NotAllowed: retention.csv does not let the person lift one.
        ReasonNeeded, NotHeld, NoRetentionRule.
    """
    actor = _acting(user, retention.rule_for(retention.rules(work), case, HOLD).decides)
    _must_say_why(reason)
    row = legal_hold_of(work, case, for_update=True)
    if row is None:
        raise NotHeld
    row.lifted_by, row.lifted_at = user.id, work.now
    row.lift_reason = services.keys.content.encrypt(reason.strip().encode(), _place(row.id, "lift"))
    _record(work, case, "hold_lifted", actor, row)


def must_have_no_legal_hold(work: Work, case: Case) -> None:
    """Raises `CaseHeld`."""
    if legal_hold_of(work, case, for_update=True) is not None:
        raise CaseHeld


def legal_hold_of(work: Work, case: Case, *, for_update: bool = False) -> LegalHold | None:
    """The hold that is on a case now."""
    query = sa.select(LegalHold).where(LegalHold.case_id == case.id, LegalHold.lifted_at.is_(None))
    return work.session.scalar(query.with_for_update() if for_update else query)


def holds(work: Work, user: User) -> list[tuple[Case, LegalHold]]:
    """Every case under a hold that is not hidden from this person, the oldest hold first."""
    query = sa.select(Case, LegalHold).join(LegalHold, LegalHold.case_id == Case.id)
    query = query.where(LegalHold.lifted_at.is_(None), *not_barred(user))
    rows = work.session.execute(query.order_by(LegalHold.set_at, LegalHold.id))
    return [(case, hold) for case, hold in rows]


def reason_of(services: Services, row: LegalHold) -> str:
    return services.keys.content.decrypt(row.reason, _place(row.id, "reason")).decode()


def reasons_of(services: Services, row: LegalHold) -> list[str]:
    """Why a hold was set, and why it was lifted if it was.

    Raises:
        cryptography.exceptions.InvalidTag: they were touched or moved.
    """
    sealed = {"reason": row.reason, "lift": row.lift_reason}
    return [
        services.keys.content.decrypt(words, _place(row.id, what)).decode()
        for what, words in sealed.items()
        if words is not None
    ]


def _acting(user: User, roles: tuple[str, ...]) -> Actor:
    actor = user.actor.acting(roles)
    if not actor.role:
        raise NotAllowed
    return actor


def _must_say_why(reason: str) -> None:
    if len(reason.strip()) < REASON_LEAST:
        raise ReasonNeeded(least=REASON_LEAST)


def _record(work: Work, case: Case, type: str, actor: Actor, row: LegalHold) -> None:
    if case.instance_id is not None:
        data = {"hold": row.id, "ground": row.ground}
        history.record(work, case.instance_id, type, data, actor=actor)


def _place(id: str, what: str) -> str:
    return f"legal_hold.{what}|{id}"
