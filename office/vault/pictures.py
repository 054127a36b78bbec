"""A picture without what is hidden in it: where, when, with what and by whom it was taken.

JPEG, PNG, WebP and HEIC are cut at their own seams: the parts that hold the image are copied as
they are, all others are left out. Nothing is decoded, so no pixel changes and nothing can unpack to
a huge size. How a JPEG or PNG is to be turned is put back; HEIC says it beside the notes.
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


# ── WebP ───────────────────────────────────────────────────────────────────────────────────────

WEBP_IMAGE = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))
WEBP_NOTES = 0b0010_1100  # VP8X says that there are a colour profile, EXIF and XMP


def _webp(content: bytes) -> Iterator[bytes]:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise NotThisPicture
    (size,) = struct.unpack_from("<I", content, 4)
    kept, at = [], 12
    while at < min(size + 8, len(content)):
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length
        if end > len(content):
            raise NotThisPicture
        body = content[at + 8 : end]
        if kind == b"VP8X":
            body = bytes([body[0] & ~WEBP_NOTES]) + body[1:]
        if kind in WEBP_IMAGE:
            kept.append(struct.pack("<4sI", kind, length) + body + b"\0" * (length % 2))
        at = end + length % 2
    if not any(part[:4] in (b"VP8 ", b"VP8L", b"ANMF") for part in kept):
        raise NotThisPicture
    yield struct.pack("<4sI4s", b"RIFF", 4 + sum(map(len, kept)), b"WEBP")
    yield from kept


# ── HEIC ───────────────────────────────────────────────────────────────────────────────────────

HEIC_NOTES = frozenset((b"Exif", b"mime", b"uri "))  # items that hold no image
HEIC_LOOSE = frozenset((b"uuid", b"free", b"skip", b"udta", b"moov", b"mpvd"))  # boxes beside them


def _heic(content: bytes) -> Iterator[bytes]:
    """The same file with zeros where notes were: the image is found by its place, so that nothing
    may move."""
    blank, meta = bytearray(content), None
    for kind, start, end in _boxes(content, 0, len(content)):
        if kind == b"meta":
            meta = (start + 4, end)
        elif kind in HEIC_LOOSE:
            blank[start:end] = bytes(end - start)
    if content[4:8] != b"ftyp" or meta is None:
        raise NotThisPicture
    inside = {kind: (start, end) for kind, start, end in _boxes(content, *meta)}
    if not {b"iinf", b"iloc"} <= inside.keys():
        raise NotThisPicture
    notes = set(_items(content, *inside[b"iinf"]))
    data = inside.get(b"idat", (0, 0))[0]
    for item, start, length in _extents(content, *inside[b"iloc"], data=data):
        if item in notes:
            if start + length > len(content):
                raise NotThisPicture
            blank[start : start + length] = bytes(length)
    yield bytes(blank)


def _boxes(content: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes in a stretch: kind, where the inside begins, where it ends."""
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, at + 8)
            head = 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise NotThisPicture
        yield kind, at + head, at + size
        at += size


def _items(content: bytes, start: int, end: int) -> Iterator[int]:
    """The ids of the items that are notes."""
    version = content[start]
    for kind, inside, _ in _boxes(content, start + (6 if version == 0 else 8), end):
        if kind != b"infe":
            continue
        entry = content[inside]
        if entry < 2:
            raise NotThisPicture
        wide = ">IH4s" if entry >= 3 else ">HH4s"
        item, _, type = struct.unpack_from(wide, content, inside + 4)
        if type in HEIC_NOTES:
            yield item


def _extents(content: bytes, start: int, end: int, *, data: int) -> Iterator[tuple[int, int, int]]:
    """Where the parts of each item lie: its id, the place in the file, how long."""
    version = content[start]
    sizes = struct.unpack_from(">BB", content, start + 4)
    offset_size, length_size = sizes[0] >> 4, sizes[0] & 15
    base_size, index_size = sizes[1] >> 4, sizes[1] & 15 if version in (1, 2) else 0
    reader = _Numbers(content, start + 6, end)
    wide = 4 if version == 2 else 2
    for _ in range(reader.next(wide)):
        item = reader.next(wide)
        method = reader.next(2) & 15 if version in (1, 2) else 0
        reader.next(2)
        base = reader.next(base_size)
        for _ in range(reader.next(2)):
            reader.next(index_size)
            offset, length = reader.next(offset_size), reader.next(length_size)
            yield item, base + offset + (data if method == 1 else 0), length


class _Numbers:
    """Big-endian numbers of given widths, one after the other."""

    def __init__(self, content: bytes, at: int, end: int) -> None:
        self.content, self.at, self.end = content, at, end

    def next(self, width: int) -> int:
        if self.at + width > self.end:
            raise NotThisPicture
        found = int.from_bytes(self.content[self.at : self.at + width], "big")
        self.at += width
        return found


KINDS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": _heic,
}
