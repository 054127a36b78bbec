"""A backup is one tar file: the database as it stood at one moment, the encrypted attachments, what
was published of the record, the ledger of erasures, and a manifest with the hash of each.

The keys are not in it unless asked for: whoever holds both can read everything.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from engine.store.backup import dump_database
from office.audit.head_signing import FILE as HEADS
from office.ground.erasure_ledger import FILE as ERASURES
from office.ground.errors import OfficeError
from office.ground.settings import OfficeSettings

MANIFEST, DATABASE = "manifest.json", "database"
KEYS, HEAD_KEY = "keys.json", "seal.json"
SECRETS = (KEYS, HEAD_KEY)
FILES, PUBLISHED = "files", (HEADS, ERASURES)
BLOCK = 1024 * 1024


class BackupExists(OfficeError):
    """{file} exists already; name another file."""

    thai = "มีแฟ้ม {file} อยู่แล้ว โปรดระบุชื่ออื่น"


class BackupUnreadable(OfficeError):
    """{file} is not a whole backup: {reason}."""

    thai = "แฟ้ม {file} ไม่ใช่ข้อมูลสำรองที่สมบูรณ์: {reason}"


class BackupIsNewer(OfficeError):
    """The backup was made by Samnuan {version}, which is newer; install that version first."""

    thai = "ข้อมูลสำรองนี้ทำด้วยสำนวนรุ่น {version} ซึ่งใหม่กว่ารุ่นนี้ โปรดติดตั้งรุ่นนั้นก่อน"


class OtherDatabase(OfficeError):
    """The backup is of {theirs}, the settings name {ours}; restore it where it came from."""

    thai = "ข้อมูลสำรองเป็นของ {theirs} แต่ระบบตั้งค่าเป็น {ours} โปรดกู้คืนลงฐานข้อมูลชนิดเดิม"


class KeysDiffer(OfficeError):
    """This installation has other keys ({file}); move them away, or restore with --no-keys."""

    thai = "ระบบนี้มีกุญแจอื่นอยู่แล้ว ({file}) โปรดย้ายออกก่อน หรือกู้คืนโดยระบุ --no-keys"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    version: str
    made_at: str
    kind: str  # sqlite or postgresql
    revisions: list[str]
    rows: dict[str, int]
    members: dict[str, str]  # name -> SHA-256


def kind_of(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"


# ── making one ─────────────────────────────────────────────────────────────────────────────────


def make_backup(
    settings: OfficeSettings, target: Path, *, at: datetime, with_keys: bool = False
) -> Manifest:
    """Write a backup while the installation goes on working.

    The database comes first: a file that it names was written before, and stays.

    Raises:
        BackupExists: there is a file of this name.
    """
    if target.exists():
        raise BackupExists(file=target)
    draft = target.with_name(f"{target.name}~")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            manifest = _write(settings, stream, at, with_keys)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(settings: OfficeSettings, stream: IO[bytes], at: datetime, with_keys: bool) -> Manifest:
    url, members = settings.database_url, {}
    with tarfile.open(fileobj=stream, mode="w") as tar:
        with tempfile.TemporaryDirectory(prefix="samnuan-") as folder:
            copy = Path(folder) / DATABASE
            dumped = dump_database(url, copy)
            members[DATABASE] = _add(tar, copy, DATABASE)
        for name, path in _kept_files(settings.data_dir, with_keys):
            members[name] = _add(tar, path, name)
        manifest = Manifest(
            version("samnuan"), at.isoformat(), kind_of(url), dumped.revisions, dumped.rows, members
        )
        _add_manifest(tar, manifest)
    return manifest


def _kept_files(data_dir: Path, with_keys: bool) -> Iterator[tuple[str, Path]]:
    """The attachments that a case may hold; drafts and what is only staged come from open forms."""
    for path in sorted((data_dir / FILES).glob("??/*")):
        if not path.name.endswith("~") and "." not in path.name:
            yield f"{FILES}/{path.parent.name}/{path.name}", path
    for name in (*PUBLISHED, *SECRETS) if with_keys else PUBLISHED:
        if (data_dir / name).exists():
            yield name, data_dir / name


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    with path.open("rb") as stream:
        entry = tar.gettarinfo(arcname=name, fileobj=stream)
        entry.uname = entry.gname = ""
        hashing = _Hashing(stream)
        tar.addfile(entry, hashing)
    return hashing.sha.hexdigest()


def _add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    facts = {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}
    text = json.dumps(facts, ensure_ascii=False, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size = len(text)
    tar.addfile(entry, io.BytesIO(text))


class _Hashing(io.RawIOBase):
    """Hashes what is read through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.sha = hashlib.sha256()
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.sha.update(block)
        return block


def shown(manifest: Manifest) -> dict[str, Any]:
    """The manifest for a reader: how much, not every hash."""
    return {
        "version": manifest.version,
        "made_at": manifest.made_at,
        "database": manifest.kind,
        "cases": manifest.rows.get("complaint_case", 0),
        "rows": sum(manifest.rows.values()),
        "files": sum(name.startswith(f"{FILES}/") for name in manifest.members),
        "keys": KEYS in manifest.members,
    }
