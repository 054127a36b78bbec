"""The names that the expressions of an application may use: what forms and the office give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forms import Form, FormRejected, compile_form
from forms.schema import Field
from office.applications.application import of_files

# Types by kind of form field; a field that may hold several kinds is left open.
TYPES = {"number": "number", "checkbox": "boolean", "textfield": "string", "textarea": "string"}
# What the office itself gives a case, and what its letters leave behind.
GIVEN: Mapping[str, str | None] = {
    "case_id": "string",
    "channel": "string",
    "received_on": "string",
    "has_attachments": "boolean",
    "evidence_count": "number",
    "last_letter": "string",
    "extension_days": "number",
    "extension_until": "string",
    "review_late": "boolean",
}


def variables_of(files: Mapping[str, bytes]) -> dict[str, str | None]:
    """Every process variable that the office and these forms give, with its type if it has one."""
    application = of_files(files)
    given = {**dict.fromkeys(application.facts), **GIVEN}
    found: dict[str, str | None] = {**given, **dict.fromkeys(application.counts, "number")}
    for name, content in files.items():
        for form in _form(name, content):
            for field in form.fields:
                if field.variable:
                    _note(found, field)
    return found


def _form(name: str, content: bytes) -> Iterator[Form]:
    if name.endswith(".form"):
        try:
            yield compile_form(name, content)
        except FormRejected:
            return  # its faults are told by its own check


def _note(found: dict[str, str | None], field: Field) -> None:
    head = field.path.partition("[")[0].partition(".")[0]
    type_ = TYPES.get(field.type) if head == field.path else None
    if head in found and found[head] != type_:
        type_ = None  # two forms disagree, or the office gives it too
    found[head] = type_
