"""A complaint about the centre's own people, on the real guideline: the alternate acts for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.ground.clock import TravellingClock
from office.ground.errors import CaseNotFound
from office.ground.settings import OfficeSettings
from office.people import people
from office.people.access import Sight
from office.people.people import User
from tests.office.conftest import corruption
from tests.support.installations import Installations
from tests.support.verbs import Office


@pytest.fixture
def demo_office(
    agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Office]:
    """The office as `make run` opens it: the real guideline, an account for every role."""
    with agencies.copy(tmp_path / "var") as url:
        settings = OfficeSettings(database_url=url, data_dir=tmp_path / "var", demo=True)
        with closing(Office.open(settings, clock=clock)) as demo_office:
            yield demo_office


@pytest.fixture
def demo_staff(demo_office: Office) -> dict[str, User]:
    with demo_office.engine.read() as work:
        return {user.username: user for user in people.users(work)}


def test_the_alternate_handles_what_the_centre_must_not_see(
    demo_office: Office, demo_staff: dict[str, User]
) -> None:
    alternate = demo_staff["alternate_handler"]
    accused = [{"name": "คนหนึ่ง", "position": "เจ้าหน้าที่", "unit": "centre", "status": "ดำรงตำแหน่ง"}]

    filed = demo_office.file_complaint(corruption(accused=accused))
    demo_office.run_due()

    for username in ("screening_head", "intake_officer"):
        assert demo_office.cases(demo_staff[username]) == []
        assert demo_office.work_list(demo_staff[username]).items == ()
        with pytest.raises(CaseNotFound):
            demo_office.case(filed.case_id, demo_staff[username])
    assert [item.case_id for item in demo_office.work_list(alternate).items] == [filed.case_id]
    assert demo_office.case(filed.case_id, alternate).sight is Sight.FULL
    reason = "ต้องติดต่อสอบถามผู้ร้องเพิ่มเติม"
    wish = demo_office.ask_identity(
        filed.case_id, alternate, fields=["full_name"], reason=reason, hours=1
    )
    custodian = demo_staff["identity_custodian"]
    demo_office.decide_identity(wish, custodian, granted=True, answer="จำเป็นต่อการสอบถามผู้ร้อง")
    shown = demo_office.open_identity(wish, alternate)
    assert shown == {"full_name": "สมหญิง ใจกล้า"}


def test_an_ordinary_case_is_not_the_alternates(
    demo_office: Office, demo_staff: dict[str, User]
) -> None:
    filed = demo_office.file_complaint(corruption())
    demo_office.run_due()

    assert demo_office.work_list(demo_staff["alternate_handler"]).items == ()
    with pytest.raises(CaseNotFound):
        demo_office.case(filed.case_id, demo_staff["alternate_handler"])


def test_a_second_start_deploys_nothing_and_keeps_the_accounts(
    demo_office: Office, demo_staff: dict[str, User]
) -> None:
    assert demo_office.deploy_guideline() == []

    with demo_office.engine.read() as work:
        assert {user.username: user for user in people.users(work)} == demo_staff
    assert "complainant" not in demo_staff
