"""Attachments: staged when they arrive, adopted by a case in the transaction that takes them.

A staged file is two objects in the storage: its encrypted bytes under a random name, and a
encrypted slip beside it (`.staged`) with the file's key. Adopting writes a row and leaves the bytes
where they are, so a roll-back leaves the file staged and the sweep removes what nobody adopted.
What a reader is handed is decided in `office.cases.handed_out`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import sqlalchemy as sa

from engine.ground.canonical import dumps, loads
from engine.store.work import Work
from office.ground.encrypted_files import encrypt_stream, open_stream
from office.ground.errors import (
    AttachmentNotFound,
    FileEmpty,
    FileTooLarge,
    KeyDestroyed,
    TooManyFiles,
)
from office.ground.keys import DataKey
from office.ground.services import Services
from office.ground.storage import CHUNK_BYTES
from office.ground.tables import Attachment
from office.vault import envelopes
from office.vault.case_keys import Purpose, case_key, must_be_alive
from office.vault.file_types import clean_name, media_type_of

FILES_LIMIT = 10
MEGABYTES_LIMIT = 20
STAGED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is handed in: the form field, the person's name for it, a seekable stream."""

    field: str
    name: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Staged:
    """A checked and encrypted file that no case holds yet."""

    id: str
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    key: DataKey


@dataclass(frozen=True, slots=True)
class FileInfo:
    """An attachment as the case file lists it."""

    id: str
    field: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str
    submission_id: str | None


def stage_files(services: Services, uploads: Sequence[Upload]) -> list[Staged]:
    """Check, encrypt and keep uploads; when one is refused, none stays.

    Raises:
        TooManyFiles, FileTooLarge, FileEmpty, FileTypeRefused and its kinds.
    """
    check_count(len(uploads))
    staged: list[Staged] = []
    try:
        for upload in uploads:
            staged.append(_stage(services, upload))
    except BaseException:
        discard_files(services, staged)
        raise
    return staged


def check_count(count: int) -> None:
    """Raises `TooManyFiles`."""
    if count > FILES_LIMIT:
        raise TooManyFiles(limit=FILES_LIMIT)


def find_staged(services: Services, id: str, *, field: str | None = None) -> Staged:
    """A staged file by its id, which a form's file field carries in place of the file.

    Raises:
        AttachmentNotFound: it was never staged, or swept away.
    """
    try:
        slip = b"".join(services.storage.read(f"{id}.staged"))
    except (FileNotFoundError, ValueError):
        raise AttachmentNotFound from None
    facts: dict[str, Any] = loads(services.keys.content.decrypt(slip, _slip_place(id)).decode())
    facts["key"] = DataKey(bytes.fromhex(facts["key"]))
    return Staged(**{**facts, "field": field or facts["field"]})


def discard_files(services: Services, staged: Sequence[Staged]) -> None:
    """Remove staged files that nobody will adopt."""
    for file in staged:
        services.storage.delete(file.id)
        services.storage.delete(f"{file.id}.staged")


def adopt_files(
    work: Work,
    services: Services,
    case_id: str,
    staged: Sequence[Staged],
    *,
    added_by: str,
    submission_id: str | None = None,
    personal: Collection[str] = (),
) -> list[dict[str, str]]:
    """Make staged files part of a case, in the transaction of whoever takes them; returns the
    reference and the commitment of each. Those of `personal` fields are encrypted with the
    identity.
    """
    adopted = []
    for file in staged:
        purpose: Purpose = "identity" if file.field in personal else "content"
        key = case_key(work, services, case_id, purpose)
        place = f"{case_id}|{file.id}"
        row = Attachment(id=file.id, case_id=case_id, submission_id=submission_id, field=file.field)
        row.purpose = purpose
        row.name, commitment = envelopes.encrypt(
            key, file.name.encode(), name_place(case_id, file.id), file.sha256
        )
        row.file_key = key.encrypt(file.key.secret, f"attachment.file_key|{place}")
        row.media_type, row.size, row.sha256 = file.media_type, file.size, file.sha256
        row.added_at, row.added_by = work.now, added_by
        work.session.add(row)
        adopted.append({"file": file.id, "field": file.field, "content": commitment})
    work.after_commit(lambda: _drop_slips(services, staged))
    return adopted


def list_files(work: Work, services: Services, case_id: str) -> list[FileInfo]:
    """The attachments of a case that have not been erased, oldest first."""
    rows = rows_of(work, case_id)
    must_be_alive(work, case_id)
    return [_info(row, _key_of(work, services, row)) for row in rows]


def rows_of(work: Work, case_id: str) -> list[Attachment]:
    """The attachments of a case that have not been erased, as they lie there, oldest first."""
    query = (
        sa.select(Attachment)
        .where(Attachment.case_id == case_id, Attachment.file_key != b"")
        .order_by(Attachment.added_at, Attachment.id)
    )
    return work.once("attachments", case_id, lambda: list(work.session.scalars(query)))


