"""A complaint through the office: filed, screened, clarified, decided, and told."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.ground.errors import NotAllowed, TaskAlreadyClaimed, TaskNotFound
from forms import FormInvalid
from office.cases.register import Filed
from office.ground.errors import CannotWithdraw, NothingToAnswer, PageUnknown, TrackingCodeUnknown
from office.people import people
from office.people.people import User
from office.vault.attachments import Upload
from tests.office.conftest import ASSIGNED, CLARIFIED, DECIDED, SCREENED, complaint
from tests.office.test_file_types import PDF
from tests.support.verbs import Office

Staff = dict[str, User]


def do(office: Office, filed: Filed, step: str, user: User, answers: dict[str, Any]) -> None:
    """Complete a step of a case as a person would: from their work list."""
    items = [item for item in office.work_list(user).items if item.case_id == filed.case_id]
    steps = {task.id: task.element_id for task in office.engine.tasks()}
    (task_id,) = [item.task_id for item in items if steps[item.task_id] == step]
    office.complete(task_id, answers, user=user)


def test_a_grievance_reaches_its_result_letter(
    office: Office, staff: Staff, clock: TravellingClock
) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()

    do(office, filed, "screen", staff["head"], SCREENED)
    do(office, filed, "assign", staff["head"], ASSIGNED)
    do(office, filed, "clarify", staff["it"], CLARIFIED)
    do(office, filed, "decide", staff["director"], DECIDED)
    office.run_due()

    public = office.track(filed.tracking_code)
    assert filed.receipt_no == "รร.00001/2569"
    assert public.status.th == "แจ้งผลแล้ว"
    assert [letter.kind for letter in public.letters] == ["L1", "L7"]
    assert [letter.number for letter in public.letters] == [
        "ศปท.ล.00001/2569",
        "ศปท.ล.00002/2569",
    ]
    _, text = office.read_letter(filed.tracking_code, public.letters[1].id)
    assert DECIDED["reasons"] in text
    assert public.closed_at == clock.now()
    told = {who: [notice.kind for notice in office.notices(staff[who])] for who in staff}
    assert told["it"] == told["head"] == ["decided"]
    assert told["legal"] == told["director"] == []
    assert office.notices(staff["it"])[0].words.th == "remind"


def test_the_public_course_is_coarse(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()
    do(office, filed, "screen", staff["head"], SCREENED)
    do(office, filed, "assign", staff["head"], ASSIGNED)
    do(office, filed, "clarify", staff["it"], CLARIFIED)

    public = office.track(filed.tracking_code)

    assert [milestone.status.th for milestone in public.timeline] == [
        "รับเรื่องแล้ว",
        "อยู่ระหว่างดำเนินการ",
    ]


def test_the_complainant_answers_by_code_alone(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(
        complaint(identity_mode="anonymous", full_name=None, email=None, phone=None, reply_by=None)
    )
    office.run_due()
    incomplete = {"minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่"}
    anonymous = {
        "evidence_stated": True,
        "evidence_quote": "แนบภาพหน้าจอ",
        "circumstances_clear": False,
        "witnesses_definite": False,
    }
    do(office, filed, "screen", staff["head"], {**SCREENED, **anonymous, **incomplete})
    question = {"questions": [{"question": "เกิดขึ้นวันใด"}], "ask_channel": "inbox"}
    do(office, filed, "ask", staff["head"], question)

    public = office.track(filed.tracking_code)
    assert public.may_reply
    assert public.questions == ("เกิดขึ้นวันใด",)
    upload = Upload("evidence", "ภาพ.pdf", io.BytesIO(PDF))
    office.reply(filed.tracking_code, {"reply": "วันที่ 5 มีนาคม"}, [upload])

    assert not office.track(filed.tracking_code).may_reply
    view = office.case(filed.case_id, staff["head"])
    assert [file.name for file in view.files] == ["ภาพ.pdf"]
    assert view.submissions[-1].answers["reply"] == "วันที่ 5 มีนาคม"
    with pytest.raises(NothingToAnswer):
        office.reply(filed.tracking_code, {"reply": "อีกครั้ง"})


def test_a_complaint_is_withdrawn_midway(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()
    do(office, filed, "screen", staff["head"], SCREENED)

    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})

    assert office.track(filed.tracking_code).status.th == "ถอนเรื่อง"
    assert office.work_list(staff["head"]).items == ()
    with pytest.raises(CannotWithdraw):
        office.withdraw(filed.tracking_code, {"reason": "อีกครั้ง"})


def test_a_wrong_code_finds_nothing(office: Office) -> None:
    office.file_complaint(complaint())

    for code in ("0" * 16, "1234", "", "ไม่ใช่รหัส", "9" * 5000):
        with pytest.raises(TrackingCodeUnknown):
            office.track(code)


def test_a_code_may_be_typed_as_people_type_it(office: Office) -> None:
    filed = office.file_complaint(complaint())
    code = filed.tracking_code
    thai = code.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))

    for typed in (f" {code[:4]} {code[4:8]}-{code[8:12]} {code[12:]} ", thai):
        assert office.track(typed).receipt_no == filed.receipt_no


def test_two_officers_cannot_hold_one_task(office: Office, staff: Staff) -> None:
    with office.engine.begin() as work:
        other = people.add_user(work, "head2", "หัวหน้า สอง", None, groups=["screening_head"])
    office.file_complaint(complaint())
    office.run_due()
    task_id = office.work_list(other).items[0].task_id

    office.claim(task_id, staff["head"])

    assert office.work_list(other).items == ()
    with pytest.raises(TaskAlreadyClaimed):
        office.claim(task_id, other)
    with pytest.raises(TaskAlreadyClaimed):
        office.complete(task_id, SCREENED, user=other)
    office.release(task_id, staff["head"])
    assert office.work_list(other, scope="groups").items[0].task_id == task_id


def test_a_stranger_to_the_task_may_not_complete_it(office: Office, staff: Staff) -> None:
    office.file_complaint(complaint())
    office.run_due()
    task_id = office.work_list(staff["head"]).items[0].task_id

    with pytest.raises(NotAllowed):
        office.complete(task_id, SCREENED, user=staff["intake"])


def test_a_completed_task_is_not_completed_again(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()
    task_id = office.work_list(staff["head"]).items[0].task_id
    office.complete(task_id, SCREENED, user=staff["head"], idempotency_key="once")
    submissions = office.case(filed.case_id, staff["head"]).submissions

    office.complete(task_id, SCREENED, user=staff["head"], idempotency_key="once")
    with pytest.raises(TaskNotFound):
        office.complete(task_id, SCREENED, user=staff["head"])

    assert office.case(filed.case_id, staff["head"]).submissions == submissions


def test_answers_that_do_not_fit_leave_the_case_unchanged(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()
    task_id = office.work_list(staff["head"]).items[0].task_id
    before = office.engine.history(office.case(filed.case_id, staff["head"]).instance_id or "")

    wrong = {**SCREENED, "opinion": "สั้น", "coi_none": False, "unheard_of": 1}
    with pytest.raises(FormInvalid) as refused:
        office.complete(task_id, wrong, user=staff["head"])

    assert {"opinion", "coi_none", "unheard_of"} <= set(refused.value.errors)
    after = office.engine.history(office.case(filed.case_id, staff["head"]).instance_id or "")
    assert [event.hash for event in after] == [event.hash for event in before]
    assert len(office.case(filed.case_id, staff["head"]).submissions) == 1


def test_a_due_date_colours_the_work_list(
    office: Office, staff: Staff, clock: TravellingClock
) -> None:
    office.file_complaint(complaint())
    office.run_due()

    soon = office.work_list(staff["head"]).items[0]
    clock.advance(days=2)
    late = office.work_list(staff["head"]).items[0]

    assert soon.colour == "soon"
    assert late.colour == "late"
    assert soon.holder.th == "หัวหน้าศูนย์"


def test_a_work_list_goes_on_page_after_page(office: Office, staff: Staff) -> None:
    filed = [office.file_complaint(complaint(title=f"เรื่องที่ {n}")) for n in range(5)]
    office.run_due()

    seen: list[str] = []
    after = None
    while True:
        page = office.work_list(staff["head"], limit=2, after=after)
        seen += [item.receipt_no for item in page.items]
        after = page.after
        if after is None:
            break

    assert sorted(seen) == sorted(each.receipt_no for each in filed)


def test_tasks_without_a_due_date_come_last_on_every_page(office: Office, staff: Staff) -> None:
    filed = [office.file_complaint(complaint()) for _ in range(6)]
    office.run_due()
    for each in filed[::2]:  # their next step, assigning, has no due date
        do(office, each, "screen", staff["head"], SCREENED)

    seen: list[bool] = []
    after = None
    while len(seen) < 6:
        page = office.work_list(staff["head"], limit=2, after=after)
        seen += [item.due_at is not None for item in page.items]
        after = page.after

    assert seen == [True] * 3 + [False] * 3
    assert after is None


def test_a_page_that_was_never_given_is_refused(office: Office, staff: Staff) -> None:
    for after in ("x", "bm90IGpzb24=", "WzEsIDJd", "WyIyMDI2LTAxLTAxIiwgIngiXQ=="):
        with pytest.raises(PageUnknown):
            office.work_list(staff["head"], after=after)


def test_completing_a_task_with_a_file_is_one_commit(
    office: Office, staff: Staff, capsys: pytest.CaptureFixture[str]
) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()
    do(office, filed, "screen", staff["head"], SCREENED)
    do(office, filed, "assign", staff["head"], ASSIGNED)
    task_id = office.work_list(staff["it"]).items[0].task_id
    commits: list[Any] = []
    statements: list[str] = []
    database = office.engine.database
    sa.event.listen(database, "commit", commits.append)
    sa.event.listen(database, "before_cursor_execute", lambda *a: statements.append(a[2]))

    upload = Upload("documents", "บันทึก.pdf", io.BytesIO(PDF))
    office.complete(task_id, CLARIFIED, [upload], user=staff["it"])

    with capsys.disabled():
        told = f"{len(statements)} statements, {len(commits)} commit"
        print(f"\ncompleting a task through the office: {told}")  # noqa: T201
    assert len(commits) == 1
    assert len(statements) <= 32
