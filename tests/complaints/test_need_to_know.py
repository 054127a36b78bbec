"""Who sees which case, and how much of it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from complaints import people
from complaints.access import Sight
from complaints.attachments import Upload
from complaints.errors import AttachmentNotFound, CaseNotFound, ReasonNeeded
from complaints.office import Office
from complaints.people import User
from complaints.register import Filed
from complaints.reveals import RequestNotFound, SecondPersonNeeded
from engine.errors import NotAllowed
from tests.complaints.conftest import ASSIGNED, CLARIFIED, CUSTODIAN, SCREENED, corruption
from tests.complaints.test_file_types import PDF

Staff = dict[str, User]
REASON = "ต้องโทรศัพท์สอบถามผู้ร้องตามที่ร้องขอ"


def task_of(office: Office, step: str) -> str:
    return next(task.id for task in office.engine.tasks() if task.element_id == step)


def at_clarification(office: Office, staff: Staff, **changes: Any) -> Filed:
    """A corruption case that the unit `it` has to clarify, with a file from the complainant."""
    upload = Upload("evidence", "ใบเสนอราคา.pdf", io.BytesIO(PDF))
    filed = office.file_complaint(corruption(**changes), files=[upload])
    office.run_due()
    office.complete(task_of(office, "screen"), SCREENED, user=staff["head"])
    office.complete(task_of(office, "assign"), ASSIGNED, user=staff["head"])
    return filed


def test_the_unit_reads_what_it_was_sent_and_no_more(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)

    view = office.case(filed.case_id, staff["it"])

    assert view.sight is Sight.UNIT
    assert [submission.form for submission in view.submissions] == ["f4_assignment"]
    assert view.submissions[0].answers["redacted_facts"] == ASSIGNED["redacted_facts"]
    assert view.title is None
    assert view.files == ()
    assert view.letters == ()
    assert view.identity_fields == ()


def test_another_unit_does_not_learn_that_the_case_exists(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)

    with pytest.raises(CaseNotFound) as hidden:
        office.case(filed.case_id, staff["legal"])
    with pytest.raises(CaseNotFound) as absent:
        office.case("0" * 32, staff["legal"])

    assert hidden.value.text == absent.value.text
    assert office.cases(staff["legal"]) == []


def test_a_unit_keeps_seeing_what_it_clarified(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)

    office.complete(task_of(office, "clarify"), CLARIFIED, user=staff["it"])

    view = office.case(filed.case_id, staff["it"])
    assert [each.form for each in view.submissions] == ["f4_assignment", "f6_clarification"]


def test_the_complainants_file_does_not_reach_the_unit(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)
    file = office.case(filed.case_id, staff["head"]).files[0]

    info, chunks = office.read_file(filed.case_id, file.id, staff["head"])
    assert (info.name, b"".join(chunks)) == ("ใบเสนอราคา.pdf", PDF)

    with pytest.raises(AttachmentNotFound):
        office.read_file(filed.case_id, file.id, staff["it"])


def test_the_administrator_reads_no_case(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["admin"])


def test_the_auditor_sees_the_course_and_no_text(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)

    view = office.case(filed.case_id, staff["auditor"])

    assert view.sight is Sight.REDACTED
    assert view.receipt_no == filed.receipt_no
    assert (view.title, view.submissions, view.files, view.letters) == (None, (), (), ())


def test_the_accused_director_sees_nothing_of_the_case(office: Office, staff: Staff) -> None:
    accused = [{"name": "ผู้อำนวยการ", "position": "ผู้อำนวยการสำนักงาน", "status": "ดำรงตำแหน่ง"}]
    filed = office.file_complaint(corruption(accused=accused))
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["director"])

    office.run_due()
    office.complete(task_of(office, "screen"), SCREENED, user=staff["head"])
    office.complete(task_of(office, "assign"), ASSIGNED, user=staff["head"])
    office.complete(task_of(office, "clarify"), CLARIFIED, user=staff["it"])

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["director"])
    assert office.cases(staff["director"]) == []
    assert office.work_list(staff["director"]).items == ()
    assert [item.case_id for item in office.work_list(staff["chair"]).items] == [filed.case_id]


def test_a_director_who_is_not_accused_sees_it_once_that_is_known(
    office: Office, staff: Staff
) -> None:
    filed = office.file_complaint(corruption())
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["director"])

    office.run_due()

    assert office.case(filed.case_id, staff["director"]).sight is Sight.FULL


def test_whoever_steps_out_of_a_case_no_longer_sees_it(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(corruption())
    office.run_due()
    office.claim(task_of(office, "screen"), staff["head"])

    office.declare_conflict(filed.case_id, staff["head"])

    assert office.work_list(staff["head"]).items == ()
    assert office.cases(staff["head"]) == []
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["head"])
    with pytest.raises(CaseNotFound):
        office.complete(task_of(office, "screen"), SCREENED, user=staff["head"])
    task = office.engine.tasks()[0]
    assert task.assignee is None
    events = [event.type for event in office.engine.history(task.instance_id)]
    assert events[-2:] == ["task_released", "conflict_recorded"]


def test_an_accused_officer_is_kept_out_by_name(office: Office, staff: Staff) -> None:
    accused = [{"name": "น.ส. หัวหน้าศูนย์", "position": "หัวหน้า", "status": "ดำรงตำแหน่ง"}]
    filed = office.file_complaint(corruption(accused=accused))
    office.run_due()

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["head"])
    assert office.work_list(staff["head"]).items == ()


def test_a_protected_identity_takes_two_persons_and_is_recorded(
    office: Office, staff: Staff
) -> None:
    filed = at_clarification(office, staff)
    head, case_id = staff["head"], filed.case_id
    view = office.case(case_id, head)
    assert {"full_name", "phone", "accused[0].name"} <= set(view.identity_fields)

    with pytest.raises(SecondPersonNeeded):
        office.reveal_identity(case_id, head, paths=["phone"], reason=REASON)
    with pytest.raises(ReasonNeeded):
        office.ask_identity(case_id, head, fields=["phone"], reason="อยากรู้", hours=1)
    wish = office.ask_identity(case_id, head, fields=["phone"], reason=REASON, hours=1)
    with pytest.raises(RequestNotFound):
        office.open_identity(wish, head)
    office.decide_identity(wish, CUSTODIAN, granted=True, answer=REASON)
    shown = office.open_identity(wish, head)

    assert shown == {"phone": "0812345678"}
    last = office.engine.history(view.instance_id or "")[-1]
    assert (last.type, last.actor, last.data["fields"]) == (
        "identity_read",
        staff["head"].id,
        ["phone"],
    )
    assert REASON not in str(last.data)


@pytest.mark.parametrize("who", ["it", "auditor", "director", "admin"])
def test_others_may_not_open_the_vault(office: Office, staff: Staff, who: str) -> None:
    filed = at_clarification(office, staff)

    with pytest.raises(CaseNotFound):
        office.reveal_identity(filed.case_id, staff[who], paths=["phone"], reason=REASON)
    with pytest.raises(NotAllowed):
        office.decide_identity("any", staff[who], granted=True, answer=REASON)


def test_a_closed_account_sees_nothing(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)
    with office.engine.begin() as work:
        people.set_active(work, "head", False)
    with office.engine.read() as work:
        closed = people.user_by_name(work, "head")

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, closed)
