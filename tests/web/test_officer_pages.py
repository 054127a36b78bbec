"""An officer's pages: signing in, taking and doing a task, what may not be seen or done."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from office.cases import reveals
from office.people import people
from tests.support.agency import OPINION, Agency
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import GRIEVANCE, PDF, Visitor, attached, file_grievance

SCREENED = {
    "jurisdiction": "true",
    "nacc_subject": "false",
    "minimum_complete": "true",
    "centre_concerned": "false",
    "executive_accused": "false",
    "simple": "false",
    "danger": "false",
    "detriment_risk": "0",
    "opinion": OPINION,
    "coi_none": "true",
}


@pytest.fixture
def task(agency: Agency, visitor: Visitor) -> str:
    """A grievance with a file waits for screening; the id of that task."""
    file_grievance(visitor, evidence=attached(PDF, "หลักฐาน การโอน.pdf"))
    agency.office.run_due()
    (waiting,) = agency.office.engine.tasks()
    return waiting.id


def test_what_is_protected_stands_covered_in_its_place_and_who_screens_reads_who_is_accused(
    agency: Agency, visitor: Visitor
) -> None:
    # Fields of the vault were left out of the file: nobody saw that anything had been answered,
    # and whoever screens could not tell whether they knew the accused.
    accused = [{"name": "นายทดสอบ ถูกกล่าวหา", "position": "เจ้าหน้าที่", "status": "ดำรงตำแหน่ง"}]
    case_id = agency.file({**COMPLAINT, "accused": accused}).case_id

    visitor.sign_in("screening_head")
    page = visitor.visit(f"/cases/{case_id}")
    assert "นายทดสอบ ถูกกล่าวหา" in page
    assert "ปกปิด (ผู้ร้องเรียน)" in page
    assert COMPLAINT["full_name"] not in page
    visitor.client.get("/")
    visitor.send("/sign-out")
    visitor.sign_in("intake_officer")
    page = visitor.visit(f"/cases/{case_id}")
    assert "นายทดสอบ ถูกกล่าวหา" not in page
    assert re.search(r"ชื่อ–นามสกุล.{0,200}ปกปิด", page, re.S)


def test_a_head_hands_a_task_over_on_the_page(agency: Agency, visitor: Visitor, task: str) -> None:
    visitor.sign_in("screening_head")

    page = visitor.visit(f"/handover?task={task}")
    assert f'value="{task}" id="task-{task}" checked' in page
    page = visitor.send("/handover", task=task, to="screening_head.2", reason="x")
    assert visitor.status == 422
    assert 'id="reason-error"' in page
    page = visitor.send("/handover", task=task, to="unit_officer.it", reason="ลาป่วยสองสัปดาห์")
    assert "ทำงานนี้ไม่ได้" in page
    page = visitor.send("/handover", task=task, to="screening_head.2", reason="ลาป่วยสองสัปดาห์")

    assert visitor.status == 200
    assert "มอบงาน 1 งานให้ screening_head 2 แล้ว" in page
    with agency.office.engine.read() as work:
        holder = people.user_by_name(work, "screening_head.2")
    assert agency.office.engine.tasks()[0].assignee == holder.id


def test_without_signing_in_there_is_only_the_way_to_sign_in(visitor: Visitor) -> None:
    page = visitor.visit("/work")

    assert visitor.path == "/sign-in"
    assert 'value="/work"' in page, "and back to where one wanted to go"


@pytest.mark.parametrize(
    ("username", "password"), [("screening_head", "wrong"), ("nobody", "wrong"), ("", "")]
)
def test_a_wrong_sign_in_does_not_tell_what_was_wrong(
    visitor: Visitor, username: str, password: str
) -> None:
    visitor.visit("/sign-in")

    page = visitor.send("/sign-in", username=username, password=password)

    assert visitor.status == 401
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in page


def test_guessing_a_password_ends_after_twenty_attempts(visitor: Visitor) -> None:
    visitor.visit("/sign-in")
    for _ in range(20):
        visitor.send("/sign-in", username="screening_head", password="guess")

    visitor.sign_in("screening_head")

    assert visitor.status == 429


def test_signing_out_ends_the_session_everywhere_the_cookie_went(app: Flask) -> None:
    visitor = Visitor(app.test_client())
    visitor.sign_in("screening_head")
    kept = visitor.client.get_cookie("samnuan")
    assert kept is not None
    visitor.send("/sign-out")

    thief = Visitor(app.test_client())
    thief.client.set_cookie("samnuan", kept.value)
    thief.visit("/work")

    assert thief.path == "/sign-in"


def test_a_task_is_taken_done_and_gone(agency: Agency, another: Visitor, task: str) -> None:
    page = another.sign_in("screening_head")
    assert "กลั่นกรองเรื่อง" in page
    another.send(f"/tasks/{task}/claim")
    assert 'name="opinion"' in another.page

    page = another.send(f"/tasks/{task}", SCREENED)

    assert another.path == "/work"
    assert "เสร็จแล้ว" in page
    assert [t.element_id for t in agency.office.engine.tasks()] == ["assign"]


def test_what_does_not_fit_is_said_and_the_rest_is_kept(another: Visitor, task: str) -> None:
    another.sign_in("screening_head")
    another.send(f"/tasks/{task}/claim")

    page = another.send(f"/tasks/{task}", {**SCREENED, "opinion": "สั้นไป"})

    assert another.status == 422
    assert "โปรดแก้ไขรายการต่อไปนี้" in page
    assert "สั้นไป" in page


def test_a_task_done_once_cannot_be_done_again(agency: Agency, another: Visitor, task: str) -> None:
    another.sign_in("screening_head")
    another.send(f"/tasks/{task}/claim")
    another.send(f"/tasks/{task}", SCREENED)
    (case_task,) = agency.office.engine.tasks()

    page = another.send(f"/tasks/{task}", SCREENED)

    assert another.status == 409
    assert "เสร็จสิ้นไปแล้ว" in page
    assert [t.id for t in agency.office.engine.tasks()] == [case_task.id]


def test_a_task_that_somebody_took_cannot_be_taken(
    visitor: Visitor, another: Visitor, task: str
) -> None:
    another.sign_in("screening_head")
    another.send(f"/tasks/{task}/claim")

    visitor.sign_in("screening_head.2")
    page = visitor.send(f"/tasks/{task}/claim")

    assert visitor.status == 409
    assert "เจ้าหน้าที่คนอื่นรับงานนี้ไปแล้ว" in page
    visitor.send(f"/tasks/{task}", SCREENED)
    assert visitor.status == 409


def test_a_case_does_not_exist_for_those_without_a_part_in_it(
    agency: Agency, another: Visitor, task: str
) -> None:
    (waiting,) = agency.office.engine.tasks()
    with agency.office.engine.read() as work:
        from engine.verbs import queries

        case_id = queries.instance(work, waiting.instance_id).business_key
    another.sign_in("unit_officer.legal")

    for path in (f"/cases/{case_id}", f"/tasks/{task}", f"/cases/{case_id}/diagrams/complaint"):
        another.visit(path)
        assert another.status == 404, path
    assert "รร.00001" not in another.visit("/cases")


def test_a_file_comes_down_under_its_thai_name_and_can_do_no_harm(
    another: Visitor, task: str
) -> None:
    another.sign_in("screening_head")
    page = another.visit(f"/tasks/{task}")
    address = page.split("/files/", 1)[0].rpartition('"')[2] + "/files/"
    address += page.split("/files/", 1)[1].split('"')[0]

    answer = another.client.get(address)

    assert answer.data == PDF
    named = "filename*=UTF-8''%E0%B8%AB%E0%B8%A5%E0%B8%B1%E0%B8%81"
    assert named in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer.close()


def test_an_identity_is_shown_for_a_reason_and_never_in_the_case_file(
    agency: Agency, another: Visitor, task: str
) -> None:
    another.sign_in("screening_head")
    page = another.visit(f"/tasks/{task}")
    case = page.split('href="/cases/', 1)[1].split('"')[0]
    page = another.visit(f"/cases/{case}")
    assert "สมหญิง ใจกล้า" not in page

    another.send(f"/cases/{case}/identity", reason="ดู")
    assert another.status == 422
    page = another.send(f"/cases/{case}/identity", reason="ต้องโทรศัพท์ยืนยันวันที่เกิดเหตุกับผู้ร้อง")

    assert "สมหญิง ใจกล้า" in page
    assert "มีการเปิดดูตัวตน" in another.visit(f"/cases/{case}"), "and the look is in the story"


def test_whoever_has_an_interest_steps_out_and_sees_the_case_no_more(
    another: Visitor, task: str
) -> None:
    another.sign_in("screening_head")
    page = another.visit(f"/tasks/{task}")
    case = page.split('href="/cases/', 1)[1].split('"')[0]

    another.send(f"/cases/{case}/conflict")

    another.visit(f"/cases/{case}")
    assert another.status == 404
    assert "รร.00001" not in another.visit("/work")


def test_a_letter_on_paper_is_registered_with_the_same_numbers(
    agency: Agency, another: Visitor
) -> None:
    from tests.web.visitor import GRIEVANCE

    another.sign_in("intake_officer")
    another.visit("/register")
    paper = {"channel": "letter", "received_at": "2 มีนาคม 2569 08.45 น.", "classification": "ปกติ"}

    another.send("/register", {**GRIEVANCE, "track": "G", **paper, "source_no": "สกท ๑๒/๒๕๖๙"})

    assert another.status == 201, another.page
    assert another.text_of("receipt-no") == "รร.00001/2569"
    code = another.text_of("tracking-code")
    assert agency.office.track(code).receipt_no == "รร.00001/2569"


def test_only_the_intake_registers(another: Visitor) -> None:
    another.sign_in("unit_officer.legal")

    another.visit("/register")

    assert another.status == 403


def test_the_auditor_sees_every_case_and_no_word_of_it(
    agency: Agency, another: Visitor, task: str
) -> None:
    another.sign_in("auditor")
    page = another.visit("/audit/cases")
    case = page.split('href="/audit/cases/', 1)[1].split('"')[0]

    page = another.visit(f"/audit/cases/{case}")

    assert "กลั่นกรองเรื่อง" in page
    assert "เข้าระบบขึ้นทะเบียนไม่ได้" not in page
    assert "รหัสยืนยัน" not in page
    assert "/tasks/" not in page, "there is nothing to do"


def test_a_protected_identity_is_asked_of_the_custodian(
    agency: Agency, visitor: Visitor, another: Visitor
) -> None:
    file_grievance(visitor, identity_mode="confidential")
    another.sign_in("screening_head")
    case = another.visit("/cases").split('href="/cases/', 1)[1].split('"')[0]
    another.visit(f"/cases/{case}")
    another.send(f"/cases/{case}/identity", reason="ต้องโทรศัพท์ยืนยันวันที่เกิดเหตุกับผู้ร้อง")
    assert another.status == 422, "one person is not enough"

    wish = {"field": "phone", "hours": "1", "reason": "ต้องโทรศัพท์ยืนยันวันที่เกิดเหตุกับผู้ร้อง"}
    page = another.send(f"/cases/{case}/identity-requests", wish)
    assert "รอพิจารณา" in page
    office, head = agency.office, agency.person("screening_head")
    with office.engine.read() as work:
        (asked,) = reveals.requests_of_case(work, office.services, case, head)
    custodian = agency.person("identity_custodian")
    office.decide_identity(asked.id, custodian, granted=True, answer="จำเป็นต่อการกลั่นกรองเรื่องนี้")
    another.visit(f"/cases/{case}")
    shown = another.send(f"/identities/{asked.id}")

    assert "081" in shown
    assert GRIEVANCE["full_name"] not in shown


def test_a_page_that_looks_nothing_up_is_refused_all_the_same(
    visitor: Visitor, agency: Agency
) -> None:
    visitor.sign_in("intake_officer")
    visitor.visit("/deploy")
    stranger = visitor.status
    with agency.office.begin() as work:
        people.revoke_sessions(work, agency.person("intake_officer").id)
    visitor.visit("/deploy")

    assert (stranger, visitor.status, visitor.path) == (403, 200, "/sign-in")
