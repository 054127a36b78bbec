"""The case file as a person may read it: loaded here, cut down to what their part in it allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.ground.text import Text
from engine.store.tables import UserTask
from engine.store.work import Work
from engine.turn import history
from engine.verbs import queries
from forms.text.numerals import arabic_digits
from office.applications import master_data
from office.applications.application import kind_of, of_definition
from office.cases import excerpts, personal_files, reveals
from office.cases.handed_out import Metadata, handed_out, metadata_of
from office.cases.register import open_title
from office.deadlines.rows import earliest_due
from office.ground.errors import AttachmentNotFound, CaseNotFound, FileInfected, LetterNotFound
from office.ground.services import Services
from office.ground.tables import Case
from office.letters import letters
from office.letters.letters import LetterView
from office.people import people
from office.people.access import (
    ACTING,
    Sight,
    acting_as,
    is_guarded,
    load_case,
    may_reveal,
    open_to,
    reading,
    sights_of,
    within_reach,
)
from office.people.people import User
from office.vault import attachments
from office.vault.attachments import FileInfo
from office.vault.case_keys import case_key, is_destroyed
from office.vault.previews import page_pictures
from office.vault.submissions import COMPLAINANT, Given


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the ball: a person, or a group that has not claimed yet."""

    task_id: str
    task: Text
    name: Text
    claimed: bool
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """Answers to one form, with who gave them as the reader may know it."""

    id: str
    form: str
    given_by: Text
    given_at: datetime
    answers: Mapping[str, Any]
    personal: Mapping[str, Any]  # of the vault, by path within the form; None where it is covered


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What one person sees of a case; what they may not see is not in it."""

    id: str
    instance_id: str | None
    receipt_no: str
    sight: Sight
    track: str
    kind: Text  # its variant or its application, in words
    channel: str
    identity_mode: str
    classification: str
    protected: bool
    subject: str | None
    title: str | None
    status: Text
    outcome: Text | None
    severity: str | None
    lead_unit: Text | None
    co_units: tuple[Text, ...]
    received_at: datetime
    legal_received_on: date
    due_at: datetime | None
    closed_at: datetime | None
    is_erased: bool  # its key was destroyed: the course remains, the words are gone
    holders: tuple[Holder, ...]
    submissions: tuple[SubmissionView, ...]
    files: tuple[FileInfo, ...]
    covered_files: frozenset[str]  # ids of those that are laid open like an identity only
    metadata: Mapping[str, Metadata]  # by file id: what becomes of it when the file is opened
    letters: tuple[LetterView, ...]
    identity_fields: tuple[str, ...]  # what could be laid open; empty when the person may not
    is_guarded: bool  # an identity takes two persons


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    id: str
    receipt_no: str
    kind: Text
    subject: str | None
    status: Text
    received_at: datetime
    due_at: datetime | None  # the earliest deadline: of a step, or of the case as a whole
    closed_at: datetime | None


def case_view(work: Work, services: Services, case_id: str, user: User) -> CaseView:
    """The case file for one person.

    Raises:
        CaseNotFound: it is not there, or not for them.
    """
    case, sight = load_case(work, case_id, user)
    return view_of(work, services, case, sight, user)


def view_of(work: Work, services: Services, case: Case, sight: Sight, user: User) -> CaseView:
    """The same for a case of which it is known how much this person sees."""
    may_open = may_reveal(work, sight, user)
    erased = is_destroyed(work, case.id, "content")
    readable = Sight.REDACTED if erased else sight
    files = excerpts.files_for(work, services, case, readable)
    return CaseView(
        id=case.id,
        instance_id=case.instance_id,
        receipt_no=case.receipt_no,
        sight=sight,
        track=case.track,
        kind=_kind(work, case),
        channel=case.channel,
        identity_mode=case.identity_mode,
        classification=case.classification,
        protected=case.protected,
        subject=case.subject,
        title=_title(work, services, case, readable),
        status=master_data.status_text(work, case.application, case.status),
        outcome=master_data.outcome_text(work, case.application, case.outcome),
        severity=case.severity,
        lead_unit=master_data.unit_text(work, case.lead_unit) if case.lead_unit else None,
        co_units=tuple(master_data.unit_text(work, unit) for unit in case.co_units),
        received_at=case.received_at,
        legal_received_on=case.legal_received_on,
        due_at=case.due_at,
        closed_at=case.closed_at,
        is_erased=erased,
        holders=tuple(_holders(work, case)),
        submissions=tuple(_submissions(work, services, case, readable, user)),
        files=tuple(files),
        covered_files=personal_files.ids_of(work, case),
        metadata=metadata_of(work, case, files),
        letters=tuple(excerpts.letters_for(work, case, sight)),
        identity_fields=tuple(reveals.paths_of(work, case)) if may_open else (),
        is_guarded=is_guarded(case),
    )


def reveal(
    work: Work, services: Services, case_id: str, user: User, *, paths: Sequence[str], reason: str
) -> dict[str, Any]:
    """Show who openly put their name to a case to a person who may know, and record it.

    Raises:
        CaseNotFound: the case is not for them, or its identities are not.
        SecondPersonNeeded: the identity is protected, see `reveals.ask_identity`.
        ReasonNeeded: no reason was given.
    """
    case, sight = load_case(work, case_id, user)
    if not may_reveal(work, sight, user):
        raise CaseNotFound
    if is_guarded(case):
        raise reveals.SecondPersonNeeded
    reader = acting_as(work, user.actor, "all", "open", ACTING)
    return reveals.lay_open(work, services, case, paths, reader=reader, reason=reason)


def read_file(
    work: Work,
    services: Services,
    case_id: str,
    attachment_id: str,
    user: User,
    *,
    is_original: bool = False,
) -> tuple[FileInfo, Iterator[bytes]]:
    """An attachment, or its copy without metadata, for a person who sees it in the case file or to
    whom it was laid open as part of an identity; the look is recorded. The original of such a copy
    is for whom it was laid open only.

    Raises:
        CaseNotFound, AttachmentNotFound, PictureUnreadable, DocumentUnreadable.
        FileInfected: the virus scanner found something. ScannerUnavailable: it does not answer.
    """
    case, sight = load_case(work, case_id, user)
    seen = {file.id: file for file in excerpts.files_for(work, services, case, sight)}
    laid_open = reveals.open_files(work, case, sight, user)
    if attachment_id not in (laid_open if is_original else seen.keys() | laid_open):
        raise AttachmentNotFound
    _note_access(work, case, user, "file_opened", {"file": attachment_id})
    info, chunks = _checked(work, services, case, attachment_id, seen.get(attachment_id))
    # What was laid open as part of an identity is the file itself, with what is hidden in it.
    if is_original or attachment_id not in seen:
        return info, chunks
    return handed_out(work, case, info, chunks)


def preview_file(
    work: Work, services: Services, case_id: str, attachment_id: str, user: User
) -> tuple[FileInfo, list[bytes]]:
    """The first pages of what `read_file` hands out, as pictures; the look is recorded.

    Raises:
        as `read_file`; NoPreview: this kind of file has no pages.
    """
    info, chunks = read_file(work, services, case_id, attachment_id, user)
    return info, page_pictures(info.media_type, info.name, b"".join(chunks))


def _checked(
    work: Work, services: Services, case: Case, attachment_id: str, shown: FileInfo | None
) -> tuple[FileInfo, Iterator[bytes]]:
    """A file, under the name by which its reader knows it, and its bytes, after the virus scanner
    has seen them, where there is one."""
    info, chunks = attachments.open_file(work, services, case.id, attachment_id)
    info = info if shown is None else replace(info, name=shown.name)
    if services.scanner is None:
        return info, chunks
    content = list(chunks)
    found = services.scanner.find(content)
    if found is not None:
        raise FileInfected(name=info.name, found=found)
    return info, iter(content)


def read_letter(
    work: Work, services: Services, case_id: str, letter_id: str, user: User
) -> tuple[LetterView, str]:
    """A letter and its text, for a person who sees the case in full; the look is recorded.

    Raises:
        CaseNotFound, LetterNotFound.
    """
    case, sight = load_case(work, case_id, user)
    if letter_id not in {letter.id for letter in excerpts.letters_for(work, case, sight)}:
        raise LetterNotFound
    _note_access(work, case, user, "letter_opened", {"letter": letter_id})
    return letters.open_letter(work, services, case, letter_id)


def list_cases(
    work: Work, user: User, *, query: str = "", limit: int = 50, after: str | None = None
) -> list[CaseLine]:
    """Cases that a person may see, the newest receipt first; `after` is the last id of a page."""
    conditions = [*open_to(work, user), *within_reach(work, user)]
    if query.strip():
        wanted = arabic_digits(query.strip())
        conditions.append(Case.receipt_no.contains(wanted, autoescape=True))
    if after is not None and (last := work.session.get(Case, after)) is not None:
        conditions.append(sa.tuple_(Case.received_at, Case.id) < (last.received_at, last.id))
    found: list[CaseLine] = []
    rows = sa.select(Case).where(*conditions).order_by(Case.received_at.desc(), Case.id.desc())
    # Closed by name: on PostgreSQL a page that ends early leaves a server-side cursor open.
    with work.session.scalars(rows.execution_options(yield_per=100)) as cases:
        for some in cases.partitions():
            seen = sights_of(work, some, user)
            found += [_line(work, case) for case in some if case.id in seen]
            if len(found) >= limit:
                break
    found = found[:limit]
    earliest = earliest_due(work, [line.id for line in found if line.closed_at is None])
    return [replace(line, due_at=earliest.get(line.id, line.due_at)) for line in found]


def title_of(work: Work, services: Services, case: Case) -> str | None:
    """The complainant's title of a case, opened; none when it was erased."""
    if case.title is None or is_destroyed(work, case.id, "content"):
        return None
    key = case_key(work, services, case.id)
    return open_title(case, key)


