"""String functions (DMN 1.5, 10.3.4.3). Positions and lengths count characters, not bytes."""

import re
from collections.abc import Callable
from typing import Any

from engine.feel.builtins.patterns import Pattern
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.values.numbers import exact
from engine.feel.values.scope import Scope
from engine.feel.values.values import kind, lift
from engine.ground.text import Text


@builtin("substring(string: string, start position: number, length?: number) -> string")
def substring(scope: Scope, text: str, start: Any, length: Any = None) -> str:
    position = int(exact(start)) if abs(exact(start)) < 10**9 else 0
    if position == 0 or abs(position) > len(text):
        raise Undefined("index", index=start, size=len(text))
    begin = position - 1 if position > 0 else len(text) + position
    scope.run.spend_text(len(text) - begin)
    if length is None:
        return text[begin:]
    if length < 1:
        raise Undefined("index", index=length, size=len(text))
    return text[begin : begin + int(min(exact(length), exact(len(text))))]


@builtin("string length(string: string) -> number")
def string_length(scope: Scope, text: str) -> Any:
    return exact(len(text))


@builtin("upper case(string: string) -> string")
def upper_case(scope: Scope, text: str) -> str:
    scope.run.spend_text(len(text))
    return text.upper()


@builtin("lower case(string: string) -> string")
def lower_case(scope: Scope, text: str) -> str:
    scope.run.spend_text(len(text))
    return text.lower()


@builtin("substring before(string: string, match: string) -> string")
def substring_before(scope: Scope, text: str, match: str) -> str:
    scope.run.spend_text(len(text))
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after(string: string, match: string) -> string")
def substring_after(scope: Scope, text: str, match: str) -> str:
    scope.run.spend_text(len(text))
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string) -> boolean")
def contains(scope: Scope, text: str, match: str) -> bool:
    scope.run.spend(len(text) // 1000)
    return match in text


@builtin("starts with(string: string, match: string) -> boolean")
def starts_with(scope: Scope, text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with(string: string, match: string) -> boolean")
def ends_with(scope: Scope, text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("trim(string: string) -> string")
def trim(scope: Scope, text: str) -> str:
    return text.strip()


@builtin("is blank(string: string) -> boolean")
def is_blank(scope: Scope, text: str) -> bool:
    return not text.strip()


@builtin("matches(input: string, pattern: string, flags?: Any) -> boolean")
def matches(scope: Scope, text: str, pattern: str, flags: Any = None) -> bool:
    return Pattern(scope, pattern, _flags(flags)).search(text) is not None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: Any) -> string")
def replace(scope: Scope, text: str, pattern: str, replacement: str, flags: Any = None) -> str:
    options = _flags(flags)
    compiled = Pattern(scope, pattern, options)
    if compiled.search("") is not None:
        # XQuery functions, 5.6.4 (FORX0003): what matches no text cannot be replaced.
        raise Undefined("pattern", reason="matches the empty string")
    fill = _literal(replacement) if "q" in (options or "") else _template(replacement)
    pieces: list[str] = []
    at = 0
    for found in compiled.matches(text):
        scope.run.spend(1 + len(replacement) // 100)
        filled = fill(found)
        scope.run.spend_text(len(filled) + found.start() - at)
        pieces += (text[at : found.start()], filled)
        at = found.end()
    return "".join([*pieces, text[at:]])


def _flags(flags: Any) -> str | None:
    if flags is not None and flags.__class__ is not str:
        raise Undefined("type", expected="string", given=kind(flags))
    return flags


_GROUP = re.compile(r"\\([\\$])|\$([0-9]{1,2})|([\\$])")


def _literal(replacement: str) -> Callable[[Any], str]:
    return lambda found: replacement


def _template(replacement: str) -> Callable[[Any], str]:
    """Fills in a replacement: `$1` is the first group of the match, `\\$` a dollar sign."""
    parts: list[str | int] = []
    at = 0
    for sign in _GROUP.finditer(replacement):
        escaped, group, lone = sign.groups()
        if lone:
            raise Undefined(
                "pattern", reason=Text(f"“{lone}” ในข้อความแทน", f"“{lone}” in the replacement")
            )
        parts += [replacement[at : sign.start()], escaped or int(group)]
        at = sign.end()
    parts.append(replacement[at:])

    def fill(found: Any) -> str:
        groups = [found.group(), *found.groups()]
        return "".join(p if isinstance(p, str) else _group(groups, p) for p in parts)

    return fill


def _group(groups: list[str | None], number: int) -> str:
    if number < len(groups):
        return groups[number] or ""
    if number < 10:
        return ""
    # `$12` with nine groups or fewer is `$1` and then the digit 2.
    return _group(groups, number // 10) + str(number % 10)


@builtin("extract(input: string, pattern: string, flags?: Any) -> list")
def extract(scope: Scope, text: str, pattern: str, flags: Any = None) -> list[str]:
    return [found.group() for found in Pattern(scope, pattern, _flags(flags)).matches(text)]


@builtin("split(string: string, delimiter: string) -> list")
def split(scope: Scope, text: str, delimiter: str) -> list[str]:
    pieces = Pattern(scope, delimiter, None).split(text)
    scope.run.spend(len(pieces))
    return pieces


@builtin(
    "string join(list: list, delimiter?: Any) -> string",
    "string join(list: list, delimiter: Any, prefix: Any, suffix: Any) -> string",
)
def string_join(
    scope: Scope, items: list[Any], delimiter: Any = None, prefix: Any = None, suffix: Any = None
) -> str:
    """The strings of a list in one; nulls are left out."""
    between, before, after = (_or_empty(text) for text in (delimiter, prefix, suffix))
    scope.run.spend(len(items))
    strings = [item for item in map(lift, items) if item is not None]
    odd = next((item for item in strings if item.__class__ is not str), None)
    if odd is not None:
        raise Undefined("type", expected="string", given=kind(odd))
    scope.run.spend_text(sum(map(len, strings)) + len(between) * len(strings))
    return before + between.join(strings) + after


def _or_empty(text: Any) -> str:
    if text is not None and text.__class__ is not str:
        raise Undefined("type", expected="string", given=kind(text))
    return text or ""
