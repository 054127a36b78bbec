"""An office for tests: open on a database of its own, with a small guideline and its people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.ground.clock import TravellingClock
from office.cases.register import Filed
from office.ground.settings import OfficeSettings
from office.guideline import files
from office.people import people
from office.people.people import User
from tests.office import small_guideline
from tests.support.agency import FOUNDED
from tests.support.databases import PostgresTemplates, SqliteTemplates
from tests.support.installations import Installations
from tests.support.verbs import Office

STAFF = {
    "intake": ("สายใจ รับเรื่อง", ["intake_officer"]),
    "head": ("หัวหน้า ศูนย์", ["screening_head"]),
    "legal": ("นิติกร หนึ่ง", ["unit_officer@legal"]),
    "it": ("ช่าง เทคนิค", ["unit_officer@it"]),
    "director": ("ผู้นำ องค์กร", ["director"]),
    "chair": ("ประธาน กรรมการ", ["board_chair"]),
    "auditor": ("ผู้ตรวจ สอบ", ["auditor"]),
    "admin": ("ผู้ดูแล ระบบ", ["administrator"]),
    "custodian": ("ผู้คุ้มครอง ข้อมูล", ["identity_custodian"]),
}

SCREENED = {
    "jurisdiction": True,
    "nacc_subject": False,
    "minimum_complete": True,
    "centre_concerned": False,
    "executive_accused": False,
    "service_only": False,
    "simple": False,
    "danger": False,
    "detriment_risk": 0,
    "opinion": "เรื่องอยู่ในอำนาจและมีข้อมูลเพียงพอ เห็นควรรับไว้พิจารณา",
    "coi_none": True,
}
ASSIGNED = {
    "lead_unit": "it",
    "co_units": [],
    "questions": [{"question": "เหตุใดรหัสยืนยันจึงไม่ถูกส่ง"}],
    "redacted_facts": "ผู้ใช้รายหนึ่งไม่ได้รับรหัสยืนยันทางโทรศัพท์",
    "redaction_confirmed": True,
}
CLARIFIED = {
    "answers_text": "ระบบส่งข้อความขัดข้องเมื่อวันที่ 1 มีนาคม และแก้ไขแล้ว",
    "corrective_action": "เพิ่มระบบส่งสำรอง",
    "action_date": "2026-03-02",
    "signer": "director",
}
DECIDED = {
    "decision": "เยียวยา/ปรับปรุงระบบ",
    "facts_found": "ระบบส่งข้อความขัดข้องจริง",
    "law": "พระราชกฤษฎีกาว่าด้วยหลักเกณฑ์และวิธีการบริหารกิจการบ้านเมืองที่ดี มาตรา 41",
    "reasons": "ผู้ร้องได้รับความเดือดร้อนจากความขัดข้องของระบบ",
    "measures": [],
    "appeal_block": True,
}

# The second person whenever a protected identity is laid open; sees no case.
CUSTODIAN = User("custodian", "custodian", "", None, frozenset({"identity_custodian"}))


PERSON = ("สมหญิง ใจกล้า", "0812345678", "somying@example.org")  # of the complaint below


def complaint(**changes: Any) -> dict[str, Any]:
    """An ordinary grievance; `changes` replace or (with None) remove answers."""
    answers = {
        "track": "G",
        "identity_mode": "open",
        "full_name": "สมหญิง ใจกล้า",
        "phone": "0812345678",
        "email": "somying@example.org",
        "reply_by": "email",
        "subject": "เว็บไซต์/ข้อมูล/ระบบ",
        "title": "เข้าระบบขึ้นทะเบียนไม่ได้",
        "facts": "ลงทะเบียนแล้วไม่ได้รับรหัสยืนยันทางโทรศัพท์ ลองหลายครั้งใน ๓ วัน",
        "remedy": "ขอให้เปิดระบบให้ยื่นคำขอเพิ่มเติม",
        "elsewhere": "none",
        "fear_retaliation": False,
        "privacy_notice": True,
        "truth": True,
        **changes,
    }
    return {key: value for key, value in answers.items() if value is not None}


def corruption(**changes: Any) -> dict[str, Any]:
    """A corruption complaint in confidence."""
    accused = [{"name": "นายทดสอบ ถูกกล่าวหา", "position": "เจ้าหน้าที่", "unit": "project"}]
    return complaint(
        **{
            "track": "C",
            "identity_mode": "confidential",
            "subject": "ปฏิบัติหน้าที่มิชอบ",
            "title": "เรียกเงินเพื่ออนุมัติเงินอุดหนุน",
            "accused": [{**row, "status": "ดำรงตำแหน่ง"} for row in accused],
            "remedy": None,
            **changes,
        }
    )


def found_office(url: str, data_dir: Path) -> None:
    """An office with the small guideline deployed and its people hired."""
    office = Office.open(
        OfficeSettings(database_url=url, data_dir=data_dir), clock=TravellingClock(FOUNDED)
    )
    with office.engine.begin() as work:
        files.deploy_guideline(work, small_guideline.files())
        for username, (name, groups) in STAFF.items():
            people.add_user(work, username, name, None, groups=groups)
    office.close()


@pytest.fixture(scope="session")
def sqlite_offices(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Installations:
    return Installations(sqlite_templates, tmp_path_factory.mktemp("office"), found_office)


@pytest.fixture(scope="session")
def postgres_offices(
    postgres_templates: PostgresTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Installations:
    return Installations(postgres_templates, tmp_path_factory.mktemp("office"), found_office)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The database of a small office; the keys to it are in `var`."""
    offices: Installations = request.getfixturevalue(f"{request.param}_offices")
    with offices.copy(tmp_path / "var") as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> OfficeSettings:
    return OfficeSettings(database_url=database_url, data_dir=tmp_path / "var")


@pytest.fixture
def office(settings: OfficeSettings, clock: TravellingClock) -> Iterator[Office]:
    """An office with the small guideline deployed and its people hired."""
    office = Office.open(settings, clock=clock)
    yield office
    office.close()


@pytest.fixture
def staff(office: Office) -> dict[str, User]:
    with office.engine.read() as work:
        return {user.username: user for user in people.users(work)}


@pytest.fixture
def closed(office: Office, staff: dict[str, User]) -> Filed:
    """A case that was closed after a letter to the person was mailed and her identity looked at."""
    filed = office.file_complaint(complaint(national_id="1101700230708"))
    office.run_due()
    reason = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"
    office.reveal_identity(filed.case_id, staff["head"], paths=["full_name"], reason=reason)
    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    office.run_due()
    assert office.mailbox()
    return filed
