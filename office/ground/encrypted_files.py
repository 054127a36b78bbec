"""Files encrypted in chunks: large ones never fill the memory, and none can be cut or reordered."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from office.ground.keys import DataKey

MAGIC = b"SNF1"
PREFIX_BYTES = 7
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


def encrypt_stream(key: DataKey, chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """Encrypt a stream. Each nonce is prefix, position and a flag on the last chunk (the STREAM
    construction of Hoang, Reyhanitabar, Rogaway and Vizár), so truncation is noticed."""
    cipher, prefix = AESGCM(key.secret), os.urandom(PREFIX_BYTES)
    yield MAGIC + prefix
    for position, (chunk, last) in enumerate(_marking_last(_in_pieces(chunks, CHUNK_BYTES))):
        yield cipher.encrypt(_nonce(prefix, position, last), chunk, place.encode())


def open_stream(key: DataKey, chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """Decrypt a stream chunk by chunk; raises `InvalidTag` at the first that was touched."""
    pieces = _encrypted_pieces(chunks)
    header = next(pieces, b"")
    if header[: len(MAGIC)] != MAGIC:
        raise InvalidTag
    cipher, prefix = AESGCM(key.secret), header[len(MAGIC) :]
    for position, (piece, last) in enumerate(_marking_last(pieces)):
        yield cipher.decrypt(_nonce(prefix, position, last), piece, place.encode())


def _nonce(prefix: bytes, position: int, last: bool) -> bytes:
    return prefix + position.to_bytes(4, "big") + bytes([last])


def _encrypted_pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    header_bytes = len(MAGIC) + PREFIX_BYTES
    buffer = b""
    source = iter(chunks)
    while len(buffer) < header_bytes:
        chunk = next(source, b"")
        if not chunk:
            return
        buffer += chunk
    yield buffer[:header_bytes]
    rest = (part for part in [buffer[header_bytes:]] if part)
    yield from _in_pieces(_chain(rest, source), CHUNK_BYTES + TAG_BYTES)


def _chain(*sources: Iterable[bytes]) -> Iterator[bytes]:
    for source in sources:
        yield from source


def _in_pieces(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= size:
            yield bytes(buffer[:size])
            del buffer[:size]
    if buffer:
        yield bytes(buffer)


def _marking_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    source = iter(pieces)
    held = next(source, None)
    if held is None:
        return
    for piece in source:
        yield held, False
        held = piece
    yield held, True
