"""Passwords: argon2id hashes, a comparison that takes as long when there is no account, and what a
new password must be: long, and none that guessing programs try first."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from office.ground.errors import PasswordBreached, PasswordGuessable, PasswordTooWeak
from office.ground.settings import PasswordSettings

PASSWORD_LEAST = 12
PASSWORD_MOST = 1000
# What a guessing program that knows the lists of leaked passwords needs at least.
GUESSES_LEAST = 10**10
OWN_LEAST = 6  # characters beside the names of the person, the agency and the product
LOOKED_AT = 72  # characters; zxcvbn's time grows with the square
SHA1_HEX = 40
DEMO_PASSWORD = "samnuan-demo-2569"  # noqa: S105 — of demo accounts only, and printed then
NAMES = (DEMO_PASSWORD, "samnuan", "สำนวน", "password", "รหัสผ่าน", "complaint", "ร้องเรียน")


def hash_password(password: str) -> str:
    """Raises `PasswordTooWeak`."""
    if len(password) < PASSWORD_LEAST:
        raise PasswordTooWeak(least=PASSWORD_LEAST)
    return _hasher().hash(password)


def must_be_good(password: str, *, about: Iterable[str] = ()) -> None:
    """Refuse a new password that is short, in the list of leaked ones, or soon guessed by whoever
    knows the person and the agency (`about`). Nothing is asked about kinds of characters (NIST
    SP 800-63B, 3.1.1.2), and nothing is sent anywhere.

    Raises:
        PasswordTooWeak, PasswordGuessable, PasswordBreached.
    """
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise PasswordTooWeak(least=PASSWORD_LEAST)
    from zxcvbn import zxcvbn  # reads thirty thousand leaked passwords and words

    known = [word for text in about for word in (text, *text.split()) if len(word) > 2]
    guesses = zxcvbn(password[:LOOKED_AT], user_inputs=[*known, *NAMES])["guesses"]
    if guesses < GUESSES_LEAST or len(_without(password, [*known, *NAMES])) < OWN_LEAST:
        raise PasswordGuessable
    file = PasswordSettings.read().breached_passwords
    if file is not None and _is_listed(file, password):
        raise PasswordBreached


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


def _without(password: str, words: Iterable[str]) -> str:
    """What is left of a password without words that everybody knows of its owner."""
    left = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word.casefold(), "")
    return left


def _is_listed(file: Path, password: str) -> bool:
    """Whether a sorted file of `SHA1:count` lines, as Have I Been Pwned gives out, has it: found
    by halving, as the file has a thousand million lines."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.seek(middle - 1)
                lines.readline()  # to the beginning of the next line
            found = lines.readline()[:SHA1_HEX].upper()
            if found == wanted:
                return True
            if found and found < wanted:
                low = lines.tell()
            else:
                high = middle
    return False


def _hasher() -> PasswordHasher:
    return _hasher_of(PasswordSettings.read().password_memory)


@functools.cache
def _hasher_of(memory: int) -> PasswordHasher:
    return PasswordHasher(memory_cost=memory * 1024)


@functools.cache
def _decoy_hash(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))
