"""A picture loses everything but its pixels before an officer gets it from an anonymous person."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, PngImagePlugin

from office.ground.errors import PictureUnreadable
from office.people.people import User
from office.vault import attachments
from office.vault.attachments import Upload
from office.vault.pictures import NotThisPicture, without_metadata
from tests.office.conftest import complaint, corruption
from tests.office.test_file_types import PDF
from tests.support.verbs import Office

ORIENTATION, MAKER, AUTHOR, GPS = 0x0112, 0x010F, 0x013B, 0x8825
SECRETS = (b"Somying", b"Nokia 3310", b"13.7563", b"secret film")
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}


def picture(media_type: str, *, turn: int = 1, **more: Any) -> bytes:
    """A small picture with all that a telephone writes into one."""
    image = Image.linear_gradient("L").resize((64, 48)).convert(more.pop("mode", "RGB"))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER], exif[AUTHOR] = turn, "Nokia 3310", "Somying"
    exif.get_ifd(GPS).update({1: "N", 2: (13.0, 45.0, 22.0), 29: "13.7563"})
    out = io.BytesIO()
    if media_type == "image/png":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Author", "Somying")
        notes.add_itxt("XML:com.adobe.xmp", "<x>Somying</x>")
        more = {"pnginfo": notes, **more}
    else:
        more = {"comment": b"Somying", "xmp": b"<x>Somying</x>", **more}
    image.save(out, FORMATS[media_type], exif=exif, **more)
    return out.getvalue() + b"secret film"


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"mode": "CMYK"}, {"mode": "L"}])
@pytest.mark.parametrize("media_type", FORMATS)
def test_only_the_pixels_and_the_way_up_stay(
    media_type: str, more: dict[str, Any], turn: int
) -> None:
    if media_type == "image/png":
        more = {} if more.get("mode") == "CMYK" else {k: v for k, v in more.items() if k == "mode"}
    original = picture(media_type, turn=turn, **more)
    assert all(secret in original for secret in SECRETS[:1] + SECRETS[3:])

    copy = without_metadata(media_type, original)

    assert not any(secret in copy for secret in SECRETS)
    before, after = opened(original), opened(copy)
    assert (after.size, after.mode) == (before.size, before.mode)
    assert ImageChops.difference(before, after).getbbox() is None
    assert dict(after.getexif()) == ({ORIENTATION: turn} if turn > 1 else {})
    assert without_metadata(media_type, copy) == copy


@given(st.data())
@pytest.mark.parametrize("media_type", FORMATS)
def test_a_broken_picture_is_refused_or_cleaned(media_type: str, data: st.DataObject) -> None:
    content = bytearray(picture(media_type, turn=6))
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    length = data.draw(st.integers(0, len(content)))

    for broken in (bytes(content[:length]), bytes(content), data.draw(st.binary())):
        try:
            copy = without_metadata(media_type, broken)
        except NotThisPicture:
            continue
        assert len(copy) <= len(broken) + 64


def test_a_picture_of_enormous_size_is_never_unpacked() -> None:
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")

    assert len(without_metadata("image/png", bomb.getvalue())) <= len(bomb.getvalue())


# ── in a case ──────────────────────────────────────────────────────────────────────────────────


def filed_with(office: Office, answers: dict[str, Any], name: str, content: bytes) -> str:
    upload = Upload("evidence", name, io.BytesIO(content))
    return office.file_complaint(answers, files=[upload]).case_id


ANONYMOUS = corruption(
    identity_mode="anonymous", full_name=None, phone=None, email=None, reply_by=None
)


@pytest.mark.parametrize("answers", [ANONYMOUS, corruption()], ids=["anonymous", "confidential"])
@pytest.mark.parametrize(("name", "kind"), [("ภาพ.jpg", "image/jpeg"), ("ภาพ.png", "image/png")])
def test_an_officer_gets_a_copy_and_the_original_stays_encrypted(
    office: Office, staff: dict[str, User], answers: dict[str, Any], name: str, kind: str
) -> None:
    original = picture(kind, turn=6)
    case_id = filed_with(office, answers, name, original)
    view = office.case(case_id, staff["head"])
    file = view.files[0]

    info, chunks = office.read_file(case_id, file.id, staff["head"])
    copy = b"".join(chunks)

    assert view.metadata == {file.id: "removed"}
    assert copy == without_metadata(kind, original)
    assert info.size == len(copy)
    assert info.sha256 == file.sha256 == hashlib.sha256(original).hexdigest()
    with office.engine.read() as work:
        _, encrypted = attachments.open_file(work, office.services, case_id, file.id)
        assert b"".join(encrypted) == original


def test_who_signs_openly_hands_over_the_whole_picture(
    office: Office, staff: dict[str, User]
) -> None:
    original = picture("image/jpeg")
    case_id = filed_with(office, complaint(), "ภาพ.jpg", original)
    view = office.case(case_id, staff["head"])

    _, chunks = office.read_file(case_id, view.files[0].id, staff["head"])

    assert view.metadata == {view.files[0].id: "kept"}
    assert b"".join(chunks) == original


def test_a_broken_picture_is_told_of_and_not_handed_out(
    office: Office, staff: dict[str, User]
) -> None:
    broken = picture("image/jpeg")[:60]
    case_id = filed_with(office, ANONYMOUS, "เสีย.jpg", broken)
    file = office.case(case_id, staff["head"]).files[0]

    with pytest.raises(PictureUnreadable) as refused:
        office.read_file(case_id, file.id, staff["head"])

    assert file.sha256 in refused.value.text.th
    assert "เสีย.jpg" in refused.value.text.en


def test_what_cannot_be_cleaned_is_said(office: Office, staff: dict[str, User]) -> None:
    uploads = [
        Upload("evidence", "สัญญา.pdf", io.BytesIO(PDF)),
        Upload("evidence", "เสียง.mp3", io.BytesIO(b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(64))),
        Upload("evidence", "หมายเหตุ.txt", io.BytesIO("พยาน".encode())),
    ]
    case_id = office.file_complaint(ANONYMOUS, files=uploads).case_id
    view = office.case(case_id, staff["head"])

    told = {file.name: view.metadata[file.id] for file in view.files}
    assert told == {"สัญญา.pdf": "removed", "เสียง.mp3": "not removable", "หมายเหตุ.txt": "none"}
