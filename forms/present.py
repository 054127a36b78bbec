"""From a form and the answers so far to what a page shows, and from answers to what a file reads out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from engine.text import Text
from forms.component import CHOICES, MULTIPLE_CHOICES, Component, token_of, walk
from forms.dates import spell_date, spell_moment
from forms.judging import is_empty, options_of
from forms.numerals import spell_number
from forms.situation import Situation, settle
from forms.slots import Scope
from forms.view import (
    Button,
    ErrorLink,
    FileView,
    FormView,
    ItemView,
    Kind,
    Line,
    OptionView,
    RowView,
)

_KINDS: Final[Mapping[str, Kind]] = {
    "textfield": "text", "number": "text", "datetime": "text", "textarea": "textarea",
    "radio": "radio", "select": "select", "checkbox": "checkbox", "checklist": "checks",
    "taglist": "checks", "filepicker": "files", "group": "group", "dynamiclist": "list",
    "text": "prose", "separator": "separator", "spacer": "spacer",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What one showing of a form is asked with."""

    shown: Mapping[str, Any]  # as given, also where they are wrong, with defaults where never shown
    typed: Mapping[str, Any]
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    language: str = "th"
    file_names: Mapping[str, str] = field(default_factory=dict)


def initial(components: tuple[Component, ...], scope: Scope) -> dict[str, Any]:
    """The answers a fresh form starts with."""
    return with_defaults(components, {}, scope)


def with_defaults(
    components: tuple[Component, ...], answers: Mapping[str, Any], scope: Scope
) -> dict[str, Any]:
    """The answers, and the default of every field that was not shown yet."""
    filled = dict(answers)
    for component in components:
        inside = scope.with_answers(filled)
        key = component.key
        if component.type == "group" and not key:
            filled = with_defaults(component.children, filled, scope)
        elif component.type == "group":
            inner = _as_mapping(answers.get(key))
            filled[key] = with_defaults(component.children, inner, inside.within(inner))
        elif component.type == "dynamiclist":
            filled[key] = _rows_with_defaults(component, answers.get(key), inside)
        elif component.is_leaf and key not in answers and component.default.is_set:
            value = component.default.value(inside)
            if value is not None:
                filled[key] = value
    return filled


def _rows_with_defaults(component: Component, given: Any, scope: Scope) -> list[dict[str, Any]]:
    rows = given
    if not isinstance(given, list):
        least = component.limits.minimum.value(scope)
        rows = [{}] * max(component.rows_at_first, least if isinstance(least, int) else 0)
    return [
        with_defaults(
            component.children, _as_mapping(row), scope.within(_as_mapping(row), index=index)
        )
        for index, row in enumerate(rows)
    ]


def present(
    form_id: str, components: tuple[Component, ...], scope: Scope, request: Request
) -> FormView:
    """The form as a page shows it for these answers."""
    situation = settle(components, request.typed, scope)
    page = _Page(form_id, components, situation, request)
    items = tuple(page.items(components, request.shown, situation.scope, ""))
    uploads = [item.name for item in _all_items(items) if item.kind == "files"]
    return FormView(
        id=page.id_of(""),
        language=request.language,
        items=items,
        summary=tuple(page.summary(items)),
        live=bool(page.watched),
        multipart=any(component.type == "filepicker" for component in walk(components)),
        not_redrawn=",".join(uploads),
    )


def _watched(components: tuple[Component, ...]) -> frozenset[str]:
    """The names that some expression on the page listens to."""
    names = {
        name for component in walk(components) for slot in component.slots() for name in slot.names
    }
    own = {component.key for component in walk(components) if component.key}
    return frozenset(names & own)


