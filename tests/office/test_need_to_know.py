"""Who sees which case, and how much of it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.ground.errors import NotAllowed, TaskNotFound
from engine.store.tables import HistoryEvent, UserTask
from office.audit import case_search, export
from office.audit.case_search import Criteria
from office.audit.case_statistics import Selection, statistics
from office.cases.register import Filed
from office.cases.reveals import RequestNotFound, SecondPersonNeeded
from office.ground.errors import AttachmentNotFound, CaseNotFound, ReasonNeeded
from office.ground.tables import Attachment, Case
from office.people import people
from office.people.access import Sight, countable, task_sight
from office.people.people import User
from office.vault.attachments import Upload
from office.vault.submissions import keep_submission
from tests.office.conftest import (
    ASSIGNED,
    CLARIFIED,
    CUSTODIAN,
    DECIDED,
    SCREENED,
    complaint,
    corruption,
)
from tests.office.test_file_types import PDF
from tests.support.verbs import Office

Staff = dict[str, User]
PLAIN = "ราคาสูงกว่าตลาดสองเท่า".encode()
REASON = "ต้องโทรศัพท์สอบถามผู้ร้องตามที่ร้องขอ"


def task_of(office: Office, step: str) -> str:
    return next(task.id for task in office.engine.tasks() if task.element_id == step)


def at_clarification(office: Office, staff: Staff, **changes: Any) -> Filed:
    """A corruption case that the unit `it` has to clarify, with a file from the complainant."""
    upload = Upload("evidence", "ใบเสนอราคา.txt", io.BytesIO(PLAIN))
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
    assert (info.name, b"".join(chunks)) == ("ใบเสนอราคา.txt", PLAIN)

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
    office.run_due()
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["director"])

    office.complete(task_of(office, "screen"), SCREENED, user=staff["head"])

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
    with pytest.raises(TaskNotFound):
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


# ── a part that is over ────────────────────────────────────────────────────────────────────────


def moved(office: Office, username: str, *groups: str) -> User:
    """The person after their roles were changed."""
    with office.engine.begin() as work:
        account = people.user_by_name(work, username)
        people.set_groups(work, account.id, groups)
        return people.user_by_id(work, account.id)


def test_who_clarified_and_then_left_the_unit_sees_the_case_no_more(
    office: Office, staff: Staff
) -> None:
    # No group was left through which they had the task, and that was taken for the widest sight.
    filed = at_clarification(office, staff)
    file = office.case(filed.case_id, staff["head"]).files[0]
    office.complete(task_of(office, "clarify"), CLARIFIED, user=staff["it"])

    officer = moved(office, "it", "unit_officer@legal")

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, officer)
    with pytest.raises(CaseNotFound):
        office.read_file(filed.case_id, file.id, officer)
    assert office.cases(officer) == []


def test_a_central_role_that_has_done_its_part_keeps_the_excerpt(
    office: Office, staff: Staff
) -> None:
    accused = [{"name": "คนหนึ่ง", "position": "ผู้อำนวยการสำนักงาน", "status": "ดำรงตำแหน่ง"}]
    filed = at_clarification(office, staff, accused=accused)
    office.complete(task_of(office, "clarify"), CLARIFIED, user=staff["it"])
    assert office.case(filed.case_id, staff["chair"]).sight is Sight.FULL

    office.complete(task_of(office, "decide"), DECIDED, user=staff["chair"])

    view = office.case(filed.case_id, staff["chair"])
    assert view.sight is Sight.UNIT
    assert (view.title, view.files, view.letters, view.identity_fields) == (None, (), (), ())
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, moved(office, "chair", "administrator"))


def test_a_task_claimed_in_a_role_that_was_lost_goes_back_to_its_group(
    office: Office, staff: Staff
) -> None:
    filed = at_clarification(office, staff)
    task_id = task_of(office, "clarify")
    office.claim(task_id, staff["it"])

    officer = moved(office, "it", "unit_officer@legal")

    assert office.engine.tasks()[0].assignee is None
    for act in (office.release, office.claim):
        with pytest.raises(TaskNotFound):
            act(task_id, officer)
    with pytest.raises(TaskNotFound):
        office.complete(task_id, CLARIFIED, user=officer)
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, officer)


def test_a_claim_that_was_left_over_opens_nothing(office: Office, staff: Staff) -> None:
    # As an older release left it: the role went, the claim stayed.
    filed = at_clarification(office, staff)
    task_id = task_of(office, "clarify")
    office.claim(task_id, staff["it"])
    gone = replace(staff["it"], groups=frozenset({"unit_officer@legal"}))

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, gone)
    with pytest.raises(TaskNotFound):
        office.complete(task_id, CLARIFIED, user=gone)


# ── before it is known who is accused ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["director", "chair", "auditor", "it", "admin", "custodian"])
def test_nobody_but_intake_and_screening_sees_a_corruption_case_before_it_is_screened(
    office: Office, staff: Staff, who: str
) -> None:
    # The Director read it until somebody ticked a box, unless the name was spelled as expected.
    filed = office.file_complaint(corruption())
    office.run_due()

    assert office.case(filed.case_id, staff["intake"]).sight is Sight.FULL
    assert office.case(filed.case_id, staff["head"]).sight is Sight.FULL
    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff[who])
    assert office.cases(staff[who]) == []
    assert office.work_list(staff[who]).items == ()
    since, until = (
        office.engine.clock.now() - timedelta(1),
        office.engine.clock.now() + timedelta(1),
    )
    with office.engine.read() as work:
        assert export.case_ids(work, staff[who], export.Selection(since, until)) == []
        assert case_search.find_cases(work, staff[who], Criteria()) == []
        counted = statistics(work, staff[who], Selection("complaint", None, since, until))
    assert (counted.cases, dict(counted.figures)) == (0, {})


def test_an_auditor_examines_a_corruption_case_once_it_is_screened(
    office: Office, staff: Staff
) -> None:
    filed = at_clarification(office, staff)

    assert office.case(filed.case_id, staff["auditor"]).sight is Sight.REDACTED


# ── the letter of authority ────────────────────────────────────────────────────────────────────


def with_authority(office: Office, **answers: Any) -> Filed:
    """A complaint for somebody else, with the letter that allows it."""
    letter = Upload("proxy_file", "มอบอำนาจ นางสาวสมหญิง ใจกล้า.pdf", io.BytesIO(PDF))
    filed = office.file_complaint(complaint(on_behalf=True, **answers), files=[letter])
    office.run_due()
    return filed


def letter_of(office: Office) -> str:
    with office.engine.read() as work:
        return work.session.scalars(sa.select(Attachment.id)).one()


@pytest.mark.parametrize("who", ["intake", "head", "director", "it", "auditor"])
def test_a_letter_of_authority_is_no_ordinary_attachment(
    office: Office, staff: Staff, who: str
) -> None:
    filed = with_authority(office)
    office.complete(task_of(office, "screen"), SCREENED, user=staff["head"])
    office.complete(task_of(office, "assign"), ASSIGNED, user=staff["head"])

    view = office.case(filed.case_id, staff[who])

    assert view.files == ()
    assert "สมหญิง" not in str(view)
    with pytest.raises(AttachmentNotFound):
        office.read_file(filed.case_id, letter_of(office), staff[who])


def test_the_letter_of_an_open_case_is_laid_open_with_a_reason_and_for_a_while(
    office: Office, staff: Staff, clock: TravellingClock
) -> None:
    filed, letter = with_authority(office), letter_of(office)
    case_id, head = filed.case_id, staff["head"]
    assert "proxy_file" in office.case(case_id, head).identity_fields

    with pytest.raises(ReasonNeeded):
        office.reveal_identity(case_id, head, paths=["proxy_file"], reason="อยากรู้")
    shown = office.reveal_identity(case_id, head, paths=["proxy_file"], reason=REASON)

    assert [file.id for file in shown["proxy_file"]] == [letter]
    assert b"".join(office.read_file(case_id, letter, head)[1]) == PDF
    types = [(e.type, e.data.get("fields")) for e in history_of(office)]
    assert types[-2:] == [("identity_read", ["proxy_file"]), ("file_opened", None)]
    with pytest.raises(AttachmentNotFound):
        office.read_file(case_id, letter, staff["intake"])
    clock.advance(hours=2)
    with pytest.raises(AttachmentNotFound):
        office.read_file(case_id, letter, head)


def test_the_letter_of_a_confidential_case_takes_two_persons(
    office: Office, staff: Staff, clock: TravellingClock
) -> None:
    filed, letter = with_authority(office, identity_mode="confidential"), letter_of(office)
    case_id, head = filed.case_id, staff["head"]

    with pytest.raises(SecondPersonNeeded):
        office.reveal_identity(case_id, head, paths=["proxy_file"], reason=REASON)
    wish = office.ask_identity(case_id, head, fields=["proxy_file"], reason=REASON, hours=1)
    with pytest.raises(AttachmentNotFound):
        office.read_file(case_id, letter, head)
    office.decide_identity(wish, CUSTODIAN, granted=True, answer=REASON)
    office.open_identity(wish, head)

    assert b"".join(office.read_file(case_id, letter, head)[1]) == PDF
    clock.advance(hours=2)
    with pytest.raises(AttachmentNotFound):
        office.read_file(case_id, letter, head)


def history_of(office: Office) -> list[HistoryEvent]:
    with office.engine.read() as work:
        return list(work.session.scalars(sa.select(HistoryEvent).order_by(HistoryEvent.seq)))


# ── who gave no name ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_a_grievance_in_confidence_is_kept_from_the_unit_as_corruption_is(
    office: Office, staff: Staff, mode: str
) -> None:
    # The track decided, and the unit read the words and the pictures of a grievance in confidence.
    known = {"full_name": None, "phone": None, "email": None, "reply_by": None}
    given = complaint(identity_mode=mode, **(known if mode == "anonymous" else {}))
    upload = Upload("evidence", "ภาพหน้าจอ.pdf", io.BytesIO(PDF))
    filed = office.file_complaint(given, files=[upload])
    office.run_due()
    tests = {"evidence_stated": False, "circumstances_clear": False, "witnesses_definite": False}
    anonymous = tests if mode == "anonymous" else {}
    office.complete(task_of(office, "screen"), {**SCREENED, **anonymous}, user=staff["head"])
    office.complete(task_of(office, "assign"), ASSIGNED, user=staff["head"])
    file = office.case(filed.case_id, staff["head"]).files[0]

    view = office.case(filed.case_id, staff["it"])

    assert [each.form for each in view.submissions] == ["f4_assignment"]
    assert (view.title, view.files) == (None, ())
    assert [item.title for item in office.work_list(staff["it"]).items] == [None]
    with pytest.raises(AttachmentNotFound):
        office.read_file(filed.case_id, file.id, staff["it"])


def test_a_grievance_with_a_name_to_it_is_read_by_the_unit(office: Office, staff: Staff) -> None:
    upload = Upload("evidence", "ภาพหน้าจอ.pdf", io.BytesIO(PDF))
    filed = office.file_complaint(complaint(), files=[upload])
    office.run_due()
    office.complete(task_of(office, "screen"), SCREENED, user=staff["head"])
    office.complete(task_of(office, "assign"), ASSIGNED, user=staff["head"])

    view = office.case(filed.case_id, staff["it"])

    assert [each.form for each in view.submissions] == ["f1_intake", "f4_assignment"]
    assert [file.name for file in view.files] == ["แฟ้ม 1.pdf"], "as typed it may tell a name"
    info, chunks = office.read_file(filed.case_id, view.files[0].id, staff["it"])
    assert (info.name, b"".join(chunks)) == ("แฟ้ม 1.pdf", PDF)


def test_what_was_answered_to_a_task_before_is_not_shown_to_who_may_not_read_it(
    office: Office, staff: Staff
) -> None:
    # Whoever saw the case got the newest answers to the form with any task of it.
    filed = office.file_complaint(corruption())
    office.run_due()
    incomplete = {**SCREENED, "minimum_complete": False, "minimum_missing": "วันที่เกิดเหตุ"}
    office.complete(task_of(office, "screen"), incomplete, user=staff["head"])
    with office.engine.begin() as work:
        case = work.session.get_one(Case, filed.case_id)
        given = {"opinion": "ความเห็นลับของหัวหน้า"}
        keep_submission(
            work, office.services, case.id, "f3_information_request", given, given_by="x"
        )

    view = office.open_task(task_of(office, "ask"), staff["auditor"])

    assert dict(view.prior) == {}
    assert office.open_task(task_of(office, "ask"), staff["head"]).prior == given


@pytest.mark.parametrize(
    ("status", "did", "did_and_left", "colleague"),
    [
        ("open", Sight.FULL, None, Sight.FULL),
        ("completed", Sight.UNIT, None, None),
        ("withdrawn", None, None, None),
    ],
)
def test_a_part_that_is_over_opens_something_to_who_had_it_alone(
    office: Office,
    status: str,
    did: Sight | None,
    did_and_left: Sight | None,
    colleague: Sight | None,
) -> None:
    """The committee's other members read no more of what one of it has done."""
    doer = "a" if status == "completed" else None
    task = UserTask(
        status=status, completed_by=doer, assignee=None, candidate_groups=["committee"],
        candidate_users=[],
    )  # fmt: skip

    def member(id: str, *groups: str) -> User:
        return User(id, id, id, None, frozenset(groups))

    with office.read() as work:
        assert task_sight(work, task, member("a", "committee")) == did
        assert task_sight(work, task, member("a")) == did_and_left
        assert task_sight(work, task, member("b", "committee")) == colleague


