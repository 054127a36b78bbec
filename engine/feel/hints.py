"""What people type who know another language, and what FEEL writes instead."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from engine.ground.text import Text

# Looked for around the place of the mistake, the longest first.
_SIGNS: Final = {
    "===": "=", "!==": "!=", "==": "=", "&&": "and", "||": "or", "<>": "!=", "=>": ">=",
    "=<": "<=", "=!": "!=", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/", "−": "-",
    "–": "-", "—": "-", "&": "and", "|": "or", "!": "not(…)", "^": "**", "~": "not(…)",
    "%": "modulo(a, b)", ";": ",",
    **dict.fromkeys("“”„‟«»‘’'", '"'),
}  # fmt: skip
_WORDS: Final = {
    "true": "true", "false": "false", "null": "null", "none": "null", "nil": "null",
    "undefined": "null", "and": "and", "or": "or", "not": "not(…)",
}  # fmt: skip
_PERCENT: Final = re.compile(r"\d+(?:\.\d+)?\s*%(?!\s*[\w(])")
_GROUPED: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])")
_NULL_TEST: Final = re.compile(r"\bis\s+(not\s+)?null\b", re.IGNORECASE)
_THAI_DIGITS: Final = re.compile(r"[๐-๙]+")
_TO_ARABIC: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_FULL_WIDTH: Final = re.compile(r"[\uff01-\uff5e]+")
_TO_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def with_hint(problem: Text, source: str, offset: int) -> Text:
    """The sentence about a mistake, with what FEEL writes there where the slip is a common one."""
    found = _slip(source, offset)
    if found is None:
        return problem
    typed, written = found
    return Text(
        f"{problem.th} (แทน {typed} FEEL เขียน {written})",
        f"{problem.en} (for {typed}, FEEL writes {written})",
    )


def _slip(source: str, offset: int) -> tuple[str, str] | None:
    for pattern, written in (
        (_GROUPED, lambda text: text.replace(",", "")),
        (_NULL_TEST, lambda text: "!= null" if "not" in text.lower() else "= null"),
        (_PERCENT, lambda text: text.replace("%", "").strip() + " / 100"),
    ):
        for match in pattern.finditer(source):
            if match.start() <= offset <= match.end():
                return match.group().strip(), written(match.group())
    for length in (3, 2, 1):
        for start in range(max(offset - length, 0), offset + 1):
            typed = source[start : start + length]
            covers = start <= offset <= start + length - (length == 1)
            if typed in _SIGNS and covers and (length > 1 or start == offset):
                return typed, _SIGNS[typed]
    return None


def meant(name: str, known: Iterable[str]) -> str:
    """The known name, or the word of FEEL, that an unknown name is likely to stand for."""
    if (name.lower() in _WORDS and name != name.lower()) or name in ("none", "nil", "undefined"):
        return _WORDS[name.lower()]
    if _THAI_DIGITS.fullmatch(name):
        return name.translate(_TO_ARABIC)
    if _FULL_WIDTH.search(name):
        return name.translate(_TO_NARROW)
    names = [each for each in known if each != name]
    spaced = _CAMEL.sub(" ", name.replace("_", " ")).lower()
    same = (each for each in names if each.lower().replace("_", " ") == spaced)
    if exact := next(same, ""):
        return exact
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.75)), "")


def did_you_mean(problem: Text, name: str, known: Iterable[str]) -> Text:
    """The sentence about an unknown name, with the one that is likely meant."""
    if not (other := meant(name, known)):
        return problem
    return Text(f"{problem.th} หมายถึง “{other}” หรือไม่", f"{problem.en}; did you mean “{other}”?")
