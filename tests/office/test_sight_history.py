"""The proof that somebody could not see a case, from its record and against what they see now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.ground.clock import TravellingClock
from office.audit.sight_history import SightHistory, sight_history
from office.ground.errors import CaseNotFound
from office.people import conflicts, people
from office.people.access import CONFLICT, HELD, HIDDEN, NO_ACCOUNT, NO_PART, Sight
from tests.support.agency import ASSIGNED, CLARIFIED, FOUNDED, SCREENED, Agency
from tests.support.installations import Installations
from tests.web.test_need_to_know_matrix import CORRUPTION


@pytest.fixture(scope="module")
def agency(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    folder = tmp_path_factory.mktemp("history")
    with sqlite_agencies.agency(TravellingClock(FOUNDED), folder / "var") as agency:
        yield agency


def history_of(agency: Agency, case_id: str, name: str, by: str = "auditor") -> SightHistory:
    with agency.office.engine.read() as work:
        person, reader = people.user_by_name(work, name), people.user_by_name(work, by)
        return sight_history(work, case_id, person.id, reader)


def rules(found: SightHistory) -> list[tuple[Sight | None, str]]:
    return [(period.sight, period.rule) for period in found.periods]


def live(agency: Agency, case_id: str, name: str) -> Sight | None:
    with agency.office.engine.read() as work:
        user = people.user_by_name(work, name)
    try:
        return agency.office.case(case_id, user).sight
    except CaseNotFound:
        return None


def done(agency: Agency, **accused: Any) -> str:
    case_id = agency.file({**CORRUPTION, **accused}).case_id
    director = bool(accused)
    agency.do(case_id, "screen", {**SCREENED, "executive_accused": director})
    if not director:
        agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
        agency.do(case_id, "accept", {"accepted": True})
        agency.do(case_id, "clarify", CLARIFIED)
    return case_id


def test_the_periods_end_with_what_everybody_sees_now(agency: Agency) -> None:
    case_id = done(agency)

    for one in agency.staff:
        found = history_of(agency, case_id, one.username)
        assert found.trouble == ""
        assert found.periods[-1].sight is live(agency, case_id, one.username), one.username
        assert found.periods[-1].until is None
        pairs = zip(found.periods, found.periods[1:], strict=False)
        assert all(one.until == two.since for one, two in pairs)


def test_each_period_names_its_rule(agency: Agency) -> None:
    case_id = done(agency)

    assert rules(history_of(agency, case_id, "auditor"))[0] == (None, HELD)
    assert rules(history_of(agency, case_id, "director"))[0] == (None, HELD)
    unit = rules(history_of(agency, case_id, "unit_officer.it"))
    assert [sight for sight, _ in unit] == [None, None, Sight.UNIT]
    assert [rule for _, rule in unit[:2]] == [HELD, NO_PART]


def test_the_accused_director_never_saw_the_case_and_did_nothing_in_it(agency: Agency) -> None:
    position = {"name": "ใครคนหนึ่ง", "position": "ผู้บริหารสูงสุดของสำนักงาน"}
    case_id = done(agency, accused=[{**position, "status": "ดำรงตำแหน่ง"}])

    found = history_of(agency, case_id, "director")

    assert found.never_saw
    assert {rule for _, rule in rules(found)} <= {HIDDEN, HELD}
    assert not history_of(agency, case_id, "screening_head").never_saw


def test_a_conflict_and_its_lifting_and_a_later_account_are_told(agency: Agency) -> None:
    with agency.office.engine.begin() as work:
        people.add_user(work, "same", "นวลจันทร์ ใจกว้าง", None, groups=["screening_head"])
    accused = [{"name": "นวลจันทร์ ใจกว้าง", "position": "เจ้าหน้าที่", "status": "ดำรงตำแหน่ง"}]
    case_id = agency.file({**CORRUPTION, "accused": accused}).case_id
    assert history_of(agency, case_id, "same", by="screening_head").never_saw
    agency.clock.advance(minutes=5)
    with agency.office.engine.begin() as work:
        person, head = (people.user_by_name(work, name) for name in ("same", "screening_head"))
        conflicts.decide_match(
            work, agency.office.services, case_id, person.id, head, is_same=False, reason="คนละคนกัน"
        )
        people.add_user(work, "later", "มาทีหลัง", None, groups=["intake_officer"])

    found = rules(history_of(agency, case_id, "same", by="screening_head"))

    assert [rule for _, rule in found if rule == CONFLICT] == [CONFLICT]
    assert found[-1][0] is Sight.FULL
    later = rules(history_of(agency, case_id, "later", by="screening_head"))
    assert later[0] == (None, NO_ACCOUNT)


def test_who_may_not_see_the_case_gets_no_history_of_it(agency: Agency) -> None:
    case_id = agency.file(CORRUPTION).case_id

    for reader in ("auditor", "director", "administrator"):
        with pytest.raises(CaseNotFound):
            history_of(agency, case_id, "director", by=reader)
