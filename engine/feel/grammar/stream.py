"""The parser's reading head: tokens, the names known at each place, nesting depth, errors."""

import re
from collections.abc import Iterable

from engine.feel.errors import FeelSyntaxError
from engine.feel.grammar.lexer import Token, squeeze, tokenize
from engine.ground.text import Text

# A deeper expression is nobody's work. Each level costs about six frames of Python's stack of 1000.
MAX_DEPTH = 64

KEYWORDS = frozenset(
    "if then else for in return some every satisfies between and or true false null".split()
)
_OPERATORS_IN_NAMES = frozenset(("+", "-", "*", "/", "'", ".", "**"))

Words = tuple[str, ...]


def words(name: str) -> Words:
    """A name as the token texts it is written with; empty when no tokens can spell it."""
    try:
        return tuple(token.text for token in tokenize(name)[:-1])
    except FeelSyntaxError:
        return ()


class KnownNames:
    """Names of more than one token, found by their first token, the longest first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_first: dict[str, list[tuple[Words, str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        spelled = words(name)
        if len(spelled) < 2:
            return
        same = self._by_first.setdefault(spelled[0], [])
        if (spelled, name) not in same:
            same.append((spelled, name))
            same.sort(key=lambda entry: -len(entry[0]))

    def starting_with(self, word: str) -> list[tuple[Words, str]]:
        return self._by_first.get(word, [])


class Stream:
    """Tokens with one position; the grammar in `parser` reads through it."""

    def __init__(self, source: str, known: Iterable[str] = ()) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.depth = 0
        self.ranges = 0  # that are being read: only there can `[` be an end
        self.scopes = [KnownNames(known)]

    # -- tokens ---------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def ahead(self, distance: int = 1) -> Token:
        return self.tokens[min(self.position + distance, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.tokens[self.position]
        if token.kind != "end":
            self.position += 1
        return token

    def is_op(self, *texts: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "op" and token.text in texts

    def is_word(self, *texts: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "name" and token.text in texts

    def accept_op(self, text: str) -> bool:
        if self.is_op(text):
            self.position += 1
            return True
        return False

    def accept_word(self, text: str) -> bool:
        if self.is_word(text):
            self.position += 1
            return True
        return False

    def expect_op(self, text: str) -> Token:
        if not self.is_op(text):
            raise self.error(f"“{text}”", f"“{text}”")
        return self.advance()

    def expect_word(self, text: str) -> Token:
        if not self.is_word(text):
            raise self.error(f"“{text}”", f"“{text}”")
        return self.advance()

    # -- errors ---------------------------------------------------------------------------

    def error(self, th: str, en: str) -> FeelSyntaxError:
        """What was expected at the present token, and what stands there instead."""
        token = self.token
        found = Text("จบนิพจน์", "the end") if token.kind == "end" else Text(*[f"“{token.text}”"] * 2)
        problem = Text(f"ควรเป็น {th} แต่พบ {found.th}", f"expected {en}, found {found.en}")
        return FeelSyntaxError(self.source, token.start, problem, en)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep()

    def leave(self) -> None:
        self.depth -= 1

    def too_deep(self) -> FeelSyntaxError:
        problem = Text(f"นิพจน์ซ้อนกันเกิน {MAX_DEPTH} ชั้น", f"nested more than {MAX_DEPTH} levels deep")
        return FeelSyntaxError(self.source, self.token.start, problem, "less nesting")

    # -- names ----------------------------------------------------------------------------

    def known_name(self) -> tuple[str, int] | None:
        """The longest known name of several tokens here, with its length in tokens."""
        word, best = self.token.text, None
        for scope in self.scopes:
            for spelled, name in scope.starting_with(word):
                size = len(spelled)
                if (best is None or size > best[1]) and self._spells(spelled):
                    best = (name, size)
        return best

    def _spells(self, spelled: Words) -> bool:
        here = self.tokens[self.position : self.position + len(spelled)]
        return tuple(token.text for token in here) == spelled

    def name(self) -> str:
        """Read a name.

        A known name wins, the longest first, as the standard has it. Otherwise words that stand
        side by side are one name: nothing else could be meant, so `ชื่อ สกุล` needs no declaration.
        """
        token = self.token
        if token.kind == "quoted":
            self.position += 1
            return token.text[1:-1]
        if token.kind != "name":
            raise self.error("ชื่อ", "a name")
        known = self.known_name()
        if known:
            self.position += known[1]
            return known[0]
        self.position += 1
        parts = [token.text]
        while self._continues_name():
            parts.append(self.advance().text)
        return " ".join(parts)

    def _continues_name(self) -> bool:
        token = self.token
        if token.kind == "number":
            return token.text.isdigit()
        if token.kind != "name" or token.text in KEYWORDS:
            return False
        return not (token.text == "instance" and self.ahead().text == "of")

    def name_until(self, *stops: str) -> str:
        """A name that may hold operator signs, up to one of the signs that end it here."""
        first = self.token
        last = first
        while self._may_be_in_name() and not self.is_op(*stops):
            last = self.advance()
        if last is first and first.kind == "op":
            raise self.error("ชื่อ", "a name")
        if last.kind == "quoted" and first is last:
            return last.text[1:-1]
        return squeeze(re.sub(r"//[^\n]*|/\*.*?\*/", " ", self.source[first.start : last.end]))

    def _may_be_in_name(self) -> bool:
        token = self.token
        if token.kind == "op":
            return token.text in _OPERATORS_IN_NAMES
        return token.kind in ("name", "number", "quoted")

    def is_named_argument(self) -> bool:
        distance = 0
        while self._part_of_key(self.ahead(distance)):
            distance += 1
        closing = self.ahead(distance)
        return distance > 0 and closing.kind == "op" and closing.text == ":"

    @staticmethod
    def _part_of_key(token: Token) -> bool:
        if token.kind == "op":
            return token.text in _OPERATORS_IN_NAMES
        return token.kind in ("name", "number", "quoted")

    # -- brackets -------------------------------------------------------------------------

    def enclosed(self) -> tuple[int, bool]:
        """Where the bracket at hand is closed, and whether a comma stands directly inside it.

        A range may open with `]` and close with `[`, so brackets do not simply come in pairs.
        """
        opened: list[str] = []
        has_comma = False
        for position in range(self.position, len(self.tokens)):
            token = self.tokens[position]
            if token.kind != "op":
                continue
            top = opened[-1] if opened else ""
            if self._opens(token.text, top, position):
                opened.append(token.text)
            elif token.text in ")}][":
                opened.pop()
                if not opened:
                    return position, has_comma
            elif token.text == "," and len(opened) == 1:
                has_comma = True
        return len(self.tokens) - 1, has_comma

    def _opens(self, sign: str, innermost: str, position: int) -> bool:
        if sign == "]":
            return innermost != "["
        if sign == "[":
            return innermost != "]" or not self.ends_range(position)
        return sign in ("(", "{")

    def is_empty_list(self) -> bool:
        """Whether `]` closes an empty list, and does not open a range such as `]1..5]`."""
        after = self.ahead()
        if after.kind == "name":
            return after.text in _AFTER_RANGE
        return after.kind == "end" or (after.kind == "op" and after.text not in ("(", "{", "@"))

    def ends_range(self, position: int) -> bool:
        """Whether `[` there ends a range such as `]1..5[`: nothing that begins a filter follows."""
        after = self.tokens[min(position + 1, len(self.tokens) - 1)]
        if after.kind == "end":
            return True
        if after.kind == "op":
            return after.text not in ("(", "[", "{", "@", "-")
        return after.text in _AFTER_RANGE


_AFTER_RANGE = frozenset(
    ("and", "or", "then", "else", "return", "satisfies", "between", "in", "instance")
)
