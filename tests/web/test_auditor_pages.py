"""The auditor at work: every step of a case, covered where it must be, and recorded."""

from __future__ import annotations

import re

import pytest

from engine import queries
from engine.models import HistoryEvent
from tests.support.agency import ASSIGNED, CLARIFIED, INCOMPLETE, OPINION, SCREENED, Agency
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import Visitor

SCREENED_G = {key: value for key, value in SCREENED.items() if key != "service_only"}
REASON = "ตรวจสอบข้อร้องเรียนว่าการกลั่นกรองมีเหตุผลรองรับ"


@pytest.fixture
def case_id(agency: Agency) -> str:
    """A grievance that went back for a second round of clarification."""
    case_id = agency.file(COMPLAINT).case_id
    agency.do(case_id, "screen", SCREENED_G)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
    agency.do(case_id, "accept", {"accepted": True})
    agency.do(case_id, "clarify", CLARIFIED)
    agency.do(case_id, "assess", INCOMPLETE)
    return case_id


def events(agency: Agency, case_id: str) -> list[HistoryEvent]:
    with agency.office.engine.read() as work:
        return queries.history(work, agency.instance(case_id))


def seq_of(agency: Agency, case_id: str, type: str, element: str, nth: int = 1) -> int:
    found = [e.seq for e in events(agency, case_id) if (e.type, e.element_id) == (type, element)]
    return found[nth - 1]


def count_of(agency: Agency, case_id: str, type: str) -> int:
    return sum(event.type == type for event in events(agency, case_id))


def test_a_step_can_be_cited_and_walked_by_plain_links(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    seq = seq_of(agency, case_id, "task_completed", "screen")

    page = visitor.visit(f"/audit/cases/{case_id}/steps/{seq}")

    assert visitor.status == 200
    assert f"/audit/cases/{case_id}/steps/{seq}" in page
    assert 'data-token="screen"' in page
    assert "ผ่านขั้นตอนแล้ว" in visitor.visit(f"/audit/cases/{case_id}/steps/{seq + 1}")
    first = visitor.visit(f"/audit/cases/{case_id}/steps")
    assert 'data-seq="1"' in first
    visitor.visit(f"/audit/cases/{case_id}/steps?seq=999")
    assert visitor.path == f"/audit/cases/{case_id}/steps/{events(agency, case_id)[-2].seq}"
    visitor.visit(f"/audit/cases/{case_id}/steps/9999")
    assert visitor.status == 404


def test_the_form_is_the_one_that_was_shown_and_its_text_is_covered(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    seq = seq_of(agency, case_id, "task_completed", "screen")

    page = visitor.visit(f"/audit/cases/{case_id}/steps/{seq}")

    sheet = page[page.index('<fieldset class="as-shown" disabled>') :]
    assert re.search(r'name="jurisdiction" value="true"\s+checked', sheet)
    assert "██████" in sheet
    assert OPINION not in page
    complaint = visitor.visit(f"/audit/cases/{case_id}/steps/1")
    for hidden in (COMPLAINT["full_name"], COMPLAINT["title"], COMPLAINT["facts"], "0812345678"):
        assert hidden not in complaint
    assert COMPLAINT["subject"] in complaint


def test_the_matching_rule_and_what_it_was_asked_with_are_shown(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    seq = seq_of(agency, case_id, "decision_evaluated", "rate_severity")
    event = next(each for each in events(agency, case_id) if each.seq == seq)
    assert event.data["rules"][-1]["rules"] == ["severity_6"]

    page = visitor.visit(f"/audit/cases/{case_id}/steps/{seq}")

    (matched,) = re.findall(r'<tr class="is-matched">.*?</tr>', page, re.DOTALL)
    assert "S3 ปกติ" in matched
    assert "มูลค่าความเสียหาย (บาท)" in page
    assert "severity.level" in page


def test_the_second_round_says_so(agency: Agency, visitor: Visitor, case_id: str) -> None:
    visitor.sign_in("auditor")
    seq = seq_of(agency, case_id, "task_created", "clarify", 2)

    page = visitor.visit(f"/audit/cases/{case_id}/steps/{seq}")

    assert re.search(r'id="step-title">ชี้แจงข้อเท็จจริง <span class="tag tag-accent">รอบที่ 2', page)
    assert ">×2<" in page


def test_opening_a_case_is_itself_recorded_once_a_visit(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    for seq in (1, 2, 3):
        visitor.visit(f"/audit/cases/{case_id}/steps/{seq}")
    assert count_of(agency, case_id, "case_read") == 1

    agency.clock.advance(hours=1)
    visitor.visit(f"/audit/cases/{case_id}/steps/3")

    assert count_of(agency, case_id, "case_read") == 2
    agency.check_record(case_id)


def test_a_text_opens_for_a_reason_for_an_hour_and_the_record_keeps_it(
    agency: Agency, visitor: Visitor, another: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    seq = seq_of(agency, case_id, "task_completed", "screen")
    address = f"/audit/cases/{case_id}/steps/{seq}"
    page = visitor.visit(address)
    found = re.search(r'name="submission" value="(\w+)"', page)
    assert found

    refused = visitor.send(f"{address}/text", submission=found[1], reason="อยากรู้")
    assert visitor.status == 422
    assert OPINION not in refused
    opened = visitor.send(f"{address}/text", submission=found[1], reason=REASON)

    assert OPINION in opened
    assert count_of(agency, case_id, "submission_read") == 1
    last = events(agency, case_id)[-1]
    assert REASON not in str(last.data)
    agency.clock.advance(hours=2)
    assert OPINION not in visitor.visit(address)
    another.sign_in("screening_head")
    another.send(f"{address}/text", submission=found[1], reason=REASON)
    assert another.status == 403


def test_nobody_else_enters(agency: Agency, visitor: Visitor, case_id: str) -> None:
    visitor.sign_in("director")

    visitor.visit(f"/audit/cases/{case_id}/steps/1")

    assert visitor.status == 403
    assert count_of(agency, case_id, "case_read") == 0
