"""Answers in words, as a case file reads them: labels, choices by name, dates in พ.ศ."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.ground.text import Text
from forms.answers.defaults import as_mapping
from forms.answers.validation import is_empty, options_of
from forms.model.component import CHOICES, MULTIPLE_CHOICES, Component, token_of
from forms.model.slots import Scope
from forms.showing.view import FileView, Line
from forms.text.dates import spell_date, spell_moment
from forms.text.numerals import spell_number


def spell_in_time(value: Any, subtype: str, language: str) -> str:
    """An ISO date or time in words; what is not ISO is shown as the person typed it."""
    if not isinstance(value, str):
        return ""
    try:
        if subtype == "date":
            day = date.fromisoformat(value)
            return spell_date(day, language) if len(value) == 10 and day.year < 2400 else value
        if subtype == "time":
            return f"{time.fromisoformat(value):%H:%M}"
        return spell_moment(datetime.fromisoformat(value), language)
    except ValueError:
        return value


def words_of(component: Component, value: Any, scope: Scope, language: str) -> str:
    """An answer in words: a choice by its label, a date in พ.ศ., a number with its commas."""
    if component.type == "checkbox":
        return Text("ใช่", "Yes").of(language) if value is True else Text("ไม่ใช่", "No").of(language)
    if is_empty(component, value):
        return ""
    if component.type in CHOICES:
        labels = {
            option.token: option.label.of(language) for option in options_of(component, scope)
        }
        given = value if component.type in MULTIPLE_CHOICES else [value]
        return ", ".join(labels.get(token_of(item), token_of(item)) for item in given)
    if component.type == "datetime":
        return spell_in_time(value, component.subtype, language)
    if isinstance(value, int | Decimal):
        return spell_number(value)
    return str(value)


def read_out(
    components: tuple[Component, ...],
    answers: Mapping[str, Any],
    scope: Scope,
    language: str,
    file_names: Mapping[str, str],
) -> tuple[Line, ...]:
    """The answered fields of a form, in its order."""
    inside = scope.with_answers(answers)
    lines = (_read_line(c, answers, inside, language, file_names) for c in components)
    return tuple(line for group in lines for line in group)


def _read_line(
    component: Component,
    answers: Mapping[str, Any],
    scope: Scope,
    language: str,
    file_names: Mapping[str, str],
) -> tuple[Line, ...]:
    label = component.label.of(language)
    value = answers.get(component.key)
    if component.type == "group":
        inner = as_mapping(value) if component.key else answers
        lines = read_out(component.children, inner, scope, language, file_names)
        return (Line(label, lines=lines),) if label and lines else lines
    if component.type == "dynamiclist":
        words = component.words("row_label") or component.label
        rows = [read_out(component.children, as_mapping(row), scope, language, file_names)
                for row in (value or [])]  # fmt: skip
        return tuple(
            Line(f"{words.of(language)} {number}", lines=row)
            for number, row in enumerate(rows, 1)
            if row
        )
    if component.key not in answers or not component.is_leaf or value is None or value in ("", []):
        return ()
    if component.type == "filepicker":
        files = tuple(FileView(item, file_names.get(item, item), "") for item in value)
        return (Line(label, files=files),)
    return (
        Line(
            label,
            words_of(component, value, scope, language),
            personal=component.home == "personal",
        ),
    )
