"""The clocks of a real complaint: what each step is given, and what waiting for answers does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.ground.clock import BANGKOK, TravellingClock
from office.cases.register import Filed
from office.deadlines import changes, deadlines
from office.deadlines.holiday_table import DayChange, change_holidays
from office.deadlines.tables import DeadlineRow
from tests.support.agency import ASSIGNED, SCREENED, Agency

GRIEVANCE: Mapping[str, Any] = {
    "track": "G",
    "identity_mode": "open",
    "full_name": "สมหญิง ใจกล้า",
    "phone": "0812345678",
    "reply_by": "phone",
    "subject": "เว็บไซต์/ข้อมูล/ระบบ",
    "title": "เข้าระบบขึ้นทะเบียนไม่ได้",
    "facts": "ลงทะเบียนแล้วไม่ได้รับรหัสยืนยันทางโทรศัพท์ ลองหลายครั้งใน ๓ วัน",
    "remedy": "ขอให้เปิดระบบให้ยื่นคำขอเพิ่มเติม",
    "elsewhere": "none",
    "fear_retaliation": False,
    "privacy_notice": True,
    "truth": True,
}
# A grievance's screening form does not ask whether it is a mere service matter.
SCREENED_G = {key: value for key, value in SCREENED.items() if key != "service_only"}
ASKED = {**SCREENED_G, "minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่เกิดเหตุ"}
QUESTIONS = {"questions": [{"question": "เกิดขึ้นเมื่อใด"}], "ask_channel": "phone"}
ANSWERED = {"reply": "เกิดขึ้นเมื่อวันที่ 10 มีนาคม 2569 เวลาประมาณเก้าโมงเช้า"}


def running(agency: Agency, filed: Filed) -> dict[str, DeadlineRow]:
    with agency.office.engine.read() as work:
        return {clock.key: clock for clock in deadlines.open_deadlines(work, filed.case_id)}


def last_day(agency: Agency, filed: Filed, key: str) -> str:
    return running(agency, filed)[key].due_at.astimezone(BANGKOK).date().isoformat()


def test_step_and_case_have_their_clocks_side_by_side(agency: Agency) -> None:
    filed = agency.file(GRIEVANCE)

    assert last_day(agency, filed, "screen") == "2026-03-19"  # 3 working days
    assert last_day(agency, filed, "overall") == "2026-04-07"  # 15, and Chakri Day is 6 April
    assert agency.case(filed.case_id).due_at == running(agency, filed)["overall"].due_at


def test_an_urgent_case_gets_less_time_once_the_tables_have_said_so(agency: Agency) -> None:
    filed = agency.file(GRIEVANCE)

    agency.do(filed.case_id, "screen", {**SCREENED_G, "danger": True})

    assert last_day(agency, filed, "overall") == "2026-03-23"  # 5 working days from receipt
    assert agency.case(filed.case_id).due_at == running(agency, filed)["overall"].due_at
    agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
    agency.do(filed.case_id, "accept", {"accepted": True})
    assert last_day(agency, filed, "clarify") == "2026-03-19"  # 3 instead of 7
    agency.check_record(filed.case_id)


def test_what_is_filed_after_hours_counts_from_the_next_working_day(
    agency: Agency, clock: TravellingClock
) -> None:
    clock.travel_to(datetime(2026, 3, 20, 22, 15, tzinfo=BANGKOK))  # Friday night
    filed = agency.file(GRIEVANCE)

    case = agency.case(filed.case_id)
    assert case.received_at == clock.now()
    assert case.legal_received_on == date(2026, 3, 23)
    assert running(agency, filed)["overall"].started_on == date(2026, 3, 23)
    assert last_day(agency, filed, "screen") == "2026-03-26"


def test_the_agencys_clock_stands_still_while_the_complainant_is_asked(
    agency: Agency, clock: TravellingClock
) -> None:
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", ASKED)
    agency.do(filed.case_id, "ask", QUESTIONS)
    waiting = running(agency, filed)
    assert waiting["overall"].status == "paused"
    assert waiting["ask"].owner == "complainant"
    assert last_day(agency, filed, "ask") == "2026-03-31"  # 15 days

    agency.pass_days(10)  # Thursday 26 March
    agency.office.reply(filed.tracking_code, ANSWERED)

    assert running(agency, filed)["overall"].status == "running"
    # 16 to 26 March hold 8 working days: 15 and 8 from 16 March, past Chakri Day and Songkran.
    assert last_day(agency, filed, "overall") == "2026-04-22"
    agency.check_record(filed.case_id)


def test_the_complainants_time_runs_out_and_the_case_goes_on(
    agency: Agency, clock: TravellingClock
) -> None:
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", ASKED)
    agency.do(filed.case_id, "ask", QUESTIONS)

    clock.travel_to(datetime(2026, 3, 31, 23, 59, tzinfo=BANGKOK))
    agency.office.run_due()
    assert agency.waiting(filed.case_id) == []
    clock.advance(minutes=1)
    agency.office.run_due()

    assert agency.waiting(filed.case_id) == ["assign"]
    assert running(agency, filed)["overall"].status == "running"
    agency.check_record(filed.case_id)


def test_a_cabinet_holiday_moves_every_open_working_day_clock(
    agency: Agency, clock: TravellingClock
) -> None:
    first, second = agency.file(GRIEVANCE), agency.file(GRIEVANCE)
    head = agency.person("screening_head").actor
    with agency.office.engine.begin() as work:
        reason = "มติคณะรัฐมนตรี 17 มีนาคม 2569"
        change_holidays(
            work, [DayChange(date(2026, 3, 18), "วันหยุดพิเศษ")], reference=reason, actor=head
        )
        moved = changes.recount_deadlines(work, reason=reason, actor=head)

    assert len(moved) == 4
    for filed in (first, second):
        assert last_day(agency, filed, "screen") == "2026-03-20"
        assert last_day(agency, filed, "overall") == "2026-04-08"
        task = agency.task(filed.case_id, "screen")
        assert task.due_at == running(agency, filed)["screen"].due_at
        assert agency.case(filed.case_id).due_at == running(agency, filed)["overall"].due_at
        agency.check_record(filed.case_id)


def test_every_deadline_of_a_walk_can_be_explained(agency: Agency) -> None:
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", ASKED)
    agency.do(filed.case_id, "ask", QUESTIONS)
    agency.pass_days(3)
    agency.office.reply(filed.tracking_code, ANSWERED)
    agency.do(filed.case_id, "screen", SCREENED_G)

    with agency.office.engine.read() as work:
        told = {
            c.key: deadlines.explain(work, c) for c in deadlines.case_deadlines(work, filed.case_id)
        }
    steps = {"register", "acknowledge", "screen", "ask", "assign"}
    assert set(told) == {*steps, "progress", "overall"}
    assert "ผู้ร้องเรียนมีเวลาถึงสิ้นวันอังคารที่ 31 มีนาคม 2569" in told["ask"].th
    assert "หยุดนับระหว่างรอ 16 มีนาคม 2569 ถึง 19 มีนาคม 2569" in told["overall"].th
    assert all("ที่มา: " in text.th and "Basis: " in text.en for text in told.values())


def test_no_clock_is_left_behind_by_a_case_that_has_ended(agency: Agency) -> None:
    filed = agency.file(GRIEVANCE)
    agency.office.engine.cancel(agency.instance(filed.case_id), "ยื่นซ้ำโดยไม่ตั้งใจ")

    assert running(agency, filed) == {}
    assert agency.clock.now() == agency.case(filed.case_id).closed_at
