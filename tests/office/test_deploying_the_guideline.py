"""The installation's guideline: deployed once, never over an owner's newer version; edits stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected
from engine.verbs import queries
from office.applications import master_data
from office.ground.tables import Role, Unit
from office.guideline import files as guidelinefiles
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.office import small_guideline
from tests.office.conftest import complaint
from tests.support.agency import Agency
from tests.support.decisions import decision, definitions, literal
from tests.support.drawing import diagram, end, path, start, user
from tests.support.installations import Installations
from tests.support.verbs import Office


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


def test_what_the_installation_deploys_beside_it_does_not_undo_an_owners_version(
    office: Office,
) -> None:
    # The owner's files were carried into the product's own deployment, and did not look like its.
    files = small_guideline.files()
    files["letters/L1-acknowledge.md"] = "ของเจ้าของกระบวนงาน".encode()
    office.engine.deploy(files, Actor.of("owner", "process_owner"))
    office.engine.deploy(PERMIT)

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
        assert master_data.group_text(work, "unit_officer@it").th == "เจ้าหน้าที่ฝ่าย ฝขท."


def test_a_role_table_without_access_gives_the_usual_one(office: Office) -> None:
    with office.engine.begin() as work:
        rows = "key,name_th\nunit_director,ผู้อำนวยการฝ่าย\ndpo,เจ้าหน้าที่คุ้มครองข้อมูล\n"
        master_data.seed(work, {"roles.csv": rows.encode()})
        director = work.session.get_one(Role, "unit_director")
        assert (director.unit_bound, director.access) == (True, "none")
        assert not work.session.get_one(Role, "dpo").unit_bound


def table(id: str, answer: str) -> bytes:
    return definitions(decision(id, literal(answer)), namespace=f"urn:{id}")


PERMIT = {
    "permit.bpmn": diagram(
        start(), user("inspect", form=""), end(), path("start", "inspect", "end"), id="permit"
    ).replace(b'<zeebe:formDefinition formId=""/>', b""),
}
SECOND_SETS = {
    "a deadline table": ("permit-days.dmn", table("sla", '"none"')),
    "a table of the same name": ("sla.dmn", table("days", '"none"')),
    "a letter": ("letters/L1-permit.md", "อนุญาต".encode()),
}


@pytest.fixture
def agency(agencies: Installations, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    with agencies.agency(clock, tmp_path) as agency:
        yield agency


@pytest.mark.parametrize("what", SECOND_SETS)
def test_another_set_of_files_does_not_stop_public_filing(agency: Agency, what: str) -> None:
    # A permit's table `sla` replaced the complaint's: nobody could file, and nobody was told.
    name, content = SECOND_SETS[what]

    deployed = agency.office.engine.deploy({**PERMIT, name: content})

    assert deployed.new == ("permit:1",)
    assert agency.waiting(agency.file(GRIEVANCE).case_id) == ["screen"]
    assert newest(agency.office) == 1


def test_the_installation_puts_its_own_guideline_back_when_it_is_asked_to(office: Office) -> None:
    # `samnuan deploy` said that nothing had changed, and the owner's version stayed in force.
    files = small_guideline.files()
    office.engine.deploy({**files, "letters/L1-acknowledge.md": "ของเจ้าของกระบวนงาน".encode()})

    with office.engine.begin() as work:
        state = guidelinefiles.deploy_guideline(work, files, again=True)

    assert state.deployed is not None
    assert (state.deployed.new, state.deployed.again) == ((), ("complaint:1",))
    assert newest(office) == 1
