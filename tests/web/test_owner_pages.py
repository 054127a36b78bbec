"""A process owner's pages: what is deployed, byte for byte, and what may not be deployed."""

from __future__ import annotations

import pytest
from flask import Flask

from engine.turn import incidents
from engine.verbs import queries
from office.applications.shipped import ROOT
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.support.agency import Agency
from tests.support.decisions import decision, definitions, literal
from tests.web.visitor import Visitor, attached

DIAGRAM = (ROOT / "processes" / "complaint" / "complaint.bpmn").read_bytes()


@pytest.fixture
def owner(app: Flask) -> Visitor:
    owner = Visitor(app.test_client())
    owner.sign_in("process_owner")
    return owner


def versions(agency: Agency) -> list[str]:
    with agency.office.engine.read() as work:
        return [row.id for row in queries.definitions(work) if row.key == "complaint"]


def test_the_owner_lands_among_the_processes(owner: Visitor) -> None:
    assert owner.path == "/processes"
    assert "complaint.bpmn" in owner.page


def test_a_version_shows_its_picture_and_gives_its_files_byte_for_byte(owner: Visitor) -> None:
    page = owner.visit("/processes/complaint/1")
    assert page.index("letters/L2-") < page.index("letters/L9-") < page.index("letters/L13-")
    assert '<a href="/processes" aria-current="true">' in page

    assert "<svg" in page
    assert "กลั่นกรองเรื่อง" in page
    answer = owner.client.get("/processes/complaint/1/files/complaint.bpmn")
    assert answer.data == DIAGRAM
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_changed_diagram_becomes_the_next_version(agency: Agency, owner: Visitor) -> None:
    changed = DIAGRAM.replace("กลั่นกรองเรื่อง".encode(), "พิจารณาเบื้องต้น".encode())
    owner.visit("/deploy")

    page = owner.send("/deploy", files=attached(changed, "complaint.bpmn"))

    assert "complaint:2" in page
    assert versions(agency) == ["complaint:2", "complaint:1"]
    assert "พิจารณาเบื้องต้น" in owner.visit("/guideline"), "the printed guideline has changed with it"


def test_an_old_diagram_deployed_again_is_in_force_again(agency: Agency, owner: Visitor) -> None:
    # The page said that nothing had changed, and new cases went on by the newer diagram.
    changed = DIAGRAM.replace("กลั่นกรองเรื่อง".encode(), "พิจารณาเบื้องต้น".encode())
    for content in (changed, DIAGRAM):
        owner.visit("/deploy")
        page = owner.send("/deploy", files=attached(content, "complaint.bpmn"))

    assert "กลับมาใช้บังคับ: complaint:1" in page
    assert "รุ่นที่ใช้อยู่" in owner.visit("/processes/complaint/1")
    assert "รุ่นที่ใช้อยู่" not in owner.visit("/processes/complaint/2")
    assert "พิจารณาเบื้องต้น" not in owner.visit("/guideline")


def test_a_table_of_nobodys_overtakes_none_of_an_application(
    agency: Agency, owner: Visitor
) -> None:
    table = definitions(decision("sla", literal("1")), namespace="urn:permit")
    owner.visit("/deploy")

    owner.send("/deploy", files=attached(table, "permit.dmn"))

    assert versions(agency) == ["complaint:1"]
    assert agency.waiting(agency.file(GRIEVANCE).case_id) == ["screen"]


def test_checking_alone_deploys_nothing(agency: Agency, owner: Visitor) -> None:
    changed = DIAGRAM.replace("กลั่นกรองเรื่อง".encode(), "พิจารณาเบื้องต้น".encode())
    owner.visit("/deploy")

    page = owner.send("/deploy", files=attached(changed, "complaint.bpmn"), only="check")

    assert owner.status == 200
    assert "<svg" in page
    assert versions(agency) == ["complaint:1"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"not a diagram at all", "ไม่ใช่ XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + DIAGRAM.split(b"?>", 1)[1], "DOCTYPE"),
        (DIAGRAM.replace(b'formId="f2_screening"', b'formId="no_such_form"'), "no_such_form"),
    ],
    ids=["not XML", "a DOCTYPE", "a missing form"],
)
def test_a_bad_file_is_refused_with_its_reason_and_nothing_changes(
    agency: Agency, owner: Visitor, content: bytes, says: str
) -> None:
    owner.visit("/deploy")

    page = owner.send("/deploy", files=attached(content, "complaint.bpmn"))

    assert owner.status == 422
    assert says in page
    assert "ยังไม่ติดตั้ง" in page
    assert versions(agency) == ["complaint:1"]


def test_nobody_else_finds_the_workshop(another: Visitor) -> None:
    another.sign_in("screening_head")

    for path in ("/processes", "/deploy", "/processes/complaint/1/files/complaint.bpmn"):
        another.visit(path)
        assert another.status == 403, path


def test_the_administrator_sees_people_and_incidents_but_no_case(
    app: Flask, agency: Agency
) -> None:
    admin = Visitor(app.test_client())

    page = admin.sign_in("administrator")

    assert admin.path == "/admin/people"
    assert "screening_head" in page
    assert "ไม่มีเหตุขัดข้อง" in admin.visit("/admin/incidents")
    with agency.office.engine.begin() as work:
        stuck = incidents.raise_incident(work, None, "outbox", "SMTP", element_id="mail")
    assert "SMTP" in admin.visit("/admin/incidents")
    page = admin.send(f"/admin/incidents/{stuck}/settle")
    assert "ปิดเหตุแล้วโดยไม่ลองใหม่" in page
    assert "ไม่มีเหตุขัดข้อง" in page
    assert admin.visit("/admin/mailbox")
    assert admin.status == 200
