"""In which encoding an uploaded file is written, told alike for diagrams, tables and forms."""

import re
from typing import Final

from engine.ground.text import Text

# Any other encoding is refused: with some (UTF-7) two readers see two texts in the same bytes.
ACCEPTED: Final = frozenset(
    "utf-8 utf-16 us-ascii iso-8859-1 windows-1252 tis-620 windows-874".split()
)
SAYS: Final = Text("ไม่รองรับรหัสอักขระ {encoding}", "The encoding {encoding} is not accepted.")
FIX: Final = Text("บันทึกแฟ้มเป็น UTF-8", "Save the file as UTF-8.")
SAID: Final = Text(*(f"{SAYS.of(lang)} {FIX.of(lang)}" for lang in ("th", "en")))
_DECLARED: Final = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]{0,100}?encoding=["']([\w.:-]+)""")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF_32: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_THAI: Final = re.compile("[\u0e01-\u0e5b]{2}")


def refused_encoding(content: bytes) -> str | None:
    """The name of a file's encoding if the file is to be refused for it.

    A file is UTF-8, UTF-16 with its mark, or what an XML declaration says and we accept.
    """
    if content.startswith(_UTF_32):
        return "UTF-32"
    if content.startswith(_UTF_16):
        return None if _reads(content, "utf-16") else "UTF-16"
    if b"\x00" in content[:4]:
        return "UTF-16"  # without its mark, every reader would guess
    declared = _DECLARED.match(content)
    name = declared[1].decode("ascii") if declared else "utf-8"
    if name.lower() not in ACCEPTED:
        return name
    return None if _reads(content, _codec(name)) else _guess(content)


def as_text(content: bytes, errors: str = "strict") -> str:
    """The text of a file that has no XML declaration.

    Raises:
        UnicodeDecodeError: with strict `errors`, what stands there is not in its encoding.
    """
    return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig", errors)


def as_xml(content: bytes) -> bytes:
    """The bytes of an XML file that was not refused, in an encoding that every reader knows."""
    declared = _DECLARED.match(content)
    name = declared[1].decode("ascii").lower() if declared else ""
    if declared is None or _codec(name) == name:
        return content
    head = content[: declared.start(1)] + b"utf-8" + content[declared.end(1) :]
    return head.decode(_codec(name)).encode()


def _codec(name: str) -> str:
    # Python, and so expat, does not know Windows' own name of its Thai code page.
    return "cp874" if name.lower() == "windows-874" else name


def _reads(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _guess(content: bytes) -> str | None:
    """Thai of before Unicode; what is no text at all is left for its reader to name."""
    thai = content.decode("cp874", errors="replace")
    return "windows-874 (TIS-620)" if _THAI.search(thai) and not _BINARY.search(content) else None
