"""After the result: the right to a review, the measures, and nobody harmed for complaining."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from lxml import html

from engine.ground.errors import FourEyes
from office.cases.register import Filed
from office.deadlines import deadlines
from office.ground.errors import CannotWithdraw, NothingToReview
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.calendar.test_more_time import last_day
from tests.calendar.test_reminders import ASSESS, RESULT, clock_of, kinds, told, travel
from tests.support.agency import Agency
from web.letter_html import letter_html

ORDERED = {
    **RESULT,
    "measures": [{"measure": "เพิ่มระบบส่งสำรอง", "owner_unit": "it", "due_on": "2026-05-01"}],
}
DISAGREES = {"review_ground": "facts", "review_reason": "ระบบยังส่งรหัสไม่ได้จนถึงวันนี้"}
DISMISSED = {
    "review_result": "dismissed",
    "review_reasons": "ตรวจสอบซ้ำแล้วระบบส่งรหัสได้ตามปกติ",
    "not_involved": True,
}
UNHARMED = {"harm_found": False, "harm_report": "สอบถามแล้วไม่พบ"}


def decided(agency: Agency, result: Mapping[str, Any] = RESULT, **complaint: Any) -> Filed:
    """A case that was decided and told on Monday 16 March."""
    filed = agency.file({**GRIEVANCE, **complaint})
    for element, answers in [*ASSESS, ("decide", result)]:
        agency.do(filed.case_id, element, answers)
    return filed


def test_the_result_closes_the_case_and_the_right_to_a_review_runs(agency: Agency) -> None:
    filed = decided(agency)

    case = agency.case(filed.case_id)
    assert (case.status, case.outcome, case.closed_at) == (
        "NOTIFIED",
        "NOTIFIED",
        agency.clock.now(),
    )
    with agency.office.engine.read() as work:
        assert [clock.key for clock in deadlines.open_deadlines(work, filed.case_id)] == [
            "review_request"
        ]
    public = agency.office.track(filed.tracking_code)
    agency.office.read_letter(filed.tracking_code, public.letters[-1].id)
    assert public.may_ask_review
    assert not public.may_withdraw
    with pytest.raises(CannotWithdraw):
        agency.office.withdraw(filed.tracking_code, {"reason": "ไม่ต้องการร้องเรียนแล้ว"})

    travel(agency, 2026, 3, 31)
    assert not agency.office.track(filed.tracking_code).review_is_late
    travel(agency, 2026, 4, 1)
    assert agency.office.track(filed.tracking_code).review_is_late
    assert kinds(agency, filed.case_id) == ["L1", "L7"], "nobody writes of progress any more"
    travel(agency, 2026, 4, 16)
    assert kinds(agency, filed.case_id) == ["L1", "L7"]
    assert agency.case(filed.case_id).status == "NOTIFIED"
    agency.check_record(filed.case_id)


def test_a_decision_is_mailed_and_shown_word_for_word(agency: Agency) -> None:
    """Indented paragraphs were left out of the mail, and 100*3*2 became 10032."""
    reasons = "พิจารณาแล้วเห็นว่า\n\n    ให้คืนเงิน 100*3*2 บาท\n\n\tและตำหนิผู้รับผิดชอบ <ชื่อ>\n1. ภายใน 7 วัน"
    filed = decided(
        agency, {**RESULT, "reasons": reasons}, reply_by="email", email="somying@example.org"
    )
    agency.office.run_due()

    public = agency.office.track(filed.tracking_code)
    _, text = agency.office.read_letter(filed.tracking_code, public.letters[-1].id)
    mailed = next(
        each.mail for each in agency.office.mailbox() if "ผลการพิจารณา" in each.mail.subject
    )

    assert f"เหตุผล {reasons}\n" in mailed.body
    assert reasons in html.fragment_fromstring(letter_html(text), create_parent=True).text_content()


def test_a_review_is_made_by_another_person_reminded_and_told(agency: Agency) -> None:
    """14 review: asked within 15 days, answered within 30, the chair reminded on the 25th."""
    filed = decided(agency)
    travel(agency, 2026, 3, 20)
    agency.office.ask_review(filed.tracking_code, DISAGREES)
    assert agency.case(filed.case_id).status == "UNDER_REVIEW"
    assert last_day(clock_of(agency, filed.case_id, "review")) == "2026-04-19"
    with pytest.raises(NothingToReview):
        agency.office.ask_review(filed.tracking_code, DISAGREES)

    travel(agency, 2026, 4, 13, 14)
    assert told(agency, filed.case_id, "review") == [
        ("2026-04-14", "reminder-1", ["board_chair", "board_reviewer"])
    ]
    doer = agency.do(filed.case_id, "review", DISMISSED)

    assert "board_chair" in doer.groups
    assert kinds(agency, filed.case_id) == ["L1", "L7", "L10"]
    newest = agency.office.track(filed.tracking_code).letters[-1]
    _, text = agency.office.read_letter(filed.tracking_code, newest.id)
    assert "ยืนตามผลการพิจารณาเดิม เพราะตรวจสอบซ้ำแล้วระบบส่งรหัสได้ตามปกติ" in text
    assert agency.case(filed.case_id).status == "NOTIFIED"
    assert clock_of(agency, filed.case_id, "review").status == "finished"
    agency.check_record(filed.case_id)


def test_whoever_decided_does_not_review(agency: Agency) -> None:
    filed = decided(agency)
    agency.office.ask_review(filed.tracking_code, DISAGREES)
    director = agency.person("director")
    both = type(director)(
        director.id,
        director.username,
        director.display_name,
        director.unit,
        director.groups | {"board_chair"},
        True,
        director.pages,
    )

    with pytest.raises(FourEyes):
        agency.office.claim(agency.task(filed.case_id, "review").id, both)


def test_the_unit_is_reminded_of_its_measures_and_the_director_told(agency: Agency) -> None:
    """15 remedy: after 30 and 60 days a reminder, after 90 the Director and the monthly report."""
    filed = decided(agency, ORDERED)
    assert agency.case(filed.case_id).status == "REMEDY"
    assert last_day(clock_of(agency, filed.case_id, "remedy")) == "2026-06-14"

    travel(agency, 2026, 4, 15)
    travel(agency, 2026, 5, 15)
    travel(agency, 2026, 6, 14, 15)

    assert told(agency, filed.case_id, "remedy") == [
        ("2026-04-15", "reminder-1", ["unit_director@"]),
        ("2026-05-15", "reminder-2", ["unit_director@"]),
        ("2026-06-15", "escalation-1", ["director"]),
    ]
    answers = {"remedy_state": "done", "remedy_report": "ติดตั้งระบบส่งสำรองแล้ว ตามบันทึกที่ 12"}
    agency.do(filed.case_id, "follow_up", answers)
    assert clock_of(agency, filed.case_id, "remedy").status == "finished"
    assert agency.case(filed.case_id).status == "NOTIFIED"
    agency.check_record(filed.case_id)


def test_whoever_feared_reprisal_is_asked_after_after_90_and_180_days(agency: Agency) -> None:
    """16 retaliation check; what is found is acted on at once."""
    filed = decided(agency, fear_retaliation=True, fear_detail="เกรงว่าจะถูกตัดสิทธิ")
    case_id = filed.case_id
    assert last_day(clock_of(agency, case_id, "retaliation_check")) == "2026-06-14"
    assert last_day(clock_of(agency, case_id, "retaliation_check_late")) == "2026-09-12"

    travel(agency, 2026, 6, 15)
    assert told(agency, case_id, "retaliation_check") == [
        ("2026-06-15", "escalation-1", ["director"])
    ]
    agency.do(case_id, "check_early", UNHARMED)
    assert agency.waiting(case_id) == ["check_late"]
    travel(agency, 2026, 9, 11)
    agency.do(case_id, "check_late", {**UNHARMED, "harm_found": True})
    assert last_day(clock_of(agency, case_id, "protect_again")) == "2026-09-14"
    travel(agency, 2026, 9, 15)
    assert told(agency, case_id, "protect_again") == [("2026-09-15", "escalation-1", ["director"])]
    agency.do(case_id, "protect_late", {"protection_plan": "ย้ายผู้ดูแลเรื่องและติดตามทุกสัปดาห์"})

    assert agency.waiting(case_id) == []
    agency.check_record(case_id)
