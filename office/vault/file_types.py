"""Which files are taken: an allow-list decided by content; the name is only a second witness."""

from __future__ import annotations

import codecs
import re
import unicodedata
import zipfile
from typing import BinaryIO

import filetype

from office.ground.errors import FileDisguised, FileTypeRefused, FileUnsafe

# By extension: the media type it is served as, and the kinds `filetype` may see in its bytes.
ACCEPTED: dict[str, tuple[str, frozenset[str]]] = {
    "pdf": ("application/pdf", frozenset({"pdf"})),
    "jpg": ("image/jpeg", frozenset({"jpg"})),
    "jpeg": ("image/jpeg", frozenset({"jpg"})),
    "png": ("image/png", frozenset({"png"})),
    "heic": ("image/heic", frozenset({"heic"})),
    "webp": ("image/webp", frozenset({"webp"})),
    "mp3": ("audio/mpeg", frozenset({"mp3"})),
    "m4a": ("audio/mp4", frozenset({"m4a", "mp4"})),
    "mp4": ("video/mp4", frozenset({"mp4", "m4v"})),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        frozenset({"zip", "docx"}),
    ),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        frozenset({"zip", "xlsx", "docx"}),
    ),
    "txt": ("text/plain", frozenset()),
}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
HEAD_BYTES = 8192
UNPACKED_LIMIT = 200 * 1024 * 1024
ENTRIES_LIMIT = 5000
NAME_LIMIT = 150
MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php)", re.IGNORECASE)


def media_type_of(name: str, stream: BinaryIO) -> str:
    """The media type of a seekable upload, which is left rewound.

    Raises:
        FileTypeRefused: its kind is not on the list.
        FileDisguised: the bytes are not what the name says, as with an HTML file named .pdf.
        FileUnsafe: an office file with macros, or one that unpacks to an unreasonable size.
    """
    extension = name.rpartition(".")[2].lower()
    if extension not in ACCEPTED:
        raise FileTypeRefused(name=name, accepted=", ".join(sorted(ACCEPTED)))
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    media_type, kinds = ACCEPTED[extension]
    _check_content(name, extension, head, kinds)
    if extension in OFFICE_PARTS:
        _check_office(name, OFFICE_PARTS[extension], stream)
    stream.seek(0)
    return media_type


def media_type_named(name: str) -> str | None:
    """The media type that goes with a file's name; none if its kind is not on the list."""
    accepted = ACCEPTED.get(name.rpartition(".")[2].lower())
    return None if accepted is None else accepted[0]


def clean_name(name: str) -> str:
    """A file name without folders, control characters and tricks of writing direction."""
    base = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    plain = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        return plain[:NAME_LIMIT] or "file"
    return f"{stem[: NAME_LIMIT - len(extension) - 1] or 'file'}.{extension}"


def _check_content(name: str, extension: str, head: bytes, kinds: frozenset[str]) -> None:
    if extension == "txt":
        if not _is_plain_text(head):
            raise FileDisguised(name=name)
        return
    guess = filetype.guess(head)
    if guess is None or guess.extension not in kinds:
        raise FileDisguised(name=name)


def _is_plain_text(head: bytes) -> bool:
    if MARKUP.search(head) or any(byte < 32 and byte not in (9, 10, 12, 13) for byte in head):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "cp874"))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        # Not final: the head may end in the middle of a character.
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _check_office(name: str, part: str, stream: BinaryIO) -> None:
    """Reads the directory of the archive only: nothing is unpacked, so nothing can explode."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FileDisguised(name=name) from None
    names = {entry.filename for entry in entries}
    if not {part, "[Content_Types].xml"} <= names:
        raise FileDisguised(name=name)
    unpacked = sum(entry.file_size for entry in entries)
    macros = any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries)
    if macros or unpacked > UNPACKED_LIMIT or len(entries) > ENTRIES_LIMIT:
        raise FileUnsafe(name=name)
