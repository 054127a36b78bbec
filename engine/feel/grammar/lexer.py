"""Cuts an expression into tokens; every token knows where it stands in the source."""

import re
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError
from engine.ground.text import Text

MAX_LENGTH = 64_000  # characters of one expression

# DMN 1.5, 10.3.1.2, rules 27-29 (names) and 61-62 (white space). Thai letters, vowels and tone
# marks fall in 037F-1FFF.
_SPACE = "\\s\\u0085\\u00a0\\u1680\\u180e\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    "\u180f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe"
    "\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"""
    (?P<space>[{_SPACE}]+ | //[^\n]* | /\*.*?\*/)
  | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]+)?|(?<!\.)\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<quoted>`[^`\n]+`)
  | (?P<name>[{_START}][{_PART}]*)
  | (?P<op>\*\*|\.\.|->|<=|>=|!=|/(?!\*)|[-+*()\[\]{{}},:.@<>=;'])
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACES = re.compile(f"[{_SPACE}]+")


class Token(NamedTuple):
    kind: str  # number, string, name, quoted (a name in back-ticks), op, end
    text: str
    start: int
    end: int


def tokenize(source: str) -> list[Token]:
    """All tokens without spaces and comments, closed by one of kind `end`.

    Raises:
        FeelSyntaxError: a character, string or comment that no token can begin with or end.
    """
    if len(source) > MAX_LENGTH:
        raise FeelSyntaxError(source, MAX_LENGTH, TOO_LONG)
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise FeelSyntaxError(source, at, *_stray(source, at))
        if found.lastgroup != "space":
            tokens.append(Token(str(found.lastgroup), found.group(), at, found.end()))
        at = found.end()
    tokens.append(Token("end", "", at, at))
    return tokens


TOO_LONG = Text(
    f"นิพจน์ยาวเกิน {MAX_LENGTH} ตัวอักษร", f"the expression is longer than {MAX_LENGTH} characters"
)


def _stray(source: str, at: int) -> tuple[Text, str]:
    if source[at] == '"':
        return Text('ข้อความไม่มีเครื่องหมาย " ปิดท้าย', 'expected a closing " of the string'), '"'
    if source.startswith("/*", at):
        return Text("หมายเหตุไม่มี */ ปิดท้าย", "expected a closing */ of the comment"), "*/"
    return Text(f"ไม่รู้จักอักขระ {source[at]!r}", f"unexpected character {source[at]!r}"), ""


def is_name(text: str) -> bool:
    """Whether the text is one word that can be a name."""
    found = _TOKEN.fullmatch(text)
    return found is not None and found.lastgroup == "name"


def squeeze(text: str) -> str:
    """A name with each run of white space as one space, as names are compared."""
    return _SPACES.sub(" ", text).strip()


_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def unescape(literal: str) -> str:
    """The value of a string literal given with its quotes."""
    body = literal[1:-1]
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_character, body)
    # A pair of \u escapes may spell one character beyond U+FFFF; a lone half of a pair is no text.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(found: re.Match[str]) -> str:
    short, long, simple = found.groups()
    if short or long:
        code = int(short or long, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if simple in ('"', "'", "\\", "/"):
        return str(simple)
    return _SIMPLE.get(simple, "\\" + simple)


def escape(text: str) -> str:
    """The string literal that stands for a text."""
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, written)
    return f'"{text}"'
