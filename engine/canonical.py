"""JSON that keeps numbers exact and hashes the same everywhere."""

import hashlib
import json
from decimal import Decimal
from typing import Any

import simplejson

# Made once: `json.loads` and `simplejson.dumps` make a coder for every call with options.
_COMPACT: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
_ENCODER = simplejson.JSONEncoder(use_decimal=True, **_COMPACT)
_SORTED = simplejson.JSONEncoder(use_decimal=True, sort_keys=True, **_COMPACT)
_DECODER = json.JSONDecoder(parse_float=Decimal)


class JsonText(str):
    """A JSON document that has been written already: it is stored as it is, byte for byte."""

    __slots__ = ()


def dumps(value: Any) -> str:
    """Compact JSON; Thai stays readable, decimals stay exact, key order stays as it is."""
    return str(_ENCODER.encode(value))


def loads(text: str) -> Any:
    """Read JSON; a number with a fraction becomes a `Decimal`, never a binary float."""
    return _DECODER.decode(text)


def canonical(value: Any) -> bytes:
    """The bytes a hash is taken over: keys sorted, no spaces, UTF-8."""
    return str(_SORTED.encode(value)).encode()


def digest(*parts: bytes | str) -> str:
    """SHA-256 over length-prefixed parts, in hex, so that no two lists of parts collide."""
    framed: list[bytes] = []
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        framed += (len(data).to_bytes(8, "big"), data)
    return hashlib.sha256(b"".join(framed)).hexdigest()
