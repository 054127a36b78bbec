"""The summary of a case as a PDF: set by Typst from one template, with our own fonts only, so that
the same case gives the same bytes on every machine."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

WEB = Path(__file__).resolve().parents[1]
TEMPLATE = WEB / "templates" / "export" / "case.typ"
FONTS = WEB / "assets" / "fonts"
DRAWN = re.compile(r"\.pic-[^{}]*\{[^}]*\}")  # the rules of diagram.css that a picture needs


def set_summary(facts: Mapping[str, Any], dated: datetime) -> bytes:
    """The PDF, dated by the case itself and never by the clock on the wall."""
    import typst  # large, and wanted for paper only

    given = {**facts, "dated": _parts(dated)}
    compiler = typst.Compiler(
        root=str(TEMPLATE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True
    )
    pdf = compiler.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"data": json.dumps(given, ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=int(dated.timestamp()),
    )
    assert isinstance(pdf, bytes)
    return pdf


STANDARD: Final = "a-2b"  # of the PDFs that are still to be read in thirty years


def picture_for_paper(svg: str) -> str:
    """A picture with its looks inside, in the font that the paper has."""
    styles = "".join(DRAWN.findall((WEB / "assets" / "css" / "diagram.css").read_text("utf-8")))
    head, _, rest = svg.partition(">")
    return f"{head}><style>svg{{font-family:Sarabun}}{styles}</style>{rest}"


def _parts(at: datetime) -> dict[str, int]:
    names = ("year", "month", "day", "hour", "minute", "second")
    return {name: getattr(at, name) for name in names}
