"""While a court or an authority needs a case nothing of it is erased, whoever asks."""

from __future__ import annotations

import pytest

from engine.ground.clock import TravellingClock
from engine.ground.errors import NotAllowed
from engine.store.work import Work
from office.audit.verification_run import Run
from office.cases.register import Filed
from office.disposal import disposal, legal_holds, retention
from office.disposal.erasure import ask_erasure, decide_erasure
from office.ground.errors import CaseNotFound, ReasonNeeded
from office.ground.settings import OfficeSettings
from office.ground.tables import Case
from office.people.people import User
from tests.support.verbs import Office

Staff = dict[str, User]
REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"
ORDER = "ศาลปกครองเรียกสำนวน คดีหมายเลขดำที่ 12/2569"


def case_of(work: Work, closed: Filed) -> Case:
    return work.session.get_one(Case, closed.case_id)


def hold(office: Office, closed: Filed, user: User, ground: str = "court") -> None:
    with office.engine.begin() as work:
        case = case_of(work, closed)
        legal_holds.set_legal_hold(work, office.services, case, user, ground=ground, reason=ORDER)


def lift(office: Office, closed: Filed, user: User, why: str = "คดีถึงที่สุดแล้ว") -> None:
    with office.engine.begin() as work:
        legal_holds.lift_legal_hold(work, office.services, case_of(work, closed), user, reason=why)


def ask(office: Office, closed: Filed, user: User) -> None:
    with office.engine.begin() as work:
        ask_erasure(work, office.services, case_of(work, closed), "identity", user, reason=REASON)


def decide(office: Office, closed: Filed, user: User, *, granted: bool = True) -> None:
    with office.engine.begin() as work:
        case = case_of(work, closed)
        decide_erasure(work, office.services, case, "identity", user, granted=granted)


def test_a_held_case_is_not_erased_until_the_hold_is_lifted(
    office: Office, staff: Staff, closed: Filed, settings: OfficeSettings
) -> None:
    hold(office, closed, staff["head"])
    with pytest.raises(legal_holds.CaseHeld):
        ask(office, closed, staff["head"])
    with pytest.raises(legal_holds.HeldAlready):
        hold(office, closed, staff["head"], "nacc")

    lift(office, closed, staff["custodian"])
    ask(office, closed, staff["head"])
    decide(office, closed, staff["custodian"])

    view = office.case(closed.case_id, staff["head"])
    assert view.identity_fields == ()
    told = [e for e in office.engine.history(str(view.instance_id)) if "hold" in e.type]
    assert [(each.type, each.role, each.data["ground"]) for each in told] == [
        ("hold_set", "screening_head", "court"),
        ("hold_lifted", "identity_custodian", "court"),
    ]
    run = Run(office.engine, office.services, settings.data_dir)
    list(run.steps())
    assert run.report.differences == []


def test_a_hold_stops_a_request_that_waits_already(
    office: Office, staff: Staff, closed: Filed
) -> None:
    ask(office, closed, staff["head"])
    hold(office, closed, staff["head"])

    with pytest.raises(legal_holds.CaseHeld):
        decide(office, closed, staff["custodian"])

    assert office.case(closed.case_id, staff["head"]).identity_fields
    decide(office, closed, staff["custodian"], granted=False)


def test_who_may_and_why_is_asked(office: Office, staff: Staff, closed: Filed) -> None:
    with pytest.raises(NotAllowed):
        hold(office, closed, staff["intake"])
    with pytest.raises(legal_holds.GroundUnknown):
        hold(office, closed, staff["head"], "whim")
    with pytest.raises(legal_holds.NotHeld):
        lift(office, closed, staff["custodian"])
    hold(office, closed, staff["head"])
    with pytest.raises(NotAllowed):
        lift(office, closed, staff["head"])
    with pytest.raises(ReasonNeeded):
        lift(office, closed, staff["custodian"], "ลบ")


def test_what_was_kept_long_enough_is_proposed_unless_it_is_held(
    office: Office, staff: Staff, closed: Filed, clock: TravellingClock
) -> None:
    clock.advance(days=3653)
    with office.engine.read() as work:
        proposed = disposal.overview(work, office.services, staff["head"])
    assert [(each.receipt_no, each.what, each.may_ask) for each in proposed.due] == [
        (closed.receipt_no, "content", True),
        (closed.receipt_no, "identity", True),
    ]

    with office.engine.begin() as work:
        disposal.hold(
            work, office.services, closed.receipt_no, staff["head"], ground="nacc", reason=ORDER
        )

    with office.engine.read() as work:
        assert retention.due(work) == []
        (held,) = disposal.overview(work, office.services, staff["custodian"]).held
        assert (held.receipt_no, held.reason, held.may_lift) == (closed.receipt_no, ORDER, True)


def test_a_case_that_is_hidden_from_somebody_is_not_theirs_to_hold(
    office: Office, staff: Staff, closed: Filed
) -> None:
    office.declare_conflict(closed.case_id, staff["head"])

    with pytest.raises(CaseNotFound), office.engine.begin() as work:
        disposal.hold(
            work, office.services, closed.receipt_no, staff["head"], ground="court", reason=ORDER
        )
