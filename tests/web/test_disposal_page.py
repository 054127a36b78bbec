"""The page of disposal: proposals by the table, two persons, and holds."""

from __future__ import annotations

import pytest

from tests.support.agency import Agency
from tests.web.visitor import GRIEVANCE, Visitor

WHY = "ครบกำหนดเก็บสิบปีตามระเบียบงานสารบรรณ"
ORDER = "ศาลปกครองเรียกสำนวน คดีหมายเลขดำที่ 12/2569"


@pytest.fixture
def closed(agency: Agency) -> tuple[str, str]:
    """Id and receipt number of a case that its complainant withdrew ten years ago."""
    filed = agency.file({**GRIEVANCE, "track": "G", "fear_retaliation": False, **YES})
    agency.office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    agency.office.run_due()
    agency.clock.advance(days=3700)
    return filed.case_id, filed.receipt_no


YES = {"privacy_notice": True, "truth": True}


def test_one_asks_and_another_erases(
    agency: Agency, visitor: Visitor, another: Visitor, closed: tuple[str, str]
) -> None:
    case_id, receipt_no = closed
    visitor.sign_in("screening_head")
    another.sign_in("identity_custodian")
    assert receipt_no in visitor.visit("/retention")

    page = visitor.send(f"/retention/{case_id}/identity", reason=WHY)
    assert "ขอลบแล้ว" in page
    assert "อนุมัติให้ลบถาวร" not in page
    assert WHY in another.visit("/retention")
    page = another.send(f"/retention/{case_id}/identity/decision", decision="erase")

    assert "กู้คืนไม่ได้อีก" in page
    assert agency.case(case_id).receipt_no == receipt_no
    assert "ตัวตนของผู้ร้อง" not in another.visit("/retention")


def test_a_held_case_is_not_proposed_and_cannot_be_erased(
    visitor: Visitor, another: Visitor, closed: tuple[str, str]
) -> None:
    case_id, receipt_no = closed
    visitor.sign_in("screening_head")
    another.sign_in("identity_custodian")
    visitor.visit("/retention")
    visitor.send(f"/retention/{case_id}/content", reason=WHY)

    page = visitor.send("/retention/holds", receipt_no=receipt_no, ground="court", reason=ORDER)

    assert ORDER in page
    assert "ไม่มีเรื่องที่ครบกำหนดเก็บ" in page
    assert "ระงับเรื่องหนึ่ง" in page
    assert "ระงับเรื่องหนึ่ง" not in another.visit("/retention")
    page = another.send(f"/retention/{case_id}/content/decision", decision="erase")
    assert (another.status, "คำสั่งระงับการทำลาย" in page) == (409, True)
    page = another.send(f"/retention/holds/{case_id}/end", reason="คดีถึงที่สุดแล้ว")
    assert "ไม่มีเรื่องที่ระงับการทำลาย" in page
    another.send(f"/retention/{case_id}/content/decision", decision="erase")
    assert another.status == 200


def test_wrong_input_and_wrong_people_are_refused(
    visitor: Visitor, closed: tuple[str, str]
) -> None:
    case_id, receipt_no = closed
    visitor.sign_in("intake_officer")
    visitor.visit("/retention")
    assert visitor.status == 403
    visitor.sign_in("screening_head")
    visitor.visit("/retention")
    for path, answers, status in (
        (f"/retention/{case_id}/identity", {"reason": "ลบ"}, 422),
        ("/retention/holds", {"receipt_no": "รร.99999/2569", "ground": "court"}, 404),
        ("/retention/holds", {"receipt_no": receipt_no, "ground": "whim", "reason": ORDER}, 422),
        ("/retention/nothing/identity", {"reason": WHY}, 404),
        (f"/retention/holds/{case_id}/end", {"reason": ORDER}, 403),
    ):
        visitor.send(path, answers)
        assert visitor.status == status, path
