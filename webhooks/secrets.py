"""Signing secrets in the database: encrypted under the office's master key, each in its place."""

from cryptography.exceptions import InvalidTag

from office.ground.keys import Keyring
from webhooks.errors import RequestRefused


class SecretUnreadable(RequestRefused):
    """The signing secret of {owner} cannot be opened; register it again."""

    thai = "เปิดกุญแจลายมือชื่อของ {owner} ไม่ได้ โปรดลงทะเบียนใหม่"
    status = 503


def encrypt_secret(keyring: Keyring, secret: str, *, owner: str) -> bytes:
    return keyring.encrypt(secret.encode(), _place(owner))


def open_secret(keyring: Keyring, encrypted: bytes, *, owner: str) -> str:
    """Raises `SecretUnreadable` when the row was tampered with or moved to another owner."""
    try:
        return keyring.decrypt(encrypted, _place(owner)).decode()
    except InvalidTag:
        raise SecretUnreadable(owner=owner) from None


def _place(owner: str) -> str:
    return f"webhooks.secret|{owner}"
