"""Whether two documents may mean the same person: names without titles, marks and company.

What comes of it only ever keeps somebody out of a case; it never lets anybody in.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from office.applications import shipped

FILE = "titles.csv"
SHORTEST = 4  # signs that a name keeps when its titles are taken off
# Typed in parts, sara am is nikhahit and sara aa, with a tone mark before, between or after them.
_SARA_AM = re.compile("([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TWO_E = re.compile("\u0e40\u0e40")  # two sara e look like one sara ae
_MARKS = dict.fromkeys(map(ord, "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c"))
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
LETTERS_PER_SLIP = 6
_BRACKETED = re.compile(r"[(\[（][^)\]）]*[)\]）]?")


@dataclass(frozen=True, slots=True)
class Titles:
    """Words that stand before and behind names, spelled as `plain` spells them."""

    before: frozenset[str]
    after: frozenset[str]


def titles_of(files: Mapping[str, bytes]) -> Titles:
    """The table of deployed files, or the product's own where they bring none."""
    return _titles(files.get(FILE) or shipped.table(FILE))


def plain(text: str) -> str:
    """A text without case, blanks, points and what cannot be seen, its Thai vowels in one order."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(c for c in folded if unicodedata.category(c)[0] in "LMN")
    return _TWO_E.sub("\u0e41", _SARA_AM.sub("\\1\\2\u0e4d\u0e32", seen))


def forms_of(name: str, titles: Titles) -> frozenset[str]:
    """The ways in which a name may be meant: with its titles and without, as some first names
    begin like a title."""
    found: set[str] = set()
    waiting = {_alone(each, titles) for each in (name, _BRACKETED.sub(" ", name))}
    while waiting:
        form = waiting.pop()
        if form and form not in found:
            found.add(form)
            shorter = {form.removeprefix(title) for title in titles.before}
            waiting |= {each for each in shorter if len(each) >= SHORTEST}
    return frozenset(found)


def is_near(name: str, other: str, titles: Titles) -> bool:
    """Whether a name may be the other one misspelt, or only a part of it: near enough for a person
    to look at, not enough to be sure."""
    ours = {_unmarked(form) for form in forms_of(name, titles)}
    theirs = {_unmarked(form) for form in forms_of(other, titles)}
    if any(_is_slip(one, two) for one in ours for two in theirs):
        return True
    alone = [form for form in _words(name, titles) if form]
    return len(alone) == 1 and bool(alone[0] & frozenset().union(*_words(other, titles)))


def _is_slip(one: str, two: str) -> bool:
    """A letter in every six may be wrong, left out, doubled or swapped, two at most."""
    allowed = min(2, min(len(one), len(two)) // LETTERS_PER_SLIP)
    return allowed > 0 and OSA.distance(one, two, score_cutoff=allowed) <= allowed


def _unmarked(form: str) -> str:
    """A form without tone marks and silenced letters' marks, which are the first to be mistyped."""
    return form.translate(_MARKS)


def _words(name: str, titles: Titles) -> list[frozenset[str]]:
    """The words of a name in all their forms, without those that are a title and nothing else."""
    words = _BRACKETED.sub(" ", _INVISIBLE.sub("", name)).split()
    kept = [word for word in words if plain(word) not in titles.before]
    return [frozenset(f for f in forms_of(w, titles) if len(f) >= SHORTEST) for w in kept]


def _alone(name: str, titles: Titles) -> str:
    """A name without those who are named along with it only as company."""
    spelled = plain(name)
    places = (spelled.find(word, 1) for word in titles.after)
    return spelled[: min((place for place in places if place > 0), default=len(spelled))]


@lru_cache(maxsize=16)
def _titles(content: bytes) -> Titles:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    def at(place: str) -> frozenset[str]:
        words = (plain(row["words"]) for row in rows if row["place"].strip() == place)
        return frozenset(words) - {""}

    return Titles(at("before"), at("after"))