def _note_access(work: Work, case: Case, user: User, type: str, data: Mapping[str, Any]) -> None:
    """Who looked at what people may not see unseen, and in which role, in the case's chain."""
    if case.instance_id is not None:
        history.record(work, case.instance_id, type, data, actor=reading(work, case, user))


def _line(work: Work, case: Case) -> CaseLine:
    return CaseLine(
        id=case.id,
        receipt_no=case.receipt_no,
        kind=kind_of(work, case.application, case.track),
        subject=case.subject,
        status=master_data.status_text(work, case.application, case.status),
        received_at=case.received_at,
        due_at=case.due_at,
        closed_at=case.closed_at,
    )


def _kind(work: Work, case: Case) -> Text:
    """What the case is, in the words of the version that it runs on."""
    if case.instance_id is None:
        return kind_of(work, case.application, case.track)
    definition_id = queries.definition_of(work, case.instance_id)
    return of_definition(work, definition_id).variant_name(case.track)


def _title(work: Work, services: Services, case: Case, sight: Sight) -> str | None:
    hidden = sight is Sight.REDACTED or (sight is Sight.UNIT and is_guarded(case))
    return None if hidden else title_of(work, services, case)


def _holders(work: Work, case: Case) -> Iterator[Holder]:
    rows = [] if case.instance_id is None else queries.tasks_of(work, case.instance_id)
    tasks = sorted((task for task in rows if task.status == "open"), key=_urgency)
    names = people.display_names(work, [task.assignee for task in tasks if task.assignee])
    for task in tasks:
        claimed = task.assignee is not None
        name = _person(names, task.assignee) if claimed else _groups(work, task)
        since = task.claimed_at or task.created_at
        words = Text(task.name_th, task.name_en)
        yield Holder(task.id, words, name, claimed, since, task.due_at)


def _urgency(task: UserTask) -> tuple[bool, datetime, str]:
    return task.due_at is None, task.due_at or task.created_at, task.id


def _person(names: Mapping[str, str], account_id: str | None) -> Text:
    name = names.get(account_id or "", "—")
    return Text(name, name)


def _groups(work: Work, task: UserTask) -> Text:
    groups = [master_data.group_text(work, group) for group in task.candidate_groups]
    return Text(", ".join(group.th for group in groups), ", ".join(group.en for group in groups))


def _submissions(
    work: Work, services: Services, case: Case, sight: Sight, user: User
) -> Iterator[SubmissionView]:
    given = excerpts.answers_for(work, services, case, sight)
    names = people.display_names(work, [each.given_by for each in given])
    for each in given:
        by = _giver(each, names)
        personal = excerpts.personal_for(work, services, case, each.form, user)
        yield SubmissionView(each.id, each.form, by, each.given_at, each.answers, personal)


def _giver(given: Given, names: Mapping[str, str]) -> Text:
    if given.given_by == COMPLAINANT:
        return Text("ผู้ร้องเรียน", "Complainant")
    return _person(names, given.given_by)
