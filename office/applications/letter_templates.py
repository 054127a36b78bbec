"""Letter templates: read from the deployed guideline, checked before they are, rendered strictly.

A template is `letters/<kind>-<name>.md`: a head of `key: value` lines between two `---` lines, then
Markdown with Jinja expressions. What it prints must be there: an empty reason stops the letter.
Only the template's own text is Markdown: what an expression prints is shown as it was typed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.ground.clock import BANGKOK
from engine.ground.findings import Finding
from engine.ground.text import Text
from forms.text.dates import parse_date, spell_date
from forms.text.numerals import spell_number
from office.applications.markdown import as_typed
from office.ground.errors import LetterFaulty, LetterIncomplete, LetterUnknown

FOLDER = "letters/"
SUFFIX = ".md"
LONGEST_LETTER = 1_000_000
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@dataclass(frozen=True, slots=True)
class Template:
    """A letter's wording as deployed; `required` are the places that must not be empty."""

    kind: str
    title: Text
    required: tuple[str, ...]
    body: str
    sha256: str


class _Missing(ChainableUndefined):
    """Something a template may ask about (`{% if %}`) but not print."""

    def __str__(self) -> str:
        # Only the place is told: the letter's incident is read by those who may not see the case.
        raise UndefinedError(self._undefined_name or "?")


def find_template(files: Mapping[str, bytes], kind: str) -> Template:
    """The template of a letter among the files of a deployment.

    Raises:
        LetterUnknown: there is none.
    """
    for name, content in files.items():
        if is_template(name) and kind_of(name) == kind:
            return read_template(name, content)
    raise LetterUnknown(letter=kind)


def is_template(name: str) -> bool:
    return name.startswith(FOLDER) and name.endswith(SUFFIX)


def kind_of(name: str) -> str:
    """`letters/L3-not-accepted.md` → `L3`."""
    return name.removeprefix(FOLDER).removesuffix(SUFFIX).partition("-")[0]


def letters_in(name: str, content: bytes) -> list[tuple[str, str]]:
    """What the deploy gate guards: one template for each letter."""
    return [("letter", kind_of(name))] if is_template(name) else []


def read_template(name: str, content: bytes) -> Template:
    """The head and the body of a template file."""
    head, body = _split(content.decode("utf-8-sig"))
    title = head.get("title", kind_of(name))
    required = [place.strip() for place in head.get("required", "").split(",")]
    return Template(
        kind=kind_of(name),
        title=Text(title, head.get("title_en", title)),
        required=tuple(place for place in required if place),
        body=body,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def render(template: Template, facts: Mapping[str, Any]) -> str:
    """The text of a letter: Markdown, which pages and mails show alike.

    Raises:
        LetterIncomplete: something that the letter must say is missing or empty.
        LetterFaulty: the template reaches for what it may not touch, or writes without end.
    """
    for place in template.required:
        if _is_blank(_at(facts, place)):
            raise LetterIncomplete(letter=template.kind, missing=place)
    try:
        text = _compiled(template.body).render(facts)
    except UndefinedError as error:
        raise LetterIncomplete(letter=template.kind, missing=str(error)[:80]) from None
    except TemplateError:
        raise LetterFaulty(letter=template.kind) from None
    if len(text) > LONGEST_LETTER:  # a letter that lost its end would be worse than none
        raise LetterFaulty(letter=template.kind)
    return _tidy(text)


def check_template(name: str, content: bytes) -> list[Finding]:
    """What the gate of a deployment has to say about a template."""
    try:
        template = read_template(name, content)
        _compiled(template.body)
    except UnicodeDecodeError:
        return [_finding(name, "แฟ้มต้องเป็น UTF-8", "The file must be UTF-8.", None)]
    except TemplateSyntaxError as error:
        reason = error.message or "?"
        return [_finding(name, f"แบบหนังสือผิดรูป: {reason}", f"Bad template: {reason}", error.lineno)]
    except TemplateError as error:
        return [_finding(name, f"แบบหนังสือผิดรูป: {error}", f"Bad template: {error}", None)]
    return []


def _finding(name: str, thai: str, english: str, row: int | None) -> Finding:
    return Finding(name, "", "error", "letter-template", Text(thai, english), row)


def _split(text: str) -> tuple[dict[str, str], str]:
    if not text.startswith("---\n"):
        return {}, text
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    pairs = (line.partition(":") for line in head.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}, body


def _tidy(text: str) -> str:
    """No trailing spaces, and never more than one empty line: conditions leave holes."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.strip().split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _at(facts: Mapping[str, Any], place: str) -> Any:
    value: Any = facts
    for step in place.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


# ── Jinja ──────────────────────────────────────────────────────────────────────────────────────


def _printed(value: Any) -> str:
    if value is None:
        raise UndefinedError("?")
    return as_typed(str(value))


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        # The text is Markdown, not HTML: `finalize` escapes for it.
        autoescape=False,
        undefined=_Missing,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(thai_date=thai_date, thai_digits=thai_digits, money=spell_number)
    return environment


@lru_cache(maxsize=64)
def _compiled(body: str) -> Any:
    return _environment().from_string(body)


def thai_date(value: Any, language: str = "th") -> str:
    """`5 มีนาคม 2569` from a date, a moment or their ISO text."""
    if isinstance(value, datetime):
        return spell_date(value.astimezone(BANGKOK).date(), language)
    if isinstance(value, date):
        return spell_date(value, language)
    if isinstance(value, str) and value:
        return spell_date(_read_day(value), language)
    raise UndefinedError("?")


def thai_digits(value: Any) -> str:
    return str(value).translate(THAI_DIGITS)


def _read_day(text: str) -> date:
    if "T" in text:
        return datetime.fromisoformat(text).astimezone(BANGKOK).date()
    return parse_date(text)
