"""Who may be the accused: kept out from the first moment, until whoever screens has looked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.store.tables import HistoryEvent
from forms.errors import FormInvalid
from office.applications.person_names import forms_of, is_near, titles_of
from office.audit.verification_run import Run
from office.ground.errors import CaseNotFound
from office.guideline import files
from office.people import conflicts, people
from office.people.conflicts import MatchNotFound
from office.people.people import User
from tests.office.conftest import corruption
from tests.support.verbs import Office

NAME = "น้ำเพชร อำนวยสุข"
NEAR = ["นำเพชร อำนวยสุข", "น้ำเพ็ชร อำนวยศุข", "น้ำเพชร อำนวนสุข", "นายน้ำเพชร", "คุณอำนวยสุข"]
FAR = ["น้ำทิพย์ อำนวยชัย", "สมชาย ใจดี", "ผู้อำนวยการ", "นาย", ""]
TITLES = titles_of(files.guideline_files())
WHY = "คนละคนกัน ชื่อสกุลและตำแหน่งต่างกัน"
Staff = dict[str, User]


@pytest.mark.parametrize("name", NEAR)
def test_a_name_that_is_nearly_the_same_is_near(name: str) -> None:
    assert is_near(name, NAME, TITLES)
    assert not forms_of(name, TITLES) & forms_of(NAME, TITLES)


@pytest.mark.parametrize("name", FAR)
def test_a_name_that_is_another_is_not_near(name: str) -> None:
    assert not is_near(name, NAME, TITLES)


def accusing(office: Office, name: str) -> str:
    accused = [{"name": name, "position": "เจ้าหน้าที่", "status": "ดำรงตำแหน่ง"}]
    filed = office.file_complaint(corruption(accused=accused))
    office.run_due()
    return filed.case_id


def second_head(office: Office) -> User:
    with office.engine.begin() as work:
        return people.add_user(work, "second", NAME, None, groups=["screening_head"])


def decide(office: Office, case_id: str, of: User, by: User, **said: object) -> None:
    with office.engine.begin() as work:
        said = {"is_same": False, "reason": WHY, **said}
        conflicts.decide_match(work, office.services, case_id, of.id, by, **said)  # type: ignore[arg-type]


def matched(office: Office, case_id: str, by: User) -> list[tuple[str, str]]:
    with office.engine.read() as work:
        case, sight = conflicts.load_case(work, case_id, by)
        return [(each.name, each.ground) for each in conflicts.matches(work, case, sight, by)]


@pytest.mark.parametrize(("name", "ground"), [(NAME, "matched"), (NEAR[0], "possible")])
def test_a_wrong_match_is_lifted_by_who_screens_with_a_reason_and_the_record_keeps_it(
    office: Office, staff: Staff, name: str, ground: str
) -> None:
    second = second_head(office)
    case_id = accusing(office, name)
    with pytest.raises(CaseNotFound):
        office.case(case_id, second)
    assert office.work_list(second).items == ()
    assert matched(office, case_id, staff["head"]) == [(NAME, ground)]
    assert matched(office, case_id, staff["intake"]) == []

    decide(office, case_id, second, staff["head"])

    assert office.case(case_id, second)
    assert [item.case_id for item in office.work_list(second).items] == [case_id]
    assert matched(office, case_id, staff["head"]) == [(NAME, "cleared")]
    with office.engine.read() as work:
        query = sa.select(HistoryEvent).where(HistoryEvent.type == "conflict_lifted")
        (event,) = work.session.scalars(query)
        assert (event.actor, event.role) == (staff["head"].id, "screening_head")
        assert WHY not in str(event.data)
    run = Run(office.engine, office.services, office.settings.data_dir)
    list(run.steps())
    assert run.report.differences == []


def test_a_confirmed_match_stays_closed(office: Office, staff: Staff) -> None:
    second = second_head(office)
    case_id = accusing(office, NEAR[0])

    decide(office, case_id, second, staff["head"], is_same=True)

    with pytest.raises(CaseNotFound):
        office.case(case_id, second)


@pytest.mark.parametrize("who", ["intake", "legal", "director", "auditor", "admin"])
def test_nobody_else_decides_on_a_match(office: Office, staff: Staff, who: str) -> None:
    second = second_head(office)
    case_id = accusing(office, NAME)

    with pytest.raises(CaseNotFound):
        decide(office, case_id, second, staff[who])
    with pytest.raises(CaseNotFound):
        decide(office, case_id, second, second)


def test_a_reason_is_needed_and_who_stepped_out_is_not_let_in(office: Office, staff: Staff) -> None:
    second = second_head(office)
    case_id = accusing(office, NAME)
    other = accusing(office, "สมชาย ใจดี")
    office.declare_conflict(other, second)

    with pytest.raises(FormInvalid):
        decide(office, case_id, second, staff["head"], reason="x")
    with pytest.raises(MatchNotFound):
        decide(office, other, second, staff["head"])


def test_where_everybody_who_screens_may_be_accused_the_table_of_handlers_is_told(
    office: Office, staff: Staff
) -> None:
    case_id = accusing(office, staff["head"].display_name)

    with office.engine.read() as work:
        case = conflicts.access.find_case(work, case_id)
        assert case is not None
        assert office.engine.variables(str(case.instance_id))["centre_concerned"] is True


def test_an_auditor_examines_what_was_withdrawn_before_it_was_screened(
    office: Office, staff: Staff
) -> None:
    # It stayed held for ever, and nobody examined why it was closed.
    filed = office.file_complaint(corruption())
    office.run_due()
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["auditor"])

    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    office.run_due()

    assert office.case(filed.case_id, staff["auditor"])
    assert [line.id for line in office.cases(staff["auditor"])] == [filed.case_id]
    for who in ("director", "legal", "it", "chair"):
        with pytest.raises(CaseNotFound):
            office.case(filed.case_id, staff[who])
        assert office.cases(staff[who]) == []
