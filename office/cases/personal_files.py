"""Files that say who a person is, such as a letter of authority: fields of a form with
`personal: true`. They are laid open like the fields of the vault, for a motive and for a while."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.ground.errors import DefinitionNotFound
from engine.store.work import Work
from engine.verbs import queries
from office.applications import deployed_forms
from office.applications.application import of_definition
from office.ground.tables import Case
from office.vault import attachments, submissions

_ROW = re.compile(r"\.(\d+)(?=\.|$)")


@dataclass(frozen=True, slots=True)
class PersonalFile:
    """An attachment and the path by which the vault would know it: `proxy_file`."""

    id: str
    path: str


def files_of(work: Work, case: Case) -> list[PersonalFile]:
    """The personal files of a case that have not been erased, oldest first."""
    rows = [] if case.instance_id is None else attachments.rows_of(work, case.id)
    if case.instance_id is None or not rows:
        return []
    definition_id = queries.definition_of(work, case.instance_id)
    forms = {given.id: given.form for given in submissions.rows_of(work, case.id)}
    first = of_definition(work, definition_id).form
    found = []
    for row in rows:
        form = forms.get(row.submission_id or "", first)
        if row.purpose == "identity" or _is_personal(work, definition_id, form, row.field):
            found.append(PersonalFile(row.id, _path(form, row.field, first)))
    return found


def ids_of(work: Work, case: Case) -> frozenset[str]:
    return frozenset(file.id for file in files_of(work, case))


def paths_of(work: Work, case: Case) -> list[str]:
    return sorted({file.path for file in files_of(work, case)})


def _is_personal(work: Work, definition_id: str, form_id: str, field: str) -> bool:
    """Whether the form says so of a file that an older release encrypted with the content. One
    whose field is not known is taken for personal: it can still be laid open."""
    try:
        form = deployed_forms.form_of(work, definition_id, form_id)
    except DefinitionNotFound:
        return True
    known = form.field(_ROW.sub("[]", field))
    return known is None or known.personal


def _path(form_id: str, field: str, first: str) -> str:
    """As the vault writes it: a later form's field stands under its form, a row in brackets."""
    path = _ROW.sub(r"[\1]", field)
    return path if form_id == first else f"{form_id}.{path}"
