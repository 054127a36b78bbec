"""Forms as they were deployed with a case's guideline, compiled once per process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from engine import feel
from engine.ground.clock import BANGKOK
from engine.ground.errors import DefinitionNotFound
from engine.store.work import Work
from engine.verbs import queries
from forms import Answers, Form, compile_form, merge
from office.applications import shipped
from office.applications.agency import agency_files
from office.ground.services import Services
from office.vault import attachments
from office.vault.attachments import Staged

# What the office writes down of its own acts, whatever the guideline: by the ids of its forms.
OWN_ACTS = {"f_handover": "f-handover.form", "f_conflict": "f-conflict.form"}


def form_of(work: Work, definition_id: str, form_id: str) -> Form:
    """A form of a definition's deployment: the very version that a case is pinned to. The form of
    an act of the office's own is one that all applications share.

    Raises:
        DefinitionNotFound: the deployment has no such form.
    """
    try:
        name, content = queries.form_file(work, definition_id, form_id)
    except DefinitionNotFound:
        if form_id not in OWN_ACTS:
            raise
        return own_form(work, form_id)
    return _compiled(name, content)


def own_form(work: Work, form_id: str) -> Form:
    """The form of an act of the office's own, as the agency has it or as it is shipped."""
    name = OWN_ACTS[form_id]
    return _compiled(name, agency_files(work).get(name) or shipped.table(name))


def environment_of(work: Work) -> feel.Environment:
    """What a form's expressions may reach: the moment of the unit of work, nothing else."""
    return feel.Environment(now=work.now.astimezone(BANGKOK))


def with_uploads(answers: Mapping[str, Any], staged: Sequence[Staged]) -> dict[str, Any]:
    """The answers with the ids of uploads under their (top-level) fields."""
    whole = dict(answers)
    for file in staged:
        whole[file.field] = [*(whole.get(file.field) or []), file.id]
    return whole


def staged_of(services: Services, answers: Answers) -> list[Staged]:
    """The staged files that checked answers refer to.

    Raises:
        AttachmentNotFound: an id was never staged, is swept away, or belongs to a case already.
        TooManyFiles: more than one submission may hold.
    """
    ids = [(path, id) for path, each in answers.files.items() for id in each]
    attachments.check_count(len(ids))
    return [attachments.find_staged(services, id, field=path) for path, id in ids]


def as_given(answers: Answers) -> dict[str, Any]:
    """What the case file keeps: every answer but the personal ones, and references to files."""
    given = merge(answers.variables, answers.submission)
    return {**given, **{path: list(ids) for path, ids in answers.files.items()}}


@lru_cache(maxsize=256)
def _compiled(name: str, content: bytes) -> Form:
    return compile_form(name, content, deployed=True)
