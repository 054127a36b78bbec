"""Keyset pages: a cursor holds the last row's place, so a list that grows never repeats a row."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from engine.ground import canonical
from webhooks.errors import CursorRefused

Row = TypeVar("Row")


def encode(place: Sequence[Any]) -> str:
    """A place as an opaque text that can stand in a URL."""
    return base64.urlsafe_b64encode(canonical.dumps(list(place)).encode()).decode().rstrip("=")


def decode(cursor: str | None, length: int) -> list[Any] | None:
    """The place that a cursor holds.

    Raises:
        CursorRefused: the text did not come from `encode`.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = canonical.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, ValueError, RecursionError):
        raise CursorRefused from None
    if not isinstance(place, list) or len(place) != length:
        raise CursorRefused
    return place


def page(
    rows: Sequence[Row], limit: int, place: Callable[[Row], Sequence[Any]]
) -> tuple[Sequence[Row], str | None]:
    """One page of rows that were read with one more than the limit, and the next page's cursor."""
    if len(rows) <= limit:
        return rows, None
    shown = rows[:limit]
    return shown, encode(place(shown[-1]))


def moment(part: Any, *, optional: bool = False) -> Any:
    """A moment inside a cursor.

    Raises:
        CursorRefused: it is none.
    """
    if part is None and optional:
        return None
    try:
        found = datetime.fromisoformat(part)
    except (TypeError, ValueError):
        raise CursorRefused from None
    if found.tzinfo is None:
        raise CursorRefused
    return found


def word(part: Any) -> str:
    """A text inside a cursor; raises `CursorRefused` when it is none or holds a NUL."""
    if not isinstance(part, str) or "\x00" in part:
        raise CursorRefused
    return part