def open_file(
    work: Work, services: Services, case_id: str, attachment_id: str
) -> tuple[FileInfo, Iterator[bytes]]:
    """An attachment and its bytes, decrypted while they are read."""
    row = work.session.get(Attachment, attachment_id)
    if row is None or row.case_id != case_id:
        raise AttachmentNotFound
    key = _key_of(work, services, row)
    if not row.file_key:
        raise KeyDestroyed  # in this very moment
    file_key = DataKey(key.decrypt(row.file_key, f"attachment.file_key|{case_id}|{row.id}"))
    chunks = open_stream(file_key, services.storage.read(row.id), _bytes_place(row.id))
    return _info(row, key), chunks


def is_as_added(services: Services, key: DataKey, row: Attachment) -> bool:
    """Whether the kept bytes are those whose size and hash are recorded; nothing of them is kept.

    Raises:
        cryptography.exceptions.InvalidTag: they were touched, cut or added to.
        FileNotFoundError: they are gone.
    """
    file_key = DataKey(key.decrypt(row.file_key, f"attachment.file_key|{row.case_id}|{row.id}"))
    sha, size = hashlib.sha256(), 0
    for chunk in open_stream(file_key, services.storage.read(row.id), _bytes_place(row.id)):
        sha.update(chunk)
        size += len(chunk)
    return (sha.hexdigest(), size) == (row.sha256, row.size)


def held_by_nobody(work: Work, services: Services) -> list[str]:
    """Stored files that no case ever held and that are not staged either; younger ones may just be
    on their way."""
    stored = dict(services.storage.names())
    known = set(work.session.scalars(sa.select(Attachment.id)))
    return sorted(
        name
        for name, written_at in stored.items()
        if name.isalnum() and name not in known and f"{name}.staged" not in stored
        if written_at <= work.now - STAGED_FOR
    )


def sweep_files(work: Work, services: Services) -> int:
    """Delete objects that are older than a day and that no case holds; returns how many.

    What was erased is held by nobody: who died between the commit and the file left it lying.
    """
    held = sa.select(Attachment.id).where(Attachment.file_key != b"")
    swept = 0
    for name, written_at in list(services.storage.names()):
        if written_at > work.now - STAGED_FOR:
            continue
        id, _, kind = name.rstrip("~").partition(".")
        if kind or work.session.scalar(held.where(Attachment.id == id)) is None:
            services.storage.delete(name)
            swept += 1
    return swept


def _stage(services: Services, upload: Upload) -> Staged:
    name, stream = clean_name(upload.name), upload.stream
    size = stream.seek(0, 2)
    if size > MEGABYTES_LIMIT * 1024 * 1024:
        raise FileTooLarge(name=name, limit=MEGABYTES_LIMIT)
    if size == 0:
        raise FileEmpty(name=name)
    media_type = media_type_of(name, stream)
    id, key, sha = uuid.uuid4().hex, DataKey.generate(), hashlib.sha256()
    services.storage.write(id, encrypt_stream(key, _hashing(stream, sha.update), _bytes_place(id)))
    staged = Staged(id, upload.field, name, media_type, size, sha.hexdigest(), key)
    _write_slip(services, staged)
    return staged


def _write_slip(services: Services, staged: Staged) -> None:
    facts = {**asdict(staged), "key": staged.key.secret.hex()}
    slip = services.keys.content.encrypt(dumps(facts).encode(), _slip_place(staged.id))
    try:
        services.storage.write(f"{staged.id}.staged", [slip])
    except BaseException:
        services.storage.delete(staged.id)
        raise


def _drop_slips(services: Services, staged: Sequence[Staged]) -> None:
    for file in staged:
        services.storage.delete(f"{file.id}.staged")


def _hashing(stream: BinaryIO, update: Any) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        update(chunk)
        yield chunk


def _key_of(work: Work, services: Services, row: Attachment) -> DataKey:
    purpose: Purpose = "identity" if row.purpose == "identity" else "content"
    return case_key(work, services, row.case_id, purpose)


def _info(row: Attachment, key: DataKey) -> FileInfo:
    return FileInfo(
        id=row.id,
        field=row.field,
        name=name_of(row, key),
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        added_at=row.added_at,
        added_by=row.added_by,
        submission_id=row.submission_id,
    )


def name_of(row: Attachment, key: DataKey) -> str:
    """The name of a file, unsealed by the key of its case."""
    return envelopes.decrypt(key, row.name, name_place(row.case_id, row.id)).decode()


def name_place(case_id: str, id: str) -> str:
    return f"attachment.name|{case_id}|{id}"


def _bytes_place(id: str) -> str:
    return f"attachment|{id}"


def _slip_place(id: str) -> str:
    return f"attachment.staged|{id}"
