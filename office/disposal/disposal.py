"""Disposal by people who may see no case file: they know a case by its number, its outcome and
since when it is closed. Nobody reaches one that is hidden from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.ground.text import Text
from engine.store.work import Work
from forms.text.numerals import arabic_digits
from office.disposal import erasure, legal_holds, retention
from office.disposal.retention import Rule, Rules
from office.ground.erasure_tables import Erasure, LegalHold
from office.ground.errors import CaseNotFound
from office.ground.services import Services
from office.ground.tables import Case
from office.people import people
from office.people.access import not_barred
from office.people.people import User
from office.vault.case_keys import Purpose

PARTS = {
    "identity": Text("ตัวตนของผู้ร้องและผู้เกี่ยวข้อง", "Who is in it"),
    "content": Text("เนื้อหาและแฟ้มแนบ", "What it tells, with its files"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """Something that was kept long enough; who may ask for its erasure sees a form."""

    case_id: str
    receipt_no: str
    what: str
    part: Text
    closed_at: datetime | None
    years: int
    basis: Text
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for a second person."""

    case_id: str
    receipt_no: str
    what: str
    part: Text
    by: str
    asked_at: datetime
    reason: str
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A case under a legal hold."""

    case_id: str
    receipt_no: str
    ground: Text
    by: str
    set_at: datetime
    reason: str
    may_lift: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page."""

    due: tuple[Due, ...]
    waiting: tuple[Waiting, ...]
    held: tuple[Held, ...]
    grounds: dict[str, Text]
    may_hold: bool


def overview(work: Work, services: Services, user: User) -> Overview:
    """What this person finds to dispose of, to decide and to keep."""
    waiting, held = erasure.waiting_erasures(work, user), legal_holds.holds(work, user)
    ids = {row.asked_by for _, row in waiting} | {row.set_by for _, row in held}
    page = _Page(services, user, retention.rules(work), people.display_names(work, ids))
    asked = {(case.id, row.what) for case, row in waiting}
    due = retention.due(work, *not_barred(user))
    return Overview(
        due=tuple(page.due(*each) for each in due if (each[0].id, each[1]) not in asked),
        waiting=tuple(page.waiting(*each) for each in waiting),
        held=tuple(page.held(*each) for each in held),
        grounds=legal_holds.GROUNDS,
        may_hold=any(
            _has(user, rule.asks)
            for rules in page.rules.values()
            for rule in rules
            if rule.what == legal_holds.HOLD
        ),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    services: Services
    user: User
    rules: Rules
    names: dict[str, str]

    def due(self, case: Case, what: Purpose, rule: Rule) -> Due:
        return Due(
            case.id,
            case.receipt_no,
            what,
            PARTS[what],
            case.closed_at,
            rule.years,
            rule.basis,
            _has(self.user, rule.asks),
        )

    def waiting(self, case: Case, row: Erasure) -> Waiting:
        return Waiting(
            case.id,
            case.receipt_no,
            row.what,
            PARTS[row.what],
            self.names.get(row.asked_by, "—"),
            row.asked_at,
            erasure.reason_of(self.services, row),
            row.asked_by != self.user.id and self._decides(case, row.what),
        )

    def held(self, case: Case, row: LegalHold) -> Held:
        return Held(
            case.id,
            case.receipt_no,
            legal_holds.GROUNDS[row.ground],
            self.names.get(row.set_by, "—"),
            row.set_at,
            legal_holds.reason_of(self.services, row),
            self._decides(case, legal_holds.HOLD),
        )

    def _decides(self, case: Case, what: str) -> bool:
        return _has(self.user, retention.rule_for(self.rules, case, what).decides)


def _has(user: User, roles: tuple[str, ...]) -> bool:
    return bool(user.actor.acting(roles).role)


def ask(
    work: Work, services: Services, case_id: str, what: Purpose, user: User, *, reason: str
) -> None:
    """See `erasure.ask_erasure`."""
    erasure.ask_erasure(work, services, _case(work, user, id=case_id), what, user, reason=reason)


def decide(
    work: Work, services: Services, case_id: str, what: Purpose, user: User, *, granted: bool
) -> None:
    """See `erasure.decide_erasure`."""
    erasure.decide_erasure(
        work, services, _case(work, user, id=case_id), what, user, granted=granted
    )


def hold(
    work: Work, services: Services, receipt_no: str, user: User, *, ground: str, reason: str
) -> None:
    """See `holds.set_legal_hold`."""
    plain = arabic_digits(receipt_no.strip())
    case = _case(work, user, receipt_no=plain)
    legal_holds.set_legal_hold(work, services, case, user, ground=ground, reason=reason)


def lift(work: Work, services: Services, case_id: str, user: User, *, reason: str) -> None:
    """See `holds.lift_legal_hold`."""
    legal_holds.lift_legal_hold(work, services, _case(work, user, id=case_id), user, reason=reason)


def _case(work: Work, user: User, **known: str) -> Case:
    query = sa.select(Case).filter_by(**known).where(*not_barred(user))
    found = work.session.scalar(query)
    if found is None:
        raise CaseNotFound
    return found
