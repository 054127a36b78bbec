"""Encrypted envelopes whose content the record commits to.

The commitment is a salted hash of what was encrypted, and its salt lies inside the envelope: who
opens it can check that it is what was recorded; once the key is destroyed, the commitment says
nothing.
"""

from __future__ import annotations

import os

from engine.ground.canonical import digest
from office.ground.errors import KeyDestroyed
from office.ground.keys import DataKey

SALT_BYTES = 16
# Before there were commitments an envelope held JSON or a name, neither of which begins like this.
SALTED = b"\x01"


def encrypt(key: DataKey, plain: bytes, place: str, *more: str) -> tuple[bytes, str]:
    """The encrypted envelope and the commitment to its content, and to `more` that lies outside."""
    salt = os.urandom(SALT_BYTES)
    return key.encrypt(SALTED + salt + plain, place), _commitment(salt, plain, *more)


def decrypt(key: DataKey, encrypted: bytes, place: str) -> bytes:
    """What was encrypted.

    Raises:
        KeyDestroyed: it was erased; the key may have been read a moment before that.
        cryptography.exceptions.InvalidTag: it was touched or moved.
    """
    if not encrypted:
        raise KeyDestroyed
    return _parts(key.decrypt(encrypted, place))[1]


def commitment(key: DataKey, encrypted: bytes, place: str, *more: str) -> str | None:
    """The commitment to an encrypted envelope, worked out again; none for one from before them."""
    salt, plain = _parts(key.decrypt(encrypted, place))
    return None if salt is None else _commitment(salt, plain, *more)


def _parts(content: bytes) -> tuple[bytes | None, bytes]:
    if not content.startswith(SALTED):
        return None, content
    start = len(SALTED) + SALT_BYTES
    return content[len(SALTED) : start], content[start:]


def _commitment(salt: bytes, plain: bytes, *more: str) -> str:
    return digest("samnuan sealed 1", salt, plain, *more)
