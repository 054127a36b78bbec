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

from office.applications import shipped

FILE = "titles.csv"
SHORTEST = 4  # signs that a name keeps when its titles are taken off
# Typed in parts, sara am is nikhahit and sara aa, with a tone mark before, between or after them.
_SARA_AM = re.compile("([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TWO_E = re.compile("\u0e40\u0e40")  # two sara e look like one sara ae
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
