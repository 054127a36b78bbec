"""Which files the office takes, told by what is in them."""

import io
import zipfile

import pytest

from office.ground.errors import FileDisguised, FileTypeRefused, FileUnsafe
from office.vault.file_types import clean_name, media_type_of

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d49484452000000010000000108060000001f15c489")
JPG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")


def office_file(part, **more):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
        for name, content in more.items():
            archive.writestr(name.replace("__", "/").replace("_bin", ".bin"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("หลักฐาน.pdf", PDF, "application/pdf"),
        ("ภาพ.PNG", PNG, "image/png"),
        ("ภาพ.jpeg", JPG, "image/jpeg"),
        ("เสียง.mp3", b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(64), "audio/mpeg"),
        ("คลิป.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"),
        ("บันทึก.txt", "ข้อความ\nบรรทัดสอง < 5 & > 3".encode(), "text/plain"),
        ("เดิม.txt", "ข้อความ".encode("cp874"), "text/plain"),
        (
            "หนังสือ.docx",
            office_file("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            "ตาราง.xlsx",
            office_file("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_evidence_of_usual_kinds_is_taken(name, content, media_type):
    stream = io.BytesIO(content)

    assert media_type_of(name, stream) == media_type
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("หลักฐาน.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("หลักฐาน.pdf", b""),
        ("ภาพ.png", PDF),
        ("บันทึก.txt", b"<html><body>hello</body></html>"),
        ("บันทึก.txt", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("หนังสือ.docx", b"PK\x03\x04 not really"),
        ("หนังสือ.docx", office_file("xl/workbook.xml")),
        ("หนังสือ.docx", PDF),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name, content):
    with pytest.raises(FileDisguised) as refused:
        media_type_of(name, io.BytesIO(content))

    assert name in refused.value.text.th
    assert name in refused.value.text.en


@pytest.mark.parametrize("name", ["ไวรัส.exe", "หน้าเว็บ.html", "ภาพ.svg", "ไม่มีนามสกุล", ".pdf.js"])
def test_a_kind_not_on_the_list_is_refused(name):
    with pytest.raises(FileTypeRefused) as refused:
        media_type_of(name, io.BytesIO(PDF))

    assert "pdf" in refused.value.text.th


def test_an_office_file_with_macros_is_refused():
    content = office_file("word/document.xml", word__vbaProject_bin=b"macro")

    with pytest.raises(FileUnsafe):
        media_type_of("หนังสือ.docx", io.BytesIO(content))


def test_a_zip_bomb_is_refused_without_unpacking_it():
    content = office_file("word/document.xml", word__big_bin=bytes(201 * 1024 * 1024))
    assert len(content) < 1024 * 1024

    with pytest.raises(FileUnsafe):
        media_type_of("หนังสือ.docx", io.BytesIO(content))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\งาน\\สัญญา.pdf", "สัญญา.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("ก" * 300 + ".pdf", "ก" * 146 + ".pdf"),
        ("...", "file"),
    ],
)
def test_a_file_name_keeps_only_what_is_a_name(given, kept):
    assert clean_name(given) == kept
