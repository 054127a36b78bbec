"""The pages about time in a browser: free of barriers at the desk, and on a telephone too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from engine.ground.clock import BANGKOK
from tests.browser.person import Person
from tests.calendar.test_aftercare import DISAGREES, decided
from tests.calendar.test_complaint_clocks import GRIEVANCE, SCREENED_G
from tests.support.agency import ASSIGNED, Agency
from tests.web.test_deadline_pages import MORE_TIME, STAY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]


def is_wider_than_its_window(person: Person) -> bool:
    wide: bool = person.page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide


def test_more_time_stay_late_list_and_calendar(
    agency: Agency, person: Callable[..., Person]
) -> None:
    filed, late = agency.file(GRIEVANCE), agency.file(GRIEVANCE)
    for element, answers in (
        ("screen", SCREENED_G),
        ("assign", {**ASSIGNED, "lead_unit": "it"}),
        ("accept", {"accepted": True}),
    ):
        agency.do(filed.case_id, element, answers)
    agency.clock.travel_to(datetime(2026, 3, 11, 8, 30, tzinfo=BANGKOK))
    agency.office.run_due()

    unit = person()
    unit.sign_in("unit_officer.it")
    unit.visit(f"/cases/{filed.case_id}")
    unit.press("ขอขยายเวลา")
    unit.fill(MORE_TIME)
    assert "ต้องขอขยายเวลาภายในวันที่ 10 มีนาคม 2569" in unit.press("ส่งคำขอ")
    assert "กำหนดไม่เลื่อน" in unit.press("ยื่นเป็นรายงานความล่าช้า")
    unit.visit(f"/cases/{filed.case_id}/extension")
    unit.fill({**MORE_TIME, "clock_key": "overall", "days": "7"})
    assert "รอผู้อนุมัติ" in unit.press("ส่งคำขอ")

    head = person(phone=True)
    head.sign_in("screening_head")
    head.visit(f"/cases/{filed.case_id}/stay")
    assert not is_wider_than_its_window(head)
    head.fill(STAY)
    head.press("หยุดนับเวลา")
    assert not is_wider_than_its_window(head)

    director = person(phone=True)
    director.sign_in("director")
    assert "คำขอขยายเวลาที่รอท่านพิจารณา" in director.visit("/work")
    assert not is_wider_than_its_window(director)
    page = director.visit("/expedite")
    assert agency.case(late.case_id).receipt_no in page
    assert not is_wider_than_its_window(director)

    administrator = person()
    administrator.sign_in("administrator")
    administrator.visit("/admin/calendar")
    day = {"day": "13/3/2569", "name": "วันหยุดพิเศษ", "reference": "มติคณะรัฐมนตรี"}
    administrator.fill(day)
    assert "กลั่นกรองเรื่อง" not in administrator.press("ดูว่ากำหนดใดจะเลื่อน")
    assert "บันทึกปฏิทินรุ่นที่ 2 แล้ว" in administrator.press("ยืนยันการเปลี่ยนแปลง")
    administrator.press("English")
    administrator.fill(day)
    assert "13 March 2026 is already a holiday" in administrator.press("See what would move")


def test_a_review_is_asked_for_on_a_telephone(
    agency: Agency, person: Callable[..., Person]
) -> None:
    code = decided(agency).tracking_code
    complainant = person(phone=True)
    complainant.visit("/track")
    complainant.fill({"code": code})
    complainant.press("ติดตามเรื่อง")
    complainant.press("ขอให้ทบทวนผล")
    assert not is_wider_than_its_window(complainant)

    complainant.fill(DISAGREES)

    assert "รับคำขอให้ทบทวนแล้ว" in complainant.press("ส่งคำขอให้ทบทวน")
