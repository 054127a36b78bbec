"""A head hands tasks over: one or many, with a reason, and only to who may do them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.ground.errors import NotAllowed, TaskAlreadyClaimed, TaskNotFound
from engine.store.tables import HistoryEvent, UserTask
from forms.errors import FormInvalid
from office.audit.verification_run import Run
from office.people import handover, people
from office.people.conflicts import record_conflict
from office.people.handover import HandoverRefused, NothingToHandOver
from office.people.people import User
from tests.support.agency import ASSIGNED, FOUNDED, SCREENED, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G

WHY = "ผู้รับเรื่องเดิมลาป่วยสองสัปดาห์"


@pytest.fixture
def agency(agencies: Installations, clock: TravellingClock, tmp_path: Path) -> Iterator[Agency]:
    with agencies.agency(clock, tmp_path / "var") as agency:
        yield agency


@pytest.fixture(scope="module")
def shared(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    """One agency for the stories that leave its people as they are."""
    folder = tmp_path_factory.mktemp("handover")
    with sqlite_agencies.agency(TravellingClock(FOUNDED), folder / "var") as agency:
        yield agency


def user(agency: Agency, name: str) -> User:
    with agency.office.engine.read() as work:
        return people.user_by_name(work, name)


def hand_over(agency: Agency, *tasks: str, to: str, by: str, reason: str = WHY) -> None:
    with agency.office.engine.begin() as work:
        head = people.user_by_name(work, by)
        handover.hand_over(work, agency.office.services, tasks, to, head, reason=reason)


def holder(agency: Agency, task_id: str) -> str | None:
    with agency.office.engine.read() as work:
        task = work.session.get_one(UserTask, task_id)
        return task.assignee and people.user_by_id(work, task.assignee).username


def screening(agency: Agency) -> str:
    return agency.task(agency.file(COMPLAINT).case_id, "screen").id


def clarifying(agency: Agency) -> tuple[str, str]:
    """A case whose clarification waits in a unit, and that task."""
    case_id = agency.file(COMPLAINT).case_id
    agency.do(case_id, "screen", SCREENED_G)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
    agency.do(case_id, "accept", {"accepted": True})
    return case_id, agency.task(case_id, "clarify").id


def test_a_head_gives_several_tasks_to_another_and_the_reason_is_sealed(agency: Agency) -> None:
    held, free = screening(agency), screening(agency)
    agency.office.claim(held, user(agency, "screening_head.2"))

    hand_over(agency, held, free, to="screening_head", by="screening_head")

    assert {holder(agency, held), holder(agency, free)} == {"screening_head"}
    with pytest.raises(TaskAlreadyClaimed):
        agency.office.complete(held, SCREENED, user=user(agency, "screening_head.2"))
    with agency.office.engine.read() as work:
        query = sa.select(HistoryEvent).where(HistoryEvent.type == "task_reassigned")
        events = sorted(work.session.scalars(query), key=lambda e: e.data["task"] == free)
        head = people.user_by_name(work, "screening_head")
        other = people.user_by_name(work, "screening_head.2")
        assert [(e.data["from"], e.data["to"]) for e in events] == [
            (other.id, head.id),
            (None, head.id),
        ]
        assert {(e.actor, e.role) for e in events} == {(head.id, "screening_head")}
        assert WHY not in str([event.data for event in events])
        case_id = work.session.scalars(sa.select(handover.Case.id)).first()
    view = agency.office.case(str(case_id), user(agency, "intake_officer"))
    assert WHY in str([each.answers for each in view.submissions])


def test_the_record_of_a_case_that_was_handed_over_is_whole(agency: Agency) -> None:
    case_id, task = clarifying(agency)
    agency.office.claim(task, user(agency, "unit_officer.it"))

    hand_over(agency, task, to="unit_director.it", by="unit_director.it")

    agency.check_record(case_id)
    office = agency.office
    run = Run(office.engine, office.services, office.settings.data_dir)
    list(run.steps())
    assert run.report.differences == []


@pytest.mark.parametrize(
    ("by", "to", "error"),
    [
        ("unit_officer.it", "unit_director.it", NotAllowed),
        ("unit_director.legal", "unit_officer.legal", TaskNotFound),
        ("screening_head", "screening_head.2", NotAllowed),
        ("unit_director.it", "unit_officer.legal", HandoverRefused),
        ("unit_director.it", "screening_head", HandoverRefused),
    ],
)
def test_only_the_head_of_a_task_hands_it_over_and_only_to_its_candidates(
    shared: Agency, by: str, to: str, error: type[Exception]
) -> None:
    _, task = clarifying(shared)

    with pytest.raises(error):
        hand_over(shared, task, to=to, by=by)

    assert holder(shared, task) is None


def test_who_is_in_conflict_is_refused_as_who_is_no_candidate_and_nothing_is_moved(
    shared: Agency,
) -> None:
    first, second = screening(shared), screening(shared)
    with shared.office.engine.begin() as work:
        task = work.session.get_one(UserTask, second)
        case = work.session.scalars(
            sa.select(handover.Case).where(handover.Case.instance_id == task.instance_id)
        ).one()
        other = people.user_by_name(work, "screening_head.2")
        record_conflict(work, case, other.id, ground="declared")

    with pytest.raises(HandoverRefused) as caught:
        hand_over(shared, first, second, to="screening_head.2", by="screening_head")

    assert case.receipt_no in caught.value.text.th
    assert "ส่วนได้เสีย" not in caught.value.text.th
    assert holder(shared, first) is None


def test_the_two_person_rule_holds_for_who_is_handed_a_task(agency: Agency) -> None:
    clerk = user(agency, "intake_officer")
    with agency.office.engine.begin() as work:
        people.set_groups(work, clerk.id, ["intake_officer", "screening_head"])
    corruption = {**COMPLAINT, "track": "C", "accused": [{"name": "นายทดสอบ ถูกกล่าวหา"}]}
    case_id = agency.file(corruption, channel="letter").case_id

    with pytest.raises(HandoverRefused):
        hand_over(agency, agency.task(case_id, "screen").id, to=clerk.username, by="screening_head")


def test_a_reason_and_a_task_are_needed(shared: Agency) -> None:
    task = screening(shared)

    with pytest.raises(FormInvalid):
        hand_over(shared, task, to="screening_head", by="screening_head", reason="x")
    with pytest.raises(NothingToHandOver):
        hand_over(shared, to="screening_head", by="screening_head")


def test_what_somebody_held_who_lost_their_role_or_account_goes_back_to_its_group(
    agency: Agency,
) -> None:
    one, other = screening(agency), screening(agency)
    leaving, closing = user(agency, "screening_head"), user(agency, "screening_head.2")
    agency.office.claim(one, leaving)
    agency.office.claim(other, closing)

    with agency.office.engine.begin() as work:
        people.set_groups(work, leaving.id, ["intake_officer"])
        people.set_active(work, closing.username, False)

    assert (holder(agency, one), holder(agency, other)) == (None, None)
    with pytest.raises((NotAllowed, TaskNotFound)):
        agency.office.complete(one, SCREENED, user=user(agency, "screening_head"))
    with pytest.raises(TaskNotFound):
        agency.office.complete(other, SCREENED, user=user(agency, "screening_head.2"))


def test_a_list_of_what_may_be_handed_over_has_only_what_the_head_may_see(shared: Agency) -> None:
    _, clarify = clarifying(shared)
    screen = screening(shared)

    def listed(name: str) -> list[str]:
        with shared.office.engine.read() as work:
            found = handover.movable(work, people.user_by_name(work, name))
            return [row.task.id for row in found]

    assert clarify in listed("unit_director.it")
    assert not {clarify, screen} & set(listed("unit_director.legal"))
    assert screen in listed("screening_head")
    with pytest.raises(NotAllowed):
        listed("unit_officer.it")
