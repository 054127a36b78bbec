"""JSON that keeps numbers exact and hashes the same everywhere."""

import hashlib
import json
import math
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
import simplejson

# Made once: `json.loads` and `simplejson.dumps` make a coder for every call with options.
_COMPACT: dict[str, Any] = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
_ENCODER = simplejson.JSONEncoder(use_decimal=True, **_COMPACT)
_SORTED = simplejson.JSONEncoder(use_decimal=True, sort_keys=True, **_COMPACT)
_DECODER = json.JSONDecoder(parse_float=Decimal)


class JsonText(str):
    """A JSON document that has been written already: it is stored as it is, byte for byte."""

    __slots__ = ()


# What orjson writes beyond JSON's own types is refused, as simplejson does.
_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_EMPTY: dict[type, str] = {dict: "{}", list: "[]"}


def dumps(value: Any) -> str:
    """Compact JSON; Thai stays readable, decimals stay exact, key order stays as it is.

    Raises:
        TypeError, ValueError: JSON has no such value (an object, NaN, infinity).
    """
    text = dumps_own(value)
    # orjson writes a binary NaN as null, which is another value.
    return text if "null" not in text or _is_finite(value) else str(_ENCODER.encode(value))


def dumps_own(value: Any) -> str:
    """The same for what the engine made or has checked itself: it holds no binary float."""
    if not value and type(value) in _EMPTY:
        return _EMPTY[type(value)]
    try:
        return orjson.dumps(value, _exactly, _PLAIN).decode()
    except TypeError:  # numbers beyond 64 bits, keys that are numbers
        return str(_ENCODER.encode(value))


def _exactly(value: Any) -> orjson.Fragment:
    if type(value) is Decimal and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, list | tuple) or all(map(_is_finite, value))


def loads(text: str) -> Any:
    """Read JSON; a number with a fraction becomes a `Decimal`, never a binary float."""
    return _DECODER.decode(text)


def canonical(value: Any) -> bytes:
    """The bytes a hash is taken over: keys sorted, no spaces, UTF-8."""
    return str(_SORTED.encode(value)).encode()


def digest(*parts: bytes | str) -> str:
    """SHA-256 over length-prefixed parts, in hex, so that no two lists of parts collide."""
    return hashed(map(framed, parts))


def hashed(frames: Iterable[bytes]) -> str:
    """The same over parts that carry their length already."""
    return hashlib.sha256(b"".join(frames)).hexdigest()


def framed(part: bytes | str) -> bytes:
    data = part.encode() if isinstance(part, str) else part
    return len(data).to_bytes(8, "big") + data


# For names, roles, moments: what is hashed again and again.
word = lru_cache(maxsize=4096)(framed)
