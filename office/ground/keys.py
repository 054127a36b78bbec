"""Encryption: keyrings, the data keys they wrap, and keyed hashes that find without telling."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.record.signing import SigningKey
from office.ground.errors import KeysInvalid, KeyUnknown

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """An AES-256-GCM key for one case or one file.

    Everything encrypted names its place (table.column|case|field): a ciphertext moved to another
    row or column no longer opens (`cryptography.exceptions.InvalidTag`).
    """

    secret: bytes

    @classmethod
    def generate(cls) -> DataKey:
        return cls(os.urandom(KEY_BYTES))

    def encrypt(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain, place.encode())

    def decrypt(self, encrypted: bytes, place: str) -> bytes:
        return AESGCM(self.secret).decrypt(
            encrypted[:NONCE_BYTES], encrypted[NONCE_BYTES:], place.encode()
        )

    def __repr__(self) -> str:
        return "DataKey(…)"  # a key must not reach a log through a traceback


class Keyring:
    """Numbered master keys; the highest number encrypts, all of them open, so a key can be
    rotated."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = {number: DataKey(secret) for number, secret in keys.items()}
        self.current = max(keys)

    @classmethod
    def parse(cls, text: str, *, setting: str) -> Keyring:
        """Read `1:base64,2:base64`.

        Raises:
            KeysInvalid: the text has another shape; it is never quoted.
        """
        try:
            pairs = [entry.split(":", 1) for entry in text.split(",") if entry.strip()]
            keys = {int(number): decode_key(secret) for number, secret in pairs}
        except ValueError:
            raise KeysInvalid(name=setting) from None
        if not keys or not all(0 < number < 256 for number in keys):
            raise KeysInvalid(name=setting)
        return cls(keys)

    def encrypt(self, plain: bytes, place: str) -> bytes:
        return bytes([self.current]) + self._keys[self.current].encrypt(plain, place)

    def decrypt(self, encrypted: bytes, place: str) -> bytes:
        """Raises `KeyUnknown` when the settings no longer hold the key that encrypted it."""
        key = self._keys.get(encrypted[0])
        if key is None:
            raise KeyUnknown(key_id=encrypted[0])
        return key.decrypt(encrypted[1:], place)

    def is_current(self, encrypted: bytes) -> bool:
        return encrypted[0] == self.current


class Pepper:
    """Keyed hashes: the database alone tells neither a tracking code nor an identity number."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def hash(self, purpose: str, value: str) -> str:
        """The HMAC-SHA-256 of a value, in hex; purposes never share a hash."""
        return self._mac(purpose, value).hex()

    def digits(self, purpose: str, value: str, *, count: int) -> str:
        """A number of so many digits that only the holder of the pepper can foretell."""
        return str(int.from_bytes(self._mac(purpose, value), "big") % 10**count).zfill(count)

    def _mac(self, purpose: str, value: str) -> bytes:
        return hmac.new(self._secret, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of the office. Identity and content have separate masters, so that one can be
    withdrawn, or destroyed, without the other; `head_key` signs the heads of the record's log."""

    identity: Keyring
    content: Keyring
    pepper: Pepper
    head_key: SigningKey


def decode_key(text: str) -> bytes:
    """Raises `ValueError` unless it is 32 bytes in base64."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError("not 32 bytes")
    return key


def new_key() -> str:
    """A fresh key as the settings spell it."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()
