"""Breaking Thai labels into lines without a browser: Thai puts no space between words.

A short list of the words that diagrams of this kind use decides first; what it does not know is
kept whole up to a point and then broken at a syllable that is sure, never inside a grapheme.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

HINT = "\u200b"  # zero-width space: an author's own hint where a line may end
COMBINING = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
TRAILING = frozenset("ะาำๅๆฯ") | COMBINING  # never begin a line
LEADING = frozenset("เแโใไ")  # never end one
CLOSING = frozenset(")]}”’,.;:!?%")
OPENING = frozenset("([{“‘")
LONGEST_UNKNOWN = 14  # characters of a run without a known word before a syllable break is taken

# Advance widths of Sarabun in em, coarse but never too small by more than a hair.
WIDTHS = {" ": 0.26, "า": 0.5, "ำ": 0.55, "ะ": 0.5, "เ": 0.32, "แ": 0.6, "ๆ": 0.6, "ฯ": 0.6}


def width(text: str, size: float) -> float:
    """How wide a line is, in the unit of `size`."""
    return size * sum(_advance(character) for character in text)


def wrap(text: str, room: float, size: float) -> list[str]:
    """The label in lines of at most `room`, each ending where a word or a sure syllable ends."""
    lines: list[str] = []
    for paragraph in text.replace("\xad", HINT).splitlines():
        lines += _wrap_line(paragraph, room, size)
    return [line for line in lines if line]


def pieces(text: str) -> list[str]:
    """The text cut wherever a line may end; joined together it is the text again."""
    cut: list[str] = []
    for chunk in re.findall(rf"[^\s{HINT}/–-]*[\s{HINT}/–-]*", text):
        cut += _thai_pieces(chunk) if re.search(r"[\u0e00-\u0e7f]", chunk) else [chunk]
    return [piece for piece in cut if piece]


def _wrap_line(text: str, room: float, size: float) -> list[str]:
    lines, current = [], ""
    for piece in pieces(text):
        if current and width((current + piece).rstrip(), size) > room:
            lines.append(current.replace(HINT, "").strip())
            current = ""
        current += piece
    return [*lines, current.replace(HINT, "").strip()]


def _thai_pieces(chunk: str) -> list[str]:
    cut, start = [], 0
    for position in range(1, len(chunk)):
        if _may_break(chunk, start, position):
            cut.append(chunk[start:position])
            start = position
    return [*cut, chunk[start:]]


def _may_break(chunk: str, start: int, position: int) -> bool:
    before, after = chunk[position - 1], chunk[position]
    if after in TRAILING or after in CLOSING or before in LEADING or before in OPENING:
        return False
    if not _is_thai(before) or not _is_thai(after):
        return _is_thai(before) != _is_thai(after) and after.isalnum() and before.isalnum()
    if position in _known_ends(chunk):
        return True
    return position - start >= LONGEST_UNKNOWN and (after in LEADING or before in "ะๆฯ")


@cache
def _known_ends(chunk: str) -> frozenset[int]:
    """Where words begin and end when as few characters as possible stay unknown."""
    best: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    for end in range(1, len(chunk) + 1):
        unknown, count, cuts = best[end - 1]
        choices = [(unknown + 1, count, cuts)]
        for length in range(2, min(end, _longest()) + 1):
            if chunk[end - length : end] in _words() and _whole(chunk, end):
                unknown, count, cuts = best[end - length]
                choices.append((unknown, count + 1, (*cuts, end - length, end)))
        best.append(min(choices))
    return frozenset(best[-1][2])


def _whole(chunk: str, end: int) -> bool:
    return end == len(chunk) or chunk[end] not in TRAILING


def _is_thai(character: str) -> bool:
    return "\u0e00" <= character <= "\u0e7f"


def _advance(character: str) -> float:
    if character in COMBINING or character == HINT:
        return 0
    if character in WIDTHS:
        return WIDTHS[character]
    if _is_thai(character):
        return 0.63
    return 0.68 if character.isupper() else 0.55


@cache
def _words() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "words_th.txt").read_text("utf-8").split())


@cache
def _longest() -> int:
    return max(len(word) for word in _words())
