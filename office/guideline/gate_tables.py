"""What the deploy gate checks of the tables that say who sees what: tracks and excerpts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from engine.ground.findings import Finding
from engine.ground.text import Text
from forms import Form, FormRejected, compile_form
from office.applications import tracks
from office.cases import excerpts
from office.guideline.expression_names import variables_of
from office.people import handover

ROLES = "roles.csv"


def check_tables(files: Mapping[str, bytes]) -> list[Finding]:
    """A track opens with what a form asks, or its cases would stay held; an excerpt names forms and
    fields that there are, or a unit would not get what it is sent."""
    return [
        *_check_tracks(files),
        *_check_excerpts(files),
        *_check_personal(files),
        *_check_roles(files),
    ]


def _check_tracks(files: Mapping[str, bytes]) -> Iterator[Finding]:
    known = variables_of(files) if tracks.FILE in files else {}
    for number, row in _rows(files, tracks.FILE):
        for name in (row.get("opens_with") or "").split():
            if name not in known:
                thai = f"ไม่มีแบบฟอร์มใดถาม {name} เรื่องประเภท {row.get('key')} จะไม่เปิดให้ผู้อื่นเห็นเลย"
                english = f"No form asks for {name}: cases of track {row.get('key')} never open."
                yield _finding(tracks.FILE, number, thai, english)


def _check_excerpts(files: Mapping[str, bytes]) -> Iterator[Finding]:
    forms = {form.id: form for name, content in files.items() for form in _form(name, content)}
    for number, row in _rows(files, excerpts.FILE):
        form, reads = forms.get(row.get("form") or ""), row.get("reads")
        if form is None:
            thai, english = f"ไม่มีแบบฟอร์ม {row.get('form')}", f"There is no form {row.get('form')}."
            yield _finding(excerpts.FILE, number, thai, english)
            continue
        if reads not in (excerpts.ALWAYS, excerpts.OPEN):
            thai = f"ช่อง reads ต้องเป็น {excerpts.ALWAYS} หรือ {excerpts.OPEN}"
            english = f"`reads` must be {excerpts.ALWAYS} or {excerpts.OPEN}."
            yield _finding(excerpts.FILE, number, thai, english)
        known = {field.path.partition("[")[0].partition(".")[0] for field in form.fields}
        for name in sorted({*(row.get("fields") or "").split()} - {excerpts.ALL} - known):
            thai, english = f"แบบฟอร์ม {form.id} ไม่มีช่อง {name}", f"{form.id} has no field {name}."
            yield _finding(excerpts.FILE, number, thai, english)


def _check_personal(files: Mapping[str, bytes]) -> Iterator[Finding]:
    forms = {form.id: form for name, content in files.items() for form in _form(name, content)}
    roles = {row.get("key") for _, row in _rows(files, ROLES)}
    for number, row in _rows(files, excerpts.PERSONAL):
        form = forms.get(row.get("form") or "")
        held = [] if form is None else [each.path for each in form.fields if each.personal]
        known = {path.partition("[")[0].partition(".")[0] for path in held}
        for name in sorted({*(row.get("fields") or "").split()} - known):
            thai = f"แบบฟอร์ม {row.get('form')} ไม่มีข้อมูลส่วนบุคคลชื่อ {name}"
            english = f"{row.get('form')} has no personal field {name}."
            yield _finding(excerpts.PERSONAL, number, thai, english)
        for name in sorted({*(row.get("roles") or "").split()} - roles) if roles else ():
            thai, english = f"ไม่มีบทบาท {name}", f"There is no role {name}."
            yield _finding(excerpts.PERSONAL, number, thai, english)


def _check_roles(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A table by roles names roles that there are; one of units is not paired with one of none."""
    roles = {row.get("key"): row.get("unit_bound") for _, row in _rows(files, ROLES)}
    for number, row in _rows(files, handover.FILE) if roles else ():
        own = row.get("role")
        for name in [own, *(row.get("tasks_of") or "").split()]:
            if name not in roles:
                thai, english = f"ไม่มีบทบาท {name}", f"There is no role {name}."
                yield _finding(handover.FILE, number, thai, english)
            elif roles[name] != roles.get(own):
                thai = f"{own} กับ {name} ต้องเป็นบทบาทของฝ่ายทั้งคู่ หรือไม่ใช่ทั้งคู่"
                english = f"{own} and {name} must both be bound to a unit, or neither."
                yield _finding(handover.FILE, number, thai, english)


def _rows(files: Mapping[str, bytes], name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows by the line they stand in; a table that cannot be read is told by its own check."""
    text = files.get(name, b"").decode("utf-8-sig", "replace")
    yield from enumerate(csv.DictReader(io.StringIO(text)), 2)


def _form(name: str, content: bytes) -> Iterator[Form]:
    if name.endswith(".form"):
        try:
            yield compile_form(name, content)
        except FormRejected:
            return


def _finding(file: str, row: int, thai: str, english: str) -> Finding:
    return Finding(file, "", "error", "guideline.table", Text(thai, english), row)
