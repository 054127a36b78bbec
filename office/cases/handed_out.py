"""What a reader is handed of an attachment: the file itself, or a copy without its metadata.

The form that took the file decides: `keep_metadata` of its file field. Where it says nothing, as in
forms deployed before there was such a word, no metadata is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from engine.store.work import Work
from engine.verbs import queries
from forms.model.slots import Scope
from office.applications import deployed_forms
from office.ground.errors import DocumentUnreadable, PictureUnreadable
from office.ground.tables import Attachment, Case
from office.vault import submissions
from office.vault.attachments import FileInfo
from office.vault.documents import DOCUMENTS, NotThisDocument, document_without_metadata
from office.vault.pictures import KINDS, NotThisPicture, without_metadata

FileRow = FileInfo | Attachment  # what both say of a file
# Whether metadata is handed out with a file: some kinds have none, of others no copy can be made.
Metadata = Literal["none", "kept", "removed", "not removable"]
BARE = frozenset({"text/plain"})


def metadata_of(work: Work, case: Case, files: Sequence[FileRow]) -> dict[str, Metadata]:
    """What becomes of the metadata of a case's files, by their ids."""
    kept: dict[tuple[str | None, str], bool] = {}
    found: dict[str, Metadata] = {}
    for file in files:
        place = file.submission_id, file.field
        if place not in kept:
            kept[place] = _keeps(work, case, file)
        found[file.id] = "kept" if kept[place] else _without(file.media_type)
    return found


def originals_of(work: Work, case: Case, files: Sequence[FileRow]) -> dict[str, str]:
    """The files of which readers get a copy, with the path under which their original is laid open
    like an identity: `evidence`, for all files of that field."""
    removed = metadata_of(work, case, files)
    return {f.id: f.field.partition(".")[0] for f in files if removed[f.id] == "removed"}


def handed_out(
    work: Work, case: Case, file: FileInfo, chunks: Iterator[bytes]
) -> tuple[FileInfo, Iterator[bytes]]:
    """A file as it leaves the office. `sha256` stays that of the original, which is the evidence.

    Raises:
        PictureUnreadable: metadata must be removed from a picture that is broken.
        DocumentUnreadable: or from a document that is broken or locked.
    """
    if metadata_of(work, case, [file])[file.id] != "removed":
        return file, chunks
    try:
        if file.media_type in DOCUMENTS:
            copy = document_without_metadata(file.media_type, b"".join(chunks))
        else:
            copy = without_metadata(file.media_type, b"".join(chunks))
    except NotThisDocument:
        raise DocumentUnreadable(name=file.name, sha256=file.sha256) from None
    except NotThisPicture:
        raise PictureUnreadable(name=file.name, sha256=file.sha256) from None
    return replace(file, size=len(copy)), iter([copy])


def _without(media_type: str) -> Metadata:
    if media_type in BARE:
        return "none"
    return "removed" if media_type in KINDS.keys() | DOCUMENTS.keys() else "not removable"


def _keeps(work: Work, case: Case, file: FileRow) -> bool:
    rows = submissions.rows_of(work, case.id) if file.submission_id else []
    given = next((row for row in rows if row.id == file.submission_id), None)
    if given is None or case.instance_id is None:
        return False
    definition_id = queries.definition_of(work, case.instance_id)
    field = deployed_forms.form_of(work, definition_id, given.form).field(file.field)
    if field is None:
        return False
    facts = {
        "identity_mode": case.identity_mode,
        "track": case.track,
        "protected": case.protected,
        "given_by": given.given_by,
    }
    return field.keep_metadata.is_true(Scope(facts, deployed_forms.environment_of(work)))
