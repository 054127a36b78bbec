"""The small part of JUEL, the language of Camunda 7, that says the same in FEEL.

`to_feel` gives the FEEL of what stands between `${` and `}`. What is FEEL already stays as it is.
What neither is, or what JUEL would ask of a Java object, is left for FEEL to name.
"""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final, NamedTuple

from engine.feel.grammar.lexer import escape, unescape
from engine.feel.grammar.stream import KEYWORDS

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[A-Za-z_\u0e00-\u0e7f][\w\u0e00-\u0e7f]*)
      | (?P<op>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_OWN_SIGNS: Final = frozenset(("==", "&&", "||", "!", "%", "?", "["))
_OWN_WORDS: Final = frozenset("eq ne lt gt le ge empty div mod".split())
_WORDS: Final = {
    "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "and": "&&", "or": "||", "not": "!", "div": "/", "mod": "%",
}  # fmt: skip
_LEVELS: Final = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("<", ">", "<=", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)
_IN_FEEL: Final = {"||": "or", "&&": "and", "==": "="}
_DEEPEST: Final = 50


class _Token(NamedTuple):
    kind: str
    text: str


class _Feel(NamedTuple):
    """A piece of FEEL: whether it needs brackets inside another, and whether it is a condition."""

    text: str
    whole: bool = True
    condition: bool = False

    @property
    def inner(self) -> str:
        return self.text if self.whole else f"({self.text})"


class _NotJuel(Exception):
    """What stands there is no JUEL, or none that FEEL can say."""


def to_feel(text: str) -> str:
    """The FEEL of a JUEL expression; the text as it stands if it holds nothing of JUEL's own."""
    try:
        tokens = _tokens(text)
        return _Parser(tokens).whole().text if _is_own(tokens) else text
    except _NotJuel:
        return text


def is_left(text: str) -> bool:
    """Whether words of JUEL stand there, such as `eq`, but not all of it can be said in FEEL."""
    try:
        tokens = _tokens(text)
    except _NotJuel:
        return False  # no FEEL either: its own error names the place
    if not any(token.kind == "name" and token.text in _OWN_WORDS for token in tokens):
        return False
    try:
        _Parser(tokens).whole()
    except _NotJuel:
        return True
    return False


def text_to_feel(text: str) -> str | None:
    """The FEEL of a text with `${…}` in it; None if it holds none, or one that is never closed."""
    parts: list[str] = []
    at = 0
    while found := _OPENING.search(text, at):
        end = _closing(text, found.end())
        if end is None:
            return None
        if found.start() > at:
            parts.append(escape(text[at : found.start()]))
        parts.append(f"string({to_feel(text[found.end() : end].strip())})")
        at = end + 1
    if not parts:
        return None
    if at < len(text):
        parts.append(escape(text[at:]))
    return f'string join([{", ".join(parts)}], "")'  # which leaves out what is null


_OPENING: Final = re.compile(r"[$#]\{")
_INSIDE: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}]|.""", re.DOTALL)


def _closing(text: str, start: int) -> int | None:
    """Where the bracket that was opened before `start` is closed."""
    depth = 1
    for found in _INSIDE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return found.start()
    return None


def is_one(text: str) -> bool:
    """Whether a slot is one `${…}` from its first sign to its last."""
    return text[:2] in ("${", "#{") and _closing(text, 2) == len(text) - 1


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _NotJuel
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group()))
        at = match.end()
    return [*found, _Token("end", "")]


def _is_own(tokens: list[_Token]) -> bool:
    """Whether something stands there that FEEL does not know, or knows otherwise."""
    for token, following in pairwise(tokens):
        if token.text in _OWN_SIGNS or token.text[:1] == "'":
            return True
        if token.kind == "name" and token.text in _OWN_WORDS:
            return True
        if token.text == "not" and following.text != "(":
            return True
    return False


class _Parser:
    """Reads JUEL by the precedence of its operators and writes FEEL."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def whole(self) -> _Feel:
        found = self.choice()
        if self.tokens[self.at].kind != "end":
            raise _NotJuel
        return found

    def sign(self) -> str:
        """The operator that stands next, its word put in signs; "" for anything else."""
        token = self.tokens[self.at]
        return token.text if token.kind == "op" else _WORDS.get(token.text, "")

    def take(self, sign: str) -> bool:
        if self.sign() != sign:
            return False
        self.at += 1
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise _NotJuel

    def choice(self) -> _Feel:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NotJuel
        asked = self.level(0)
        if self.take("?"):
            yes = self.choice()
            self.need(":")
            no = self.choice()
            asked = _Feel(f"if {asked.inner} then {yes.inner} else {no.inner}", whole=False)
        self.depth -= 1
        return asked

    def level(self, index: int) -> _Feel:
        if index == len(_LEVELS):
            return self.unary()
        left = self.level(index + 1)
        while (sign := self.sign()) in _LEVELS[index]:
            self.at += 1
            left = _joined(sign, left, self.level(index + 1))
        return left

    def unary(self) -> _Feel:
        negations: list[Callable[[_Feel], _Feel]] = []
        while True:
            if self.take("!"):
                negations.append(_negated)
            elif self.take("-"):
                negations.append(lambda x: _Feel(f"-{x.inner}", whole=False))
            elif self.tokens[self.at] == _Token("name", "empty"):
                self.at += 1
                negations.append(_empty)
            else:
                break
        found = self.reach()
        for negate in reversed(negations):
            found = negate(found)
        return found

    def reach(self) -> _Feel:
        found = self.atom()
        while (sign := self.sign()) in (".", "["):
            self.at += 1
            found = self.member(found) if sign == "." else self.entry(found)
        if sign == "(":  # a method or a function of Java's
            raise _NotJuel
        return found

    def member(self, of: _Feel) -> _Feel:
        token = self.tokens[self.at]
        if token.kind != "name":
            raise _NotJuel
        self.at += 1
        return _Feel(f"{of.inner}.{_name(token.text)}")

    def entry(self, of: _Feel) -> _Feel:
        """`x['key']`, or `x[0]`, which counts from nought; the rest FEEL cannot say."""
        token = self.tokens[self.at]
        self.at += 1
        self.need("]")
        if token.kind == "string":
            return _Feel(f"get value({of.text}, {_string(token.text)})")
        if token.kind != "number" or "." in token.text:
            raise _NotJuel
        return _Feel(f"{of.inner}[{int(token.text) + 1}]")

    def atom(self) -> _Feel:
        token = self.tokens[self.at]
        if self.take("("):
            inner = self.choice()
            self.need(")")
            return inner
        self.at += 1
        if token.kind == "string":
            return _Feel(_string(token.text))
        if token.kind == "number":
            return _Feel(token.text)
        if token.text in ("true", "false", "null"):
            return _Feel(token.text, condition=token.text != "null")
        if token.kind == "name" and token.text not in _WORDS:
            return _Feel(_name(token.text))
        raise _NotJuel


