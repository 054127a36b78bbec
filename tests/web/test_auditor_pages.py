"""The auditor at work: every step of a case, covered where it must be, and recorded."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from engine.store.tables import HistoryEvent
from engine.verbs import queries
from office.audit import case_search
from office.audit.case_search import Criteria
from office.cases import reveals
from office.people import people
from office.vault import case_keys
from tests.support.agency import ASSIGNED, CLARIFIED, INCOMPLETE, OPINION, SCREENED, Agency
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import Visitor
from web.case_view import SAYS
from web.event_text import EVENTS

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


@pytest.mark.parametrize("purpose", ["identity", "content"])
def test_an_erased_case_is_still_replayed(
    agency: Agency, visitor: Visitor, case_id: str, purpose: case_keys.Purpose
) -> None:
    with agency.office.engine.begin() as work:
        case_keys.destroy_key(work, case_id, purpose)
    visitor.sign_in("auditor")

    visitor.visit(f"/audit/cases/{case_id}")
    assert visitor.status == 200
    visitor.visit(f"/audit/cases/{case_id}/steps/1")
    assert visitor.status == 200
    seq = seq_of(agency, case_id, "task_completed", "screen")
    page = visitor.visit(f"/audit/cases/{case_id}/steps/{seq}")

    assert re.search(r'name="jurisdiction" value="true"\s+checked', page)
    assert ("ข้อความถูกทำลายตามกำหนดแล้ว" in page) == (purpose == "content")


def test_the_signed_file_is_taken_out_and_the_taking_recorded(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    visitor.visit(f"/audit/cases/{case_id}")

    answer = visitor.client.post(f"/audit/cases/{case_id}/sealed", data=visitor.hidden)

    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert {"manifest.json", "events.jsonl", "verify_case.py"} <= set(file.namelist())
    assert count_of(agency, case_id, "case_exported") == 1


def test_nobody_else_enters(agency: Agency, visitor: Visitor, case_id: str) -> None:
    visitor.sign_in("director")

    visitor.visit(f"/audit/cases/{case_id}/steps/1")

    assert visitor.status == 403
    assert count_of(agency, case_id, "case_read") == 0


# ── finding ────────────────────────────────────────────────────────────────────────────────────


def test_cases_are_found_by_what_is_out_of_the_ordinary(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    plain = agency.file({**COMPLAINT, "title": "เรื่องที่สอง"})
    visitor.sign_in("auditor")

    rounds = visitor.visit("/audit/cases?sign=rounds")

    assert f"/audit/cases/{case_id}" in rounds
    assert plain.case_id not in rounds
    assert "ทำซ้ำหลายรอบ" in rounds
    assert case_id in visitor.visit("/audit/cases?unit=it&since=1/3/2569&outcome=open")
    assert case_id not in visitor.visit("/audit/cases?until=1/3/2569")
    assert case_id not in visitor.visit("/audit/cases?unit=legal")
    assert "วันที่ไม่ถูกต้อง" in visitor.visit("/audit/cases?since=เมื่อวาน")
    agency.pass_days(30)
    visitor.sign_in("auditor")
    late = visitor.visit("/audit/cases?sign=departed&sign=overdue")
    assert case_id in late


def test_a_search_is_recorded_without_what_was_typed(agency: Agency, visitor: Visitor) -> None:
    visitor.sign_in("auditor")
    visitor.visit("/audit/cases?q=สมหญิง+๑๒๓&unit=it")

    record = visitor.visit("/audit/administration?group=looks")

    assert "123" in record
    assert "it" in record
    assert "สมหญิง" not in record


def test_pages_go_on_from_the_last_case(agency: Agency, case_id: str) -> None:
    later = agency.file({**COMPLAINT, "title": "เรื่องที่สอง"}).case_id
    auditor = agency.person("auditor")
    with agency.office.engine.read() as work:
        first = case_search.search(work, auditor, Criteria(), limit=1)
        second = case_search.search(work, auditor, Criteria(), limit=1, after=first.after)
        third = case_search.search(work, auditor, Criteria(), limit=1, after=second.after)

    shown = [found.id for page in (first, second, third) for found in page.cases]
    assert sorted(shown) == sorted([case_id, later])
    assert third.after is None


# ── two persons for an identity ────────────────────────────────────────────────────────────────


def ask(visitor: Visitor, case_id: str, **changes: str) -> str:
    visitor.visit(f"/audit/cases/{case_id}")
    wanted = {"field": "full_name", "hours": "2", "reason": REASON, **changes}
    return visitor.send(f"/audit/cases/{case_id}/identity", wanted)


def test_an_identity_takes_two_persons_and_hours_that_end(
    agency: Agency, visitor: Visitor, another: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    assert "ส่งคำขอแล้ว" in ask(visitor, case_id)
    another.sign_in("identity_custodian")
    waiting = another.visit("/identity-requests")
    assert REASON in waiting
    assert COMPLAINT["title"] not in waiting
    assert COMPLAINT["full_name"] not in waiting
    (reveal,) = re.findall(r'action="/identity-requests/(\w+)"', waiting)
    visitor.visit(f"/audit/cases/{case_id}")
    visitor.send(f"/audit/identity/{reveal}")
    assert visitor.status == 404, "nobody has granted it yet"

    granted = another.send(
        f"/identity-requests/{reveal}", decision="grant", answer="จำเป็นต่อการตรวจสอบครั้งนี้"
    )
    assert "อนุมัติแล้ว" in granted
    case = visitor.visit(f"/audit/cases/{case_id}")
    assert COMPLAINT["full_name"] not in case, "it opens only when it is asked for"
    shown = visitor.send(f"/audit/identity/{reveal}")

    assert COMPLAINT["full_name"] in shown
    assert COMPLAINT["phone"] not in shown, "one field was asked for"
    assert COMPLAINT["full_name"] in visitor.visit(f"/audit/cases/{case_id}/steps/1")
    types = [event.type for event in events(agency, case_id)]
    assert types[-3:] == ["identity_asked", "identity_granted", "identity_read"]
    roles = [event.role for event in events(agency, case_id)[-3:]]
    assert roles[:2] == ["auditor", "identity_custodian"]
    agency.clock.advance(hours=3)
    visitor.sign_in("auditor")  # a fresh proof of who asks
    assert COMPLAINT["full_name"] not in visitor.visit(f"/audit/cases/{case_id}/steps/1")
    visitor.send(f"/audit/identity/{reveal}")
    assert visitor.status == 410
    agency.check_record(case_id)


def test_a_refused_identity_stays_covered(
    agency: Agency, visitor: Visitor, another: Visitor, case_id: str
) -> None:
    visitor.sign_in("auditor")
    ask(visitor, case_id)
    another.sign_in("identity_custodian")
    (reveal,) = re.findall(
        r'action="/identity-requests/(\w+)"', another.visit("/identity-requests")
    )

    another.send(f"/identity-requests/{reveal}", decision="grant", answer="สั้น")
    assert another.status == 422
    another.send(f"/identity-requests/{reveal}", decision="refuse", answer="ไม่จำเป็นต่อการตรวจสอบ")

    case = visitor.visit(f"/audit/cases/{case_id}")
    assert "ไม่อนุมัติ" in case
    visitor.send(f"/audit/identity/{reveal}")
    assert visitor.status == 404
    assert "ไม่มีคำขอที่รอพิจารณา" in another.visit("/identity-requests")


def test_nobody_grants_their_own_wish(agency: Agency, case_id: str) -> None:
    with agency.office.engine.begin() as work:
        people.add_user(work, "both", "สองหน้าที่", None, groups=["auditor", "identity_custodian"])
        both = people.user_by_name(work, "both")
    services = agency.office.services
    with agency.office.engine.begin() as work:
        wish = reveals.ask_identity(
            work, services, case_id, both, fields=["full_name"], reason=REASON, hours=1
        )

    with pytest.raises(reveals.RequestNotFound), agency.office.engine.begin() as work:
        reveals.decide_identity(work, services, wish, both, granted=True, answer=REASON)
    with agency.office.engine.read() as work:
        assert reveals.waiting_requests(work, services, both) == []
    with pytest.raises(reveals.NothingToReveal), agency.office.engine.begin() as work:
        reveals.ask_identity(
            work, services, case_id, both, fields=["full_name"], reason=REASON, hours=25
        )


def test_whatever_the_case_page_can_say_the_player_can_say_too() -> None:
    # A form that was handed in once stood in the player's list by its name in the record.
    assert set(SAYS) <= set(EVENTS)