class _Page:
    """One showing of a form, from the top of the page to its end."""

    def __init__(
        self,
        form_id: str,
        components: tuple[Component, ...],
        situation: Situation,
        request: Request,
    ) -> None:
        self.form_id = form_id
        self.situation = situation
        self.request = request
        self.watched = _watched(components)

    def id_of(self, path: str) -> str:
        return "-".join(part for part in ("f", self.form_id, path.replace(".", "-")) if part)

    def say(self, text: Text | None) -> str:
        return text.of(self.request.language) if text else ""

    def items(
        self,
        components: tuple[Component, ...],
        answers: Mapping[str, Any],
        scope: Scope,
        prefix: str,
    ) -> Iterator[ItemView]:
        for component in components:
            if component.type == "expression" or self.situation.hides(prefix, component):
                continue
            yield self._item(component, answers, scope, prefix)

    def _item(
        self, component: Component, answers: Mapping[str, Any], scope: Scope, prefix: str
    ) -> ItemView:
        if component.type == "group":
            return self._group(component, answers, scope, prefix)
        if component.type == "dynamiclist":
            return self._list(component, answers, scope, prefix)
        if component.prose:
            prose = component.prose[1 if self.request.language == "en" else 0]
            item_id = self.id_of(prefix + component.id)
            return ItemView(kind="prose", id=item_id, blocks=prose.shown(scope))
        if not component.is_leaf:
            return ItemView(kind=_KINDS[component.type], id=self.id_of(prefix + component.id))
        return self._leaf(component, answers.get(component.key), scope, prefix)

    def _group(
        self, component: Component, answers: Mapping[str, Any], scope: Scope, prefix: str
    ) -> ItemView:
        inner, inside, place = answers, scope, prefix
        if component.key:
            inner = _as_mapping(answers.get(component.key))
            inside = scope.within(_as_mapping(scope.values.get(component.key)))
            place = f"{prefix}{component.key}."
        return ItemView(
            kind="group",
            id=self.id_of(prefix + (component.key or component.id)),
            label=self.say(component.label),
            hint=self.say(component.description),
            items=tuple(self.items(component.children, inner, inside, place)),
        )

    def _list(
        self, component: Component, answers: Mapping[str, Any], scope: Scope, prefix: str
    ) -> ItemView:
        path = prefix + component.key
        given = answers.get(component.key)
        rows = given if isinstance(given, list) else []
        typed = scope.values.get(component.key)
        counted = typed if isinstance(typed, list) else []
        views = tuple(
            self._row(component, _as_mapping(row), scope, f"{path}.{index}", counted)
            for index, row in enumerate(rows)
        )
        return ItemView(
            kind="list",
            id=self.id_of(path),
            name=_html(path),
            label=self.say(component.label),
            hint=self.say(component.description),
            errors=self._errors(path),
            required=(component.limits.minimum.value(scope) or 0) > 0,
            rows=views,
            add=self._add(component, path, len(rows), scope),
        )

    def _add(self, component: Component, path: str, count: int, scope: Scope) -> Button | None:
        most = component.limits.maximum.value(scope)
        if most is not None and count >= most:
            return None
        words = component.words("add_label") or Text("เพิ่มรายการ", "Add another")
        return Button(f"add:{path}", self.say(words))

    def _row(
        self,
        component: Component,
        row: Mapping[str, Any],
        scope: Scope,
        path: str,
        counted: Sequence[Any],
    ) -> RowView:
        number = int(path.rpartition(".")[2])
        inner = _as_mapping(counted[number]) if number < len(counted) else {}
        inside = scope.within(inner, index=number)
        words = component.words("row_label") or component.label
        legend = f"{self.say(words)} {number + 1}"
        remove = Text(f"ลบ{words.th} {number + 1}", f"Remove {words.en} {number + 1}")
        return RowView(
            id=self.id_of(path),
            name=_html(path),
            legend=legend,
            items=tuple(self.items(component.children, row, inside, f"{path}.")),
            remove=Button(f"remove:{path}", self.say(remove)),
        )

    def _leaf(self, component: Component, value: Any, scope: Scope, prefix: str) -> ItemView:
        path = prefix + component.key
        if component.disabled or component.readonly.is_true(scope):
            return self._fixed(component, scope, path)
        return ItemView(
            kind=_KINDS[component.type],
            id=self.id_of(path),
            name=_html(path),
            label=self.say(component.label),
            hint=self._hint(component, scope),
            required=component.required.is_true(scope),
            live=component.key in self.watched,
            value=self._value(component, value),
            errors=self._errors(path),
            attributes=_attributes(component, scope),
            options=tuple(self._options(component, value, scope, path)),
            files=tuple(self._files(value, path)) if component.type == "filepicker" else (),
            rows_below=_height(component),
        )

    def _fixed(self, component: Component, scope: Scope, path: str) -> ItemView:
        value = component.default.value(scope)
        return ItemView(
            kind="fixed",
            id=self.id_of(path),
            label=self.say(component.label),
            hint=self.say(component.description),
            value=words_of(component, value, scope, self.request.language),
        )

    def _hint(self, component: Component, scope: Scope) -> str:
        parts = [self.say(component.description)]
        if component.type == "datetime":
            parts.append(self.say(_DATE_HINTS[component.subtype]))
        if component.type == "filepicker":
            most = component.limits.maximum.value(scope) or 1
            facts = {"files": most, "megabytes": component.limits.max_megabytes}
            parts.append(self.say(_FILE_HINT.format(**facts)))
        return " ".join(part for part in parts if part)

    def _errors(self, path: str) -> tuple[str, ...]:
        return tuple(self.say(text) for text in self.request.errors.get(path, ()))

    def _value(self, component: Component, value: Any) -> str:
        if component.type in CHOICES or component.type in ("checkbox", "filepicker"):
            return "true" if value is True or value in ("true", "on") else ""
        if component.type == "datetime":
            return spell_in_time(value, component.subtype, self.request.language)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return spell_number(value)
        return value if isinstance(value, str) else ""

    def _options(
        self, component: Component, value: Any, scope: Scope, path: str
    ) -> Iterator[OptionView]:
        if component.type not in CHOICES:
            return
        given = value if isinstance(value, list) else [value]
        chosen = {token_of(item) for item in given if item is not None}
        for number, option in enumerate(options_of(component, scope)):
            yield OptionView(
                id=f"{self.id_of(path)}-o{number}",
                value=option.token,
                label=self.say(option.label),
                hint=self.say(option.hint),
                checked=option.token in chosen,
            )

    def _files(self, value: Any, path: str) -> Iterator[FileView]:
        given = value if isinstance(value, list) else []
        for number, file_id in enumerate(item for item in given if isinstance(item, str)):
            name = self.request.file_names.get(file_id, file_id)
            yield FileView(file_id, name, f"{self.id_of(path)}-kept{number}")

    def summary(self, items: tuple[ItemView, ...]) -> Iterator[ErrorLink]:
        shown = set()
        for item in _all_items(items):
            shown.add(item.id)
            for text in item.errors:
                yield ErrorLink(item.label, text, f"#{item.first_id}")
        for path, texts in self.request.errors.items():
            if self.id_of(path) not in shown:
                for text in texts:
                    yield ErrorLink(path, self.say(text), "")


