"""Where the bytes of attachments lie: outside the database, behind one small interface."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from office.ground.errors import StorageUnavailable

NAME = re.compile(r"[0-9a-f]{32}(\.[a-z]{1,10})?")
CHUNK_BYTES = 64 * 1024


class Storage(Protocol):
    """Keeps opaque (already encrypted) objects under random names."""

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep an object; nothing is left behind when the chunks raise."""

    def read(self, name: str) -> Iterator[bytes]:
        """The object's bytes in chunks; raises `FileNotFoundError`."""

    def delete(self, name: str) -> None:
        """Remove an object; one that is not there is no error."""

    def names(self) -> Iterator[tuple[str, datetime]]:
        """All objects with the moment they were written, for the sweep of orphans."""


class LocalStorage:
    """A directory on this host, two levels deep so that no folder grows without end."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        path = self._path(name)
        partial = path.with_name(path.name + "~")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.writelines(chunks)
                file.flush()
                # The row that names this object is committed later: the bytes must be safe by then.
                os.fsync(file.fileno())
            partial.rename(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise StorageUnavailable from error
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def read(self, name: str) -> Iterator[bytes]:
        with self._path(name).open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        for path in self.root.glob("??/*"):
            yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name.removesuffix("~")):
            raise ValueError("not a storage name")
        return self.root / name[:2] / name
