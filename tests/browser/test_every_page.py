"""Every page the three walks do not come by: free of barriers, on the telephone and at the desk, in
both languages, with and without JavaScript."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from office.applications.shipped import ROOT
from office.people import people
from office.vault.attachments import Upload
from tests.browser.person import Person
from tests.office.test_documents import pdf
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("agencies", ["sqlite"], indirect=True),
]
Somebody = Callable[..., Person]
PRAISE = {
    "track": "F",
    "identity_mode": "anonymous",
    "subject": "สื่อ ประชาสัมพันธ์ คำติชม",
    "title": "ป้ายบอกทางอ่านยาก",
    "facts": "ป้ายบอกทางไปจุดรับเอกสารชั้นสองตัวเล็กและอยู่สูงเกินไป",
    "elsewhere": "none",
    "privacy_notice": True,
    "truth": True,
}
DIAGRAM = (ROOT / "processes" / "complaint" / "complaint.bpmn").read_bytes()


def test_the_public_pages(person: Somebody) -> None:
    reader = person(phone=True)
    for path in ("/", "/track", "/privacy", "/sign-in", "/file/F", "/file/G"):
        reader.visit(path)
    reader.visit("/nowhere")

    reader.press("English")
    assert "Tell us what happened" in reader.visit("/")


def test_the_printed_guideline_comes_alive(person: Somebody) -> None:
    reader = person()
    page = reader.visit("/guideline")

    reader.page.wait_for_selector("html[data-diagrams=shown]")
    reader.look()

    assert "กลั่นกรองเรื่อง" in page
    assert reader.page.locator(".diagram-canvas svg[data-element-id]").count() >= 2
    assert reader.page.get_by_title("Powered by bpmn.io").first.is_visible()
    assert reader.page.locator(".strip").first.is_hidden()
    reader.page.emulate_media(media="print")
    assert reader.page.locator(".strip").first.is_visible()


def test_a_mistake_is_led_to(person: Somebody) -> None:
    complainant = person(phone=True)
    complainant.visit("/file/C")

    complainant.press("ส่งเรื่อง")

    summary = complainant.page.get_by_role("alert")
    assert summary.evaluate("summary => summary === document.activeElement")
    summary.get_by_role("link").first.click()
    focused = complainant.page.evaluate("document.activeElement.name || document.activeElement.id")
    assert focused


def test_a_complaint_can_be_filed_without_javascript(
    agency: Agency, browser: Browser, address: str
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/file/F")
    page.get_by_label("ไม่ประสงค์ออกนาม").check()
    page.get_by_role("button", name="ปรับแบบฟอร์มตามคำตอบ").click()
    page.locator('[name="subject"]').select_option(index=1)
    page.locator('[name="title"]').fill("ป้ายบอกทางอ่านยาก")
    page.locator('[name="facts"]').fill("ป้ายบอกทางไปจุดรับเอกสารชั้นสองตัวเล็กและอยู่สูงเกินไป")
    for name in ("privacy_notice", "truth"):
        page.locator(f'input[type="checkbox"][name="{name}"]').check()
    for name in ("elsewhere",):
        if page.locator(f'[name="{name}"][value="none"]').count():
            page.locator(f'[name="{name}"][value="none"]').check()

    page.get_by_role("button", name="ส่งเรื่อง").click()

    assert page.locator("#receipt-no").inner_text().strip() == "รร.00001/2569"
    context.close()


def test_the_case_page_shows_where_the_case_stands(agency: Agency, person: Somebody) -> None:
    filed = agency.office.file_complaint(PRAISE)
    agency.office.run_due()
    head = person()
    head.sign_in("screening_head")

    head.visit(f"/cases/{filed.case_id}")
    head.page.wait_for_selector("html[data-diagrams=shown]")
    head.look()

    standing = head.page.locator(".diagram .is-standing")
    waiting = agency.waiting(filed.case_id)
    assert [standing.nth(n).get_attribute("data-element-id") for n in range(standing.count())] == (
        waiting
    )
    assert head.page.locator(".diagram .is-visited").count() > 2


def test_the_workshop_and_the_drawing_table(person: Somebody) -> None:
    owner = person()
    owner.sign_in("process_owner")
    owner.visit("/processes/complaint/1")
    owner.page.wait_for_selector("html[data-diagrams=shown]")
    owner.look()

    owner.visit("/deploy")
    broken = DIAGRAM.replace(b'formId="f2_screening"', b'formId="no_such_form"')
    owner.page.set_input_files(
        "#files", {"name": "complaint.bpmn", "mimeType": "application/xml", "buffer": broken}
    )
    page = owner.press("ตรวจและติดตั้ง")
    owner.page.wait_for_selector("html[data-diagrams=shown]")
    assert "no_such_form" in page
    assert owner.page.locator('[data-element-id="screen"].has-error').count() == 1
    assert owner.page.locator(".finding-flag").count() >= 1

    owner.page.goto("/processes/complaint/1/modeler")
    owner.page.wait_for_selector("html[data-diagrams=shown]")
    assert owner.troubles == []
    owner.page.locator('[data-element-id="screen"]').first.click()
    assert owner.page.locator(".modeler-panel").get_by_text("กลั่นกรองเรื่อง").first.is_visible()
    page = owner.press("ตรวจ")
    assert "no_such_form" not in page


def test_the_pages_of_those_who_run_the_installation(person: Somebody) -> None:
    administrator = person()
    administrator.sign_in("administrator")
    administrator.visit("/admin/incidents")
    administrator.visit("/admin/mailbox")

    clerk = person()
    clerk.sign_in("intake_officer")
    clerk.visit("/register")
    clerk.visit("/cases")

    custodian = person()
    custodian.sign_in("identity_custodian")
    custodian.visit("/identity-requests")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_pages_of_who_sees_and_does_what(agency: Agency, person: Somebody, phone: bool) -> None:
    accused = [{"name": "นายทดสอบ ถูกกล่าวหา", "position": "เจ้าหน้าที่", "status": "ดำรงตำแหน่ง"}]
    with agency.office.engine.begin() as work:
        near = people.add_user(work, "near", "ทดสอป ถูกกล่าวหา", None, groups=["unit_officer@it"])
    upload = Upload("evidence", "หลักฐานการโอน.pdf", io.BytesIO(pdf()))
    filed = agency.office.file_complaint({**COMPLAINT, "accused": accused}, files=[upload])
    agency.office.run_due()
    head = person(phone=phone)
    head.sign_in("screening_head")

    assert filed.receipt_no in head.visit("/handover")
    assert "อาจเป็น ทดสอป ถูกกล่าวหา" in head.visit(f"/cases/{filed.case_id}")
    head.page.get_by_role("link", name="ดูหน้า").click()
    head.look()
    assert head.page.get_by_role("img", name="หน้า 1").count() == 1
    auditor = person(phone=phone)
    auditor.sign_in("auditor")
    assert near.display_name in auditor.visit(f"/audit/cases/{filed.case_id}/sight/{near.id}")


def test_the_page_of_disposal(agency: Agency, person: Somebody) -> None:
    filed = agency.office.file_complaint(PRAISE)
    agency.office.run_due()
    agency.do(filed.case_id, "reply_feedback", {"reply_text": "ขอบคุณ จะปรับปรุงป้าย"})
    agency.clock.advance(days=3700)
    head = person()
    head.sign_in("screening_head")
    assert filed.receipt_no in head.visit("/retention")
    why = head.page.get_by_label("เหตุผลที่ขอลบ").first
    why.fill("ครบกำหนดเก็บสิบปีตามระเบียบงานสารบรรณ")
    head.press("ขอลบ")
    head.page.get_by_label("เลขรับเรื่อง").fill(filed.receipt_no)
    head.page.get_by_label("เหตุผลและเลขที่คำสั่ง").fill("ศาลปกครองเรียกสำนวน คดีที่ 12/2569")
    held = head.press("ระงับการทำลาย")

    assert "อยู่ในศาล" in held
    custodian = person(phone=True)
    custodian.sign_in("identity_custodian")
    custodian.visit("/retention")
    refused = custodian.press("อนุมัติให้ลบถาวร")
    assert "คำสั่งระงับการทำลาย" in refused


def test_the_pages_of_those_who_examine(agency: Agency, person: Somebody) -> None:
    filed = agency.office.file_complaint(PRAISE)
    agency.office.run_due()
    auditor = person()
    auditor.sign_in("auditor")

    auditor.visit("/audit/cases?sign=opened&since=1/3/2569")
    case = auditor.visit(f"/audit/cases/{filed.case_id}")
    auditor.visit("/audit/looks")
    auditor.visit("/statistics?show=now")
    stays = auditor.visit("/statistics/steps/reply_feedback")

    assert "เล่นย้อนหลัง" in case
    assert "ยังอยู่" in stays
    auditor.press("English")
    auditor.visit(f"/audit/cases/{filed.case_id}/steps/1")
    auditor.visit("/statistics")
    owner = person()
    owner.sign_in("process_owner")
    assert "ไม่มีเรื่องที่ท่านเปิดดูได้" in owner.visit("/statistics/steps/reply_feedback")
