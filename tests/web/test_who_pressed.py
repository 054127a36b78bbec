"""A button of a page is pressed by a person: the record says who, in which role."""

from __future__ import annotations

import pytest

from engine.ground.text import Text
from engine.turn import incidents
from office.people.people import User
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT
from tests.web.visitor import Visitor


def person(agency: Agency, username: str) -> User:
    return next(user for user in agency.staff if user.username == username)


def raised(agency: Agency, case_id: str) -> str:
    with agency.office.engine.begin() as work:
        instance_id = agency.instance(case_id)
        reason = Text("ส่งไม่ได้", "it cannot be sent")
        incidents.raise_incident(work, instance_id, "step", reason, element_id="screen")
    with agency.office.engine.read() as work:
        from engine.verbs.incidents import open_incidents

        (found,) = open_incidents(work)
        return str(found.id)


@pytest.mark.parametrize("button", ["retry", "settle"])
def test_an_incident_is_resolved_by_its_administrator(
    agency: Agency, visitor: Visitor, button: str
) -> None:
    case_id = agency.file(COMPLAINT).case_id
    incident = raised(agency, case_id)
    visitor.sign_in("administrator")
    visitor.visit("/admin/incidents")

    visitor.send(f"/admin/incidents/{incident}/{button}")

    history = agency.office.engine.history(agency.instance(case_id))
    done = [event.actor for event in history if event.type == "incident_resolved"]
    if visitor.status == 200:
        assert done == [person(agency, "administrator").id]
    else:
        assert (button, done) == ("settle", [])  # there is no job that could be done by hand


@pytest.mark.parametrize(
    ("username", "button", "type", "role"),
    [
        ("screening_head", "claim", "task_claimed", "screening_head"),
        ("screening_head", "release", "task_released", "screening_head"),
        ("screening_head", "conflict", "conflict_recorded", ""),
    ],
)
def test_a_task_is_taken_given_back_and_left_by_its_officer(
    agency: Agency, visitor: Visitor, username: str, button: str, type: str, role: str
) -> None:
    case_id = agency.file(COMPLAINT).case_id
    task = agency.task(case_id, "screen")
    visitor.sign_in(username)
    visitor.visit(f"/tasks/{task.id}")
    if button == "release":
        visitor.send(f"/tasks/{task.id}/claim")

    there = f"/cases/{case_id}/conflict" if button == "conflict" else f"/tasks/{task.id}/{button}"
    visitor.send(there)

    history = agency.office.engine.history(agency.instance(case_id))
    (event,) = [event for event in history if event.type == type]
    assert (event.actor, event.role) == (person(agency, username).id, role)
