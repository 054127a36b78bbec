"""Erasing a person: two people, nothing left of them, and a record that still proves itself."""

from __future__ import annotations

import dataclasses
import io
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.ground.errors import NotAllowed
from office.audit.verification_run import Run
from office.cases.register import Filed
from office.disposal import retention
from office.disposal.erasure import (
    CaseStillOpen,
    ErasedAlready,
    ErasureAskedAlready,
    NoErasureAsked,
    ask_erasure,
    decide_erasure,
)
from office.ground.errors import KeyDestroyed, ReasonNeeded
from office.ground.settings import OfficeSettings
from office.ground.tables import Attachment, Case, CaseKey, Identity
from office.operations.restore import check_restored
from office.people.people import User
from office.vault import identities
from office.vault.attachments import Upload, sweep_files
from tests.faults.office_scenes import uploads
from tests.office.conftest import PERSON, complaint
from tests.office.test_file_types import PDF
from tests.support.erasing import everything, spellings
from tests.support.verbs import Office

Staff = dict[str, User]
REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"


def ask(
    office: Office, filed: Filed, user: User, what: Any = "identity", why: str = REASON
) -> None:
    with office.engine.begin() as work:
        case = work.session.get_one(Case, filed.case_id)
        ask_erasure(work, office.services, case, what, user, reason=why)


def decide(
    office: Office, filed: Filed, user: User, what: Any = "identity", *, granted: bool = True
) -> None:
    with office.engine.begin() as work:
        case = work.session.get_one(Case, filed.case_id)
        decide_erasure(work, office.services, case, what, user, granted=granted)


