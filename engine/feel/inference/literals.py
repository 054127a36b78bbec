"""What can be said of a literal before it runs: dates as people write them, patterns, zones."""

from decimal import Decimal
from typing import Any, Final

from engine.feel.builtins.patterns import compiled
from engine.feel.date_slips import BUDDHIST, ERA, slip_in_date
from engine.feel.errors import Undefined
from engine.feel.grammar import syntax as s
from engine.feel.messages import message
from engine.feel.values.temporal import DateTime, Time
from engine.feel.values.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from engine.ground.text import Text

READERS: Final = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "duration": parse_duration,
}
PATTERNS: Final = {"matches": 2, "replace": 3, "extract": 2, "split": None}  # where flags stand


def slip_in_call(name: str, arguments: tuple[s.Node, ...]) -> tuple[int, str, Text] | None:
    """What is wrong with the literals that a built-in function is called with, and where."""
    if name == "date" and len(arguments) == 3:
        return _slip_in_year(arguments[0])
    if not arguments or not isinstance(arguments[0], s.Literal):
        return _slip_in_pattern(name, arguments)
    text = arguments[0].value
    if name in READERS and len(arguments) == 1 and text.__class__ is str:
        if slip := slip_in_date(text):
            return arguments[0].at, *slip
        if READERS[name](text) is None:
            return arguments[0].at, "invalid", message("invalid", text=text, kind=name)
    return _slip_in_pattern(name, arguments)


def _slip_in_year(node: s.Node) -> tuple[int, str, Text] | None:
    year = node.value if isinstance(node, s.Literal) else None
    if not isinstance(year, Decimal) or year not in BUDDHIST:
        return None
    facts: dict[str, Any] = {"text": f"{year}", "written": f"{year - ERA}", "year": year}
    return node.at, "buddhist-year", message("buddhist-year", **facts)


def _slip_in_pattern(name: str, arguments: tuple[s.Node, ...]) -> tuple[int, str, Text] | None:
    if name not in PATTERNS or len(arguments) < 2:
        return None
    pattern, at = arguments[1], PATTERNS[name]
    flags = arguments[at] if at is not None and at < len(arguments) else None
    written = flags.value if isinstance(flags, s.Literal) else None
    if not isinstance(pattern, s.Literal) or pattern.value.__class__ is not str:
        return None
    if flags is not None and written.__class__ is not str:
        return None  # not known before it runs, or refused for its type
    try:
        compiled(pattern.value, written or "")
    except Undefined as why:
        return pattern.at, why.code, message(why.code, **why.facts)
    return None


def zoned(value: Any) -> bool | None:
    """Whether a point in time has a zone; None for what is none."""
    if value.__class__ is DateTime:
        return bool(value.time.is_zoned)
    return value.is_zoned if isinstance(value, Time) else None
