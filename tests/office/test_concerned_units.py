"""The unit of an accused person, and a unit that says it is concerned, have no part in the case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.store.tables import HistoryEvent
from forms.errors import FormInvalid
from office.ground.errors import CaseNotFound
from office.people import people
from office.people.people import User
from tests.support.agency import ASSIGNED, FOUNDED, SCREENED, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G
from webhooks.clients import Client
from webhooks.visibility import as_user

OF_IT = {"name": "นายทดสอบ ถูกกล่าวหา", "position": "เจ้าหน้าที่", "unit": "it"}
COI = {"accepted": False, "return_code": "COI", "return_reason": "เป็นญาติกับผู้ถูกร้อง"}


@pytest.fixture(scope="module")
def agency(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    folder = tmp_path_factory.mktemp("units")
    with sqlite_agencies.agency(TravellingClock(FOUNDED), folder / "var") as agency:
        yield agency


def screened(agency: Agency, **changes: Any) -> str:
    case_id = agency.file({**COMPLAINT, **changes}).case_id
    agency.do(case_id, "screen", SCREENED_G)
    return case_id


def seen_by(agency: Agency, case_id: str, user: User) -> bool:
    try:
        agency.office.case(case_id, user)
    except CaseNotFound:
        assert case_id not in [line.id for line in agency.office.cases(user)]
        return False
    return True


def user(agency: Agency, name: str) -> User:
    with agency.office.engine.read() as work:
        return people.user_by_name(work, name)


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"lead_unit": "it", "co_units": []}, "lead_unit"),
        ({"lead_unit": "hr", "co_units": []}, "lead_unit"),  # the table has said legal
        ({"lead_unit": "legal", "co_units": ["it"]}, "co_units"),
    ],
)
def test_the_accused_unit_gets_no_part_and_the_override_of_the_table_binds(
    agency: Agency, chosen: dict[str, Any], field: str
) -> None:
    case_id = screened(agency, accused=[{**OF_IT, "status": "ดำรงตำแหน่ง"}])

    with pytest.raises(FormInvalid) as caught:
        agency.do(case_id, "assign", {**ASSIGNED, **chosen})

    assert set(caught.value.errors) == {field}
    assert "ถูกร้อง" in caught.value.text.th
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "legal", "co_units": []})
    assert not seen_by(agency, case_id, user(agency, "unit_officer.it"))


def test_a_unit_sees_a_case_when_it_is_assigned_and_not_when_it_is_proposed(agency: Agency) -> None:
    # The proposal of the table made the unit a reader before anybody had assigned the case.
    officer = user(agency, "unit_officer.it")
    case_id = screened(agency)

    assert not seen_by(agency, case_id, officer)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it", "co_units": []})
    assert seen_by(agency, case_id, officer)


def test_a_unit_that_returns_a_case_for_conflict_sees_it_no_more(agency: Agency) -> None:
    officer, other = user(agency, "unit_officer.it"), user(agency, "unit_officer.legal")
    client = as_user(Client("c", "c", frozenset(), Actor.of("client:c", "unit_officer@it")))
    case_id = screened(agency)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it", "co_units": []})
    assert seen_by(agency, case_id, officer)

    returned_by = agency.do(case_id, "accept", COI)

    for reader in (officer, returned_by, client):
        assert not seen_by(agency, case_id, reader)
    with agency.office.engine.read() as work:
        query = sa.select(HistoryEvent).where(
            HistoryEvent.instance_id == agency.instance(case_id),
            HistoryEvent.type == "conflict_recorded",
        )
        (event,) = work.session.scalars(query)
    assert (event.data, event.actor) == ({"unit": "it", "ground": "returned"}, returned_by.id)
    with pytest.raises(FormInvalid):
        agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it", "co_units": []})
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "legal", "co_units": []})
    assert seen_by(agency, case_id, other)
    assert not seen_by(agency, case_id, officer)
    agency.check_record(case_id)


def test_a_unit_that_returns_a_case_for_another_reason_may_be_asked_again(agency: Agency) -> None:
    case_id = screened(agency)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it", "co_units": []})
    agency.do(case_id, "accept", {**COI, "return_code": "FACT_UNCLEAR"})

    assert not seen_by(agency, case_id, user(agency, "unit_officer.it"))
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it", "co_units": []})

    assert seen_by(agency, case_id, user(agency, "unit_officer.it"))
    assert agency.case(case_id).hidden_from == []


def test_both_units_that_the_table_knows_concerned_leave_it_to_the_deputy(agency: Agency) -> None:
    accused = [{**OF_IT, "unit": unit, "status": "ดำรงตำแหน่ง"} for unit in ("it", "legal")]
    case_id = agency.file({**COMPLAINT, "accused": accused}).case_id
    agency.do(case_id, "screen", {**SCREENED, "service_only": True})

    with pytest.raises(FormInvalid):
        agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "hr", "co_units": []})
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "deputy", "co_units": []})

    assert agency.waiting(case_id) == ["accept"]
    deputy = user(agency, "deputy_director")
    assert agency.office.case(case_id, deputy).sight.name == "UNIT"
