"""Files of a case: checked, encrypted, adopted with the case or left to the sweep."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from engine.ground.clock import TravellingClock
from forms import FormInvalid
from office.ground.errors import (
    AttachmentNotFound,
    FileDisguised,
    FileEmpty,
    FileTooLarge,
    TooManyFiles,
)
from office.ground.settings import OfficeSettings
from office.people.people import User
from office.vault.attachments import Upload, sweep_files
from tests.office.conftest import complaint
from tests.office.test_file_types import PDF
from tests.support.verbs import Office

MEGABYTE = 1024 * 1024


def pdf(name: str = "หลักฐาน.pdf", size: int = 0) -> Upload:
    return Upload("evidence", name, io.BytesIO(PDF + os.urandom(size)))


def stored(settings: OfficeSettings) -> list[Path]:
    return [path for path in (settings.data_dir / "files").rglob("*") if path.is_file()]


def test_a_file_comes_back_as_it_was_given(
    office: Office, staff: dict[str, User], settings: OfficeSettings
) -> None:
    content = PDF + os.urandom(3 * MEGABYTE)
    upload = Upload("evidence", "C:\\เอกสาร\\สัญญา.pdf", io.BytesIO(content))

    filed = office.file_complaint(complaint(), files=[upload])

    file = office.case(filed.case_id, staff["head"]).files[0]
    info, chunks = office.read_file(filed.case_id, file.id, staff["head"])
    assert b"".join(chunks) == content
    assert info.name == "สัญญา.pdf"
    assert (info.size, info.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    kept = stored(settings)
    assert [path.name for path in kept] == [file.id]
    assert b"%PDF" not in kept[0].read_bytes()


@pytest.mark.parametrize(
    ("uploads", "refusal"),
    [
        ([pdf(size=25 * MEGABYTE)], FileTooLarge),
        ([Upload("evidence", "ว่าง.pdf", io.BytesIO())], FileEmpty),
        ([pdf(f"{n}.pdf") for n in range(11)], TooManyFiles),
        (
            [pdf(), Upload("evidence", "หน้าเว็บ.pdf", io.BytesIO(b"<html><script>x</script>"))],
            FileDisguised,
        ),
    ],
    ids=["25 MB", "empty", "eleven", "html as pdf"],
)
def test_files_that_are_not_taken_leave_nothing_behind(
    office: Office, settings: OfficeSettings, uploads: list[Upload], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        office.file_complaint(complaint(), files=uploads)

    assert stored(settings) == []
    assert office.file_complaint(complaint()).receipt_no == "รร.00001/2569"


def test_a_refused_form_leaves_no_file_behind(office: Office, settings: OfficeSettings) -> None:
    with pytest.raises(FormInvalid):
        office.file_complaint(complaint(facts="สั้น"), files=[pdf()])

    assert stored(settings) == []


def test_a_staged_file_survives_a_refused_form_and_is_adopted_by_the_next(
    office: Office, staff: dict[str, User]
) -> None:
    staged = office.stage([pdf("ภาพถ่าย.pdf")])
    with pytest.raises(FormInvalid):
        office.file_complaint(complaint(facts="สั้น"), files=staged)

    filed = office.file_complaint(complaint(evidence=[staged[0].id]))

    assert [file.name for file in office.case(filed.case_id, staff["head"]).files] == ["ภาพถ่าย.pdf"]


def test_a_file_belongs_to_one_case_only(office: Office) -> None:
    staged = office.stage([pdf()])
    office.file_complaint(complaint(evidence=[staged[0].id]))

    with pytest.raises(AttachmentNotFound):
        office.file_complaint(complaint(evidence=[staged[0].id]))
    with pytest.raises(AttachmentNotFound):
        office.file_complaint(complaint(evidence=["0" * 32]))


def test_what_nobody_adopted_is_swept_away_after_a_day(
    office: Office, staff: dict[str, User], settings: OfficeSettings, clock: TravellingClock
) -> None:
    filed = office.file_complaint(complaint(), files=[pdf("ของเรื่อง.pdf")])
    office.stage([pdf("กำพร้า.pdf")])
    for path in stored(settings):
        os.utime(path, (clock.now().timestamp(), clock.now().timestamp()))

    clock.advance(hours=23)
    with office.engine.begin() as work:
        assert sweep_files(work, office.services) == 0
    clock.advance(hours=2)
    with office.engine.begin() as work:
        assert sweep_files(work, office.services) == 2  # the bytes and their slip

    assert [path.name for path in stored(settings)] == [
        office.case(filed.case_id, staff["head"]).files[0].id
    ]


def test_a_file_that_was_tampered_with_is_not_served(
    office: Office, staff: dict[str, User], settings: OfficeSettings
) -> None:
    filed = office.file_complaint(complaint(), files=[pdf(size=1000)])
    path = stored(settings)[0]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    file = office.case(filed.case_id, staff["head"]).files[0]
    _, chunks = office.read_file(filed.case_id, file.id, staff["head"])

    with pytest.raises(InvalidTag):
        b"".join(chunks)


def test_a_file_of_another_case_is_not_found(office: Office, staff: dict[str, User]) -> None:
    one = office.file_complaint(complaint(), files=[pdf()])
    other = office.file_complaint(complaint())
    file = office.case(one.case_id, staff["head"]).files[0]

    with pytest.raises(AttachmentNotFound):
        office.read_file(other.case_id, file.id, staff["head"])
