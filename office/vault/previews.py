"""Pages of a file as pictures, so that nobody must open it on their own machine to look at it.

PDF pages are drawn by PDFium (pypdfium2), pictures made smaller by Pillow (HEIC by
pillow-heif), both in a child process
with limits: whatever a poisoned file does there ends with that process.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

from engine.bpmn.reading.sandbox import Limits, guarded
from engine.bpmn.rule import SourceRejected
from office.ground.errors import OfficeError

PAGES = 20  # that are drawn; who needs more takes the file
WIDTH = 900
PIXELS = 40_000_000  # of a picture, before it is made smaller
LIMITS = Limits(cpu=20, wall=60, memory=1024 * 1024 * 1024)


class NoPreview(OfficeError):
    """{name!r} cannot be shown as pages here; take the file instead."""

    thai = "แสดงหน้าของ “{name}” ที่นี่ไม่ได้ โปรดดาวน์โหลดแฟ้มแทน"


def page_pictures(media_type: str, name: str, content: bytes) -> list[bytes]:
    """The first pages, each a PNG.

    Raises:
        NoPreview: the kind has no pages, the file is broken, or drawing it takes too much.
    """
    if media_type not in DRAWN:
        raise NoPreview(name=name)
    try:
        pages = guarded(drawn_or_none, media_type, content, limits=LIMITS)
    except SourceRejected as error:
        raise NoPreview(name=name) from error
    if not pages:
        raise NoPreview(name=name)
    return pages


def drawn_or_none(media_type: str, content: bytes) -> list[bytes] | None:
    """What the child does; whatever the libraries make of a broken file, it has no pages."""
    try:
        return DRAWN[media_type](content)
    except Exception:
        return None


def _pdf(content: bytes) -> list[bytes]:
    import pypdfium2

    pages = []
    document = pypdfium2.PdfDocument(content)
    for number in range(min(len(document), PAGES)):
        page = document[number]
        picture = page.render(scale=WIDTH / max(page.get_width(), 1.0), may_draw_forms=False)
        pages.append(_png(picture.to_pil()))
        page.close()
    return pages


def _picture(content: bytes) -> list[bytes]:
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    with Image.open(io.BytesIO(content)) as opened:
        if opened.width * opened.height > PIXELS:
            raise ValueError("more pixels than are drawn")
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((WIDTH, WIDTH * 2))
    return [_png(upright)]


def _png(image: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")  # type: ignore[attr-defined]
    return out.getvalue()


DRAWN: Mapping[str, Callable[[bytes], list[bytes]]] = {
    "application/pdf": _pdf,
    "image/jpeg": _picture,
    "image/png": _picture,
    "image/webp": _picture,
    "image/heic": _picture,
}
