"""A letter's Markdown as safe HTML: no raw HTML, no images, links to http(s) and mail only."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it import MarkdownIt


def letter_html(text: str) -> Markup:
    # The renderer escapes whatever is not Markdown: raw HTML is switched off.
    return Markup(_renderer().render(text))  # noqa: S704


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt  # a start of the product does not wait for it

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
