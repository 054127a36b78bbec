"""The administrator's calendar: a holiday is added, moved and taken away, and what that moves."""

from __future__ import annotations

from typing import Any

import pytest

from engine.ground.clock import BANGKOK
from office.deadlines import deadlines
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.support.agency import Agency
from tests.web.visitor import Visitor

CABINET = "มติคณะรัฐมนตรี 3 มีนาคม 2569"
SPECIAL = {"kind": "add", "day": "๕/๓/๒๕๖๙", "name": "วันหยุดพิเศษ", "reference": CABINET}


@pytest.fixture
def case_id(agency: Agency) -> str:
    """A grievance to be screened by Thursday 5 March."""
    return agency.file(GRIEVANCE).case_id


@pytest.fixture
def page(visitor: Visitor) -> Visitor:
    visitor.sign_in("administrator")
    visitor.visit("/admin/calendar")
    return visitor


def screened_by(agency: Agency, case_id: str) -> str:
    with agency.office.engine.read() as work:
        clock = deadlines.running_deadline(work, case_id, "screen")
    assert clock is not None
    return clock.due_at.astimezone(BANGKOK).date().isoformat()


def change(page: Visitor, answers: dict[str, Any], **more: str) -> str:
    return page.send("/admin/calendar", answers, **more)


def test_what_a_holiday_would_move_is_shown_before_it_is_confirmed(
    agency: Agency, case_id: str, page: Visitor
) -> None:
    before = screened_by(agency, case_id)
    shown = change(page, SPECIAL)
    assert agency.case(case_id).receipt_no in shown
    assert "กลั่นกรองเรื่อง" in shown
    assert "ยืนยันการเปลี่ยนแปลง" in shown
    assert screened_by(agency, case_id) == before, "nothing is written yet"

    told = change(page, SPECIAL, confirmed="1")

    assert "บันทึกปฏิทินรุ่นที่ 2 แล้ว" in told
    assert CABINET in told
    assert "วันหยุดพิเศษ" in told
    assert (before, screened_by(agency, case_id)) == ("2026-03-06", "2026-03-09")


def test_a_holiday_is_moved_and_taken_away_and_the_deadline_follows(
    agency: Agency, case_id: str, page: Visitor
) -> None:
    change(page, SPECIAL, confirmed="1")
    moved = {**SPECIAL, "kind": "move", "to": "20 มี.ค. 2569"}
    change(page, moved, confirmed="1")
    assert screened_by(agency, case_id) == "2026-03-06"

    told = change(
        page, {"kind": "remove", "day": "2026-03-20", "reference": "ยกเลิกมติ"}, confirmed="1"
    )

    assert "บันทึกปฏิทินรุ่นที่ 4 แล้ว" in told
    assert "20 มีนาคม 2569" not in told
    agency.check_record(case_id)


UNFIT = (
    ({"day": "3/3/2569"}, "วันที่ 3 มีนาคม 2569 เป็นวันหยุดอยู่แล้ว: วันมาฆบูชา", "3 March 2026 is already a"),
    ({"kind": "remove", "day": "4/3/2569"}, "4 มีนาคม 2569 ไม่ใช่วันหยุด", "4 March 2026 is not a"),
    (
        {"kind": "move", "day": "3/3/2569", "to": "6/4/2569"},
        "วันที่ 6 เมษายน 2569 เป็นวันหยุดอยู่แล้ว",
        "6 April 2026 is already a holiday",
    ),
    ({"kind": "move", "day": "3/3/2569", "to": ""}, "โปรดระบุวันที่", "Enter the day"),
    ({"day": "31/2/2569"}, "“31/2/2569” ไม่ใช่วันที่", "'31/2/2569' is not a day"),
    ({"day": "5/3/2620"}, "ปี พ.ศ. 2620 อยู่นอกช่วง", "The year 2077 lies outside"),
    ({"reference": ""}, "ต้องอ้างประกาศ", "must name its announcement"),
    ({"name": ""}, "ระบุชื่อวันหยุด", "each day its name"),
    ({"day": "3/3/2569", "name": " "}, "ระบุชื่อวันหยุด", "each day its name"),
)


def test_a_change_that_cannot_be_is_refused_with_its_day(page: Visitor) -> None:
    for answers, thai, english in UNFIT:
        for language, words in (("th", thai), ("en", english)):
            page.send(f"/language/{language}")
            refused = change(page, {**SPECIAL, **answers}, confirmed="1")

            assert page.status in (409, 422), answers
            assert words in refused
            assert SPECIAL["day"] in refused or "day" in answers, "what was typed is kept"
    page.send("/language/th")
    assert "รุ่นที่ 2" not in page.visit("/admin/calendar")


def test_the_same_holiday_twice_is_refused_the_second_time(agency: Agency, page: Visitor) -> None:
    change(page, SPECIAL, confirmed="1")

    refused = change(page, SPECIAL)

    assert page.status == 409
    assert "วันที่ 5 มีนาคม 2569 เป็นวันหยุดอยู่แล้ว: วันหยุดพิเศษ" in refused


def test_another_year_is_shown_in_either_era_and_only_to_the_administrator(
    page: Visitor, another: Visitor
) -> None:
    assert "วันหยุดปี พ.ศ. 2570" in page.visit("/admin/calendar?year=2570")
    assert "วันหยุดปี พ.ศ. 2570" in page.visit("/admin/calendar?year=2027")
    assert "วันขึ้นปีใหม่" in page.page
    for odd in ("99999999999999999999", "๒๕๗๐", "abc", "0"):
        page.visit(f"/admin/calendar?year={odd}")
        assert page.status == 200, odd

    another.sign_in("screening_head")
    another.visit("/admin/calendar")
    assert another.status == 403
