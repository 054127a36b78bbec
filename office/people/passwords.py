"""Passwords: argon2id hashes, and a comparison that takes as long when there is no account."""

from __future__ import annotations

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from office.ground.errors import PasswordTooWeak
from office.ground.settings import PasswordSettings

PASSWORD_LEAST = 12


def hash_password(password: str) -> str:
    """Raises `PasswordTooWeak`."""
    if len(password) < PASSWORD_LEAST:
        raise PasswordTooWeak(least=PASSWORD_LEAST)
    return _hasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; without a hash, the same work and no."""
    hasher = _hasher()
    try:
        return hasher.verify(kept or _decoy_hash(hasher), password) and bool(kept)
    except (Argon2Error, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def _hasher() -> PasswordHasher:
    return _hasher_of(PasswordSettings.read().password_memory)


@functools.cache
def _hasher_of(memory: int) -> PasswordHasher:
    return PasswordHasher(memory_cost=memory * 1024)


@functools.cache
def _decoy_hash(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))
