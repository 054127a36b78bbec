"""The house's guideline: deployed once, never over an owner's newer version; edits stay."""

from __future__ import annotations

import pytest

from complaints import guidelinefiles, masterdata
from complaints.models import Role, Unit
from complaints.office import Office
from engine import queries
from engine.actor import Actor
from engine.clock import TravellingClock
from engine.errors import DeploymentRejected
from tests.complaints import small_guideline
from tests.complaints.conftest import complaint


def deploy(office: Office, files: dict[str, bytes]) -> bool:
    with office.engine.begin() as work:
        return guidelinefiles.deploy_guideline(work, files).deployed is not None


def newest(office: Office) -> int:
    with office.engine.read() as work:
        return queries.definition(work, "complaint").version


def test_unchanged_files_are_deployed_once(office: Office) -> None:
    assert not deploy(office, small_guideline.files())
    assert newest(office) == 1


def test_a_changed_letter_makes_a_new_version_and_running_cases_keep_the_old(
    office: Office,
) -> None:
    filed = office.file_complaint(complaint())
    files = small_guideline.files()
    files["letters/L1-acknowledge.md"] = "ข้อความใหม่".encode()

    assert deploy(office, files)
    later = office.file_complaint(complaint())
    office.run_due()

    texts = {}
    for each in (filed, later):
        letter = office.track(each.tracking_code).letters[0]
        texts[each.receipt_no] = office.read_letter(each.tracking_code, letter.id)[1]
    assert "ได้รับเรื่องของท่านแล้ว" in texts[filed.receipt_no]
    assert texts[later.receipt_no] == "ข้อความใหม่\n"


def test_a_restart_does_not_undo_what_a_process_owner_deployed(
    office: Office, clock: TravellingClock
) -> None:
    files = small_guideline.files()
    files["letters/L1-acknowledge.md"] = "ของเจ้าของกระบวนงาน".encode()
    clock.advance(minutes=1)
    office.engine.deploy(files, Actor.of("owner", "process_owner"))

    assert not deploy(office, small_guideline.files())
    assert newest(office) == 2


def test_a_faulty_letter_stops_the_deployment(office: Office) -> None:
    files = small_guideline.files()
    files["letters/L1-acknowledge.md"] = b"{{ unclosed"

    with pytest.raises(DeploymentRejected) as refused:
        deploy(office, files)

    assert "letters/L1-acknowledge.md" in refused.value.text.th
    assert newest(office) == 1


def test_what_was_edited_in_a_table_stays(office: Office) -> None:
    with office.engine.begin() as work:
        work.session.get_one(Unit, "it").name_th = "ชื่อที่แก้แล้ว"

    deploy(office, small_guideline.files())

    with office.engine.read() as work:
        assert work.session.get_one(Unit, "it").name_th == "ชื่อที่แก้แล้ว"
        assert masterdata.group_text(work, "unit_officer@it").th == "เจ้าหน้าที่ฝ่าย ฝขท."


def test_a_role_table_without_access_gives_the_usual_one(office: Office) -> None:
    with office.engine.begin() as work:
        rows = "key,name_th\nunit_director,ผู้อำนวยการฝ่าย\ndpo,เจ้าหน้าที่คุ้มครองข้อมูล\n"
        masterdata.seed(work, {"roles.csv": rows.encode()})
        director = work.session.get_one(Role, "unit_director")
        assert (director.unit_bound, director.access) == (True, "none")
        assert not work.session.get_one(Role, "dpo").unit_bound