_DATE_HINTS: Final = {
    "date": Text(
        "กรอกวัน เดือน และปี พ.ศ. เช่น 5 มี.ค. 2569 หรือ 5/3/2569",
        "Day, month and year, e.g. 5 March 2026 or 5/3/2569.",
    ),
    "time": Text("กรอกเวลา เช่น 14.30 น.", "For example 14:30."),
    "datetime": Text(
        "กรอกวันและเวลา เช่น 5 มี.ค. 2569 14.30 น.",
        "Date and time, e.g. 5 March 2026 14:30.",
    ),
}
_FILE_HINT: Final = Text(
    "ไม่เกิน {files} แฟ้ม แฟ้มละไม่เกิน {megabytes} MB",
    "At most {files} file(s) of up to {megabytes} MB each.",
)


def _html(path: str) -> str:
    return path.replace(".", "-")


def _as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _height(component: Component) -> int:
    longest = component.limits.maximum.literal
    if component.type != "textarea":
        return 0
    return 8 if isinstance(longest, int) and longest > 5000 else 4


def _attributes(component: Component, scope: Scope) -> dict[str, str]:
    """What tells the browser which keyboard and which saved value to offer."""
    attributes = {
        name: component.properties[name]
        for name in ("autocomplete", "inputmode")
        if name in component.properties
    }
    keyboards = {"thai_id": "numeric", "thai_phone": "tel", "email": "email", "postcode": "numeric"}
    if component.type == "number":
        attributes.setdefault("inputmode", "decimal")
    elif component.check in keyboards:
        attributes.setdefault("inputmode", keyboards[component.check])
    if component.type == "filepicker" and component.limits.accept:
        attributes["accept"] = component.limits.accept
    if component.type == "filepicker" and (component.limits.maximum.value(scope) or 1) > 1:
        attributes["multiple"] = "multiple"
    return attributes


def _all_items(items: Sequence[ItemView]) -> Iterator[ItemView]:
    for item in items:
        yield item
        yield from _all_items(item.items)
        for row in item.rows:
            yield from _all_items(row.items)


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
    if is_empty(value) and value is not False:
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
        inner = _as_mapping(value) if component.key else answers
        lines = read_out(component.children, inner, scope, language, file_names)
        return (Line(label, lines=lines),) if label and lines else lines
    if component.type == "dynamiclist":
        words = component.words("row_label") or component.label
        rows = [read_out(component.children, _as_mapping(row), scope, language, file_names)
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