def _joined(sign: str, left: _Feel, right: _Feel) -> _Feel:
    if sign == "%":
        return _Feel(f"modulo({left.text}, {right.text})")
    condition = sign not in ("+", "-", "*", "/")
    written = f"{left.inner} {_IN_FEEL.get(sign, sign)} {right.inner}"
    return _Feel(written, whole=False, condition=condition)


def _negated(value: _Feel) -> _Feel:
    # JUEL takes null for false, and FEEL does not.
    if value.condition:
        return _Feel(f"not({value.text})", condition=True)
    return _Feel(f"{value.inner} != true", whole=False, condition=True)


def _empty(value: _Feel) -> _Feel:
    """Null, and a text, a list or a context in which nothing is."""
    x = value.inner
    return _Feel(
        f'if {x} = null then true else if {x} instance of string then {x} = "" '
        f"else if {x} instance of list<Any> then count({x}) = 0 "
        f"else if {x} instance of context then count(get entries({x})) = 0 else false",
        whole=False,
        condition=True,
    )


def _name(name: str) -> str:
    return f"`{name}`" if name in KEYWORDS else name


def _string(literal: str) -> str:
    """A text in JUEL's quotes: `\\'`, `\\"` and `\\\\` are all that a backslash does."""
    if literal[0] == '"':
        return escape(unescape(literal)) if "\\" in literal else literal
    return escape(re.sub(r"\\(['\"\\])", r"\1", literal[1:-1]))
