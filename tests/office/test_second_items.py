"""The second one counts as the first does: of two accused, two supporting units, two fields asked
for, two readers, two cases of one person, two letters by one key."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.verbs import queries
from office.audit.access_log import note_case
from office.audit.export import Selection, case_ids
from office.cases import reveals
from office.cases.complainant import WITHDRAWAL_FORM
from office.ground.errors import AttachmentNotFound, CannotWithdraw, CaseNotFound
from office.ground.tables import Attachment, Conflict, MailboxMessage, Submission
from office.letters.mail import Mail, keep_in_mailbox
from office.people import people
from office.people.access import Sight
from office.people.people import User
from office.vault import identities
from office.vault.attachments import Upload
from tests.law.test_law_walks import CORRUPTION
from tests.support.agency import ASSIGNED, FOUNDED, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G
from tests.web.visitor import PDF

REASON = "ต้องติดต่อสอบถามผู้ร้องเพิ่มเติม"
UNITS = ("legal", "admin", "project")  # the lead is `it`


@pytest.fixture(scope="module")
def agency(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    folder = tmp_path_factory.mktemp("second")
    with sqlite_agencies.agency(TravellingClock(FOUNDED), folder / "var") as agency:
        yield agency


def officer(agency: Agency, unit: str) -> User:
    return agency.person(f"unit_officer@{unit}")


@pytest.fixture(scope="module")
def shared(agency: Agency) -> str:
    """A case of the unit `it` in which two others take part."""
    case_id = agency.file(COMPLAINT).case_id
    agency.do(case_id, "screen", SCREENED_G)
    agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": "it", "co_units": list(UNITS[:2])})
    return case_id


# ── two supporting units ───────────────────────────────────────────────────────────────────────


def test_the_register_knows_both_units_that_take_part(agency: Agency, shared: str) -> None:
    assert agency.case(shared).lead_unit == "it"
    assert agency.case(shared).co_units == list(UNITS[:2])


@pytest.mark.parametrize(
    ("unit", "sees"), [("it", True), *zip(UNITS, (True, True, False), strict=True)]
)
def test_each_unit_that_takes_part_sees_the_case(
    agency: Agency, shared: str, unit: str, sees: bool
) -> None:
    user, office = officer(agency, unit), agency.office
    listed = shared in {case.id for case in office.cases(user)}
    everything = Selection(FOUNDED - timedelta(days=1), FOUNDED + timedelta(days=9))
    with office.engine.read() as work:
        taken_out = shared in case_ids(work, user, everything)

    assert (listed, taken_out) == (sees, sees)
    if sees:
        assert office.case(shared, user).sight is Sight.UNIT
    else:
        with pytest.raises(CaseNotFound):
            office.case(shared, user)


@pytest.mark.parametrize(
    ("unit", "found"), [("it", True), *zip(UNITS, (True, True, False), strict=True)]
)
def test_an_export_of_a_unit_has_what_it_takes_part_in(
    agency: Agency, shared: str, unit: str, found: bool
) -> None:
    chosen = Selection(FOUNDED - timedelta(days=1), FOUNDED + timedelta(days=9), unit=unit)

    with agency.office.engine.read() as work:
        ids = case_ids(work, agency.person("screening_head"), chosen)
    assert (shared in ids) is found


# ── two accused ────────────────────────────────────────────────────────────────────────────────


def test_every_accused_who_works_here_is_kept_out(agency: Agency) -> None:
    accused = [officer(agency, unit) for unit in ("it", "legal")]
    accused.append(agency.person("intake_officer"))
    rows = [
        {"name": name, "position": "เจ้าหน้าที่", "unit": "project", "status": "ดำรงตำแหน่ง"}
        for name in ["คนนอก ไม่รู้จัก", *(user.display_name for user in accused)]
    ]
    more = {"track": "C", "identity_mode": "confidential", "accused": rows}
    complaint = {**COMPLAINT, **more, "subject": "ปฏิบัติหน้าที่มิชอบ"}
    complaint.pop("remedy")

    case_id = agency.file(complaint).case_id

    with agency.office.engine.read() as work:
        kept_out = work.session.scalars(
            sa.select(Conflict.account_id).where(
                Conflict.case_id == case_id, Conflict.ground == "matched"
            )  # the demo accounts of other units have names that are near as well
        )
        assert set(kept_out) == {user.id for user in accused}
    with pytest.raises(CaseNotFound):
        agency.office.case(case_id, agency.person("intake_officer"))
    recorded = [
        (event.data["account"], event.data["ground"], event.actor)
        for event in agency.office.engine.history(agency.instance(case_id))
        if event.type == "conflict_recorded" and event.data["ground"] == "matched"
    ]
    assert sorted(recorded) == sorted((user.id, "matched", "system") for user in accused)


# ── two fields, two readers ────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def guarded(agency: Agency) -> str:
    """A case whose complainant is protected, with a letter of authority."""
    complaint = {**COMPLAINT, "identity_mode": "confidential", "on_behalf": True}
    authority = Upload("proxy_file", "มอบอำนาจ.pdf", io.BytesIO(PDF))
    filed = agency.office.file_complaint(complaint, files=[authority])
    agency.office.run_due()
    return filed.case_id


def granted(agency: Agency, case_id: str, user: User, fields: list[str]) -> str:
    office = agency.office
    wish = office.ask_identity(case_id, user, fields=fields, reason=REASON, hours=1)
    custodian = agency.person("identity_custodian")
    office.decide_identity(wish, custodian, granted=True, answer="จำเป็นต่อการสอบถามผู้ร้อง")
    return wish


def test_of_all_fields_the_one_that_was_granted_is_shown(agency: Agency, guarded: str) -> None:
    head, services = agency.person("screening_head"), agency.office.services
    wish = granted(agency, guarded, head, ["phone"])

    with agency.office.engine.begin() as work:
        assert set(reveals.paths_of(work, agency.case(guarded))) > {"phone", "full_name"}
        shown = reveals.open_identity(work, services, wish, head)
        assert set(reveals.granted_fields(work, guarded, head)) == {"phone"}

    assert shown == {"phone": "0812345678"}
    (read,) = [
        e
        for e in agency.office.engine.history(agency.instance(guarded))
        if e.type == "identity_read"
    ]
    assert (read.data["fields"], read.actor) == (["phone"], head.id)


def test_a_personal_file_is_open_for_its_hour_and_for_its_reader(
    agency: Agency, guarded: str
) -> None:
    head, services = agency.person("screening_head"), agency.office.services
    another = next(u for u in agency.staff if "screening_head" in u.groups and u.id != head.id)
    wish = granted(agency, guarded, head, ["proxy_file"])
    with agency.office.engine.begin() as work:
        reveals.open_identity(work, services, wish, head)

    def opened(user: User) -> int:
        with agency.office.engine.read() as work:
            case = agency.case(guarded)
            return len(reveals.open_files(work, case, Sight.FULL, user))

    assert (opened(head), opened(another)) == (1, 0)
    agency.clock.advance(hours=1)
    assert opened(head) == 0


def test_what_one_examiner_opened_is_covered_for_another(agency: Agency, guarded: str) -> None:
    auditor = agency.person("auditor")
    with agency.office.engine.begin() as work:
        another = people.add_user(work, "auditor.2", "ผู้ตรวจ สอง", None, groups=["auditor"])
        submission = work.session.scalars(
            sa.select(Submission.id).where(Submission.case_id == guarded)
        ).first()
        assert submission is not None
        reveals.reveal_text(
            work, agency.office.services, guarded, submission, auditor, reason=REASON
        )
        work.session.flush()
        assert reveals.may_read(work, submission, auditor)
        assert not reveals.may_read(work, submission, another)


def test_every_examiner_who_opens_a_case_is_recorded(agency: Agency, shared: str) -> None:
    auditor = agency.person("auditor")
    with agency.office.engine.begin() as work:
        another = people.add_user(work, "auditor.3", "ผู้ตรวจ สาม", None, groups=["auditor"])
    for user in (auditor, another, auditor):
        with agency.office.engine.begin() as work:
            note_case(work, shared, user)

    history = agency.office.engine.history(agency.instance(shared))
    read = [(event.actor, event.role) for event in history if event.type == "case_read"]
    assert read == [(auditor.id, "auditor"), (another.id, "auditor")]


# ── two cases, two requests, two tries ─────────────────────────────────────────────────────────


def test_a_file_opens_under_its_own_case_alone(agency: Agency, shared: str) -> None:
    head = agency.person("screening_head")
    other = agency.office.file_complaint(
        COMPLAINT, files=[Upload("evidence", "ก.pdf", io.BytesIO(PDF))]
    ).case_id
    with agency.office.engine.read() as work:
        file = work.session.scalars(
            sa.select(Attachment.id).where(Attachment.case_id == other)
        ).one()

    assert agency.office.read_file(other, file, head)[0].name == "ก.pdf"
    with pytest.raises(AttachmentNotFound):
        agency.office.read_file(shared, file, head)


def test_a_person_is_found_by_number_and_by_passport(agency: Agency) -> None:
    by_passport = {**COMPLAINT, "identity_mode": "confidential"}
    first, second = (agency.file(by_passport).case_id for _ in range(2))
    services = agency.office.services
    with agency.office.engine.begin() as work:
        for case_id in (first, second):
            identities.keep_identity(work, services, case_id, {"passport": "AB1234567"})
        identities.keep_identity(work, services, second, {"national_id": "1101700203451"})
        work.session.flush()

        def found(kind: str, value: str) -> set[str]:
            return set(identities.cases_of_person(work, services, kind, value))

        assert found("passport", "ab1234567") == {first, second}
        assert found("national_id", "1-1017-00203-45-1") == {second}


def test_a_second_withdrawal_waits_for_the_answer_to_the_first(agency: Agency) -> None:
    filed = agency.file(COMPLAINT)
    given: dict[str, Any] = {
        "withdrawal_reason": "ได้รับการแก้ไขแล้ว ไม่ติดใจร้องเรียนต่อ",
        "voluntary": True,
    }
    office = agency.office
    form, _ = office.withdrawal_form(filed.tracking_code)
    keys = {component.key for component in form.components if component.key}
    answers = {key: value for key, value in given.items() if key in keys}
    for component in form.components:
        if component.key and component.key not in answers:
            answers[component.key] = True if component.type == "checkbox" else "ได้รับการแก้ไขแล้ว"
    assert office.track(filed.tracking_code).may_withdraw

    office.withdraw(filed.tracking_code, answers)
    office.run_due()

    with office.engine.read() as work:
        asked = work.session.scalars(
            sa.select(Submission.id).where(
                Submission.case_id == filed.case_id, Submission.form == WITHDRAWAL_FORM
            )
        ).all()
    assert len(asked) == 1
    assert not office.track(filed.tracking_code).may_withdraw
    with pytest.raises(CannotWithdraw):
        office.withdrawal_form(filed.tracking_code)


def test_a_withdrawal_that_is_decided_upon_is_asked_once_and_again_after_a_refusal(
    agency: Agency,
) -> None:
    """Where a complaint of corruption may go on without the complainant, the office decides."""
    office = agency.office
    filed = agency.file(CORRUPTION)
    reason = {"reason": "ไม่ประสงค์ร้องเรียนต่อ"}
    refused = {"withdrawal_accepted": False, "reason": "พยานหลักฐานเพียงพอแล้ว"}

    for _ in range(2):
        assert office.track(filed.tracking_code).may_withdraw
        office.withdraw(filed.tracking_code, reason)
        assert not office.track(filed.tracking_code).may_withdraw
        with pytest.raises(CannotWithdraw):
            office.withdraw(filed.tracking_code, reason)
        agency.do(filed.case_id, "decide_withdrawal", refused)

    assert agency.case(filed.case_id).closed_at is None
    assert office.track(filed.tracking_code).may_withdraw


def test_a_mail_that_is_tried_twice_is_kept_once(agency: Agency) -> None:
    mail = Mail("somying@example.org", "เรื่อง", "เนื้อความ")
    for _ in range(2):
        with agency.office.engine.begin() as work:
            keep_in_mailbox(work, agency.office.services, mail, key="letter:once")
            keep_in_mailbox(work, agency.office.services, mail, key=None)

    with agency.office.engine.read() as work:
        kept = work.session.scalars(sa.select(MailboxMessage.key)).all()
    assert kept.count("letter:once") == 1
    assert kept.count(None) == 2


def test_a_task_given_by_name_stays_with_its_person(agency: Agency, shared: str) -> None:
    """A change of roles frees what was offered to a group, and no more."""
    user = officer(agency, "it")
    task = agency.task(shared, "accept")
    agency.office.claim(task.id, user)

    with agency.office.engine.begin() as work:
        row = queries.task(work, task.id)
        row.candidate_groups = []
        work.session.flush()
        people.set_groups(work, user.id, ["unit_officer@legal"])
        work.session.flush()
        assert queries.task(work, task.id).assignee == user.id
        work.session.rollback()
