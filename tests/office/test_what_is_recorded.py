"""The history says who did what and in which role, and commits to what it does not say."""

from __future__ import annotations

from typing import Any

from engine.store.tables import HistoryEvent
from office.ground.tables import Submission
from office.people.people import User
from tests.office.conftest import complaint
from tests.office.test_need_to_know import REASON, Staff, at_clarification
from tests.support.verbs import Office

OFFICER = {
    "channel": "letter",
    "received_at": "2026-03-02T08:45",
    "source_no": "ที่ อว 0001/2569",
    "classification": "ปกติ",
}


def events(office: Office, case_id: str, user: User, type: str) -> list[HistoryEvent]:
    instance_id = office.case(case_id, user).instance_id
    assert instance_id is not None
    return [event for event in office.engine.history(instance_id) if event.type == type]


def test_every_act_says_in_which_role_it_was_done(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)

    done = events(office, filed.case_id, staff["head"], "task_completed")

    assert {(event.actor, event.role) for event in done} == {(staff["head"].id, "screening_head")}


def test_an_officer_who_enters_a_complaint_acts_for_the_complainant(
    office: Office, staff: Staff
) -> None:
    filed = office.file_complaint(complaint(), OFFICER, actor=staff["intake"].actor)

    (started,) = events(office, filed.case_id, staff["head"], "instance_started")

    assert (started.actor, started.role) == (staff["intake"].id, "intake_officer")
    assert started.on_behalf_of == "complainant"


def test_looks_at_what_is_sensitive_are_events(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)
    view = office.case(filed.case_id, staff["head"])

    office.read_file(filed.case_id, view.files[0].id, staff["head"])
    office.read_case_letter(filed.case_id, view.letters[0].id, staff["head"])
    open_case = office.file_complaint(complaint()).case_id
    office.reveal_identity(open_case, staff["head"], paths=["phone"], reason=REASON)

    for type in ("file_opened", "letter_opened", "identity_read"):
        case_id = open_case if type == "identity_read" else filed.case_id
        (look,) = events(office, case_id, staff["head"], type)
        assert (look.actor, look.role) == (staff["head"].id, "screening_head")
        assert REASON not in str(look.data)


def test_the_history_commits_to_the_words_without_holding_them(
    office: Office, staff: Staff
) -> None:
    filed = at_clarification(office, staff)

    submitted = events(office, filed.case_id, staff["head"], "form_submitted")

    first: dict[str, Any] = submitted[0].data
    assert [event.data["form"] for event in submitted] == [
        "f1_intake",
        "f2_screening",
        "f4_assignment",
    ]
    assert {"full_name", "accused[0].name"} <= first["identity"].keys()
    assert [file["field"] for file in first["files"]] == ["evidence"]
    with office.engine.read() as work:
        assert work.session.get_one(Submission, first["submission"]).form == "f1_intake"
