"""A letter's Markdown as the plain text of an e-mail: nobody should read asterisks."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@functools.cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # a start of the product does not wait for it

    return MarkdownIt("commonmark")


def plain(markdown: str) -> str:
    """The text of a letter: paragraphs apart, lists with their numbers, no marks of emphasis."""
    return "\n".join(_lines(_reader().parse(markdown))).strip() + "\n"


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
            yield from (f"{indent}{mark}{line}" for line in _text(token).split("\n"))
            mark = ""
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
