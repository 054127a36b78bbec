"""From a form and the answers so far to what a page shows of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from engine.ground.text import Text
from forms.answers.defaults import as_mapping
from forms.answers.situation import Situation
from forms.answers.validation import options_of
from forms.model.component import CHOICES, Component, token_of, walk
from forms.model.slots import Scope
from forms.showing import inputs
from forms.showing.readout import words_of
from forms.showing.view import (
    Button,
    ErrorLink,
    FileView,
    FormView,
    ItemView,
    Kind,
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
    situation: Situation
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    language: str = "th"
    file_names: Mapping[str, str] = field(default_factory=dict)


def present(form_id: str, components: tuple[Component, ...], request: Request) -> FormView:
    """The form as a page shows it for these answers."""
    page = _Page(form_id, components, request)
    items = tuple(page.items(components, request.shown, request.situation.scope, ""))
    return FormView(
        id=page.id_of(""),
        language=request.language,
        items=items,
        summary=tuple(page.summary(items)),
        live=bool(page.watched),
        multipart=any(component.type == "filepicker" for component in walk(components)),
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

    def __init__(self, form_id: str, components: tuple[Component, ...], request: Request) -> None:
        self.form_id = form_id
        self.situation = request.situation
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
            inner = as_mapping(answers.get(component.key))
            inside = scope.within(as_mapping(scope.values.get(component.key)))
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
            self._row(component, as_mapping(row), scope, f"{path}.{index}", counted)
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
        inner = as_mapping(counted[number]) if number < len(counted) else {}
        inside = scope.within(inner, index=number)
        name = component.words("row_label") or component.label
        legend = f"{self.say(name)} {number + 1}"
        remove = Text(f"ลบ{name.th} {number + 1}", f"Remove {name.en} {number + 1}")
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
            hint=inputs.hint_of(component, scope, self.request.language),
            required=component.required.is_true(scope),
            live=component.key in self.watched,
            value=inputs.value_of(component, value, self.request.language),
            errors=self._errors(path),
            attributes=inputs.attributes_of(component, scope),
            options=tuple(self._options(component, value, scope, path)),
            files=tuple(self._files(value, path)) if component.type == "filepicker" else (),
            lines=inputs.lines_of(component),
        )

    def _fixed(self, component: Component, scope: Scope, path: str) -> ItemView:
        value = scope.values.get(component.key)
        return ItemView(
            kind="fixed",
            id=self.id_of(path),
            label=self.say(component.label),
            hint=self.say(component.description),
            value=words_of(component, value, scope, self.request.language),
        )

    def _errors(self, path: str) -> tuple[str, ...]:
        return tuple(self.say(text) for text in self.request.errors.get(path, ()))

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
                for unplaced in texts:
                    yield ErrorLink(path, self.say(unplaced), "")


def _html(path: str) -> str:
    return path.replace(".", "-")


def _all_items(items: Sequence[ItemView]) -> Iterator[ItemView]:
    for item in items:
        yield item
        yield from _all_items(item.items)
        for row in item.rows:
            yield from _all_items(row.items)
