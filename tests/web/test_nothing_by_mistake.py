"""What cannot be undone happens by the button that says so, and by nothing else: a value that is
missing, unknown or wrongly spelled changes nothing at all."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from engine.store.tables import Deployment
from office.cases.reveal_tables import Reveal
from office.deadlines import extensions
from office.deadlines.holiday_table import current_calendar
from office.deadlines.tables import ExtensionRow
from office.disposal.erasure import ask_erasure
from office.ground.erasure_tables import Erasure
from office.ground.tables import CaseKey
from tests.calendar.test_more_time import WHY
from tests.calendar.test_reminders import ROWS, walked
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import Visitor, attached

WRONG = [None, "", "Erase", "GRANT", "yes", "1", "erase ", "refused"]
REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"


def rows(agency: Agency, query: Any) -> list[Any]:
    with agency.office.engine.read() as work:
        return [tuple(row) for row in work.session.execute(query).all()]


def given(value: str | None, name: str = "decision") -> dict[str, str]:
    return {} if value is None else {name: value}


FEEDBACK = {"elsewhere": None, "fear_retaliation": None, "remedy": None}


@pytest.fixture
def case_id(agency: Agency) -> str:
    complaint = {k: v for k, v in {**COMPLAINT, "track": "F", **FEEDBACK}.items() if v is not None}
    case_id = agency.file(complaint).case_id
    agency.do(case_id, "reply_feedback", {"reply_text": "ขอบคุณสำหรับข้อเสนอแนะ จะนำไปปรับปรุงงาน"})
    assert agency.case(case_id).closed_at is not None
    return case_id


def test_an_erasure_is_decided_by_its_two_buttons_alone(
    agency: Agency, visitor: Visitor, case_id: str
) -> None:
    custodian = agency.person("identity_custodian")
    with agency.office.engine.begin() as work:
        case = agency.case(case_id)
        asker = next(u for u in agency.staff if "dpo" in u.groups)
        ask_erasure(work, agency.office.services, case, "content", asker, reason=REASON)
    decides = sa.select(Erasure.decision, Erasure.decided_by)
    keys = sa.select(CaseKey.purpose, CaseKey.wrapped.is_(None)).where(CaseKey.case_id == case_id)
    before = rows(agency, decides), rows(agency, keys)
    for username in (custodian.username, "screening_head"):
        visitor.sign_in(username)
        visitor.visit("/retention")
        for value in WRONG:
            visitor.send(f"/retention/{case_id}/content/decision", given(value))
            assert visitor.status == 400, value
        visitor.send("/sign-out")

    assert (rows(agency, decides), rows(agency, keys)) == before


@pytest.mark.parametrize("what", ["contents", "Identity", "all", "x", "case"])
def test_an_erasure_of_nothing_known_is_not_asked_for(
    agency: Agency, visitor: Visitor, case_id: str, what: str
) -> None:
    # An unknown word once meant the content.
    visitor.sign_in("dpo")
    visitor.visit("/retention")

    visitor.send(f"/retention/{case_id}/{what}", reason=REASON)
    assert visitor.status == 404
    visitor.send(f"/retention/{case_id}/{what}/decision", decision="erase")

    assert visitor.status == 404
    assert rows(agency, sa.select(Erasure.id)) == []


def test_an_identity_is_decided_by_its_two_buttons_alone(agency: Agency, visitor: Visitor) -> None:
    case_id = agency.file({**COMPLAINT, "identity_mode": "confidential"}).case_id
    head = agency.person("screening_head")
    reason = "ต้องติดต่อสอบถามผู้ร้องเพิ่มเติม"
    wish = agency.office.ask_identity(case_id, head, fields=["phone"], reason=reason, hours=1)
    visitor.sign_in("identity_custodian")
    visitor.visit("/identity-requests")

    for value in WRONG:
        visitor.send(f"/identity-requests/{wish}", given(value), answer="พิจารณาแล้วเห็นตามคำขอ")
        assert visitor.status == 400, value

    assert rows(agency, sa.select(Reveal.decision)) == [(None,)]
    visitor.send(f"/identity-requests/{wish}", decision="refuse", answer="ไม่จำเป็นต่อการพิจารณา")
    assert rows(agency, sa.select(Reveal.decision)) == [("refused",)]


def test_more_time_is_decided_by_its_two_buttons_alone(agency: Agency, visitor: Visitor) -> None:
    case_id = walked(agency, ROWS["7 clarify"])
    with agency.office.engine.begin() as work:
        unit = agency.person("unit_officer@it")
        wish = {"clock_key": "clarify", "days": 5, **WHY}
        request = extensions.ask_extension(work, agency.office.services, case_id, wish, unit)
    visitor.sign_in("screening_head")
    visitor.visit("/work")

    for value in WRONG:
        visitor.send(f"/extensions/{request.id}", given(value), reason="คำชี้แจงควรเสร็จทันกำหนด")
        assert visitor.status == 400, value

    assert rows(agency, sa.select(ExtensionRow.status)) == [("asked",)]
    visitor.send(f"/extensions/{request.id}", decision="grant")
    assert rows(agency, sa.select(ExtensionRow.status)) == [("granted",)]


@pytest.mark.parametrize("kind", [None, "", "delete", "Add"])
@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1"}])
def test_a_holiday_of_no_known_kind_is_none(
    agency: Agency, visitor: Visitor, kind: str | None, confirmed: dict[str, str]
) -> None:
    visitor.sign_in("administrator")
    visitor.visit("/admin/calendar")
    with agency.office.engine.read() as work:
        before = current_calendar(work).version

    told = {"day": "2026-03-20", "name": "วันหยุดพิเศษ", "reference": "มติคณะรัฐมนตรี 20 มีนาคม 2569"}
    visitor.send("/admin/calendar", {**told, **given(kind, "kind"), **confirmed})

    assert visitor.status == 400
    with agency.office.engine.read() as work:
        assert current_calendar(work).version == before


def test_a_holiday_is_made_when_it_is_confirmed(agency: Agency, visitor: Visitor) -> None:
    visitor.sign_in("administrator")
    visitor.visit("/admin/calendar")
    told = {"kind": "add", "day": "2026-03-20", "name": "วันหยุดพิเศษ"}
    told["reference"] = "มติคณะรัฐมนตรี 20 มีนาคม 2569"

    def version() -> int:
        with agency.office.engine.read() as work:
            return current_calendar(work).version

    before = version()
    for answers in (told, {**told, "confirmed": ""}):
        visitor.send("/admin/calendar", answers)
        assert (visitor.status, version()) == (200, before)
    visitor.send("/admin/calendar", {**told, "confirmed": "1"})
    assert version() == before + 1


@pytest.mark.parametrize("only", ["chek", "true", "1"])
def test_a_check_that_is_spelled_wrongly_deploys_nothing(
    agency: Agency, visitor: Visitor, only: str
) -> None:
    visitor.sign_in("process_owner")
    visitor.visit("/deploy")
    before = rows(agency, sa.select(sa.func.count(Deployment.id)))
    file = attached(b"key,name_th\n", "units.csv")

    visitor.send("/deploy", {"files": file, "only": only})

    assert visitor.status == 400
    assert rows(agency, sa.select(sa.func.count(Deployment.id))) == before
