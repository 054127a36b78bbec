"""The marshmallow fields of a form: each reads one kind of answer, or says what is wrong."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields

from engine.ground.text import Text
from forms.model.checks import CHECKS, CheckFailed
from forms.model.component import CONTROL, MULTIPLE_CHOICES, TEXTS, Component, level
from forms.text import wording
from forms.text.dates import (
    NoSuchDay,
    NotADate,
    NotATime,
    UnclearYear,
    parse_date,
    parse_moment,
    parse_time,
)
from forms.text.numerals import NotANumber, NumberTooLong, exact, parse_number

_FILE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_-]{0,99}", re.ASCII)
_LONGEST_TEXT: Final = 200_000


def refuse(text: Text, **facts: object) -> ValidationError:
    # marshmallow keeps what stands in the list as it is, so the message stays in both languages.
    return ValidationError([text.format(**facts)])


class FormField(fields.Field[Any]):
    """A field that is never missing in a way marshmallow would have to name: blank is None."""

    def __init__(self, component: Component) -> None:
        self.component = component
        super().__init__(allow_none=True, load_default=None)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if isinstance(value, str) and not value.strip():
            return None
        return self.read(value)

    def read(self, value: Any) -> Any:
        raise NotImplementedError


class TextField(FormField):
    """A line or several of text."""

    def read(self, value: Any) -> str:
        text = clean_text(value, lines=self.component.type == "textarea")
        if self.component.check:
            return _checked(text, self.component.check)
        return text


def clean_text(value: Any, *, lines: bool = True) -> str:
    """Text as it is kept: no control characters, line ends as one, no blanks around."""
    if not isinstance(value, str):
        raise refuse(wording.NOT_TEXT)
    text = _as_sent(value).strip()
    return text if lines else re.sub(r"\s+", " ", text)


def _as_sent(value: str) -> str:
    if len(value) > _LONGEST_TEXT:
        raise refuse(wording.TOO_LONG, limit=f"{_LONGEST_TEXT:,}", length=f"{len(value):,}")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(text):
        raise refuse(wording.BAD_CHARACTERS)
    return text


def _checked(text: str, check: str) -> str:
    try:
        return CHECKS[check](text)
    except CheckFailed as error:
        raise refuse(error.text) from error


class NumberField(FormField):
    """An exact number, in Thai or Arabic digits."""

    def read(self, value: Any) -> Any:
        try:
            return parse_number(value) if isinstance(value, str) else exact(value)
        except NotANumber as error:
            raise refuse(wording.NOT_A_NUMBER) from error
        except NumberTooLong as error:
            raise refuse(wording.NUMBER_TOO_LONG) from error


class TickField(FormField):
    """A box that is ticked or not."""

    def read(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if value in ("true", "on", "false"):
            return bool(value != "false")
        raise refuse(wording.NOT_YES_NO)


class ChoiceField(FormField):
    """One value of a list; whether it is on the list is asked when the list is known."""

    def read(self, value: Any) -> Any:
        return _choice(value)


class ChoicesField(FormField):
    """Several values of a list, each once, in the order given."""

    def read(self, value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > 500:
            raise refuse(wording.NOT_AN_OPTION)
        chosen: list[Any] = []
        for item in map(_choice, value):
            if item not in chosen and item != "":
                chosen.append(item)
        return chosen


def _choice(value: Any) -> Any:
    if isinstance(value, str):
        return _as_sent(value)  # blanks stay: they may belong to the option
    if isinstance(value, bool):
        return value
    try:
        return exact(value)
    except (NotANumber, NumberTooLong) as error:
        raise refuse(wording.NOT_AN_OPTION) from error


class DateField(FormField):
    """A day, a time or both; kept in ISO 8601."""

    def read(self, value: Any) -> str:
        if isinstance(value, date | time):
            value = value.isoformat()
        if not isinstance(value, str):
            raise refuse(wording.NOT_A_DATE)
        try:
            return _DATE_READERS[self.component.subtype](value).isoformat()
        except NoSuchDay as error:
            raise refuse(wording.NO_SUCH_DAY) from error
        except UnclearYear as error:
            raise refuse(wording.UNCLEAR_YEAR) from error
        except (NotADate, NotATime) as error:
            raise refuse(_NOT_IN_TIME[self.component.subtype]) from error


_DATE_READERS: Final[Mapping[str, Callable[[str], date | time | datetime]]] = {
    "date": parse_date,
    "time": parse_time,
    "datetime": parse_moment,
}
_NOT_IN_TIME: Final = {
    "date": wording.NOT_A_DATE,
    "time": wording.NOT_A_TIME,
    "datetime": wording.NOT_A_MOMENT,
}


class FilesField(FormField):
    """References to files that the office has stored; never the files themselves."""

    def read(self, value: Any) -> list[str]:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or len(given) > 500:
            raise refuse(wording.NOT_FILES)
        if not all(isinstance(item, str) and _FILE_ID.fullmatch(item) for item in given):
            raise refuse(wording.NOT_FILES)
        return list(dict.fromkeys(given))


class IgnoredField(FormField):
    """A field the person cannot change: whatever a client sends for it does not count."""

    def read(self, value: Any) -> Any:
        return None


class RowsField(FormField):
    """The rows of a list; a faulty row keeps its place so that its messages find it again."""

    def __init__(self, component: Component, schema: Schema) -> None:
        super().__init__(component)
        self.schema = schema

    def read(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise refuse(wording.NOT_A_LIST)
        if len(value) > 500:
            raise refuse(wording.TOO_MANY_ROWS, limit=500)
        rows: list[dict[str, Any]] = []
        errors: dict[Any, Any] = {}
        for index, item in enumerate(value):
            row, faults = load_level(self.schema, item)
            rows.append(row)
            if faults:
                errors[index] = faults
        if errors:
            raise ValidationError(errors, valid_data=rows)
        return rows


class GroupField(FormField):
    """The answers of a group that keeps them under a path of its own."""

    def __init__(self, component: Component, schema: Schema) -> None:
        super().__init__(component)
        self.schema = schema

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        answers, errors = load_level(self.schema, value)
        if errors:
            raise ValidationError(errors, valid_data=answers)
        return answers


def load_level(schema: Schema, value: Any) -> tuple[dict[str, Any], dict[Any, Any]]:
    """What could be read of one level, and what was wrong with the rest."""
    try:
        return dict(schema.load(value)), {}
    except ValidationError as error:
        faults = error.messages
        read = error.valid_data if isinstance(error.valid_data, dict) else {}
        return read, faults if isinstance(faults, dict) else {"_schema": faults}


class FormSchema(Schema):
    """The strict ground of every form: an unknown key is refused, in two languages."""

    error_messages: dict[str, Any] = {  # noqa: RUF012 - marshmallow declares it so
        "unknown": wording.UNKNOWN,
        "type": wording.NOT_A_FORM,
    }


def build_schema(components: tuple[Component, ...]) -> Schema:
    """The marshmallow schema of one level of a form and of the levels below it."""
    declared = {
        component.key: _field(component)
        for component in level(components)
        if component.key and component.type != "expression"
    }
    return FormSchema.from_dict(declared, name="Answers")()  # type: ignore[arg-type]


def _field(component: Component) -> FormField:
    if component.type == "dynamiclist":
        return RowsField(component, build_schema(component.children))
    if component.type == "group":
        return GroupField(component, build_schema(component.children))
    if component.disabled:
        return IgnoredField(component)
    return _LEAVES[component.type](component)


_LEAVES: Final[Mapping[str, type[FormField]]] = {
    **dict.fromkeys(TEXTS, TextField),
    **dict.fromkeys(MULTIPLE_CHOICES, ChoicesField),
    "radio": ChoiceField,
    "select": ChoiceField,
    "number": NumberField,
    "checkbox": TickField,
    "datetime": DateField,
    "filepicker": FilesField,
}
