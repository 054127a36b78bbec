"""A complainant who disagrees asks for a review with the tracking code, and is told the result."""

from __future__ import annotations

from tests.calendar.test_aftercare import DISAGREES, DISMISSED, decided
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.support.agency import Agency
from tests.web.visitor import Visitor


def test_a_review_is_asked_for_once_and_its_result_is_read(
    agency: Agency, visitor: Visitor
) -> None:
    filed = decided(agency)
    result = agency.office.track(filed.tracking_code).letters[-1]
    agency.office.read_letter(filed.tracking_code, result.id)
    visitor.visit("/track")
    page = visitor.send("/track", code=filed.tracking_code)
    assert "ขอให้ทบทวนผล" in page
    assert "17 มีนาคม 2569" in page, "15 days from the letter with the result"
    visitor.visit("/case/review")
    page = visitor.send("/case/review", {**DISAGREES, "review_reason": "สั้น"})
    assert visitor.status == 422
    assert "สั้น" in page

    page = visitor.send("/case/review", DISAGREES)
    assert "รับคำขอให้ทบทวนแล้ว" in page
    assert "ขอให้ทบทวนผล</a>" not in page
    visitor.visit("/case/review")
    assert visitor.status == 409
    agency.do(filed.case_id, "review", DISMISSED)

    assert "แจ้งผลการทบทวน" in visitor.visit("/case")


def test_before_the_result_there_is_nothing_to_review(agency: Agency, visitor: Visitor) -> None:
    filed = agency.file(GRIEVANCE)
    visitor.visit("/track")
    assert "ขอให้ทบทวนผล" not in visitor.send("/track", code=filed.tracking_code)

    visitor.visit("/case/review")

    assert visitor.status == 409


def test_after_the_time_the_page_asks_why_it_is_late(agency: Agency, visitor: Visitor) -> None:
    # Bug: the page was a 409 from the sixteenth day on.
    filed = decided(agency)
    result = agency.office.track(filed.tracking_code).letters[-1]
    agency.office.read_letter(filed.tracking_code, result.id)
    agency.pass_days(20)
    visitor.visit("/track")
    assert "โดยบอกเหตุที่ล่าช้า" in visitor.send("/track", code=filed.tracking_code)

    assert "เหตุที่ยื่นเกินกำหนด" in visitor.visit("/case/review")
    visitor.send("/case/review", DISAGREES)
    assert visitor.status == 422
    page = visitor.send("/case/review", {**DISAGREES, "late_reason": "หนังสือไปผิดที่อยู่ เพิ่งได้อ่าน"})

    assert "รับคำขอให้ทบทวนแล้ว" in page
    assert agency.waiting(filed.case_id) == ["admit_review"]


def test_an_officer_enters_a_request_by_the_receipt_number(
    agency: Agency, visitor: Visitor
) -> None:
    filed = decided(agency)
    visitor.sign_in("intake_officer")
    assert "ขอให้ทบทวนผลของเรื่องเดิม" in visitor.visit("/register")
    visitor.visit("/review-requests")
    assert "ไม่พบเรื่อง" in visitor.send("/review-requests", receipt_no="รร.99999/2569")

    page = visitor.send("/review-requests", receipt_no=filed.receipt_no)
    assert filed.receipt_no in page
    assert GRIEVANCE["facts"] not in page
    came = {"review_channel": "phone", "review_received_on": agency.clock.now().date().isoformat()}
    page = visitor.send(f"/cases/{filed.case_id}/review-request", {**DISAGREES, **came})

    assert "บันทึกคำขอทบทวนแล้ว" in page
    assert agency.waiting(filed.case_id) == ["review"]