def test_a_director_counts_no_case_before_it_is_known_who_decides_it(
    office: Office, staff: Staff
) -> None:
    """A figure that goes up by one would tell the accused that somebody has complained."""
    filed = office.file_complaint(complaint())
    office.run_due()

    def counted(username: str) -> int | None:
        with office.engine.read() as work:
            query = sa.select(sa.func.count(Case.id)).where(*countable(work, staff[username]))
            return work.session.scalar(query)

    def handled_by(handler: str | None) -> None:
        with office.engine.begin() as work:
            work.session.get_one(Case, filed.case_id).handler = handler

    handled_by(None)
    assert (counted("director"), counted("head")) == (0, 1)
    handled_by("director")
    assert (counted("director"), counted("head")) == (1, 1)


def test_intake_sees_a_case_as_long_as_it_is_open(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(complaint())
    assert office.case(filed.case_id, staff["intake"]).id == filed.case_id

    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    office.run_due()

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, staff["intake"])
    assert office.case(filed.case_id, staff["head"]).id == filed.case_id


def test_a_closed_account_sees_nothing(office: Office, staff: Staff) -> None:
    filed = at_clarification(office, staff)
    with office.engine.begin() as work:
        people.set_active(work, "head", False)
    with office.engine.read() as work:
        closed = people.user_by_name(work, "head")

    with pytest.raises(CaseNotFound):
        office.case(filed.case_id, closed)
