"""What every room of the office needs at hand: the secrets, the file storage, a few settings."""

from __future__ import annotations

from dataclasses import dataclass

from office.ground.erasure_ledger import Ledger
from office.ground.keys import Keys
from office.ground.storage import Storage


@dataclass(frozen=True, slots=True)
class Services:
    """Passed to the office's functions after the unit of work; holds no open resource."""

    keys: Keys
    storage: Storage
    ledger: Ledger
    public_url: str
    receipt_prefix: str
    letter_prefix: str
