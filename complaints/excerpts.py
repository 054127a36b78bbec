"""What of a case file each kind of reader gets: all of it, what a unit was sent, or no text."""

from __future__ import annotations

from collections.abc import Mapping

from complaints import attachments, letters, submissions
from complaints.access import Sight
from complaints.attachments import FileInfo
from complaints.desk import Desk
from complaints.letters import LetterView
from complaints.models import Case
from complaints.submissions import COMPLAINANT, Given
from engine.work import Work

# What a unit reads of a case, by form: all fields, or those named. In a corruption case it gets the
# centre's redacted wording and never the complainant's own, which can give the writer away.
UNIT_READS: Mapping[str, frozenset[str] | None] = {
    "f4_assignment": frozenset({"questions", "redacted_facts", "lead_unit", "co_units"}),
    "f5_acceptance": None,
    "f6_clarification": None,
    "f11_extension": None,
    "f11_decision": None,
    "f7_assessment": frozenset({"clarification_complete", "incomplete_points"}),
}
UNIT_READS_OPENLY: Mapping[str, frozenset[str] | None] = {
    **UNIT_READS,
    "f1_intake": None,
    "f3_reply": None,
}
CORRUPTION = "C"


def answers_for(work: Work, desk: Desk, case: Case, sight: Sight) -> list[Given]:
    """The submissions, and of each the fields, that a reader with this sight gets."""
    if sight is Sight.REDACTED:
        return []
    if sight is Sight.FULL:
        return submissions.submissions(work, desk, case.id)
    reads = UNIT_READS if case.track == CORRUPTION else UNIT_READS_OPENLY
    found = submissions.submissions(work, desk, case.id, forms=frozenset(reads))
    return [_cut(each, reads[each.form]) for each in found]


def files_for(work: Work, desk: Desk, case: Case, sight: Sight) -> list[FileInfo]:
    """The attachments for this sight: in a corruption case a unit gets its own documents only."""
    if sight is Sight.REDACTED:
        return []
    files = attachments.list_files(work, desk, case.id)
    if sight is Sight.FULL or case.track != CORRUPTION:
        return files
    return [file for file in files if file.added_by != COMPLAINANT and file.field == "documents"]


def letters_for(work: Work, case: Case, sight: Sight) -> list[LetterView]:
    """Letters to the complainant are for those who see the case in full."""
    return letters.list_letters(work, case.id) if sight is Sight.FULL else []


def _cut(given: Given, keys: frozenset[str] | None) -> Given:
    if keys is None:
        return given
    answers = {key: value for key, value in given.answers.items() if key in keys}
    return Given(
        given.id,
        given.form,
        given.task_id,
        given.element_id,
        given.given_by,
        given.given_at,
        answers,
    )
