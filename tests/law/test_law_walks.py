"""The ways through the diagram that few complaints take, each to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.errors import FourEyes
from office.cases.register import Filed
from office.ground.errors import CaseNotFound
from office.ground.tables import Notice
from office.letters import letters
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE, SCREENED, Agency

WORDED = {
    "title": "เรื่องตัวอย่างเพื่อทดสอบ",
    "facts": "ข้อเท็จจริงตัวอย่างที่ยาวพอจะยื่นเป็นเรื่องร้องเรียนได้",
    "elsewhere": "none",
    "fear_retaliation": False,
    "privacy_notice": True,
    "truth": True,
}
CORRUPTION: Mapping[str, Any] = {
    **WORDED,
    "track": "C",
    "identity_mode": "open",
    "full_name": "ผู้ร้อง ตัวอย่าง",
    "reply_by": "inbox",
    "accused": [
        {"name": "นาย ก", "position": "เจ้าหน้าที่", "unit": "project", "status": "ดำรงตำแหน่ง"}
    ],
    "subject": "โครงการ/เงินอุดหนุน/กองทุน SMEs",
}
GRIEVANCE: Mapping[str, Any] = {
    **WORDED,
    "track": "G",
    "identity_mode": "open",
    "full_name": "ผู้ร้อง ตัวอย่าง",
    "reply_by": "inbox",
    "subject": "เว็บไซต์/ข้อมูล/ระบบ",
    "remedy": "ขอให้แก้ไข",
}
SCREENED_G = {key: value for key, value in SCREENED.items() if key != "service_only"}
ASSESSED = {
    "clarification_complete": True,
    "finding": "มีมูล",
    "next_step": "decide",
    "reason": "คำชี้แจงครบทุกประเด็นแล้ว",
}
COMMITTEE = {
    "members": [
        {
            "name": f"กรรมการ {number}",
            "position": "ผู้เชี่ยวชาญ",
            "seat": seat,
            "rank_checked": True,
            "coi_checked": True,
        }
        for number, seat in enumerate(("chair", "member", "secretary"), 1)
    ],
    "order_no": "คำสั่งที่ 12/2569",
    "order_date": "2026-03-02",
    "committee_due_on": "2026-04-01",
}
REPORT = {
    "allegations": [
        {
            "allegation": "แต่งตั้งบุคคลที่ไม่มีคุณสมบัติ",
            "evidence_found": "คำสั่งและประกาศคุณสมบัติ",
            "statement": "ผู้ถูกร้องให้ถ้อยคำแล้ว",
            "law": "ข้อบังคับว่าด้วยการบริหารงานบุคคล",
            "result": "มีมูล",
        }
    ],
    "finding": "มีมูล",
    "votes_for": 3,
    "votes_against": 0,
    "recommendation": "เสนอให้ผู้มีอำนาจพิจารณาสั่งการ",
}
SENT = {
    "method": "post",
    "sent_on": "2026-03-02",
    "delivered_on": "2026-03-02",
    "proof_no": "EX0001TH",
}


def at_clarification(agency: Agency, complaint: Mapping[str, Any] = GRIEVANCE) -> Filed:
    filed = agency.file(complaint)
    agency.do(filed.case_id, "screen", SCREENED if complaint["track"] == "C" else SCREENED_G)
    lead = agency.variables(filed.case_id)["assignment"]["lead_unit"]
    agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": lead})
    agency.do(filed.case_id, "accept", {"accepted": True})
    return filed


def at_decision(agency: Agency, complaint: Mapping[str, Any] = GRIEVANCE) -> Filed:
    filed = at_clarification(agency, complaint)
    agency.do(filed.case_id, "clarify", CLARIFIED)
    agency.do(filed.case_id, "assess", ASSESSED)
    return filed


def kinds_of_letters(agency: Agency, filed: Filed) -> list[str]:
    with agency.office.engine.read() as work:
        return [letter.kind for letter in letters.list_letters(work, filed.case_id)]


def text_of_last_letter(agency: Agency, filed: Filed) -> str:
    with agency.office.engine.read() as work:
        last = letters.list_letters(work, filed.case_id)[-1]
    return agency.office.read_letter(filed.tracking_code, last.id)[1]


def groups(agency: Agency, filed: Filed, element: str) -> set[str]:
    return set(agency.task(filed.case_id, element).candidate_groups)


# ── who handles it ─────────────────────────────────────────────────────────────────────────────


def test_a_case_against_the_director_is_found_and_decided_without_the_director(
    agency: Agency,
) -> None:
    director = {"name": "ผู้อำนวยการ", "position": "ผู้อำนวยการสำนักงาน", "status": "ดำรงตำแหน่ง"}
    filed = agency.file({**CORRUPTION, "accused": [director], "subject": "ปฏิบัติหน้าที่มิชอบ"})
    agency.do(filed.case_id, "screen", {**SCREENED, "executive_accused": True})

    assert groups(agency, filed, "appoint") == {"board_chair"}
    agency.do(filed.case_id, "appoint", COMMITTEE)
    assert agency.case(filed.case_id).status == "FACT_FINDING"
    agency.do(filed.case_id, "investigate", REPORT)
    assert groups(agency, filed, "decide") == {"board_chair"}
    with pytest.raises(CaseNotFound):
        agency.office.case(filed.case_id, agency.person("director"))
    agency.do(filed.case_id, "decide", {**DECIDED, "decision": "ยุติเรื่อง–ไม่มีมูล"})

    assert agency.case(filed.case_id).outcome == "NOTIFIED"
    assert "ต่อประธานกรรมการ" in text_of_last_letter(agency, filed)
    agency.check_record(filed.case_id)


def test_when_screening_finds_the_centre_concerned_an_alternate_takes_over(agency: Agency) -> None:
    filed = agency.file(CORRUPTION)
    agency.do(filed.case_id, "screen", {**SCREENED, "centre_concerned": True})

    assert groups(agency, filed, "assign") == {"alternate_handler"}
    with pytest.raises(CaseNotFound):
        agency.office.case(filed.case_id, agency.person("screening_head"))


def test_who_registered_a_corruption_case_does_not_screen_it(agency: Agency) -> None:
    with agency.office.engine.begin() as work:
        from office.people import people

        both = people.add_user(work, "both", "คนเดียวสองหน้าที่", None, groups=["screening_head"])
    officer = {"channel": "walk-in", "received_at": agency.clock.now().isoformat()}
    filed = agency.office.file_complaint(
        CORRUPTION, {**officer, "classification": "ลับ"}, channel="walk-in", actor=both.actor
    )
    agency.office.run_due()

    with pytest.raises(FourEyes):
        agency.office.claim(agency.task(filed.case_id, "screen").id, both)


# ── screening's other ways out ─────────────────────────────────────────────────────────────────


def test_a_duplicate_is_merged_and_both_numbers_are_told(agency: Agency) -> None:
    first, second = agency.file(CORRUPTION), agency.file(CORRUPTION)
    same = {"duplicate_of": first.receipt_no, "duplicate_confirmed": True}
    agency.do(second.case_id, "screen", {**SCREENED, **same})

    assert agency.case(second.case_id).outcome == "MERGED"
    text = text_of_last_letter(agency, second)
    assert first.receipt_no in text
    assert second.receipt_no in text


def test_a_refusal_by_post_waits_for_the_proof_of_delivery(agency: Agency) -> None:
    address = {"reply_by": "post", "address": "1", "province": "กรุงเทพมหานคร", "postcode": "10900"}
    filed = agency.file(
        {**CORRUPTION, **address, "elsewhere": "court", "elsewhere_detail": "ตัดสินแล้ว"}
    )
    agency.do(filed.case_id, "screen", {**SCREENED, "new_evidence": False})

    assert agency.waiting(filed.case_id) == ["record_refusal_delivery"]
    agency.do(filed.case_id, "record_refusal_delivery", SENT)
    assert agency.case(filed.case_id).outcome == "NOT_ACCEPTED"
    assert kinds_of_letters(agency, filed) == ["L1", "L3"]


def test_a_complaint_about_service_goes_on_as_a_grievance(agency: Agency) -> None:
    filed = agency.file(CORRUPTION)
    agency.do(filed.case_id, "screen", {**SCREENED, "service_only": True})

    assert agency.variables(filed.case_id)["track"] == "G"
    assert agency.waiting(filed.case_id) == ["assign"]


# ── between the centre and the unit ────────────────────────────────────────────────────────────


def test_a_unit_may_return_a_case_once(agency: Agency) -> None:
    filed = agency.file(GRIEVANCE)
    agency.do(filed.case_id, "screen", SCREENED_G)
    agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
    assert agency.case(filed.case_id).status == "ASSIGNED"

    wrong = {"accepted": False, "return_code": "WRONG_ROUTE", "return_reason": "เป็นงานของฝ่ายอื่น"}
    agency.do(filed.case_id, "accept", wrong)
    assert agency.case(filed.case_id).status == "RETURNED"
    agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": "admin"})

    assert agency.waiting(filed.case_id) == ["clarify"]
    assert groups(agency, filed, "clarify") == {"unit_officer@admin", "unit_director@admin"}


def test_a_deputy_director_clarifies_where_no_unit_may(agency: Agency) -> None:
    accused = [{**CORRUPTION["accused"][0], "unit": unit} for unit in ("project", "legal")]
    filed = agency.file({**CORRUPTION, "accused": accused})
    agency.do(filed.case_id, "screen", SCREENED)
    assert agency.variables(filed.case_id)["assignment"]["lead_unit"] == "deputy"
    agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": "deputy"})

    assert groups(agency, filed, "accept") == {"deputy_director"}


def test_a_clarification_goes_back_twice_and_no_more(agency: Agency) -> None:
    filed = at_clarification(agency)
    for _ in range(2):
        agency.do(filed.case_id, "clarify", CLARIFIED)
        agency.do(filed.case_id, "assess", INCOMPLETE)
        assert agency.waiting(filed.case_id) == ["clarify"]
    agency.do(filed.case_id, "clarify", CLARIFIED)
    agency.do(filed.case_id, "assess", INCOMPLETE)

    assert agency.waiting(filed.case_id) == ["decide"]
    assert agency.variables(filed.case_id)["clarification_round"] == 3


def test_a_late_clarification_is_urged_once_and_stays_due(agency: Agency) -> None:
    filed = at_clarification(agency)
    for _ in range(12):  # due on Thursday 12 March, urged on Friday, today is Saturday
        agency.pass_days(1)

    with agency.office.engine.read() as work:
        query = sa.select(Notice.kind, Notice.audience).where(Notice.element_id != "screen")
        told = [tuple(row) for row in work.session.execute(query.order_by(Notice.sent_at))]
    assert sorted(told[:2]) == [("reminder", "unit_director@it"), ("reminder", "unit_officer@it")]
    assert told[2:] == [("escalation", "unit_director@it")]
    assert agency.waiting(filed.case_id) == ["clarify"]


def test_a_committee_finds_the_facts_where_they_are_unclear(agency: Agency) -> None:
    filed = at_clarification(agency, CORRUPTION)
    agency.do(filed.case_id, "clarify", CLARIFIED)
    agency.do(filed.case_id, "assess", {**ASSESSED, "next_step": "fact_finding"})

    assert groups(agency, filed, "appoint") == {"director"}
    agency.do(filed.case_id, "appoint", COMMITTEE)
    assert groups(agency, filed, "investigate") == {"committee"}
    agency.do(filed.case_id, "investigate", REPORT)
    assert groups(agency, filed, "decide") == {"director"}
    assert agency.case(filed.case_id).status == "DECISION_PENDING"


# ── the decision ───────────────────────────────────────────────────────────────────────────────


def test_a_decision_to_send_the_file_on_sends_it_before_the_result_is_told(agency: Agency) -> None:
    filed = at_decision(agency, CORRUPTION)
    agency.do(filed.case_id, "decide", {**DECIDED, "decision": "ส่ง ป.ป.ช."})

    assert agency.waiting(filed.case_id) == ["send_file_on"]
    assert agency.case(filed.case_id).status == "DECIDED"
    assert "L7" not in kinds_of_letters(agency, filed)
    agency.do(filed.case_id, "send_file_on", SENT)
    assert agency.case(filed.case_id).outcome == "NOTIFIED"
    assert "สำนักงาน ป.ป.ช." in text_of_last_letter(agency, filed)


def test_a_result_by_post_is_closed_when_its_delivery_is_proved(agency: Agency) -> None:
    address = {"reply_by": "post", "address": "1", "province": "กรุงเทพมหานคร", "postcode": "10900"}
    filed = at_decision(agency, {**GRIEVANCE, **address})
    agency.do(filed.case_id, "decide", {**DECIDED, "decision": "ยุติ–แก้ไขแล้ว"})

    assert agency.waiting(filed.case_id) == ["record_delivery"]
    assert agency.case(filed.case_id).outcome is None
    agency.do(filed.case_id, "record_delivery", SENT)
    assert agency.case(filed.case_id).outcome == "NOTIFIED"


# ── withdrawal ─────────────────────────────────────────────────────────────────────────────────


def withdraw(agency: Agency, filed: Filed) -> None:
    agency.office.withdraw(filed.tracking_code, {"reason": "ไม่ประสงค์จะร้องต่อ"})
    agency.office.run_due()


def test_a_corruption_case_goes_on_although_its_complainant_withdraws(agency: Agency) -> None:
    filed = at_clarification(agency, CORRUPTION)
    withdraw(agency, filed)
    assert agency.waiting(filed.case_id) == ["clarify", "decide_withdrawal"]

    refused = {"withdrawal_accepted": False, "reason": "พยานหลักฐานเพียงพอที่จะดำเนินการต่อ"}
    agency.do(filed.case_id, "decide_withdrawal", refused)

    assert agency.waiting(filed.case_id) == ["clarify"]
    assert kinds_of_letters(agency, filed) == ["L1", "L16"]
    assert agency.case(filed.case_id).outcome is None


def test_a_withdrawal_that_is_granted_stops_all_work(agency: Agency) -> None:
    filed = at_clarification(agency, CORRUPTION)
    withdraw(agency, filed)
    granted = {"withdrawal_accepted": True, "reason": "ไม่มีพยานหลักฐานอื่นให้ตรวจสอบต่อ"}
    agency.do(filed.case_id, "decide_withdrawal", granted)

    assert agency.waiting(filed.case_id) == []
    assert agency.case(filed.case_id).outcome == "WITHDRAWN"
    assert kinds_of_letters(agency, filed) == ["L1", "L13"]
    agency.check_record(filed.case_id)


def test_a_withdrawal_while_a_committee_sits_stops_the_committee(agency: Agency) -> None:
    filed = at_clarification(agency)
    agency.do(filed.case_id, "clarify", CLARIFIED)
    agency.do(filed.case_id, "assess", {**ASSESSED, "next_step": "fact_finding"})
    withdraw(agency, filed)

    assert agency.waiting(filed.case_id) == []
    assert agency.case(filed.case_id).outcome == "WITHDRAWN"


def test_after_a_withdrawal_no_deadline_wakes_the_case(agency: Agency) -> None:
    filed = agency.file(GRIEVANCE)
    missing = {"minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่"}
    agency.do(filed.case_id, "screen", {**SCREENED_G, **missing})
    agency.do(
        filed.case_id, "ask", {"questions": [{"question": "โปรดระบุวันที่"}], "ask_channel": "inbox"}
    )
    withdraw(agency, filed)
    agency.pass_days(40)

    assert agency.case(filed.case_id).outcome == "WITHDRAWN"
    assert kinds_of_letters(agency, filed) == ["L1", "L2", "L13"]


def test_asked_twice_the_complainant_has_the_whole_time_twice(agency: Agency) -> None:
    """A clock left running from the first question would have closed the case at once."""
    filed = agency.file(GRIEVANCE)
    missing = {"minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่"}
    asked = {"questions": [{"question": "โปรดระบุวันที่"}], "ask_channel": "inbox"}
    for _ in range(2):
        agency.do(filed.case_id, "screen", {**SCREENED_G, **missing})
        agency.do(filed.case_id, "ask", asked)
        agency.pass_days(12)
        assert agency.waiting(filed.case_id) == []
        agency.office.reply(filed.tracking_code, {"reply": "วันที่ 5 มีนาคม"})
        agency.office.run_due()

    assert agency.waiting(filed.case_id) == ["screen"]
    agency.check_record(filed.case_id)
