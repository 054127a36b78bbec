"""A picture without what is hidden in it: where, when, with what and by whom it was taken.

JPEG and PNG are cut at their own seams: the parts that hold the image are copied as they are, all
others are left out. Nothing is decoded, so no pixel changes and nothing can unpack to a huge size.
How the picture is to be turned is the one thing put back.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

# Beside the frame, tables and scans: JFIF without its thumbnail, and Adobe's note on the colours.
JFIF, ADOBE = b"JFIF\0", b"Adobe\0"
APP0, APP1, APP14, COMMENT = 0xE0, 0xE1, 0xEE, 0xFE
START, SCAN, END = 0xD8, 0xDA, 0xD9
ADOBE_BYTES = 12
EXIF = b"Exif\0\0"
# In a scan, 0xFF is data before 0x00 and a mere pause before 0xD0 to 0xD7.
NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_IMAGE = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs acTL fcTL fdAT cICP".split()
)
ORIENTATION = 0x0112
TURNED = range(2, 9)


class NotThisPicture(Exception):
    """The bytes are not a whole picture of the kind they are said to be."""


def without_metadata(media_type: str, content: bytes) -> bytes:
    """The same picture with the same pixels, and nothing else.

    Raises:
        NotThisPicture: it is broken, or not of this kind.
        KeyError: there is no copy of this kind of file without metadata.
    """
    cut = KINDS[media_type]
    try:
        return b"".join(cut(content))
    except (struct.error, IndexError):
        raise NotThisPicture from None


def _jpeg(content: bytes) -> Iterator[bytes]:
    yield b"\xff\xd8"
    turn, seen = 1, set()
    for marker, body in _segments(content):
        seen.add(marker)
        if marker == APP1 and body.startswith(EXIF):
            turn = _orientation(body[len(EXIF) :])
            if turn in TURNED:
                yield _segment(APP1, EXIF + _tiff(turn))
        elif marker == APP0 and body.startswith(JFIF):
            yield _segment(APP0, body[:12] + b"\0\0")
        elif marker == APP14 and body.startswith(ADOBE):
            yield _segment(APP14, body[:ADOBE_BYTES])
        elif marker == SCAN:
            yield b"\xff\xda" + body
        elif not (APP0 <= marker <= 0xEF or marker == COMMENT):
            yield _segment(marker, body)
    if SCAN not in seen:
        raise NotThisPicture
    yield b"\xff\xd9"


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The marked parts up to the end of the picture; a scan comes with its length and its data."""
    if not content.startswith(b"\xff\xd8\xff"):
        raise NotThisPicture
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            raise NotThisPicture
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == END:  # what phones append behind it, a film or a second picture, is left out
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        start, end = at + 4, at + 2 + length
        if length < 2 or end > len(content):
            raise NotThisPicture
        if marker == SCAN:
            found = NEXT_MARKER.search(content, end)
            end = found.start() if found else len(content)  # cut off, yet all of it is image
            start = at + 2
        yield marker, content[start:end]
        at = end


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _png(content: bytes) -> Iterator[bytes]:
    if not content.startswith(PNG_HEAD):
        raise NotThisPicture
    yield PNG_HEAD
    at, kind = len(PNG_HEAD), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise NotThisPicture
        body = content[at + 8 : end - 4]
        if kind in PNG_IMAGE:
            yield content[at:end]
        elif kind == b"eXIf" and _orientation(body) in TURNED:
            yield _chunk(b"eXIf", _tiff(_orientation(body)))
        at = end


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _orientation(tiff: bytes) -> int:
    """How a picture is to be turned, 1 to 8; 1 where its notes do not say or make no sense."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    try:
        if order is None:
            return 1
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
            if tag == ORIENTATION:
                return int(value)
    except struct.error:
        return 1
    return 1


def _tiff(turn: int) -> bytes:
    """Notes that say how the picture is to be turned, and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, turn, 0, 0)


KINDS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
}
