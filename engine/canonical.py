"""JSON that keeps numbers exact and hashes the same everywhere."""

import hashlib
import json
from decimal import Decimal
from typing import Any

import simplejson


class JsonText(str):
    """A JSON document that has been written already: it is stored as it is, byte for byte."""

    __slots__ = ()


def dumps(value: Any) -> str:
    """Compact JSON; Thai stays readable, decimals stay exact, key order stays as it is."""
    return simplejson.dumps(
        value, ensure_ascii=False, separators=(",", ":"), use_decimal=True, allow_nan=False
    )


def loads(text: str) -> Any:
    """Read JSON; a number with a fraction becomes a `Decimal`, never a binary float."""
    return json.loads(text, parse_float=Decimal)


def canonical(value: Any) -> bytes:
    """The bytes a hash is taken over: keys sorted, no spaces, UTF-8."""
    return simplejson.dumps(
        value,
        ensure_ascii=False,
        separators=(",", ":"),
        use_decimal=True,
        sort_keys=True,
        allow_nan=False,
    ).encode()


def digest(*parts: bytes | str) -> str:
    """SHA-256 over length-prefixed parts, in hex, so that no two lists of parts collide."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "big"))
        sha.update(data)
    return sha.hexdigest()
