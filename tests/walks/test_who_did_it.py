"""The record of a walk says who did each thing, in which role and for whom: every event of a person
is tried against what was really done, every other one is the system's or the complainant's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.store.tables import Command, HistoryEvent
from office.people.people import User
from tests.calendar.test_review_paths import BY_POST, enter, refused
from tests.support.agency import ASSIGNED, CLARIFIED, FOUNDED, INCOMPLETE, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import (
    ASSESSED,
    COMPLAINT,
    QUESTIONS,
    SCREENED_G,
)

COMPLAINANT, SYSTEM = "complainant", "system"
Did = tuple[str, str, str, str]  # type, actor, role, on behalf of
# Who does what, whichever way a case goes: the role is checked where a person did it.
BY_THE_SYSTEM = {
    "timer_fired",
    "timer_moved",
    "job_completed",
    "reminder_sent",
    "escalation_sent",
    "letter_issued",
    "letter_read",
    "letter_received",
    "notice_sent",
    "incident_raised",
    "job_failed",
}
BY_A_PERSON = {"task_claimed", "task_released", "task_completed", "extension_asked"}
ASKED_G = {
    **SCREENED_G,
    "minimum_complete": False,
    "minimum_missing": "ไม่ระบุวันที่และเลขที่ประกาศ",
}


@pytest.fixture
def agency(
    sqlite_agencies: Installations, clock: TravellingClock, tmp_path: Path
) -> Iterator[Agency]:
    """The record is the same on both databases, as the walks tell; who did what is asked here."""
    clock.travel_to(FOUNDED + timedelta(days=14))
    with sqlite_agencies.agency(clock, tmp_path / "var") as agency:
        yield agency


def events(agency: Agency, case_id: str) -> list[HistoryEvent]:
    return list(agency.office.engine.history(agency.instance(case_id)))


def did(agency: Agency, case_id: str, *types: str) -> list[Did]:
    found = events(agency, case_id)
    return [(e.type, e.actor, e.role, e.on_behalf_of) for e in found if e.type in types]


def done(agency: Agency, case_id: str, walk: list[tuple[str, dict[str, Any]]]) -> list[User]:
    return [agency.do(case_id, element, answers) for element, answers in walk]


WALK: list[tuple[str, dict[str, Any]]] = [
    ("screen", dict(SCREENED_G)),
    ("assign", {**ASSIGNED, "lead_unit": "it"}),
    ("accept", {"accepted": True}),
    ("clarify", dict(CLARIFIED)),
    ("assess", dict(INCOMPLETE)),
    ("clarify", dict(CLARIFIED)),
    ("assess", dict(ASSESSED)),
]
ROLES = {
    "screen": {"screening_head"},
    "assign": {"screening_head"},
    "accept": {"unit_officer@it", "unit_director@it"},
    "clarify": {"unit_officer@it", "unit_director@it"},
    "assess": {"screening_head"},
}


def role_in(element: str, user: User) -> str:
    """The one role in which this person may do this step."""
    (role,) = ROLES[element] & user.groups
    return role


def test_every_step_is_done_by_its_person_in_the_role_that_the_step_is_for(agency: Agency) -> None:
    case_id = agency.file(COMPLAINT).case_id
    doers = done(agency, case_id, WALK)

    expected = [
        (type, user.id, role_in(element, user), "")
        for (element, _), user in zip(WALK, doers, strict=True)
        for type in ("task_claimed", "task_completed")
    ]
    assert did(agency, case_id, "task_claimed", "task_completed") == expected
    forms = [
        (e.data["form"], e.actor, e.role)
        for e in events(agency, case_id)
        if e.type == "form_submitted"
    ]
    assert forms[0] == ("f1_intake", COMPLAINANT, "")
    assert [each[1:] for each in forms[1:]] == [
        (user.id, role_in(element, user)) for (element, _), user in zip(WALK, doers, strict=True)
    ]


def test_whatever_is_recorded_has_a_doer_that_fits_its_kind(agency: Agency) -> None:
    case_id = agency.file(COMPLAINT).case_id
    done(agency, case_id, WALK)
    agency.pass_days(20)
    people_here = {user.id: user for user in agency.staff}

    wrong = []
    for event in events(agency, case_id):
        person = people_here.get(event.actor)
        fits = person is not None or event.actor in (SYSTEM, COMPLAINANT)
        if event.type in BY_THE_SYSTEM:
            fits = event.actor == SYSTEM and not event.role
        if event.type in BY_A_PERSON:
            fits = person is not None and event.role in person.groups
        if person is not None:
            fits = fits and event.role in person.groups
        if event.on_behalf_of:
            fits = fits and event.on_behalf_of == COMPLAINANT
        wrong += [] if fits else [(event.seq, event.type, event.actor, event.role)]

    assert wrong == []


def test_each_command_is_of_the_actor_of_its_events(agency: Agency) -> None:
    case_id = agency.file(COMPLAINT).case_id
    done(agency, case_id, WALK)
    with agency.office.engine.read() as work:
        query = sa.select(Command).where(Command.instance_id == agency.instance(case_id))
        commands = {command.seq: command for command in work.session.scalars(query)}
        kinds = {
            command.seq: (command.actor, command.role, command.on_behalf_of)
            for command in commands.values()
        }
    engines = {"activity_entered", "task_completed", "task_created", "instance_started"}
    for event in events(agency, case_id):
        if event.type in engines:
            who = (event.actor, event.role, event.on_behalf_of)
            assert who == kinds[event.command_seq], (event.seq, event.type)


@pytest.mark.parametrize("channel", ["phone", "letter", "walk-in"])
def test_who_enters_a_complaint_acts_for_its_complainant(agency: Agency, channel: str) -> None:
    case_id = agency.file(COMPLAINT, channel).case_id

    clerk = agency.person("intake_officer")
    role = "intake_officer"
    (first, *_) = did(agency, case_id, "instance_started")
    assert first == ("instance_started", clerk.id, role, COMPLAINANT)
    assert set(did(agency, case_id, "form_submitted")) == {
        ("form_submitted", clerk.id, role, COMPLAINANT)
    }


def test_what_the_complainant_does_is_the_complainants(agency: Agency) -> None:
    filed = agency.file(COMPLAINT)
    screener, asker = done(agency, filed.case_id, [("screen", ASKED_G), ("ask", dict(QUESTIONS))])
    assert {screener.id, asker.id} <= {user.id for user in agency.staff}
    form, _ = agency.office.reply_form(filed.tracking_code)
    answers = {
        component.key: "เลขที่ประกาศ ๑/๒๕๖๙ ลงวันที่ ๒ มีนาคม ๒๕๖๙"
        for component in form.components
        if component.key and component.type in ("textarea", "textfield")
    }

    agency.office.reply(filed.tracking_code, answers)
    agency.office.run_due()

    told = did(agency, filed.case_id, "message_received")
    assert told == [("message_received", COMPLAINANT, "", "")]
    (start,) = did(agency, filed.case_id, "instance_started")
    assert start == ("instance_started", COMPLAINANT, "", "")
    last = [e for e in events(agency, filed.case_id) if e.type == "form_submitted"][-1]
    assert (last.data["form"], last.actor) == ("f3_reply", COMPLAINANT)


def test_what_was_taken_and_given_back_is_recorded_with_its_role(agency: Agency) -> None:
    case_id = agency.file(COMPLAINT).case_id
    head = agency.person("screening_head")
    task = agency.task(case_id, "screen")

    agency.office.claim(task.id, head)
    agency.office.release(task.id, head)

    assert did(agency, case_id, "task_claimed", "task_released") == [
        ("task_claimed", head.id, "screening_head", ""),
        ("task_released", head.id, "screening_head", ""),
    ]


def test_a_conflict_that_is_declared_is_declared_by_its_person(agency: Agency) -> None:
    case_id = agency.file(COMPLAINT).case_id
    head = agency.person("screening_head")

    agency.office.declare_conflict(case_id, head)

    assert did(agency, case_id, "conflict_recorded") == [("conflict_recorded", head.id, "", "")]


def test_who_enters_a_request_for_a_review_acts_for_the_complainant(agency: Agency) -> None:
    filed = refused(agency, BY_POST)
    clerk = agency.person("intake_officer")

    enter(agency, filed, review_received_on="2026-03-16")

    assert did(agency, filed.case_id, "message_received")[-1] == (
        "message_received",
        clerk.id,
        "intake_officer",
        COMPLAINANT,
    )
