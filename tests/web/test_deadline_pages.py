"""An officer's pages about time, as people use them: more time, a legal stay, who is late."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from engine.ground.clock import BANGKOK
from office.deadlines import deadlines, legal_stays
from tests.browser.test_every_page import PRAISE
from tests.calendar.test_complaint_clocks import GRIEVANCE, SCREENED_G
from tests.support.agency import ASSIGNED, CLARIFIED, Agency
from tests.web.visitor import Visitor

MORE_TIME = {
    "clock_key": "clarify",
    "days": "๕",
    "reason": "เอกสารอยู่กับหน่วยงานอื่น ต้องรอสำเนา",
    "reason_told": "ต้องรอเอกสารจากหน่วยงานอื่น",
}
STAY = {"stay_ground": "court", "order_no": "ค.12/2569", "reason": "ศาลมีคำสั่งให้รอฟังผลคดี"}


@pytest.fixture
def case_id(agency: Agency) -> str:
    """A grievance that ฝขท. must clarify by Thursday 12 March: Makha Bucha is the 3rd."""
    filed = agency.file(GRIEVANCE)
    for element, answers in (
        ("screen", SCREENED_G),
        ("assign", {**ASSIGNED, "lead_unit": "it"}),
        ("accept", {"accepted": True}),
    ):
        agency.do(filed.case_id, element, answers)
    return filed.case_id


def opening(agency: Agency, day: int, month: int = 3) -> None:
    """The office opens on this day."""
    agency.clock.travel_to(datetime(2026, month, day, 8, 30, tzinfo=BANGKOK))
    agency.office.run_due()


def last_day(agency: Agency, case_id: str, key: str = "clarify") -> str:
    with agency.office.engine.read() as work:
        clock = deadlines.running_deadline(work, case_id, key)
    assert clock is not None
    return clock.due_at.astimezone(BANGKOK).date().isoformat()


def request_on(page: Visitor) -> str:
    """Where the decision of the first request on the work list is sent."""
    found = re.search(r'action="(/extensions/[^"]+)"', page.page)
    assert found, "no request waits on the work list"
    return found[1]


# ── more time ──────────────────────────────────────────────────────────────────────────────────


def test_more_time_is_asked_for_on_f11_and_granted_on_the_work_list(
    agency: Agency, case_id: str, visitor: Visitor, another: Visitor
) -> None:
    visitor.sign_in("unit_officer.it")
    assert "ขอขยายเวลา" in visitor.visit(f"/cases/{case_id}")
    form = visitor.visit(f"/cases/{case_id}/extension")
    assert "ชี้แจงข้อเท็จจริง กำหนด 12 มีนาคม 2569 (ไม่เกิน 7 วันทำการ ขอภายใน 10 มีนาคม 2569)" in form
    page = visitor.send(f"/cases/{case_id}/extension", MORE_TIME)
    assert visitor.path == f"/cases/{case_id}"
    assert "ส่งคำขอขยายเวลาแล้ว" in page

    another.sign_in("screening_head")
    assert MORE_TIME["reason"] in another.visit("/work")
    page = another.send(request_on(another), decision="grant")

    assert "อนุมัติแล้ว" in page
    assert "รอท่านพิจารณา" not in page
    assert last_day(agency, case_id) == "2026-03-19"
    page = visitor.visit(f"/cases/{case_id}")
    assert "อนุมัติขยายเวลา" in page
    assert "คำขอขยายเวลา" in page, "the request is read out by its name"
    assert "f11" not in page.partition("<main")[2]


def test_more_time_is_refused_with_a_reason_and_not_without(
    agency: Agency, case_id: str, visitor: Visitor, another: Visitor
) -> None:
    visitor.sign_in("unit_officer.it")
    visitor.visit(f"/cases/{case_id}/extension")
    visitor.send(f"/cases/{case_id}/extension", MORE_TIME)
    another.sign_in("screening_head")
    decision = request_on(another)

    page = another.send(decision, decision="refuse", reason="")
    assert another.status == 422
    assert "โปรดระบุเหตุผล" in page
    page = another.send(decision, decision="refuse", reason="คำชี้แจงควรเสร็จได้ทันกำหนดเดิม")

    assert "ไม่อนุมัติ บันทึกแล้ว" in page
    assert last_day(agency, case_id) == "2026-03-12"
    another.send(decision, decision="grant")
    assert another.status == 409
    page = visitor.visit(f"/cases/{case_id}")
    assert "ไม่อนุมัติขยายเวลา" in page
    told = [n.words.th for n in agency.office.notices(agency.person("unit_officer@it"))]
    assert told == ["ไม่อนุมัติขยายเวลา: “ชี้แจงข้อเท็จจริง” ยังครบกำหนด 12 มีนาคม 2569"]
    assert "คำชี้แจงควรเสร็จได้ทันกำหนดเดิม" in page, "those who asked read why"


def test_asked_too_late_the_page_says_until_when_and_takes_a_late_report(
    agency: Agency, case_id: str, visitor: Visitor
) -> None:
    opening(agency, 11)
    visitor.sign_in("unit_officer.it")
    visitor.visit(f"/cases/{case_id}/extension")
    assert "รายงานความล่าช้า</button>" not in visitor.page

    page = visitor.send(f"/cases/{case_id}/extension", MORE_TIME)
    assert visitor.status == 422
    assert "ต้องขอขยายเวลาภายในวันที่ 10 มีนาคม 2569" in page
    assert MORE_TIME["reason"] in page, "what was written is kept"
    assert "ยื่นเป็นรายงานความล่าช้า</button>" in page
    page = visitor.send(f"/cases/{case_id}/extension", MORE_TIME, _late="1")

    assert "กำหนดไม่เลื่อน" in page
    assert last_day(agency, case_id) == "2026-03-12"
    (notice,) = agency.office.notices(agency.person("screening_head"))
    assert notice.kind == "late_report"


UNFIT = (
    ({"days": "8"}, "ขยายเวลาได้ครั้งละไม่เกิน 7 วันทำการ"),
    ({"days": "0"}, "ต้องไม่น้อยกว่า 1"),
    ({"clock_key": "screen"}, "โปรดเลือกจากตัวเลือกที่มี"),
    ({"clock_key": "no_such_key"}, "โปรดเลือกจากตัวเลือกที่มี"),
    ({"reason": "สั้น"}, "10"),
)


def test_a_request_that_does_not_fit_asks_for_nothing(
    agency: Agency, case_id: str, visitor: Visitor
) -> None:
    visitor.sign_in("unit_officer.it")
    visitor.visit(f"/cases/{case_id}/extension")

    for answers, words in UNFIT:
        page = visitor.send(f"/cases/{case_id}/extension", {**MORE_TIME, **answers})

        assert visitor.status == 422, answers
        assert words in page, answers
    assert agency.office.notices(agency.person("screening_head")) == []


def test_the_pages_of_time_do_not_exist_for_those_without_a_part_in_the_case(
    agency: Agency, case_id: str, visitor: Visitor
) -> None:
    visitor.sign_in("unit_officer.legal")

    for page in ("extension", "stay"):
        visitor.visit(f"/cases/{case_id}/{page}")
        assert visitor.status in (403, 404), page


def test_only_what_the_table_lets_extend_is_offered(
    agency: Agency, case_id: str, visitor: Visitor, another: Visitor
) -> None:
    agency.do(case_id, "clarify", CLARIFIED)
    visitor.sign_in("unit_officer.it")
    page = visitor.visit(f"/cases/{case_id}/extension")
    assert "การดำเนินการทั้งเรื่อง กำหนด" in page
    assert "ชี้แจงข้อเท็จจริง กำหนด" not in page, "that step is done"

    praise = agency.file(PRAISE)
    another.sign_in("screening_head")
    assert "ขอขยายเวลา" not in another.visit(f"/cases/{praise.case_id}")
    page = another.visit(f"/cases/{praise.case_id}/extension")

    assert another.status == 409
    assert "ไม่มีกำหนดเวลาที่ขยายได้" in page


# ── a legal stay ───────────────────────────────────────────────────────────────────────────────


def test_the_head_stops_the_clocks_confirms_and_lets_them_run_on(
    agency: Agency, case_id: str, visitor: Visitor
) -> None:
    visitor.sign_in("screening_head")
    assert "หยุดนับตามกฎหมาย" in visitor.visit(f"/cases/{case_id}")
    visitor.visit(f"/cases/{case_id}/stay")
    page = visitor.send(f"/cases/{case_id}/stay", STAY)
    assert "หยุดนับอยู่" in page
    assert "ให้นับเวลาต่อ" in page
    assert "หยุดนับตามกฎหมาย (คำสั่งศาล)" in page
    assert "ตั้งแต่ 2 มีนาคม 2569 (ยังหยุดอยู่ ได้ถึง 1 เมษายน 2569)" in page
    limited = last_day(agency, case_id)
    page = visitor.send(f"/cases/{case_id}/stay", STAY)
    assert visitor.status == 409
    assert "หยุดนับเวลาอยู่แล้ว" in page

    opening(agency, 25)
    visitor.sign_in("screening_head")
    visitor.visit(f"/cases/{case_id}")
    assert "ยืนยันให้หยุดนับต่อแล้ว" in visitor.send(f"/cases/{case_id}/stay/confirmation")
    assert last_day(agency, case_id) > limited
    opening(agency, 30)
    visitor.sign_in("screening_head")
    visitor.visit(f"/cases/{case_id}")
    page = visitor.send(f"/cases/{case_id}/stay/end")

    assert "เริ่มนับเวลาต่อแล้ว" in page
    # Of the seven working days none had passed on 2 March; Chakri Day is 6 April.
    assert last_day(agency, case_id) == "2026-04-09"
    assert "หยุดนับระหว่างรอ 2 มีนาคม 2569 ถึง 30 มีนาคม 2569" in page
    visitor.send(f"/cases/{case_id}/stay/end")
    assert visitor.status == 409, "there is nothing to end any more"


def test_a_stay_needs_its_ground_and_the_head(
    agency: Agency, case_id: str, visitor: Visitor, another: Visitor
) -> None:
    visitor.sign_in("screening_head")
    visitor.visit(f"/cases/{case_id}/stay")
    page = visitor.send(f"/cases/{case_id}/stay", {**STAY, "order_no": ""})
    assert visitor.status == 422
    assert "เลขที่คำสั่งหรือหนังสือ" in page
    assert STAY["reason"] in page

    another.sign_in("unit_officer.it")
    assert "หยุดนับตามกฎหมาย" not in another.visit(f"/cases/{case_id}")
    another.send(f"/cases/{case_id}/stay", STAY)

    assert another.status == 403
    with agency.office.engine.read() as work:
        assert deadlines.running_deadline(work, case_id, legal_stays.STAY) is None


# ── who is late ────────────────────────────────────────────────────────────────────────────────


def test_the_director_reads_who_is_late_by_unit_and_who_is_told_next(
    agency: Agency, case_id: str, visitor: Visitor
) -> None:
    fresh = agency.file(GRIEVANCE)
    opening(agency, 13)
    visitor.sign_in("director")
    page = visitor.visit("/expedite")
    assert "ฝขท." in page
    assert "ชี้แจงข้อเท็จจริง" in page
    assert "1 วันทำการ" in page
    assert "17 มีนาคม 2569 · รองผู้อำนวยการ" in page, "the next reminder"
    assert "ลงรายงานประจำเดือน" not in page

    opening(agency, 19)
    visitor.sign_in("director")
    page = visitor.visit("/expedite")

    assert {agency.case(id).receipt_no in page for id in (case_id, fresh.case_id)} == {True}
    assert "ลงรายงานประจำเดือน" in page, "five days late: the month's report lists it"
    agency.do(case_id, "clarify", CLARIFIED)
    assert "ชี้แจงข้อเท็จจริง" not in visitor.visit("/expedite")


def test_an_agency_that_is_in_time_has_nothing_to_press_on(case_id: str, visitor: Visitor) -> None:
    visitor.sign_in("director")

    assert "ไม่มีงานเกินกำหนด" in visitor.visit("/expedite")
    visitor.sign_in("unit_officer.it")
    visitor.visit("/expedite")
    assert visitor.status == 403
