"""What of a case file each kind of reader gets: all of it, what a unit was sent, or no text.

What a unit reads stands in `excerpts.csv`, by form and field: `always`, or only where the
complainant put their name to the case `open`ly. Words and pictures can give the writer away. What
is personal is in no excerpt at all: it is laid open from the vault, but for what `personal.csv`
gives a role, such as who is accused to whoever screens.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from engine.store.work import Work
from engine.verbs import queries
from office.applications import shipped
from office.applications.application import of_files
from office.cases import personal_files
from office.ground.services import Services
from office.ground.tables import Case
from office.letters import letters
from office.letters.letters import LetterView
from office.people.access import Sight, is_guarded
from office.people.people import User
from office.vault import attachments, identities, submissions
from office.vault.attachments import FileInfo
from office.vault.submissions import Given

FILE, PERSONAL = "excerpts.csv", "personal.csv"
ALWAYS, OPEN = "always", "open"
ALL = "*"
Excerpt = Mapping[str, frozenset[str]]  # the fields by form; `*` stands for every one


def excerpt_of(work: Work, case: Case) -> Excerpt:
    """What a unit reads of this case."""
    files = {} if case.instance_id is None else _files(work, case.instance_id)
    rows = _rows(shipped.own_table(files, FILE))
    words = {ALWAYS} if is_guarded(case) else {ALWAYS, OPEN}
    return {form: fields for form, fields, reads in rows if reads in words}


def answers_for(work: Work, services: Services, case: Case, sight: Sight) -> list[Given]:
    """The submissions, and of each the fields, that a reader with this sight gets."""
    if sight is Sight.REDACTED:
        return []
    if sight is Sight.FULL:
        return submissions.submissions(work, services, case.id)
    excerpt = excerpt_of(work, case)
    found = submissions.submissions(work, services, case.id, forms=frozenset(excerpt))
    return [_cut(each, excerpt[each.form]) for each in found]


def files_for(work: Work, services: Services, case: Case, sight: Sight) -> list[FileInfo]:
    """The attachments for this sight; a personal one is for nobody before it is laid open."""
    if sight is Sight.REDACTED:
        return []
    covered = personal_files.ids_of(work, case)
    files = [
        file for file in attachments.list_files(work, services, case.id) if file.id not in covered
    ]
    if sight is Sight.FULL:
        return files
    excerpt, forms = excerpt_of(work, case), _forms(work, case.id)
    read = [f for f in files if _reads(excerpt.get(forms.get(f.submission_id or "", "")), f.field)]
    return [_numbered(file, number) for number, file in enumerate(read, 1)]


def _numbered(file: FileInfo, number: int) -> FileInfo:
    """A complainant's file without the name that they typed, which may say who they are."""
    if file.added_by != submissions.COMPLAINANT:
        return file
    return replace(file, name=f"แฟ้ม {number}.{file.name.rpartition('.')[2]}")


def personal_for(
    work: Work, services: Services, case: Case, form_id: str, user: User
) -> dict[str, Any]:
    """The personal fields of a form by their path within it: what `personal.csv` gives a role of
    the reader's as it is, None where it is covered. Where the vault is erased there are none."""
    files = {} if case.instance_id is None else _files(work, case.instance_id)
    intake = of_files(files).intake_forms
    held = {
        path if form_id in intake else path.removeprefix(f"{form_id}."): path
        for path in identities.identity_paths(work, case.id)
        if form_id in intake or path.startswith(f"{form_id}.")
    }
    fields = {
        field
        for form, fields, roles in _personal_rows(shipped.own_table(files, PERSONAL))
        if form == form_id and roles & user.roles
        for field in fields
    }
    shown = {path for inner, path in held.items() if _head(inner) in fields}
    values = identities.open_identity(work, services, case.id, shown) if shown else {}
    return {inner: values.get(path) for inner, path in held.items()}


def _head(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def letters_for(work: Work, case: Case, sight: Sight) -> list[LetterView]:
    """Letters to the complainant are for those who see the case in full."""
    return letters.list_letters(work, case.id) if sight is Sight.FULL else []


def _cut(given: Given, fields: frozenset[str]) -> Given:
    answers = {key: value for key, value in given.answers.items() if _reads(fields, key)}
    return replace(given, answers=answers)


def _reads(fields: frozenset[str] | None, path: str) -> bool:
    return fields is not None and (ALL in fields or path.partition(".")[0] in fields)


def _forms(work: Work, case_id: str) -> dict[str, str]:
    return {row.id: row.form for row in submissions.rows_of(work, case_id)}


def _files(work: Work, instance_id: str) -> Mapping[str, bytes]:
    return queries.files(work, queries.definition_of(work, instance_id))


@lru_cache(maxsize=16)
def _rows(content: bytes) -> tuple[tuple[str, frozenset[str], str], ...]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return tuple(
        (row["form"].strip(), frozenset(row["fields"].split()), row["reads"].strip())
        for row in rows
    )


@lru_cache(maxsize=16)
def _personal_rows(content: bytes) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return tuple(
        (row["form"].strip(), frozenset(row["fields"].split()), frozenset(row["roles"].split()))
        for row in rows
    )
