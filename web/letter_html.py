"""A letter's Markdown as safe HTML on a page."""

from __future__ import annotations

from markupsafe import Markup

from office.applications import markdown


def letter_html(text: str) -> Markup:
    # The reader escapes whatever is not Markdown, and raw HTML is switched off.
    return Markup(markdown.html(text))  # noqa: S704
