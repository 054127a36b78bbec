"""Regular expressions of XPath (as DMN 1.5 asks), bounded in size and time."""

import time
from functools import lru_cache
from typing import Any

import regex

from engine.feel.errors import BudgetExceeded, Undefined
from engine.feel.scope import Scope

MAX_PATTERN = 1000  # characters
_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE}
_NAME_START = r"\p{L}_:"
_NAME_PART = r"\p{L}\p{N}\p{M}_:.\-"


class Pattern:
    """A compiled pattern that reads and writes within the budget of one evaluation."""

    def __init__(self, scope: Scope, pattern: str, flags: str | None) -> None:
        self._run = scope.run
        self._compiled = _compiled(pattern, flags or "")

    def search(self, text: str) -> Any:
        return self._timed(self._compiled.search, text)

    def split(self, text: str) -> list[str]:
        pieces: list[str] = []
        at = 0
        for found in self.matches(text):
            if found.end() == found.start():
                continue
            pieces.append(text[at : found.start()])
            at = found.end()
        return [*pieces, text[at:]]

    def matches(self, text: str) -> list[Any]:
        def collect(text: str, **limit: float) -> list[Any]:
            found = []
            for match in self._compiled.finditer(text, **limit):
                self._run.spend(1)
                found.append(match)
            return found

        matches: list[Any] = self._timed(collect, text)
        return matches

    def _timed(self, work: Any, text: str) -> Any:
        run = self._run
        run.spend(len(text) // 100)
        if run.deadline <= 0:
            raise BudgetExceeded("pattern time")
        before = time.monotonic()
        try:
            return work(text, timeout=run.deadline)
        except TimeoutError:
            raise BudgetExceeded("pattern time") from None
        finally:
            run.deadline -= time.monotonic() - before


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Any:
    if len(pattern) > MAX_PATTERN:
        raise Undefined("pattern", reason=f"longer than {MAX_PATTERN} characters")
    options = regex.V1
    for flag in flags:
        if flag not in "smixq":
            raise Undefined("pattern", reason=f"flag {flag}")
        options |= _FLAGS.get(flag, 0)
    written = regex.escape(pattern) if "q" in flags else _translated(pattern, flags)
    try:
        return regex.compile(written, options)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise Undefined("pattern", reason=str(error)) from None


def _translated(pattern: str, flags: str) -> str:
    """The pattern in the syntax of the `regex` package.

    XPath knows no look-around and no inline flags; its `$` is the very end, `\\i` and `\\c` are
    the letters of names, and a class may subtract another: `[a-z-[aeiou]]`.
    """
    out: list[str] = []
    depth = at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and at + 1 < len(pattern):
            out.append(_escaped(pattern[at : at + 2], depth > 0))
            at += 2
            continue
        if char == "[":
            subtracts = depth > 0 and pattern[at - 1] == "-"
            out.append("-[" if subtracts else "[" if depth == 0 else "\\[")
            depth += 1 if subtracts or depth == 0 else 0
        elif char == "]" and depth:
            depth -= 1
            out.append("]")
        elif depth == 0:
            out.append(_outside_class(pattern, at, flags))
        else:
            out.append("\\" + char if char in "&|~" else char)
        at += 1
    return "".join(out)


def _escaped(pair: str, in_class: bool) -> str:
    letter = pair[1]
    if letter in "iIcC":
        inside = _NAME_START if letter in "iI" else _NAME_PART
        if in_class:
            return inside
        return f"[{'^' if letter.isupper() else ''}{inside}]"
    return pair


def _outside_class(pattern: str, at: int, flags: str) -> str:
    char = pattern[at]
    if char == "(" and pattern[at + 1 : at + 2] == "?" and pattern[at + 2 : at + 3] != ":":
        raise Undefined("pattern", reason="(?")
    if char == "$" and "m" not in flags:
        return r"\Z"
    return "" if char.isspace() and "x" in flags else char