def test_nothing_of_the_person_is_left_and_the_record_is_whole(
    office: Office,
    staff: Staff,
    settings: OfficeSettings,
    closed: Filed,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with office.engine.read() as work:
        key = work.session.get_one(CaseKey, (closed.case_id, "identity")).wrapped
        query = sa.select(Identity.sealed).where(Identity.case_id == closed.case_id)
        encrypted = list(work.session.scalars(query))
    assert key is not None
    before = everything(office, settings)
    assert key in before
    assert all(each in before for each in encrypted)

    with caplog.at_level(logging.DEBUG):
        ask(office, closed, staff["head"])
        decide(office, closed, staff["custodian"])
        office.run_due()

    after = everything(office, settings)
    assert key not in after
    assert not [each for each in encrypted if each in after]
    told = "".join([caplog.text, *capfd.readouterr()]).encode()
    for word in PERSON:
        for spelled in spellings(word):
            assert spelled not in after + told
    assert office.mailbox() == []
    run = Run(office.engine, office.services, settings.data_dir)
    assert list(run.steps())
    assert run.report.differences == []


def test_what_was_erased_cannot_be_read_and_the_course_can(
    office: Office, staff: Staff, closed: Filed
) -> None:
    ask(office, closed, staff["head"])
    decide(office, closed, staff["custodian"])

    view = office.case(closed.case_id, staff["head"])
    assert view.identity_fields == ()
    assert view.title == "เข้าระบบขึ้นทะเบียนไม่ได้"
    with pytest.raises(KeyDestroyed):
        office.read_case_letter(closed.case_id, view.letters[0].id, staff["head"])
    with pytest.raises(KeyDestroyed):
        office.reveal_identity(closed.case_id, staff["head"], paths=["phone"], reason=REASON)
    assert view.instance_id is not None
    erased = [e for e in office.engine.history(view.instance_id) if "eras" in e.type]
    assert [(event.type, event.role) for event in erased] == [
        ("erasure_asked", "screening_head"),
        ("identity_erased", "identity_custodian"),
    ]


def test_the_content_of_a_case_goes_in_the_same_way(
    office: Office, staff: Staff, closed: Filed, settings: OfficeSettings
) -> None:
    ask(office, closed, staff["head"], "content")
    decide(office, closed, staff["custodian"], "content")

    view = office.case(closed.case_id, staff["head"])
    assert (view.is_erased, view.title, view.submissions) == (True, None, ())
    assert view.identity_fields
    run = Run(office.engine, office.services, settings.data_dir)
    list(run.steps())
    assert run.report.differences == []


def test_files_of_an_erased_content_are_gone_even_if_nobody_came_to_delete_them(
    office: Office, staff: Staff, clock: TravellingClock
) -> None:
    # Files go after the commit: a process that died in between left them lying for ever, and a
    # restored backup missed those that had gone as they should.
    filed = office.file_complaint(complaint(), files=uploads())
    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    storage = office.services.storage
    kept = {name: b"".join(storage.read(name)) for name, _ in storage.names()}
    assert len(kept) == 2
    ask(office, filed, staff["head"], "content")
    decide(office, filed, staff["custodian"], "content")
    with office.engine.read() as work:
        assert check_restored(work, office.services).faults == []
    for name, content in kept.items():
        storage.write(name, [content])  # as if it had died

    clock.travel_to(datetime.now(UTC) + timedelta(days=2))  # files carry the machine's time
    with office.engine.begin() as work:
        sweep_files(work, office.services)

    assert list(storage.names()) == []


def test_it_takes_two_persons_who_may(office: Office, staff: Staff, closed: Filed) -> None:
    with pytest.raises(NotAllowed):
        ask(office, closed, staff["intake"])
    with pytest.raises(ReasonNeeded):
        ask(office, closed, staff["head"], why="ลบ")
    with pytest.raises(NoErasureAsked):
        decide(office, closed, staff["custodian"])
    ask(office, closed, staff["head"])
    with pytest.raises(ErasureAskedAlready):
        ask(office, closed, staff["head"])
    with pytest.raises(NotAllowed):
        decide(office, closed, staff["head"])

    decide(office, closed, staff["custodian"], granted=False)

    assert office.case(closed.case_id, staff["head"]).identity_fields
    ask(office, closed, staff["head"])
    decide(office, closed, staff["custodian"])
    with pytest.raises(ErasedAlready):
        ask(office, closed, staff["head"])


def test_who_holds_both_roles_is_still_one_person(
    office: Office, staff: Staff, closed: Filed
) -> None:
    groups = staff["head"].groups | staff["custodian"].groups
    both = dataclasses.replace(staff["head"], groups=groups)
    ask(office, closed, both)

    for granted in (True, False):
        with pytest.raises(NoErasureAsked):
            decide(office, closed, both, granted=granted)

    assert office.case(closed.case_id, staff["head"]).identity_fields
    decide(office, closed, staff["custodian"])
    assert not office.case(closed.case_id, staff["head"]).identity_fields


def test_who_was_erased_is_not_found_by_their_number(
    office: Office, staff: Staff, closed: Filed
) -> None:
    def found() -> list[str]:
        with office.engine.read() as work:
            number = "1101700230708"
            return identities.cases_of_person(work, office.services, "national_id", number)

    assert found() == [closed.case_id]
    ask(office, closed, staff["head"])
    assert found() == [closed.case_id]
    decide(office, closed, staff["custodian"])
    assert found() == []


def test_an_open_case_keeps_what_is_needed_to_handle_it(office: Office, staff: Staff) -> None:
    filed = office.file_complaint(complaint())

    with pytest.raises(CaseStillOpen):
        ask(office, filed, staff["head"])


def test_a_key_that_was_destroyed_behind_everybodys_back_is_told(
    office: Office, closed: Filed, settings: OfficeSettings
) -> None:
    with office.engine.begin() as work:
        row = work.session.get_one(CaseKey, (closed.case_id, "identity"))
        row.wrapped, row.destroyed_at = None, work.now

    run = Run(office.engine, office.services, settings.data_dir)
    list(run.steps())

    (found,) = run.report.differences
    assert "without a recorded erasure" in found.what.en


def test_what_was_kept_long_enough_is_listed(
    office: Office, closed: Filed, clock: TravellingClock
) -> None:
    with office.engine.read() as work:
        assert retention.due(work) == []

    clock.advance(days=3653)

    with office.engine.read() as work:
        found = [(case.id, what) for case, what, _ in retention.due(work)]
    assert found == [(closed.case_id, "content"), (closed.case_id, "identity")]


def test_a_letter_of_authority_goes_with_the_identity_and_the_evidence_stays(
    office: Office, staff: Staff, settings: OfficeSettings
) -> None:
    letter = Upload("proxy_file", "มอบอำนาจ.pdf", io.BytesIO(PDF))
    evidence = Upload("evidence", "หลักฐาน.pdf", io.BytesIO(PDF))
    filed = office.file_complaint(complaint(on_behalf=True), files=[letter, evidence])
    office.run_due()
    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    office.run_due()
    assert "proxy_file" in office.case(filed.case_id, staff["head"]).identity_fields
    with office.engine.read() as work:
        query = sa.select(Attachment.field, Attachment.id)
        ids = dict(work.session.execute(query).all())

    ask(office, filed, staff["head"])
    decide(office, filed, staff["custodian"])

    view = office.case(filed.case_id, staff["head"])
    assert [file.field for file in view.files] == ["evidence"]
    assert view.identity_fields == ()
    assert ids["proxy_file"] not in {name for name, _ in office.services.storage.names()}
    assert ids["evidence"] in {name for name, _ in office.services.storage.names()}
    run = Run(office.engine, office.services, settings.data_dir)
    list(run.steps())
    assert run.report.differences == []
