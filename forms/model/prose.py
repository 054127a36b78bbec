"""The text a form shows between its fields: a small, safe part of Markdown with FEEL in `{{ }}`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from forms.model.slots import Scope, Slot

_INLINE: Final = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\[(?P<label>[^\]]+)\]\((?P<href>[^)\s]+)\)|\{\{(?P<value>.+?)\}\}"
)
_SAFE_LINK: Final = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#)")

Compile = Callable[[str], Slot]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one kind."""

    text: str = ""
    strong: bool = False
    href: str = ""
    value: Slot | None = None

    def shown(self, scope: Scope) -> "Span":
        """The span with its expression worked out."""
        if self.value is None:
            return self
        found = self.value.value(scope)
        return Span("" if found is None else str(found), strong=self.strong)


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A text, read once; its expressions are worked out when it is shown."""

    blocks: tuple[Block, ...]

    def shown(self, scope: Scope) -> tuple[Block, ...]:
        return tuple(
            Block(b.kind, tuple(tuple(s.shown(scope) for s in line) for line in b.lines))
            for b in self.blocks
        )

    def slots(self) -> Iterator[Slot]:
        for block in self.blocks:
            for line in block.lines:
                yield from (span.value for span in line if span.value)


def read_prose(text: str, compile_slot: Compile) -> Prose:
    """Read headings, paragraphs, lists, bold, links and `{{ expression }}`; the rest is text."""
    if text.startswith("="):
        return Prose((Block("paragraph", ((Span(value=compile_slot(text)),),)),))
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return Prose(tuple(_block(part, compile_slot) for part in parts if part.strip()))


def _block(part: str, compile_slot: Compile) -> Block:
    lines = [line.strip() for line in part.strip().split("\n")]
    if lines[0].startswith("#"):
        return Block("heading", (_spans(" ".join(lines).lstrip("# "), compile_slot),))
    if all(re.match(r"[-*] ", line) for line in lines):
        return Block("list", tuple(_spans(line[2:], compile_slot) for line in lines))
    return Block("paragraph", (_spans(" ".join(lines), compile_slot),))


def _spans(text: str, compile_slot: Compile, *, strong: bool = False) -> tuple[Span, ...]:
    spans: list[Span] = []
    end = 0
    for match in _INLINE.finditer(text):
        if match.start() > end:
            spans.append(Span(text[end : match.start()], strong=strong))
        spans.extend(_marked(match, compile_slot, strong=strong))
        end = match.end()
    if end < len(text):
        spans.append(Span(text[end:], strong=strong))
    return tuple(spans)


def _marked(match: re.Match[str], compile_slot: Compile, *, strong: bool) -> tuple[Span, ...]:
    if match["strong"]:
        return _spans(match["strong"], compile_slot, strong=True)
    if match["value"]:
        return (Span(strong=strong, value=compile_slot("=" + match["value"].strip())),)
    # javascript: and data: links would run what a deployed file says in the reader's browser.
    href = match["href"] if _SAFE_LINK.match(match["href"]) else ""
    return (Span(match["label"], strong=strong, href=href),)
