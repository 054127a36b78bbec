"""Every letter that promises a review leads to one, its time runs from when the letter was
received, and somebody who did not decide is always left to make it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.ground.clock import TravellingClock
from engine.ground.errors import FourEyes, NotAllowed
from forms.errors import FormInvalid
from office.audit import conformance
from office.cases import reviews
from office.cases.register import Filed
from office.deadlines import deadlines
from office.ground.errors import CaseNotFound, NothingToReview
from tests.calendar.test_aftercare import DISAGREES, DISMISSED, ORDERED, decided
from tests.calendar.test_complaint_clocks import ASKED, GRIEVANCE, QUESTIONS, SCREENED_G
from tests.calendar.test_more_time import last_day
from tests.calendar.test_reminders import clock_of, kinds, travel
from tests.law.test_law_walks import COMMITTEE, CORRUPTION, REPORT
from tests.support.agency import DECIDED, SCREENED, Agency
from tests.support.installations import Installations
from tests.support.mailserver import Mailbox
from tests.support.verbs import Office

REASON = {"late_reason": "หนังสือส่งไปที่อยู่เดิม เพิ่งได้อ่านเมื่อวานนี้"}
ADMITTED = {
    "review_admitted": True,
    "admission_reasons": "ผู้ร้องเพิ่งได้รับหนังสือ มีเหตุอันควร",
    "not_involved": True,
}
NOT_ADMITTED = {
    **ADMITTED,
    "review_admitted": False,
    "admission_reasons": "ผู้ร้องอ่านหนังสือแล้วตั้งแต่วันแรกและไม่บอกเหตุ",
}
REFUSED = {**SCREENED_G, "override_result": "NOT_ACCEPTED", "override_reason": "ไม่เข้าเกณฑ์ตามระเบียบ"}
BY_POST = {
    **GRIEVANCE,
    "reply_by": "post",
    "address": "9 ถนนสุขใจ",
    "subdistrict": "บางรัก",
    "district": "บางรัก",
    "province": "กรุงเทพมหานคร",
    "postcode": "10500",
}
BY_MAIL = {**GRIEVANCE, "reply_by": "email", "email": "somying@example.org"}
POSTED = {"method": "post", "sent_on": "2026-03-17", "proof_no": "EX0001TH"}
WORTH_ACTING_ON = {
    "evidence_stated": True,
    "circumstances_clear": False,
    "witnesses_definite": False,
}
DIRECTOR = {"name": "ผู้อำนวยการ", "position": "ผู้อำนวยการสำนักงาน", "status": "ดำรงตำแหน่ง"}


@pytest.fixture
def agency(agencies: Installations, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    with agencies.agency(clock, tmp_path / "var") as agency:
        yield agency


@pytest.fixture
def mailing(agency: Agency, mailbox: Mailbox) -> Iterator[Agency]:
    """The same agency with a mail server."""
    settings = replace(agency.office.settings, smtp_host=mailbox.host, smtp_port=mailbox.port)
    office = Office.open(settings, clock=agency.clock)
    yield Agency.at(office, agency.clock)
    office.close()


def read_newest(agency: Agency, filed: Filed) -> str:
    newest = agency.office.track(filed.tracking_code).letters[-1]
    return agency.office.read_letter(filed.tracking_code, newest.id)[1]


def ask(agency: Agency, filed: Filed, **more: Any) -> None:
    agency.office.ask_review(filed.tracking_code, {**DISAGREES, **more})
    agency.office.run_due()


def review_by(agency: Agency, filed: Filed) -> str:
    return last_day(clock_of(agency, filed.case_id, "review_request"))


def refused(agency: Agency, complaint: Any = GRIEVANCE) -> Filed:
    filed = agency.file(complaint)
    agency.do(filed.case_id, "screen", REFUSED)
    return filed


def check(agency: Agency, filed: Filed) -> None:
    """The record verifies and replays, and nothing in it departs from the law."""
    agency.check_record(filed.case_id)
    with agency.office.engine.read() as work:
        found = conformance.check_case(work, filed.case_id)
    assert [each for each in found if each.severity == conformance.BREACH] == []


# ── from when the time runs ────────────────────────────────────────────────────────────────────


def test_a_letter_that_nobody_opened_takes_no_right_away(agency: Agency) -> None:
    # Bug: the time ran from the step, so whoever never got the letter lost the review on day 16.
    filed = decided(agency)
    travel(agency, 2026, 4, 24)
    assert agency.office.track(filed.tracking_code).may_ask_review
    assert agency.office.track(filed.tracking_code).review_by is None

    read_newest(agency, filed)

    assert review_by(agency, filed) == "2026-05-11"  # 15 days, and 9 May is a Saturday
    with agency.office.engine.read() as work:
        (clock,) = deadlines.open_deadlines(work, filed.case_id)
        assert "วันที่ผู้ร้องเรียนได้รับแจ้ง" in deadlines.explain(work, clock).th
    travel(agency, 2026, 5, 11)
    ask(agency, filed)
    assert agency.waiting(filed.case_id) == ["review"]
    check(agency, filed)


def test_reading_an_earlier_letter_is_no_notice_of_the_result(agency: Agency) -> None:
    filed = decided(agency)
    first, *_ = agency.office.track(filed.tracking_code).letters

    agency.office.read_letter(filed.tracking_code, first.id)

    assert agency.office.track(filed.tracking_code).review_by is None


def test_the_time_runs_from_the_mail_that_arrives_not_from_the_one_that_bounces(
    mailing: Agency, mailbox: Mailbox
) -> None:
    arrived, bounced = decided(mailing, **BY_MAIL), None
    assert review_by(mailing, arrived) == "2026-03-31"

    mailbox.refuse_with = "550 5.1.1 unknown"
    bounced = decided(mailing, **BY_MAIL)
    travel(mailing, 2026, 4, 24)

    assert mailing.office.track(bounced.tracking_code).review_by is None
    ask(mailing, bounced)
    assert mailing.waiting(bounced.case_id) == ["review"], "in time: nobody has told them"
    assert mailing.office.track(arrived.tracking_code).review_is_late
    check(mailing, bounced)
    check(mailing, arrived)


def test_mail_that_only_points_to_the_inbox_is_no_notice(mailing: Agency) -> None:
    filed = decided(mailing, **{**BY_MAIL, "identity_mode": "confidential"})

    assert mailing.office.track(filed.tracking_code).review_by is None


@pytest.mark.parametrize(
    ("recorded", "last"),
    [
        ({"delivered_on": "2026-03-19"}, "2026-04-03"),
        ({}, "2026-04-08"),  # section 71: taken as received after 7 days, on the 24th
        ({"returned": True}, "2027-03-22"),  # nobody has it: as long as the law lets it
    ],
    ids=["delivered", "taken as received", "came back"],
)
def test_a_posted_letter_counts_from_its_delivery(
    agency: Agency, recorded: dict[str, Any], last: str
) -> None:
    filed = decided(agency, **BY_POST)
    travel(agency, 2026, 3, 20)

    agency.do(filed.case_id, "record_delivery", {**POSTED, **recorded})

    assert review_by(agency, filed) == last
    check(agency, filed)


def test_who_asks_before_the_delivery_is_recorded_has_the_letter(agency: Agency) -> None:
    filed = decided(agency, **BY_POST)
    assert agency.waiting(filed.case_id) == ["record_delivery"]

    ask(agency, filed)

    assert agency.waiting(filed.case_id) == ["review"]
    agency.do(filed.case_id, "review", DISMISSED)
    assert kinds(agency, filed.case_id) == ["L1", "L7", "L10"]
    check(agency, filed)


# ── too late ───────────────────────────────────────────────────────────────────────────────────


def late(agency: Agency) -> Filed:
    """Read on 16 March, nothing said until 20 April."""
    filed = decided(agency)
    read_newest(agency, filed)
    travel(agency, 2026, 4, 1)
    travel(agency, 2026, 4, 20)
    return filed


def test_who_asks_late_is_asked_why_and_the_reviewer_admits_it(agency: Agency) -> None:
    # Bug: the request was refused with "the time has passed" (409).
    filed = late(agency)
    assert agency.office.track(filed.tracking_code).review_is_late
    with pytest.raises(FormInvalid, match="late_reason"):
        ask(agency, filed)
    ask(agency, filed, **REASON)
    assert agency.case(filed.case_id).status == "UNDER_REVIEW"
    assert last_day(clock_of(agency, filed.case_id, "admit_review")) == "2026-04-27"

    doer = agency.do(filed.case_id, "admit_review", ADMITTED)
    agency.do(filed.case_id, "review", DISMISSED)

    assert "board_chair" in doer.groups
    assert kinds(agency, filed.case_id) == ["L1", "L7", "L10"]
    assert agency.case(filed.case_id).status == "NOTIFIED"
    check(agency, filed)


def test_a_late_request_that_is_not_admitted_is_answered_with_the_reason(agency: Agency) -> None:
    filed = late(agency)
    ask(agency, filed, **REASON)

    agency.do(filed.case_id, "admit_review", NOT_ADMITTED)

    assert kinds(agency, filed.case_id) == ["L1", "L7", "L18"]
    assert "ผู้ร้องอ่านหนังสือแล้วตั้งแต่วันแรกและไม่บอกเหตุ" in read_newest(agency, filed)
    assert agency.waiting(filed.case_id) == []
    with pytest.raises(NothingToReview):
        ask(agency, filed, **REASON)
    check(agency, filed)


def test_a_case_is_over_when_a_year_has_passed_without_a_word(agency: Agency) -> None:
    filed = late(agency)

    travel(agency, 2027, 4, 2)

    with pytest.raises(NothingToReview):
        ask(agency, filed, **REASON)
    with agency.office.engine.read() as work:
        assert deadlines.open_deadlines(work, filed.case_id) == []
    check(agency, filed)


def test_waiting_for_a_request_does_not_hold_the_agencys_clocks(agency: Agency) -> None:
    """A legal stay in the follow-up of measures ends although the complainant may still ask."""
    from office.deadlines import pauses

    filed = decided(agency, ORDERED)
    remedy = clock_of(agency, filed.case_id, "remedy")
    with agency.office.engine.begin() as work:
        pauses.pause_all(
            work, filed.case_id, 30, reason="ศาลมีคำสั่งให้ชะลอ", actor=agency.person("director").actor
        )
    travel(agency, 2026, 3, 20)
    with agency.office.engine.begin() as work:
        pauses.resume_all(
            work, filed.case_id, reason="ศาลให้ดำเนินการต่อ", actor=agency.person("director").actor
        )

    assert clock_of(agency, filed.case_id, "remedy").status == "running"
    assert clock_of(agency, filed.case_id, "remedy").due_at > remedy.due_at


# ── refused, or closed for lack of facts ───────────────────────────────────────────────────────


def test_a_refused_complainant_asks_for_the_review_that_the_letter_promises(
    agency: Agency,
) -> None:
    # Bug: L3 promised a review, and asking for it was a 409.
    filed = refused(agency)
    case = agency.case(filed.case_id)
    assert (case.status, case.outcome, case.closed_at) == (
        "NOT_ACCEPTED",
        "NOT_ACCEPTED",
        agency.clock.now(),
    )
    assert "หน้าติดตามเรื่อง" in read_newest(agency, filed)

    closed_at = case.closed_at
    travel(agency, 2026, 3, 20)
    ask(agency, filed)
    offered = agency.task(filed.case_id, "review").candidate_groups
    agency.do(filed.case_id, "review", DISMISSED)

    assert set(offered) == {"director", "board_reviewer"}, "the centre refused it"
    assert kinds(agency, filed.case_id) == ["L1", "L3", "L10"]
    case = agency.case(filed.case_id)
    assert (case.status, case.outcome) == ("NOT_ACCEPTED", "NOT_ACCEPTED")
    assert case.closed_at == closed_at, "how long it took is counted to the first answer"
    assert agency.waiting(filed.case_id) == []
    check(agency, filed)


def test_a_refusal_without_a_word_ends_and_nobody_is_told_of_progress(agency: Agency) -> None:
    filed = refused(agency)
    read_newest(agency, filed)

    for month in (4, 5, 6):
        travel(agency, 2026, month, 16)

    assert agency.waiting(filed.case_id) == []
    assert kinds(agency, filed.case_id) == ["L1", "L3"]
    assert agency.case(filed.case_id).status == "NOT_ACCEPTED"
    check(agency, filed)


def test_a_refusal_by_post_is_reviewed_too(agency: Agency) -> None:
    filed = refused(agency, BY_POST)
    ask(agency, filed)
    agency.do(filed.case_id, "review", DISMISSED)

    recorded = refused(agency, BY_POST)
    travel(agency, 2026, 3, 20)
    agency.do(recorded.case_id, "record_refusal_delivery", {**POSTED, "delivered_on": "2026-03-19"})

    assert kinds(agency, filed.case_id) == ["L1", "L3", "L10"]
    assert agency.case(recorded.case_id).outcome == "NOT_ACCEPTED"
    assert review_by(agency, recorded) == "2026-04-03"
    check(agency, filed)
    check(agency, recorded)


def closed_for_lack_of_facts(agency: Agency) -> Filed:
    nameless = {k: v for k, v in GRIEVANCE.items() if k not in ("full_name", "phone", "reply_by")}
    filed = agency.file({**nameless, "identity_mode": "anonymous"})
    agency.do(filed.case_id, "screen", {**ASKED, **WORTH_ACTING_ON})
    agency.do(filed.case_id, "ask", {**QUESTIONS, "ask_channel": "inbox"})
    travel(agency, 2026, 4, 2)
    return filed


def test_a_case_closed_for_lack_of_facts_is_reviewed(agency: Agency) -> None:
    # Bug: L14 promises a review as L3 does, and led to the same 409.
    filed = closed_for_lack_of_facts(agency)
    assert kinds(agency, filed.case_id)[-1] == "L14"
    assert agency.case(filed.case_id).outcome == "CLOSED"
    read_newest(agency, filed)

    ask(agency, filed)
    agency.do(filed.case_id, "review", DISMISSED)

    assert kinds(agency, filed.case_id)[-1] == "L10"
    assert agency.case(filed.case_id).status == "CLOSED"
    check(agency, filed)


# ── on paper ───────────────────────────────────────────────────────────────────────────────────


def enter(agency: Agency, filed: Filed, who: str = "intake_officer", **answers: Any) -> None:
    user = agency.person(who)
    with agency.office.engine.begin() as work:
        case_id = reviews.case_numbered(work, filed.receipt_no, user)
        given = {"review_channel": "letter", **DISAGREES, **answers}
        reviews.enter(work, agency.office.services, case_id, given, user)
    agency.office.run_due()


def test_an_officer_enters_a_request_that_came_by_letter(agency: Agency) -> None:
    filed = refused(agency, BY_POST)
    agency.do(filed.case_id, "record_refusal_delivery", {**POSTED, "sent_on": "2026-03-16"})
    travel(agency, 2026, 3, 27)

    enter(agency, filed, review_received_on="2026-03-26")

    assert agency.waiting(filed.case_id) == ["review"]
    agency.do(filed.case_id, "review", DISMISSED)
    assert kinds(agency, filed.case_id) == ["L1", "L3", "L10"]
    check(agency, filed)


def test_a_letter_written_in_time_is_in_time_however_late_it_is_entered(agency: Agency) -> None:
    filed, slow = decided(agency), decided(agency)
    for each in (filed, slow):
        read_newest(agency, each)
    travel(agency, 2026, 4, 1)
    travel(agency, 2026, 4, 20)

    enter(agency, filed, review_received_on="2026-03-30")
    with pytest.raises(FormInvalid, match="late_reason"):
        enter(agency, slow, review_received_on="2026-04-18")
    enter(agency, slow, review_received_on="2026-04-18", **REASON)

    assert agency.waiting(filed.case_id) == ["review"]
    assert agency.waiting(slow.case_id) == ["admit_review"]
    check(agency, filed)


def test_only_who_registers_enters_requests_and_never_in_a_case_hidden_from_them(
    agency: Agency,
) -> None:
    filed = refused(agency)
    with pytest.raises(NotAllowed):
        enter(agency, filed, "director", review_received_on="2026-03-16")
    with pytest.raises(CaseNotFound):
        enter(agency, replace(filed, receipt_no="รร.99999/2569"), review_received_on="2026-03-16")
    centre = {"name": "นาย ข", "position": "เจ้าหน้าที่", "unit": "centre", "status": "ดำรงตำแหน่ง"}
    hidden = agency.file({**CORRUPTION, "accused": [centre]})

    with pytest.raises(CaseNotFound):
        enter(agency, hidden, review_received_on="2026-03-16")


# ── somebody who did not decide ────────────────────────────────────────────────────────────────


def against_the_director(agency: Agency) -> Filed:
    """Decided by the board chair."""
    filed = agency.file({**CORRUPTION, "accused": [DIRECTOR], "subject": "ปฏิบัติหน้าที่มิชอบ"})
    agency.do(filed.case_id, "screen", {**SCREENED, "executive_accused": True})
    agency.do(filed.case_id, "appoint", COMMITTEE)
    agency.do(filed.case_id, "investigate", REPORT)
    agency.do(filed.case_id, "decide", {**DECIDED, "decision": "ยุติเรื่อง–ไม่มีมูล"})
    return filed


def test_a_case_against_the_director_is_reviewed_by_another_than_the_chair_who_decided(
    agency: Agency,
) -> None:
    # Bug: the review was offered to the board chair alone, who had decided: it hung for good.
    filed = against_the_director(agency)

    ask(agency, filed)

    assert agency.task(filed.case_id, "review").candidate_groups == ["board_reviewer"]
    with pytest.raises(CaseNotFound):
        agency.office.case(filed.case_id, agency.person("director"))
    doer = agency.do(filed.case_id, "review", DISMISSED)
    assert doer.id != agency.person("board_chair").id
    assert kinds(agency, filed.case_id) == ["L1", "L7", "L10"]
    check(agency, filed)


def test_the_chair_reviews_what_was_refused_in_a_case_against_the_director(agency: Agency) -> None:
    filed = agency.file({**CORRUPTION, "accused": [DIRECTOR], "subject": "ปฏิบัติหน้าที่มิชอบ"})
    agency.do(filed.case_id, "screen", {**SCREENED, **REFUSED, "executive_accused": True})

    ask(agency, filed)

    groups = agency.task(filed.case_id, "review").candidate_groups
    assert set(groups) == {"board_chair", "board_reviewer"}
    agency.do(filed.case_id, "review", DISMISSED)
    check(agency, filed)


def test_whoever_decided_does_not_review_in_another_role(agency: Agency) -> None:
    filed = against_the_director(agency)
    ask(agency, filed)
    chair = agency.person("board_chair")
    both = replace(chair, groups=chair.groups | {"board_reviewer"})

    with pytest.raises(FourEyes):
        agency.office.claim(agency.task(filed.case_id, "review").id, both)


def test_whoever_refused_does_not_admit_a_late_request(agency: Agency) -> None:
    filed = refused(agency)
    read_newest(agency, filed)
    travel(agency, 2026, 4, 20)
    ask(agency, filed, **REASON)
    head = next(
        event.actor
        for event in agency.office.engine.history(agency.instance(filed.case_id))
        if event.type == "task_completed" and event.element_id == "screen"
    )
    screener = next(user for user in agency.staff if user.id == head)

    with pytest.raises(FourEyes):
        agency.office.claim(
            agency.task(filed.case_id, "admit_review").id,
            replace(screener, groups=screener.groups | {"director"}),
        )
