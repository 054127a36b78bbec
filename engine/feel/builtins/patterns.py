"""Regular expressions of XPath (as DMN 1.5 asks), bounded in size and time."""

import re
import time
from functools import lru_cache
from typing import Any

import regex

from engine.feel.builtins.xpath_syntax import translated
from engine.feel.errors import BudgetExceeded, Undefined
from engine.feel.values.scope import Scope
from engine.ground.text import Text

MAX_PATTERN = 1000  # characters
_TOO_LONG = Text(f"ยาวเกิน {MAX_PATTERN} ตัวอักษร", f"longer than {MAX_PATTERN} characters")
# `((a{1000}){1000}){1000}` is short, but stands for a billion letters, each of which would take
# memory when the pattern is compiled.
MAX_WRITTEN_OUT = 5000
_FLAGS = {"s": regex.DOTALL, "i": regex.IGNORECASE}


class Pattern:
    """A compiled pattern that reads and writes within the budget of one evaluation."""

    def __init__(self, scope: Scope, pattern: str, flags: str | None) -> None:
        self._run = scope.run
        self._compiled = compiled(pattern, flags or "")

    def search(self, text: str) -> Any:
        return self._timed(self._compiled.search, text)

    def split(self, text: str) -> list[str]:
        pieces: list[str] = []
        at = 0
        for found in self.matches(text):
            # An empty match parts two characters, but none before the first or after the last.
            if found.end() == found.start() and found.end() in (0, len(text)):
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
def compiled(pattern: str, flags: str) -> Any:
    """The pattern, ready to be used.

    Raises:
        Undefined: it is none of XPath's, or too large.
    """
    if len(pattern) > MAX_PATTERN:
        raise Undefined("pattern", reason=_TOO_LONG)
    if written_out(pattern) > MAX_WRITTEN_OUT:
        raise Undefined("pattern", reason="too many repetitions")
    options = regex.V1
    for flag in flags:
        if flag not in "smixq":
            raise Undefined("pattern", reason=Text(f"ไม่มีตัวเลือก {flag}", f"flag {flag}"))
        options |= _FLAGS.get(flag, 0)
    written = regex.escape(pattern) if "q" in flags else translated(pattern, flags)
    try:
        return regex.compile(written, options)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise Undefined("pattern", reason=Text("อ่านไม่ได้", str(error))) from None


_COUNTED = re.compile(r"\{([0-9]{1,9})(?:,([0-9]{0,9}))?\}")
_ATOM = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[^()|]", re.DOTALL)


def written_out(pattern: str) -> int:
    """How many letters and classes the pattern has with its counted repetitions written out."""
    groups = [0]  # the size of each open group
    last = at = 0
    while at < len(pattern):
        counted = _COUNTED.match(pattern, at)
        if counted:
            times = max(int(counted[1]), int(counted[2] or 0), 1)
            groups[-1] += last * (times - 1)
            last, at = last * times, counted.end()
            continue
        char, last_size = pattern[at], 1
        if char == "(":
            groups.append(0)
        elif char == ")" and len(groups) > 1:
            last_size = groups.pop()
        elif char in "?*+" and last:  # the repetition of what stands before, written once
            last_size = last
            groups[-1] -= last
        found = _ATOM.match(pattern, at)
        at = found.end() if found else at + 1
        if char not in "(|":
            last = last_size
            groups[-1] += last
    return sum(groups)
