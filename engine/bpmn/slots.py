"""A place in a diagram that holds either a literal or a FEEL expression."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from engine import feel
from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Slot:
    """`expression` is compiled FEEL, or None when the slot is the literal `text`."""

    text: str
    expression: Any = None
    as_written: Any = None  # JUEL that an earlier release took for FEEL as it stands

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
        return Slot(stripped, feel.compile(parsed.text), _as_written(parsed.as_written))
    return Slot(stripped, feel.compile(stripped) if always and stripped else None)


def _as_written(text: str | None) -> Any:
    try:
        return None if text is None else feel.compile(text)
    except feel.FeelSyntaxError:
        return None  # such a diagram was never deployed


def constant(text: str, now: datetime | None = None) -> str | None:
    """The text that a slot means in every case, or None where that depends on the case.

    Raises:
        FeelSyntaxError: the expression cannot be read.
    """
    written = slot(text)
    if written.expression is None:
        return written.text
    if written.expression.names or not written.expression.functions <= _OF_NO_CASE:
        return None
    environment = feel.Environment(now=now or datetime.now(UTC))
    value = feel.to_json(written.expression.evaluate({}, environment))
    return value if isinstance(value, str) and value else None


_OF_NO_CASE = frozenset({"duration", "date", "date and time", "time", "string", "now", "today"})


def words(value: Any) -> list[str]:
    """A list of names from a FEEL list or from a comma separated literal."""
    if value is None:
        return []
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    if isinstance(value, (list, tuple)):
        return [str(word) for word in value if word is not None]
    return [str(value)]


def kind_of(value: Any) -> Text:
    """What a person is told of a value: its kind, never the value, which may be personal."""
    if value is None:
        return Text("ค่าว่าง (null)", "null")
    if isinstance(value, bool):
        return Text("ค่าจริงเท็จ", "a boolean")
    if isinstance(value, str):
        if not value.strip():
            return Text("ข้อความว่าง", "blank text")
        return Text("ข้อความอื่น", "this text") if is_storable(value) else _UNSTORABLE
    if isinstance(value, dict):
        return Text("คอนเท็กซ์", "a context")
    return Text("รายการ", "a list") if isinstance(value, list) else Text("ตัวเลขนี้", "this number")


_UNSTORABLE = Text("ข้อความที่มีอักขระที่เก็บไม่ได้", "text with characters that cannot be kept")


def undecided(condition: Slot, value: Any) -> Text:
    """A condition that is neither true nor false decides nothing."""
    given = kind_of(value)
    return Text(
        f"เงื่อนไข {condition.text} ให้{given.th} ต้องให้ true หรือ false",
        f"the condition {condition.text} gave {given.en}, not true or false",
    )


def is_storable(text: str) -> bool:
    """Whether both databases can keep it: PostgreSQL knows no NUL, UTF-8 no half of a pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
