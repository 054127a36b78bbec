"""Bringing a backup back: what happened after it and is known here (signed heads, erasures)
outlives the restore."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import DatabaseError

from engine.engine import Engine
from engine.record import signed_heads
from engine.record.published_heads import read_lines
from engine.store.backup import check_replaceable, load_database, row_counts
from engine.store.database import DatabaseUnavailable, open_database, unknown_revisions
from engine.store.work import Work
from office.audit.head_signing import FILE as HEADS
from office.audit.head_signing import append_heads
from office.ground.erasure_ledger import FILE as ERASURES
from office.ground.erasure_ledger import Ledger, catch_up
from office.ground.errors import KeyUnknown
from office.ground.services import Services
from office.ground.settings import OfficeSettings
from office.ground.tables import Attachment, CaseKey
from office.operations.backup import (
    DATABASE,
    KEYS,
    MANIFEST,
    SECRETS,
    BackupIsNewer,
    BackupUnreadable,
    KeysDiffer,
    Manifest,
    OtherDatabase,
    kind_of,
)
from office.vault.case_keys import PURPOSES, case_key

RECORDS = ("process_instance", "account", "complaint_case")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, what of it is not as counted, and how far erasures are known: not
    those between the backup's moment and `unknown_until`, if there is one."""

    manifest: Manifest
    faults: list[str]
    unknown_until: datetime | None


@dataclass(slots=True)
class Checked:
    """What a look at the restored installation found; all is well if there is no fault."""

    files: int = 0
    faults: list[str] = field(default_factory=list)


def restore_backup(
    settings: OfficeSettings,
    source: Path,
    *,
    at: datetime,
    force: bool = False,
    with_keys: bool = True,
) -> Restored:
    """Bring back what a backup holds. Nothing is touched before every hash in it was right; files
    come first and the database last, so that one broken off half-way can simply be run again.

    What the replaced database knows of erasures and signed heads is written beside it first.

    Raises:
        BackupUnreadable, BackupIsNewer, OtherDatabase, KeysDiffer
        DatabaseNotEmpty, DatabaseInUse: see `load_database`.
    """
    ledger = Ledger(settings.data_dir / ERASURES)
    with tempfile.TemporaryDirectory(prefix="samnuan-") as made:
        folder = Path(made)
        manifest = _unpack(source, folder)
        _check_fit(settings, manifest)
        check_replaceable(settings.database_url, RECORDS, force=force)
        for name in SECRETS:
            if with_keys and name in manifest.members:
                _restore_keys(settings.data_dir / name, folder / name)
        _keep_what_is_known(settings, ledger, at)
        _restore_files(settings.data_dir, folder, manifest)
        ledger.add(Ledger(folder / ERASURES).erased(), since=at)
        load_database(settings.database_url, folder / DATABASE, records=RECORDS, force=force)
    since = ledger.since()
    is_known = since is not None and since <= datetime.fromisoformat(manifest.made_at)
    faults = _wrong_counts(settings.database_url, manifest.rows)
    return Restored(manifest, faults, None if is_known else since)


def _keep_what_is_known(settings: OfficeSettings, ledger: Ledger, at: datetime) -> None:
    """Before a database is replaced: its erasures and its signed heads, in the files beside it.
    One that can no longer be read is replaced all the same, with what those files know already."""
    database = open_database(settings.database_url)
    try:
        with contextlib.suppress(DatabaseError, DatabaseUnavailable):
            with database.connect() as connection:
                rows = row_counts(connection)
                if not any(rows.get(name) for name in RECORDS):
                    return
                catch_up(connection, ledger, at=at)
            if "seal" in rows:
                append_heads(Engine(database), settings.data_dir)
    finally:
        database.dispose()


def _unpack(source: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(source, "r:") as tar:
            tar.extractall(folder, filter="data")
        facts = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest = Manifest(**facts)
        for name, sha in manifest.members.items():
            if _sha256(folder / name) != sha:
                raise BackupUnreadable(file=source, reason=name)
    except (tarfile.TarError, OSError, ValueError, TypeError) as error:
        raise BackupUnreadable(file=source, reason=type(error).__name__) from error
    return manifest


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check_fit(settings: OfficeSettings, manifest: Manifest) -> None:
    ours = kind_of(settings.database_url)
    if manifest.kind != ours:
        raise OtherDatabase(theirs=manifest.kind, ours=ours)
    if unknown_revisions(manifest.revisions):
        raise BackupIsNewer(version=manifest.version)


def _restore_keys(place: Path, kept: Path) -> None:
    if place.exists():
        # Another key may sign from now on, each head names its own; what is encrypted needs its
        # own.
        same = json.loads(place.read_text()) == json.loads(kept.read_text())
        if not same and place.name == KEYS:
            raise KeysDiffer(file=place)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    _write_safely(place, kept.read_bytes())


def _restore_files(data_dir: Path, folder: Path, manifest: Manifest) -> None:
    for name in manifest.members:
        if name in (DATABASE, ERASURES, *SECRETS):
            continue
        place = data_dir / name
        if name == HEADS and not _goes_on(place, folder / name):
            continue
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_safely(place, (folder / name).read_bytes())


def _goes_on(here: Path, kept: Path) -> bool:
    """Whether the heads of a backup begin with those that are here: newer ones are never lost."""
    return not here.exists() or kept.read_bytes().startswith(here.read_bytes())


def _write_safely(place: Path, content: bytes) -> None:
    draft = place.with_name(f"{place.name}~")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(place)


# ── looking whether all is there ───────────────────────────────────────────────────────────────


def check_restored(work: Work, services: Services) -> Checked:
    """Whether a restored installation is whole: files there, keys that fit."""
    checked = Checked()
    _check_files(work, services, checked)
    _check_keys(work, services, checked)
    return checked


def keep_heads(engine: Engine, folder: Path) -> int:
    """Give the log of a restored database the signed heads that were known here: what was signed
    after the backup stays signed, and what is lost since is told by the check of the record."""
    path = folder / HEADS
    if not path.exists():
        return 0
    with path.open(encoding="utf-8", errors="replace") as lines, engine.begin() as work:
        kept = read_lines(HEADS, lines, damaged=lambda _row: None)
        return signed_heads.carry_on(work, ((each.head, each.entries) for each in kept))


def _wrong_counts(url: str, rows: Mapping[str, int]) -> list[str]:
    """Tables that do not hold as many rows as were counted; before anything is done to them."""
    database = open_database(url)
    try:
        with database.connect() as connection:
            found = row_counts(connection)
    finally:
        database.dispose()
    return [
        f"{name}: {found.get(name, 0)} of {count} rows"
        for name, count in rows.items()
        if found.get(name) != count
    ]


def _check_files(work: Work, services: Services, checked: Checked) -> None:
    there = {name for name, _ in services.storage.names()}
    kept = Attachment.file_key != b""  # the rest was erased
    for id in work.session.scalars(sa.select(Attachment.id).where(kept)):
        checked.files += 1
        if id not in there:
            checked.faults.append(f"attachment/{id}")


def _check_keys(work: Work, services: Services, checked: Checked) -> None:
    """One key of each purpose tells whether the masters at hand are those it was encrypted with."""
    for purpose in PURPOSES:
        query = sa.select(CaseKey.case_id).where(CaseKey.purpose == purpose)
        case_id = work.session.scalar(query.where(CaseKey.wrapped.is_not(None)).limit(1))
        if case_id is None:
            continue
        try:
            case_key(work, services, case_id, purpose)
        except (InvalidTag, KeyUnknown):
            checked.faults.append(f"keys/{purpose}")
