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
    visitor.visit("/track")
    page = visitor.send("/track", code=filed.tracking_code)
    assert "ขอให้ทบทวนผล" in page
    assert "17 มีนาคม 2569" in page, "15 days from the result"
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
