"""A document loses who wrote it, when and where, before an officer gets it of a protected case."""

from __future__ import annotations

import io
import re
import zipfile

import pikepdf
import pillow_heif
import pytest
from PIL import Image
from pypdf import PdfReader

from office.ground.errors import AttachmentNotFound, DocumentUnreadable
from office.people.people import User
from office.vault.documents import DOCUMENTS, NotThisDocument, cleaned_or_none
from office.vault.documents import document_without_metadata as cleaned
from office.vault.pictures import without_metadata
from office.vault.previews import NoPreview, page_pictures
from tests.office.conftest import CUSTODIAN
from tests.office.test_evidence_pictures import ANONYMOUS, filed_with, picture
from tests.support.verbs import Office

PDF, DOCX, XLSX = DOCUMENTS
SECRETS = ("Somying", "สมหญิง", "Nokia", "2026-02-03", "Users", "secret film")
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"


def pdf() -> bytes:
    """Two revisions, an author, a comment, a photograph and a file within."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    photo = document.make_stream(picture("image/jpeg")[: -len(b"secret film")])
    photo.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image})
    photo.update({"/Width": 64, "/Height": 48, "/BitsPerComponent": 8})
    photo.update({"/ColorSpace": pikepdf.Name.DeviceRGB, "/Filter": pikepdf.Name.DCTDecode})
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Photo=photo))
    page.Contents = document.make_stream(b"q 64 0 0 48 20 20 cm /Photo Do Q")
    note = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Text, "Rect": [0, 0, 9, 9]}
    comment = pikepdf.Dictionary(**note, T="Somying", M="D:2026-02-03", Contents="หน้าสาม")
    page.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(comment)]))
    document.docinfo["/Author"] = "Somying"
    with document.open_metadata() as xmp:
        xmp["dc:creator"] = ["Somying"]
    document.attachments["secret film"] = b"secret film"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def packed(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 2, 3, 0, 0, 0)), content)
    return out.getvalue()


PROPERTIES = {
    "docProps/core.xml": "<p xmlns:d='x'><d:creator>Somying</d:creator><c>2026-02-03</c></p>",
    "docProps/app.xml": "<Properties><Company>Somying Ltd</Company></Properties>",
    "docProps/custom.xml": "<Properties><p>Somying</p></Properties>",
    "docProps/thumbnail.jpeg": b"Somying",
    "_rels/.rels": f"<Relationships xmlns='{REL}'><Relationship Id='a' Type='t/custom' "
    f"Target='docProps/custom.xml'/><Relationship Id='b' Type='t/main' Target='main.xml'/>"
    "</Relationships>",
    "[Content_Types].xml": "<Types><Override PartName='/docProps/custom.xml'/></Types>",
}


def docx() -> bytes:
    return packed(
        {
            **PROPERTIES,
            "word/document.xml": f"<w:document xmlns:w='{W}'><w:ins w:author='Somying' w:rsidR='7' "
            "w:date='2026-02-03'><w:t>หลักฐานหน้าสาม</w:t></w:ins></w:document>",
            "word/settings.xml": f"<w:settings xmlns:w='{W}' xmlns:r='{R}'><w:rsids/>"
            "<w:attachedTemplate r:id='t'/></w:settings>",
            "word/_rels/settings.xml.rels": f"<Relationships xmlns='{REL}'><Relationship Id='t' "
            f"Type='{R}/attachedTemplate' Target='file:///C:/Users/Somying/Normal.dotm'/>"
            "</Relationships>",
            "word/people.xml": "<people><person author='Somying'/></people>",
            "word/media/image1.jpeg": picture("image/jpeg"),
        }
    )


def xlsx() -> bytes:
    return packed(
        {
            **PROPERTIES,
            "xl/workbook.xml": f"<workbook xmlns='{S}' xmlns:x='y'>"
            "<fileSharing userName='Somying'/>"
            "<x:absPath url='C:\\Users\\Somying'/><sheets/></workbook>",
            "xl/comments1.xml": f"<comments xmlns='{S}'><authors><author>Somying</author></authors>"
            "<commentList><comment authorId='0'><text><t>หน้าสาม</t></text></comment>"
            "</commentList></comments>",
            "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{S}'><v>42</v></worksheet>",
        }
    )


def words_of(content: bytes) -> str:
    """Everything that is in a file, unpacked."""
    if content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as document:
            found = [repr(each) for each in document.objects]
            streams = [e for e in document.objects if isinstance(e, pikepdf.Stream)]
            return "\n".join([*found, *(e.read_raw_bytes().decode("latin-1") for e in streams)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
        times = {entry.date_time for entry in archive.infolist()}
        return "\n".join([str(times), *(part.decode("utf-8", "ignore") for part in parts)])


@pytest.mark.parametrize(
    ("kind", "content", "kept"),
    [(PDF, pdf(), "หน้าสาม"), (DOCX, docx(), "หลักฐานหน้าสาม"), (XLSX, xlsx(), "หน้าสาม")],
    ids=["pdf", "docx", "xlsx"],
)
def test_only_what_is_read_stays(kind: str, content: bytes, kept: str) -> None:
    assert "Somying" in words_of(content)

    copy = cleaned_or_none(kind, content)

    assert copy is not None
    told = words_of(copy)
    assert [secret for secret in SECRETS if secret in told] == []
    assert kept in told or kind == PDF
    assert cleaned_or_none(kind, copy) is not None


def test_a_pdf_keeps_its_pages_and_pictures() -> None:
    copy = cleaned(PDF, pdf())

    reader = PdfReader(io.BytesIO(copy))
    assert len(reader.pages) == 1
    assert reader.metadata is None
    (image,) = reader.pages[0].images
    assert image.image is not None
    assert image.image.size == (64, 48)
    assert "หน้าสาม" in str(reader.pages[0]["/Annots"][0].get_object()["/Contents"])


def test_a_spreadsheet_keeps_its_numbers_and_leads_to_no_part_that_is_gone() -> None:
    copy = cleaned_or_none(XLSX, xlsx())

    assert copy is not None
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert b"42" in archive.read("xl/worksheets/sheet1.xml")
        assert b"custom.xml" not in archive.read("_rels/.rels")
        assert b"main.xml" in archive.read("_rels/.rels")
        assert b"custom.xml" not in archive.read("[Content_Types].xml")


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.4 broken", b"PK\x03\x04", packed({"word/document.xml": "<a"})]
)
def test_what_cannot_be_cleaned_is_refused(kind: str, content: bytes) -> None:
    assert cleaned_or_none(kind, content) is None


def test_a_locked_pdf_is_refused() -> None:
    locked = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))

    with pytest.raises(NotThisDocument):
        cleaned(PDF, locked.getvalue())


def test_entities_of_an_office_file_are_not_opened() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "secret">]><d>&a;</d>'

    assert cleaned_or_none(DOCX, packed({"word/document.xml": bomb})) is None


# ── pictures that phones take ──────────────────────────────────────────────────────────────────


def heic(**more: object) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Nokia 3310", "Somying"
    image = pillow_heif.from_pillow(Image.linear_gradient("L").resize((64, 48)).convert("RGB"))
    out = io.BytesIO()
    image.save(out, exif=exif.tobytes(), xmp=b"<x>Somying</x>", quality=90, **more)
    return out.getvalue()


def webp() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Nokia 3310", "Somying"
    out = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(
        out, "WEBP", exif=exif, xmp=b"<x>Somying</x>"
    )
    return out.getvalue()


@pytest.mark.parametrize(("kind", "content"), [("image/heic", heic()), ("image/webp", webp())])
def test_a_picture_of_a_phone_loses_all_but_its_pixels(kind: str, content: bytes) -> None:
    pillow_heif.register_heif_opener()
    assert b"Somying" in content

    copy = without_metadata(kind, content)

    assert not re.search(rb"Somying|Nokia", copy)
    before, after = (Image.open(io.BytesIO(each)) for each in (content, copy))
    assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


# ── in a case ──────────────────────────────────────────────────────────────────────────────────


def test_an_officer_gets_the_copy_and_the_original_by_reveal_only(
    office: Office, staff: dict[str, User]
) -> None:
    original, head = pdf(), staff["head"]
    case_id = filed_with(office, ANONYMOUS, "หลักฐาน.pdf", original)
    view = office.case(case_id, head)
    (file,) = view.files

    _, chunks = office.read_file(case_id, file.id, head)

    assert "Somying" not in words_of(b"".join(chunks))
    assert "evidence" in view.identity_fields
    with pytest.raises(AttachmentNotFound):
        office.read_file(case_id, file.id, head, is_original=True)
    reason = "ต้องตรวจเวลาที่ถ่ายภาพจริงเพื่อชั่งน้ำหนักพยานหลักฐาน"
    wish = office.ask_identity(case_id, head, fields=["evidence"], reason=reason, hours=1)
    office.decide_identity(wish, CUSTODIAN, granted=True, answer=reason)
    assert [each.id for each in office.open_identity(wish, head)["evidence"]] == [file.id]
    _, chunks = office.read_file(case_id, file.id, head, is_original=True)
    assert b"".join(chunks) == original
    with pytest.raises(AttachmentNotFound):
        office.read_file(case_id, file.id, staff["intake"], is_original=True)


def test_a_broken_document_is_told_of_and_not_handed_out(
    office: Office, staff: dict[str, User]
) -> None:
    case_id = filed_with(office, ANONYMOUS, "เสีย.pdf", b"%PDF-1.4 broken")
    file = office.case(case_id, staff["head"]).files[0]

    with pytest.raises(DocumentUnreadable) as refused:
        office.read_file(case_id, file.id, staff["head"])

    assert file.sha256 in refused.value.text.th


def test_pages_are_drawn_and_what_is_broken_or_endless_is_not() -> None:
    (page,) = page_pictures("application/pdf", "ก.pdf", pdf())
    assert Image.open(io.BytesIO(page)).size[0] == 900
    assert Image.open(io.BytesIO(page_pictures("image/heic", "ก", heic())[0])).size == (64, 48)
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    for kind, content in (
        ("application/pdf", b"%PDF-1.4 broken"),
        ("image/png", bomb.getvalue()),
        ("audio/mpeg", b"ID3"),
    ):
        with pytest.raises(NoPreview):
            page_pictures(kind, "ก", content)
