"""Regular expressions of XPath 3.1 (functions and operators, 5.6), written for the `regex` package.

XPath's are those of XML Schema with anchors, groups that are not captured, back-references and
reluctant repetition. What it does not know (look-around, `\\b`, possessive repetition, a lone
bracket) is an error there, and must not mean what Python makes of it.
"""

import re
from typing import Final

from engine.feel.errors import Undefined

_NAME_START: Final = (
    r":A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_PART: Final = _NAME_START + r"\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
# What stands within the brackets of a class, for each of XML Schema's letters.
_CLASSES: Final = {
    "s": r" \t\n\r",
    "d": r"\p{Nd}",
    "w": r"^\p{P}\p{Z}\p{C}",
    "i": _NAME_START,
    "c": _NAME_PART,
}
_SINGLE: Final = frozenset("\\|.?*+(){}-[]^$")
_CONTROLS: Final = {"n": r"\n", "r": r"\r", "t": r"\t"}
_CATEGORY: Final = re.compile(
    r"\{(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?|Is([A-Za-z0-9\-]+))\}"
)
_COUNT: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_SPACE: Final = frozenset(" \t\n\r")


def translated(pattern: str, flags: str) -> str:
    """The pattern as `regex` reads it in its version 1.

    Raises:
        Undefined: it is none of XPath's.
    """
    return _Reader(_without_space(pattern) if "x" in flags else pattern, flags).whole()


def _without_space(pattern: str) -> str:
    """The pattern without the white space outside its classes, which the flag `x` takes out."""
    kept: list[str] = []
    depth, escaped = 0, False
    for char in pattern:
        if char in _SPACE and not depth:
            continue
        kept.append(char)
        if not escaped:
            depth += {"[": 1, "]": -1 if depth else 0}.get(char, 0)
        escaped = char == "\\" and not escaped
    return "".join(kept)


def _wrong(what: str) -> Undefined:
    return Undefined("pattern", reason=what)


class _Reader:
    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern, self.flags = pattern, flags
        self.at = 0
        self.groups = 0  # that have been opened and are captured
        self.closed: set[int] = set()

    def whole(self) -> str:
        out: list[str] = []
        opened: list[int] = []  # the numbers of the groups that are open; 0 is not captured
        repeatable = False
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "(":
                out.append(self._group(opened))
                repeatable = False
            elif char == ")":
                if not opened:
                    raise _wrong(")")
                self.closed.add(opened.pop())
                out.append(self._taken(1))
                repeatable = True
            elif char == "|":
                out.append(self._taken(1))
                repeatable = False
            elif char in "?*+{":
                out.append(self._repetition(repeatable))
                repeatable = False
            else:
                out.append(self._atom(char))
                repeatable = True
        if opened:
            raise _wrong("(")
        return "".join(out)

    def _taken(self, length: int) -> str:
        self.at += length
        return self.pattern[self.at - length : self.at]

    def _group(self, opened: list[int]) -> str:
        if self.pattern.startswith("(?", self.at):
            if not self.pattern.startswith("(?:", self.at):
                raise _wrong(self.pattern[self.at : self.at + 3])
            opened.append(0)
            return self._taken(3)
        self.groups += 1
        opened.append(self.groups)
        return self._taken(1)

    def _repetition(self, repeatable: bool) -> str:
        sign = self.pattern[self.at]
        found = _COUNT.match(self.pattern, self.at) if sign == "{" else None
        if not repeatable or (sign == "{" and found is None):
            raise _wrong(sign)
        written = self._taken(len(found.group()) if found else 1)
        if found and found[3] and int(found[3]) < int(found[1]):
            raise _wrong(written)
        if self.pattern[self.at : self.at + 1] == "?":
            written += self._taken(1)
        return written

    def _atom(self, char: str) -> str:
        if char == "\\":
            return self._escape()
        if char == "[":
            self.at += 1
            return self._class()
        if char in "]}":
            raise _wrong(char)
        self.at += 1
        if char == ".":
            return "." if "s" in self.flags else r"[^\n\r]"
        if char == "^":
            # The line after the last line feed of all is none.
            return r"(?:\A|(?<=\n)(?!\Z))" if "m" in self.flags else r"(?:\A)"
        if char == "$":
            return r"(?:\Z|(?=\n))" if "m" in self.flags else r"(?:\Z)"
        return re.escape(char)

    # -- after a backslash ------------------------------------------------------------------------

    def _escape(self) -> str:
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter.isascii() and letter.isdigit():
            return self._reference()
        many = self._many(letter)
        return f"[{many}]" if many is not None else self._one(letter)

    def _one(self, letter: str) -> str:
        """A single character that is written with a backslash."""
        if letter not in _SINGLE and letter not in _CONTROLS:
            raise _wrong("\\" + letter)
        self.at += 2
        return _CONTROLS.get(letter) or "\\" + letter

    def _many(self, letter: str) -> str | None:
        """What stands for many characters, to be put in brackets; None if it is but one."""
        if letter in ("p", "P"):
            found = _CATEGORY.match(self.pattern, self.at + 2)
            if found is None:
                raise _wrong("\\" + letter)
            self.at += 2 + len(found.group())
            name = f"In{found[2]}" if found[2] else found[1]
            return f"\\{letter}{{{name}}}"
        inside = _CLASSES.get(letter.lower()) if letter else None
        if inside is None:
            return None
        self.at += 2
        if letter.islower():
            return inside
        return inside[1:] if inside[0] == "^" else "^" + inside

    def _reference(self) -> str:
        """`\\1`, or `\\12` where so many groups have been closed."""
        self.at += 1
        number = int(self._taken(1))
        while (digit := self.pattern[self.at : self.at + 1]) and digit in "0123456789":
            if number * 10 + int(digit) > self.groups:
                break
            number = number * 10 + int(self._taken(1))
        if number not in self.closed or number == 0:
            raise _wrong(f"\\{number}")
        return f"(?:\\{number})"

    # -- classes ----------------------------------------------------------------------------------

    def _class(self) -> str:
        """What stands after `[`, up to and with its `]`."""
        negated = self.pattern[self.at : self.at + 1] == "^"
        self.at += negated
        parts: list[str] = []
        without = ""
        first = self.at
        while True:
            char = self.pattern[self.at : self.at + 1]
            if not char:
                raise _wrong("[")
            if char == "]" and self.at > first:
                self.at += 1
                break
            if self.pattern.startswith("-[", self.at) and self.at > first:
                self.at += 2
                without = "--" + self._class()
                if self.pattern[self.at : self.at + 1] != "]":
                    raise _wrong("-[")
                self.at += 1
                break
            parts.append(self._member(first))
        written = f"[{'^' if negated else ''}{''.join(parts)}]"
        return f"[{written}{without}]" if without else written

    def _member(self, first: int) -> str:
        char = self.pattern[self.at]
        if char == "\\":
            many = self._many(self.pattern[self.at + 1 : self.at + 2])
            if many is not None:
                return f"[{many}]"
        if char == "-" and self.at > first and self.pattern[self.at + 1 : self.at + 2] != "]":
            raise _wrong("-")
        low = self._character()
        if self.pattern[self.at : self.at + 1] != "-":
            return low
        if self.pattern[self.at + 1 : self.at + 2] in ("]", "[", ""):
            return low
        self.at += 1
        high = self._character()
        if _code(high) < _code(low):
            raise _wrong(f"{low}-{high}")
        return f"{low}-{high}"

    def _character(self) -> str:
        char = self.pattern[self.at]
        if char == "\\":
            return self._one(self.pattern[self.at + 1 : self.at + 2])
        if char in "[]":
            raise _wrong(char)
        self.at += 1
        return "\\" + char if not char.isalnum() and char.isascii() and char not in _SPACE else char


def _code(written: str) -> int:
    plain = {escape: ord(char) for char, escape in zip("\n\r\t", _CONTROLS.values(), strict=True)}
    return plain.get(written) or ord(written[-1])
