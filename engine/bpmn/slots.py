"""A place in a diagram that holds either a literal or a FEEL expression."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine import feel


@dataclass(frozen=True, slots=True)
class Slot:
    """`expression` is compiled FEEL, or None when the slot is the literal `text`."""

    text: str
    expression: Any = None

    @property
    def is_empty(self) -> bool:
        return not self.text and self.expression is None


EMPTY = Slot("")


@lru_cache(maxsize=4096)
def slot(text: str, *, always: bool = False) -> Slot:
    """`=x` and `${x}` are expressions, the rest is literal; with `always`, all of it is FEEL.

    Raises:
        FeelSyntaxError: the expression cannot be read; it tells line and column.
    """
    stripped = text.strip()
    parsed = feel.parse_slot(stripped)
    if parsed.is_expression:
        return Slot(stripped, feel.compile(parsed.text))
    return Slot(stripped, feel.compile(stripped) if always and stripped else None)


def words(value: Any) -> list[str]:
    """A list of names from a FEEL list or from a comma separated literal."""
    if value is None:
        return []
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, (list, tuple)):
        return [str(word) for word in value if word is not None]
    return [str(value)]
