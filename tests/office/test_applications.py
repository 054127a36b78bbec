"""A second application beside the complaint: its own form, deadlines, letters and statuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected
from engine.store.work import Work
from engine.verbs import queries
from office.applications import application as applications
from office.applications.application import ApplicationUnclear
from office.cases import excerpts
from office.deadlines.tables import DeadlineRow
from office.ground.tables import Case
from tests.calendar.test_complaint_clocks import GRIEVANCE
from tests.office import information_request
from tests.office.test_no_personal_data_leaks import everything_stored
from tests.support.agency import Agency
from tests.support.installations import Installations

NAME = "ธีรพงษ์ ขอข้อมูลไพศาล"
REQUEST = {"full_name": NAME, "wanted": "สัญญาจ้างปรับปรุงอาคาร ปี 2568"}
KEY = information_request.KEY


@pytest.fixture
def agency(agencies: Installations, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    with agencies.agency(clock, tmp_path) as agency:
        yield agency


def deploy(agency: Agency, **facts: object) -> tuple[str, ...]:
    files = information_request.files(**facts)
    return agency.office.engine.deploy(files, application=KEY, whole=True).new


def versions(agency: Agency) -> set[str]:
    with agency.office.read() as work:
        return queries.ids_in_force(work)


def days_to_answer(work: Work, case_id: str) -> list[int]:
    rows = work.session.scalars(sa.select(DeadlineRow).where(DeadlineRow.case_id == case_id))
    return [row.rule["days"] for row in rows if row.key == "answer"]


def test_a_request_goes_its_way_beside_the_complaint(
    agency: Agency, clock: TravellingClock
) -> None:
    before = versions(agency)
    assert deploy(agency) == ("information_request:1",)
    assert versions(agency) == {*before, "information_request:1"}

    filed = agency.office.file_complaint(REQUEST, application=KEY)
    complained = agency.file(GRIEVANCE)

    assert filed.receipt_no == "ขส.00001/2569"
    assert complained.receipt_no == "รร.00001/2569"
    officer = agency.person("intake_officer")
    shown = [
        item for item in agency.office.work_list(officer).items if item.case_id == filed.case_id
    ]
    assert [item.status.th for item in shown] == ["กำลังจัดหาข้อมูล"]
    assert agency.office.case(filed.case_id, officer).kind.th == "คำขอข้อมูลข่าวสาร"
    with agency.office.read() as work:
        rows = work.session.scalars(
            sa.select(DeadlineRow).where(DeadlineRow.case_id == filed.case_id)
        )
        assert [row.rule["days"] for row in rows if row.key == "answer"] == [15]
    agency.do(filed.case_id, "answer", {"given": "ส่งสำเนาสัญญาแล้ว"})
    agency.office.run_due()

    followed = agency.office.track(filed.tracking_code)
    assert [letter.kind for letter in followed.letters] == ["L1", "L7"]
    assert followed.status.th == "ตอบแล้ว"
    assert (
        "ส่งสำเนาสัญญาแล้ว"
        in agency.office.read_letter(filed.tracking_code, followed.letters[1].id)[1]
    )
    assert agency.office.engine.verify().differences == []


def test_no_byte_of_the_applicants_name_stands_outside_the_vault(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> None:
    with sqlite_agencies.agency(clock, tmp_path) as agency:
        no_byte_of_the_name_is_stored(agency)


def no_byte_of_the_name_is_stored(agency: Agency) -> None:
    deploy(agency)
    filed = agency.office.file_complaint(REQUEST, application=KEY)
    agency.office.run_due()
    agency.do(filed.case_id, "answer", {"given": "ตอบแล้ว"})
    agency.office.run_due()

    assert NAME.encode() not in everything_stored(agency.office.settings)


def test_a_door_that_several_applications_have_asks_for_one(agency: Agency) -> None:
    deploy(agency)

    with pytest.raises(ApplicationUnclear) as unclear:
        agency.office.file_complaint(REQUEST)

    assert "complaint, information-request" in unclear.value.text.th


def test_changing_one_limit_changes_the_deadline_of_its_application_only(agency: Agency) -> None:
    deploy(agency)
    files = {**information_request.files(), "sla.dmn": information_request.sla(7)}

    changed = agency.office.engine.deploy(files, application=KEY, whole=True)

    assert changed.new == ("information_request:2",)
    filed = agency.office.file_complaint(REQUEST, application=KEY)
    agency.office.run_due()
    with agency.office.read() as work:
        case = work.session.get_one(Case, filed.case_id)
        assert case.application == KEY
        assert days_to_answer(work, case.id) == [7]


HOSTILE = {
    "an unknown key": ({"colour": "red"}, "colour"),
    "no process": ({"process": ""}, "process"),
    "a process that is not there": ({"process": "elsewhere"}, "process"),
    "an unknown way to begin": ({"starts": {"carrier-pigeon": "request"}}, "starts.carrier-pigeon"),
    "a form that is not there": ({"starts": {"public": "missing"}}, "starts.public"),
    "starts that are a list": ({"starts": ["request"]}, "starts"),
    "a prefix as long as a sentence": ({"number": {"prefix": "ขส." * 9}}, "number.prefix"),
    "facts that are a text": ({"facts": "none"}, "facts"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_faulty_application_is_refused_by_the_place_and_nothing_moves(
    agency: Agency, what: str
) -> None:
    facts, place = HOSTILE[what]
    before = versions(agency)

    with pytest.raises(DeploymentRejected) as refused:
        deploy(agency, **facts)

    places = {(f.file, f.element) for f in refused.value.findings if f.severity == "error"}
    assert ("application.json", place) in places
    assert versions(agency) == before
    with agency.office.read() as work:
        assert [each.key for each in applications.in_force(work)] == ["complaint"]


def test_an_upload_that_names_its_application_becomes_one(agency: Agency) -> None:
    # It was deployed without one: offered nowhere, and nobody was told.
    agency.office.engine.deploy(information_request.files(), upload=True)

    with agency.office.read() as work:
        assert [each.key for each in applications.in_force(work)] == ["complaint", KEY]
    assert agency.office.file_complaint(REQUEST, application=KEY).receipt_no == "ขส.00001/2569"


def test_files_of_one_application_are_not_deployed_as_another(agency: Agency) -> None:
    with pytest.raises(DeploymentRejected, match="not complaint"):
        agency.office.engine.deploy(information_request.files(), application="complaint")


def test_the_tables_of_the_complaint_mean_nothing_for_another_application(agency: Agency) -> None:
    # A variant, or a form, of the same name had the complaint's rules for who sees what.
    kinds = {"variable": "kind", "values": [{"key": "C", "name": "สำเนา"}]}
    deploy(agency, variants=kinds, facts={"subject": None, "kind": "C"})
    filed = agency.office.file_complaint(REQUEST, application=KEY)

    with agency.office.read() as work:
        case = work.session.get_one(Case, filed.case_id)
        assert (case.track, case.guarded, case.held) == ("C", False, False)
        assert excerpts.excerpt_of(work, case) == {}


def test_a_letter_or_deadline_that_is_missing_is_told_of_every_application(agency: Agency) -> None:
    files = information_request.files()
    del files["letters/L7-answer.md"]
    files["sla.dmn"] = files["sla.dmn"].replace(b"&quot;answer&quot;", b"&quot;other&quot;")

    with pytest.raises(DeploymentRejected) as refused:
        agency.office.engine.deploy(files, application=KEY, whole=True)

    told = {(f.rule, f.element) for f in refused.value.findings if f.severity == "error"}
    assert {("guideline.letter", "tell"), ("guideline.deadline", "answer")} <= told


@pytest.mark.parametrize("key", ["agency", "a:b", "..", "Ab", "x" * 65])
def test_a_key_that_could_be_a_path_or_somebody_elses_is_refused(agency: Agency, key: str) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        agency.office.engine.deploy(information_request.files(key=key), whole=True)

    assert ("application.json", "key") in {(f.file, f.element) for f in refused.value.findings}
