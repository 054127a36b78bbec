"""Keeping what was handed in: text to the case file, names to the vault, files adopted, and one
entry for the history that refers to all of it and commits to each piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.store.work import Work
from engine.turn.history import Entry
from forms import Answers
from office.applications import deployed_forms
from office.ground.services import Services
from office.vault import identities
from office.vault.attachments import Staged, adopt_files
from office.vault.submissions import keep_submission

SUBMITTED = "form_submitted"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Checked answers to one form, with who gave them and where in the diagram."""

    form: str
    answers: Answers
    given_by: str
    task_id: str | None = None
    element_id: str = ""


def keep(
    work: Work,
    services: Services,
    case_id: str,
    handed_in: HandedIn,
    *,
    personal: Mapping[str, Any] | None = None,
    staged: Sequence[Staged] | None = None,
    files_by: str = "",
) -> Entry:
    """Keep the parts of a form in their three homes; returns what the history shall say of it.

    `personal`, `staged` and whose files they are follow from the answers unless they are given.
    """
    answers, given_by = handed_in.answers, handed_in.given_by
    who = {handed_in.form: answers.personal} if personal is None else personal
    identity = identities.keep_identity(work, services, case_id, who)
    submission, commitment = keep_submission(
        work,
        services,
        case_id,
        handed_in.form,
        deployed_forms.as_given(answers),
        given_by=given_by,
        task_id=handed_in.task_id,
        element_id=handed_in.element_id,
    )
    files = adopt_files(
        work,
        services,
        case_id,
        deployed_forms.staged_of(services, answers) if staged is None else staged,
        added_by=files_by or given_by,
        submission_id=submission,
        personal=answers.personal_files,
    )
    data = {"form": handed_in.form, "submission": submission, "answers": commitment}
    found = {"identity": identity, "files": files}
    return SUBMITTED, handed_in.element_id, {**data, **{k: v for k, v in found.items() if v}}
