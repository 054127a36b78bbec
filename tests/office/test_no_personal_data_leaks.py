"""Names, numbers and addresses stand in no file, no log and no error in clear."""

from __future__ import annotations

import dataclasses
import io
import logging
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from forms import FormInvalid
from office.ground.errors import KeyDestroyed
from office.ground.keys import Keyring, Keys
from office.ground.settings import OfficeSettings
from office.ground.tables import CaseKey
from office.people.people import User
from office.vault import identities
from office.vault.attachments import Upload
from office.vault.case_keys import destroy_key, rewrap_keys
from tests.office.conftest import ASSIGNED, CUSTODIAN, SCREENED, complaint
from tests.office.test_file_types import PDF
from tests.support.verbs import Office

NATIONAL_ID = "1101700230708"
SECRETS = {
    "full_name": "สมหญิง ใจกล้า",
    "phone": "0812345678",
    "email": "somying@example.org",
    "facts": "ลงทะเบียนแล้วไม่ได้รับรหัสยืนยันทางโทรศัพท์",
    "title": "เข้าระบบขึ้นทะเบียนไม่ได้",
    "file": "บัตรประชาชนสมหญิง",
    "reason": "โทรกลับตามที่คุณสมหญิงร้องขอไว้",
}


def walk_through(office: Office, staff: dict[str, User]) -> str:
    upload = Upload("evidence", f"{SECRETS['file']}.pdf", io.BytesIO(PDF))
    answers = complaint(national_id=NATIONAL_ID)
    filed = office.file_complaint(answers, files=[upload], idempotency_key="x" * 32)
    office.run_due()
    for step, who, given in (("screen", "head", SCREENED), ("assign", "head", ASSIGNED)):
        task = next(task for task in office.engine.tasks() if task.element_id == step)
        office.complete(task.id, given, user=staff[who])
    paths = ["full_name", "phone"]
    wish = office.ask_identity(
        filed.case_id, staff["head"], fields=paths, reason=SECRETS["reason"], hours=1
    )
    office.decide_identity(wish, CUSTODIAN, granted=True, answer=SECRETS["reason"])
    office.open_identity(wish, staff["head"])
    office.run_due()
    return filed.tracking_code


def everything_stored(settings: OfficeSettings) -> bytes:
    """All bytes of the database file and of the data folder but the keys."""
    url = sa.make_url(settings.database_url)
    assert url.database is not None
    database = sa.create_engine(url)
    with database.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    stored = [path.read_bytes() for path in files if path.name != "keys.json"]
    assert stored, "the attachment lies in the folder"
    return b"".join([Path(url.database).read_bytes(), *stored])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_file_tells_nobody_who_complained_of_what(
    office: Office,
    staff: dict[str, User],
    settings: OfficeSettings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = walk_through(office, staff)

    stored = everything_stored(settings)

    for what, secret in {**SECRETS, "national_id": NATIONAL_ID, "code": code}.items():
        assert secret.encode() not in stored, what
        assert secret.encode("utf-16-le") not in stored, what
        assert secret not in caplog.text, what
    assert b"SCREENING" in stored  # the search itself finds what is there in clear


def test_an_error_about_answers_does_not_repeat_them(office: Office) -> None:
    with pytest.raises(FormInvalid) as refused:
        office.file_complaint(complaint(national_id="1234567890123", email="สมหญิง"))

    told = f"{refused.value} {refused.value.text.th} {refused.value!r}"
    assert "1234567890123" not in told
    assert "สมหญิง" not in told


def test_a_person_is_found_again_by_their_number_without_storing_it(office: Office) -> None:
    filed = office.file_complaint(complaint(national_id="๑๑๐๑๗๐๐๒๓๐๗๐๘"))
    office.file_complaint(complaint())

    with office.engine.read() as work:
        found = identities.cases_of_person(
            work, office.services, "national_id", "1-1017-00230-70-8"
        )
        others = identities.cases_of_person(work, office.services, "national_id", "1101700230709")

    assert (found, others) == ([filed.case_id], [])


def test_destroying_the_content_key_erases_the_case_and_keeps_its_course(
    office: Office, staff: dict[str, User]
) -> None:
    filed = office.file_complaint(complaint())
    office.run_due()

    with office.engine.begin() as work:
        destroy_key(work, filed.case_id, "content")

    view = office.case(filed.case_id, staff["head"])
    assert (view.title, view.submissions, view.files) == (None, (), ())
    assert view.is_erased
    assert view.receipt_no == filed.receipt_no
    with office.engine.read() as work:
        assert identities.open_identity(work, office.services, filed.case_id)["full_name"]


def test_destroying_the_identity_key_erases_who_it_was(office: Office) -> None:
    filed = office.file_complaint(complaint())

    with office.engine.begin() as work:
        destroy_key(work, filed.case_id, "identity")

    with office.engine.read() as work, pytest.raises(KeyDestroyed):
        identities.open_identity(work, office.services, filed.case_id)


def test_a_new_master_key_takes_over_without_touching_what_was_encrypted(
    office: Office, staff: dict[str, User], settings: OfficeSettings, clock: TravellingClock
) -> None:
    filed = office.file_complaint(complaint())
    old, new = b"a" * 32, b"b" * 32
    services = office.services
    rest = (services.keys.pepper, services.keys.head_key)
    first = Keys(Keyring({1: old}), Keyring({1: old}), *rest)
    both = Keys(Keyring({1: old, 2: new}), Keyring({1: old, 2: new}), *rest)
    with office.engine.begin() as work:
        for row in work.session.scalars(sa.select(CaseKey)):
            place = f"case_key.wrapped|{row.case_id}|{row.purpose}"
            ring = services.keys.identity if row.purpose == "identity" else services.keys.content
            assert row.wrapped is not None
            row.wrapped = first.content.encrypt(ring.decrypt(row.wrapped, place), place)
    office.services = dataclasses.replace(services, keys=both)

    with office.engine.begin() as work:
        assert rewrap_keys(work, office.services) == 2
        assert rewrap_keys(work, office.services) == 0

    office.services = dataclasses.replace(
        services, keys=Keys(Keyring({2: new}), Keyring({2: new}), *rest)
    )
    assert office.case(filed.case_id, staff["head"]).title == complaint()["title"]
