"""Three complaints from the first page to the last letter, each person at their own browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.person import Person
from tests.support.agency import OPINION, Agency

pytestmark = pytest.mark.browser
Somebody = Callable[..., Person]
# The first walk runs on both databases; the pages of the others do not know which it is.
on_sqlite = pytest.mark.parametrize("agencies", ["sqlite"], indirect=True)

CORRUPTION = {
    "identity_mode": "confidential",
    "full_name": "สมหญิง ใจกล้า",
    "reply_by": "inbox",
    "accused-0-name": "นายทดสอบ ระบบงาน",
    "accused-0-position": "เจ้าหน้าที่โครงการ",
    "accused-0-unit": "project",
    "accused-0-status": "ดำรงตำแหน่ง",
    "subject": "ปฏิบัติหน้าที่มิชอบ",
    "title": "เรียกเงินเพื่ออนุมัติเงินอุดหนุน",
    "facts": (
        "เมื่อต้นเดือนกุมภาพันธ์ เจ้าหน้าที่โครงการแจ้งทางโทรศัพท์ว่าหากต้องการให้คำขอเงินอุดหนุน"
        "ผ่านการพิจารณา ต้องจ่ายค่าดำเนินการร้อยละสิบของวงเงิน"
    ),
    "date_from": "๓ ก.พ. ๒๕๖๙",
    "amount": "๕๐,๐๐๐",
    "elsewhere": "none",
    "privacy_notice": "true",
    "truth": "true",
}
SCREENED = {
    "jurisdiction": "true",
    "nacc_subject": "false",
    "minimum_complete": "true",
    "centre_concerned": "false",
    "executive_accused": "false",
    "service_only": "false",
    "simple": "false",
    "danger": "false",
    "detriment_risk": "0",
    "opinion": OPINION,
    "coi_none": "true",
}
ASSIGNED = {
    "lead_unit": "legal",
    "questions-0-question": "มีการเรียกเงินจากผู้ขอรับเงินอุดหนุนหรือไม่",
    "redacted_facts": "มีผู้แจ้งว่ามีการเรียกค่าดำเนินการเพื่อให้คำขอผ่านการพิจารณา",
    "redaction_confirmed": "true",
}
CLARIFIED = {
    "answers_text": "ฝ่ายตรวจสอบแล้ว พบบันทึกการติดต่อทางโทรศัพท์ตามวันที่ระบุ",
    "signer": "director",
}
DECIDED = {
    "decision": "ตั้งกรรมการสอบวินัย",
    "facts_found": "ฟังได้ว่ามีการเรียกเงินจริงตามบันทึกการติดต่อ",
    "law": "ข้อบังคับว่าด้วยวินัยของพนักงาน",
    "reasons": "พยานหลักฐานสอดคล้องกันและคำชี้แจงไม่หักล้าง",
    "appeal_block": "true",
}


def file_complaint(person: Person, track: str, answers: dict[str, str], pdf: Path | None) -> str:
    """File on the public pages; returns the tracking code."""
    person.visit("/")
    person.visit(f"/file/{track}")
    if pdf is not None:
        person.attach("evidence", pdf)
    person.fill(answers)
    assert "รับเรื่องของท่านแล้ว" in person.press("ส่งเรื่อง")
    return person.text("tracking-code")


def follow(person: Person, code: str) -> str:
    person.visit("/track")
    person.fill({"code": code})
    return person.press("ติดตามเรื่อง")


def test_a_complaint_runs_from_intake_to_the_letter(
    agency: Agency, person: Somebody, pdf: Path
) -> None:
    complainant = person(phone=True)
    code = file_complaint(complainant, "C", CORRUPTION, pdf)
    agency.office.run_due()

    head = person()
    head.sign_in("screening_head")
    assert "เรียกเงินเพื่ออนุมัติเงินอุดหนุน" in head.take("กลั่นกรองเรื่อง")
    assert "หลักฐานการโอนเงิน.pdf" in head.look()
    head.fill(SCREENED)
    head.done()
    head.take("มอบหมายฝ่าย")
    head.fill(ASSIGNED)
    head.done()

    director_of_unit = person()
    director_of_unit.sign_in("unit_director.legal")
    file = director_of_unit.take("รับเรื่องหรือส่งคืน")
    assert "ค่าดำเนินการ" in file
    assert "สมหญิง" not in file
    assert "ร้อยละสิบ" not in file, "the complainant's own words stay in the centre"
    director_of_unit.fill({"accepted": "true"})
    director_of_unit.done()

    lawyer = person()
    lawyer.sign_in("unit_officer.legal")
    lawyer.take("ชี้แจงข้อเท็จจริง")
    lawyer.fill(CLARIFIED)
    lawyer.done()

    head.take("พิจารณาคำชี้แจง")
    head.fill(
        {
            "clarification_complete": "false",
            "incomplete_points": "ยังไม่ชี้แจงว่าใครเป็นผู้โทรศัพท์",
            "reason": "คำชี้แจงยังไม่ครบทุกประเด็น",
        }
    )
    head.done()
    assert "ยังไม่ชี้แจงว่าใครเป็นผู้โทรศัพท์" in lawyer.take("ชี้แจงข้อเท็จจริง")
    lawyer.fill({**CLARIFIED, "answers_text": "ผู้โทรศัพท์คือเจ้าหน้าที่โครงการตามที่ถูกร้อง"})
    lawyer.done()
    head.take("พิจารณาคำชี้แจง")
    head.fill(
        {
            "clarification_complete": "true",
            "finding": "มีมูล",
            "next_step": "decide",
            "reason": "คำชี้แจงครบทุกประเด็นแล้ว",
        }
    )
    head.done()

    director = person()
    director.sign_in("director")
    director.take("วินิจฉัยและสั่งการ")
    director.fill(DECIDED)
    director.done()
    agency.office.run_due()

    page = follow(complainant, code)
    assert "แจ้งผล" in page
    letter = complainant.press("แจ้งผลการพิจารณา")
    assert "พยานหลักฐานสอดคล้องกัน" in letter
    assert "สาธิต" not in letter

    auditor = person()
    auditor.sign_in("auditor")
    story = auditor.press("รร.00001/2569")
    assert "วินิจฉัย" in story
    assert "เรียกเงิน" not in story, "the auditor sees the course of a case, not its text"


@on_sqlite
def test_an_anonymous_complaint_without_an_answer_is_closed(
    agency: Agency, person: Somebody
) -> None:
    complainant = person(phone=True)
    named = {"full_name", "reply_by"}
    anonymous = {key: value for key, value in CORRUPTION.items() if key not in named}
    code = file_complaint(complainant, "C", {**anonymous, "identity_mode": "anonymous"}, None)
    agency.office.run_due()

    head = person()
    head.sign_in("screening_head")
    head.take("กลั่นกรองเรื่อง")
    asked = {
        **SCREENED,
        "minimum_complete": "false",
        "minimum_missing": "ไม่ระบุวันที่และเลขที่คำขอ",
        "evidence_stated": "true",
        "evidence_quote": "มีข้อความสนทนา",
        "circumstances_clear": "false",
        "witnesses_definite": "false",
    }
    head.fill(in_form_order(asked))
    head.done()
    intake = person()
    intake.sign_in("intake_officer")
    intake.take("ตั้งคำถามถึงผู้ร้อง")
    intake.fill({"questions-0-question": "โปรดระบุเลขที่คำขอเงินอุดหนุน", "ask_channel": "inbox"})
    intake.done()
    agency.office.run_due()

    page = follow(complainant, code)
    assert "เราขอข้อมูลเพิ่มจากท่าน" in page
    assert "โปรดระบุเลขที่คำขอเงินอุดหนุน" in page
    complainant.press("ตอบคำถาม")
    agency.pass_days(10)
    agency.pass_days(25)

    page = follow(complainant, code)
    assert "เราขอข้อมูลเพิ่มจากท่าน" not in page
    assert "ปิดเรื่อง" in page


@on_sqlite
def test_a_complaint_is_withdrawn_midway(agency: Agency, person: Somebody) -> None:
    complainant = person(phone=True)
    grievance = {
        "identity_mode": "open",
        "full_name": "สมหญิง ใจกล้า",
        "reply_by": "phone",
        "phone": "๐๘๑ ๒๓๔ ๕๖๗๘",
        "subject": "เว็บไซต์/ข้อมูล/ระบบ",
        "title": "เข้าระบบขึ้นทะเบียนไม่ได้",
        "facts": "ลงทะเบียนแล้วไม่ได้รับรหัสยืนยันทางโทรศัพท์ ลองหลายครั้งใน ๓ วัน",
        "remedy": "ขอให้เปิดระบบให้ยื่นคำขอเพิ่มเติม",
        "elsewhere": "none",
        "privacy_notice": "true",
        "truth": "true",
    }
    file_complaint(complainant, "G", grievance, None)
    agency.office.run_due()
    head = person()
    head.sign_in("screening_head")
    head.take("กลั่นกรองเรื่อง")

    complainant.press("เก็บรหัสแล้ว ไปดูเรื่องของฉัน")
    complainant.press("ขอถอนเรื่อง")
    complainant.fill({"reason": "เจ้าหน้าที่แก้ไขให้แล้ว ขอบคุณ"})
    complainant.press("ยืนยันถอนเรื่อง")
    agency.office.run_due()

    assert "ถอนเรื่อง" in complainant.visit("/case")
    head.page.get_by_role("button", name="ทำเสร็จ ส่งต่อขั้นถัดไป").click()
    assert "งานนี้เสร็จสิ้นไปแล้ว" in head.look(), "the task is closed with the case"


def in_form_order(answers: dict[str, str]) -> dict[str, str]:
    """The questions that others bring up come after those that bring them up."""
    first = ["jurisdiction", "nacc_subject", "minimum_complete", "minimum_missing"]
    return {key: answers[key] for key in [*first, *(k for k in answers if k not in first)]}
