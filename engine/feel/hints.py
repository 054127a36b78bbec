"""What people type who know another language, and what FEEL writes instead."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
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


# Characters that nobody sees: soft hyphen, joiners, direction marks, byte order mark.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)


def as_seen(name: str) -> str:
    """A name as it looks: sara am and sara ae in one character each, without invisible ones."""
    seen = unicodedata.normalize("NFC", _INVISIBLE.sub("", name)).replace("\u00a0", " ")
    return re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\u0e33", seen).replace(
        "\u0e40\u0e40", "\u0e41"
    )


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


def write(problem: Text, written: str) -> Text:
    """The sentence about a mistake, with what to write instead, where that is known."""
    if not written:
        return problem
    return Text(f"{problem.th} เขียน {written}", f"{problem.en}; write {written}")


def did_you_mean(problem: Text, name: str, known: Iterable[str]) -> Text:
    """The sentence about an unknown name, with the one that is likely meant."""
    names = list(known)
    seen = as_seen(name).replace(" ", "")
    if twin := next((n for n in names if as_seen(n).replace(" ", "") == seen != ""), ""):
        return Text(
            f"{problem.th} มองเห็นเหมือน “{twin}” แต่พิมพ์ด้วยอักขระต่างกัน {_spelled(name, twin)}",
            f"{problem.en}; it looks like “{twin}” but is typed with other characters "
            f"{_spelled(name, twin)}",
        )
    if not (other := meant(name, names)):
        return problem
    return Text(f"{problem.th} หมายถึง “{other}” หรือไม่", f"{problem.en}; did you mean “{other}”?")


def _spelled(name: str, other: str) -> str:
    """Where two names that look alike differ, in the code points of both."""
    for tag, a, b, c, d in SequenceMatcher(None, name, other, autojunk=False).get_opcodes():
        if tag != "equal":
            return f"({_codes(name[a:b])} ≠ {_codes(other[c:d])})"
    return ""


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in text) or "–"
