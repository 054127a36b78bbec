"""A letter's Markdown: how typed words get into it, and how it becomes HTML or the text of a mail.

One reader serves the inbox and the mail, so that both say the same words. Raw HTML and images are
off: a letter has no need of them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Marks that mean something anywhere in a line, and those that do at its beginning only.
MARKS = re.compile(r"[\\`*_\[\]<>&!~|]")
BEGINNING = re.compile(r"(\d*)([#+\-=:.)])")
# A line break or an indent would begin a block; a single space between words never does.
SPACES = re.compile(r"^ +| +$| (?= )|(?<= ) |[^\S ]")


def as_typed(text: str) -> str:
    """Markdown that shows a text exactly as somebody typed it, wherever in a line it is put."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    marked = MARKS.sub(r"\\\g<0>", lines)
    marked = BEGINNING.sub(r"\1\\\2", marked, count=1) if BEGINNING.match(marked) else marked
    # CommonMark 0.31, 6.2: a character reference is never part of a document's structure.
    return SPACES.sub(lambda found: "".join(f"&#{ord(c)};" for c in found[0]), marked)


def html(markdown: str) -> str:
    """The HTML of a letter; everything in it that is not Markdown is escaped."""
    shown: str = _reader().render(markdown)
    return shown


def plain(markdown: str) -> str:
    """The text of a letter: paragraphs apart, lists with their numbers, no marks of emphasis."""
    return "\n".join(_lines(_reader().parse(markdown))).strip("\n") + "\n"


@functools.cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # a start of the product does not wait for it

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
    reader.add_render_rule("text", _text_html)
    return reader


def _text_html(renderer: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    """Words as HTML; a browser would run typed line breaks and indents together."""
    words = escape(tokens[at].content)
    return f'<span class="sn-text">{words}</span>' if re.search(r"\s\s|[^\S ]", words) else words


def _lines(tokens: list[Token]) -> Iterator[str]:
    numbers: list[int | None] = []  # of the lists around a line; None where it has bullets
    mark = ""
    for token in tokens:
        if token.type == "ordered_list_open":
            numbers.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers.pop()
            yield ""
        elif token.type == "list_item_open":
            number = numbers[-1]
            mark = "- " if number is None else f"{number}. "
            numbers[-1] = None if number is None else number + 1
        elif token.type == "inline":
            indent = "   " * (len(numbers) - 1) if numbers else ""
            yield f"{indent}{mark}{_text(token)}"
            mark = ""
        elif token.type in ("code_block", "fence"):
            yield token.content
        elif token.type in ("paragraph_close", "heading_close") and not numbers:
            yield ""


def _text(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
    return "".join(parts)
