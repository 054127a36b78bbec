"""What a form is made of, read once and never changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

import regex

from engine.ground.text import Text
from forms.model.prose import Prose
from forms.model.slots import UNSET, Slot

Home = Literal["variable", "submission", "personal", "file"]
OptionValue = str | bool | int | Decimal

NO_TEXT: Final = Text("", "")
TEXTS: Final = frozenset({"textfield", "textarea"})
SINGLE_CHOICES: Final = frozenset({"radio", "select"})
MULTIPLE_CHOICES: Final = frozenset({"checklist", "taglist"})
CHOICES: Final = SINGLE_CHOICES | MULTIPLE_CHOICES
LEAVES: Final = TEXTS | CHOICES | {"number", "checkbox", "datetime", "filepicker"}
BRANCHES: Final = frozenset({"group", "dynamiclist"})
PICTURES: Final = frozenset({"text", "separator", "spacer"})
# Tab and line feed are typed; every other control character, and half a surrogate pair, is not.
CONTROL: Final = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
KNOWN_TYPES: Final = LEAVES | BRANCHES | PICTURES | {"expression"}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose, with an example that makes it plain."""

    value: OptionValue
    label: Text
    hint: Text | None = None

    @property
    def token(self) -> str:
        """How the value travels through an HTML form."""
        return token_of(self.value)


def token_of(value: object) -> str:
    """A choice's value as text; true and false as JSON writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def plain_token(value: object) -> str:
    """The token without what gets lost on the way: line ends, no-break and doubled blanks."""
    return " ".join(token_of(value).split())


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of a choice: listed in the form, or taken from the case by an expression."""

    listed: tuple[Option, ...] = ()
    source: Slot = UNSET


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may measure: length of a text, size of a number, rows of a list, files."""

    minimum: Slot = UNSET
    maximum: Slot = UNSET
    decimals: int | None = None
    step: Decimal | None = None
    pattern: regex.Pattern[str] | None = None
    pattern_message: Text | None = None
    max_megabytes: int = 20
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence that must be true of the answers together."""

    holds: Slot = UNSET
    message: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of a form-js form with all that the server applies of it."""

    id: str
    type: str
    key: str = ""  # key of a field, path of a group or list; "" where nothing is kept
    label: Text = NO_TEXT
    description: Text | None = None
    prose: tuple[Prose, Prose] | None = None  # a text component, in Thai and English
    properties: Mapping[str, str] = field(default_factory=dict)
    hide: Slot = UNSET
    required: Slot = UNSET
    readonly: Slot = UNSET
    disabled: bool = False
    default: Slot = UNSET
    formula: Slot = UNSET
    limits: Limits = Limits()
    choices: Choices = Choices()
    rule: Rule = Rule()
    keep_metadata: Slot = UNSET  # of files, when they are handed on
    check: str = ""
    subtype: str = ""  # date, time or datetime
    home: Home = "submission"
    rows_at_first: int = 0
    children: tuple["Component", ...] = ()

    @property
    def is_leaf(self) -> bool:
        return self.type in LEAVES

    @property
    def is_personal(self) -> bool:
        """Whether it says who a person is: a field of the vault, or a file that belongs there."""
        return self.properties.get("personal") == "true"

    def words(self, name: str) -> Text | None:
        """The pair of properties `name` and `name_en`, where the first is given."""
        thai = self.properties.get(name, "")
        return Text(thai, self.properties.get(f"{name}_en") or thai) if thai else None

    def slots(self) -> Iterator[Slot]:
        """Everything of it that may be an expression and changes what the page shows."""
        yield from (self.hide, self.required, self.readonly, self.formula, self.choices.source)
        yield from (self.limits.minimum, self.limits.maximum)
        for prose in self.prose or ():
            yield from prose.slots()


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """Every component, a parent before its children."""
    for component in components:
        yield component
        yield from walk(component.children)


def level(components: tuple[Component, ...]) -> Iterator[Component]:
    """The components that keep their answers side by side: a group without a path is no level."""
    for component in components:
        yield component
        if component.type == "group" and not component.key:
            yield from level(component.children)
