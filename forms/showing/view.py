"""What a template shows of a form: plain values in one language; the template decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from forms.model.prose import Block

Kind = Literal[
    "text", "textarea", "radio", "select", "checkbox", "checks", "files", "group", "list", "prose",
    "separator", "spacer", "fixed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OptionView:
    """One thing to choose."""

    id: str
    value: str
    label: str
    hint: str
    checked: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that an earlier post has stored."""

    id: str
    name: str
    input_id: str


@dataclass(frozen=True, slots=True)
class Button:
    """A submit button that changes the form instead of sending it."""

    action: str
    label: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a list."""

    id: str
    name: str
    legend: str
    items: tuple["ItemView", ...]
    remove: Button | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One visible component."""

    kind: Kind
    id: str
    name: str = ""
    label: str = ""
    hint: str = ""
    required: bool = False
    live: bool = False  # others depend on it: a change redraws the form
    value: str = ""
    errors: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    options: tuple[OptionView, ...] = ()
    files: tuple[FileView, ...] = ()
    blocks: tuple[Block, ...] = ()
    items: tuple["ItemView", ...] = ()
    rows: tuple[RowView, ...] = ()
    add: Button | None = None
    lines: int = 0

    @property
    def described_by(self) -> str:
        """The ids of the texts that explain the input, for `aria-describedby`."""
        parts = (f"{self.id}-hint" if self.hint else "", f"{self.id}-error" if self.errors else "")
        return " ".join(part for part in parts if part)

    @property
    def first_id(self) -> str:
        """Where a link in the summary of errors leads: an element that can take the focus."""
        if self.kind in ("radio", "checks") and self.options:
            return self.options[0].id
        return self.id


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of the summary of errors."""

    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class FormView:
    """A form ready to be shown."""

    id: str
    language: str
    items: tuple[ItemView, ...]
    summary: tuple[ErrorLink, ...]
    live: bool  # something on it appears or disappears with the answers
    multipart: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as it is read: a label with words, files, or the lines of a group or of rows."""

    label: str
    text: str = ""
    files: tuple[FileView, ...] = ()
    lines: tuple["Line", ...] = ()
    personal: bool = False
