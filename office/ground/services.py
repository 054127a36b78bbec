"""What every room of the office needs at hand: the secrets, the file storage, a few settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from office.ground.erasure_ledger import Ledger
from office.ground.keys import Keys
from office.ground.storage import Storage


class Scanner(Protocol):
    """Looks into files before anybody opens them; see `office.vault.scanner`."""

    def find(self, chunks: Iterable[bytes]) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Passed to the office's functions after the unit of work; holds no open resource."""

    keys: Keys
    storage: Storage
    ledger: Ledger
    public_url: str
    receipt_prefix: str
    letter_prefix: str
    scanner: Scanner | None = None  # where none is set, no file is checked for viruses
