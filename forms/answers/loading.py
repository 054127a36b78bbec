"""From answers as given to answers in their homes, or every reason why not."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from engine.ground.text import Text
from forms.answers.fields import load_level
from forms.answers.homes import Answers, split
from forms.answers.situation import Situation, settle
from forms.answers.validation import chosen, faults
from forms.errors import FormInvalid
from forms.model.component import CHOICES, Component
from forms.model.slots import Scope
from forms.text import wording

Errors = dict[str, list[Text]]


def load(
    components: tuple[Component, ...], schema: Schema, given: Any, surroundings: Scope
) -> Answers:
    """Read, hide, check and split the answers.

    Raises:
        FormInvalid: with every fault of every visible field, by its path.
    """
    plain, errors = read(schema, given)
    situation = settle(components, _as_chosen(components, plain, surroundings), surroundings)
    _Validation(situation, errors).visit(components, situation.answers, situation.scope, "")
    if errors:
        raise FormInvalid(errors)
    return split(components, situation)


def read(schema: Schema, given: Any) -> tuple[dict[str, Any], Errors]:
    """The answers by their types, and what could not be read, by path."""
    if not isinstance(given, Mapping):
        return {}, {"": [wording.NOT_A_FORM]}
    typed, messages = load_level(schema, {str(key): value for key, value in given.items()})
    return typed, dict(_flat(messages, ""))


def typed(
    components: tuple[Component, ...], schema: Schema, given: Any, surroundings: Scope
) -> dict[str, Any]:
    """The answers that could be read, for drawing a form that is not finished."""
    return _as_chosen(components, read(schema, given)[0], surroundings)


def _flat(messages: Any, path: str) -> list[tuple[str, list[Text]]]:
    if isinstance(messages, dict):
        return [
            pair
            for key, inner in messages.items()
            for pair in _flat(
                inner, path if key == "_schema" else f"{path}.{key}" if path else str(key)
            )
        ]
    return [(path, [text for text in messages if isinstance(text, Text)])]


def _as_chosen(
    components: tuple[Component, ...], typed: Mapping[str, Any], scope: Scope
) -> dict[str, Any]:
    """Choices as the options have them: a page posts `true` as text where a boolean is meant."""
    found = dict(typed)
    scope = scope.with_answers(found)
    for component in components:
        value = found.get(component.key) if component.key else None
        if component.type == "group" and not component.key:
            found |= _as_chosen(component.children, found, scope)
        elif component.type == "group" and isinstance(value, dict):
            found[component.key] = _as_chosen(component.children, value, scope.within(value))
        elif component.type == "dynamiclist" and isinstance(value, list):
            found[component.key] = [
                _as_chosen(component.children, row, scope.within(row, index=index))
                for index, row in enumerate(value)
            ]
        elif component.type in CHOICES and value is not None:
            found[component.key] = chosen(component, value, scope)
    return found


class _Validation:
    """Walks the visible fields and adds their faults; those of hidden ones are forgotten."""

    def __init__(self, situation: Situation, errors: Errors) -> None:
        self.situation = situation
        self.errors = errors

    def visit(
        self,
        components: tuple[Component, ...],
        answers: Mapping[str, Any],
        scope: Scope,
        prefix: str,
    ) -> None:
        for component in components:
            path = prefix + component.key
            if self.situation.hides(prefix, component):
                self._forget(component, path, prefix)
            elif component.type == "group":
                self._group(component, answers, scope, prefix)
            elif component.key and component.type != "expression" and not component.disabled:
                self._field(component, answers[component.key], scope, path)

    def _forget(self, component: Component, path: str, prefix: str) -> None:
        if component.type == "group" and not component.key:
            for child in component.children:
                self._forget(child, prefix + child.key, prefix)
        elif component.key:
            for known in list(self.errors):
                if known == path or known.startswith(f"{path}."):
                    del self.errors[known]

    def _group(
        self, component: Component, answers: Mapping[str, Any], scope: Scope, prefix: str
    ) -> None:
        if not component.key:
            self.visit(component.children, answers, scope, prefix)
            return
        inner = answers[component.key]
        self.visit(component.children, inner, scope.within(inner), f"{prefix}{component.key}.")

    def _field(self, component: Component, value: Any, scope: Scope, path: str) -> None:
        if component.readonly.is_true(scope):
            self.errors.pop(path, None)  # what stands there is the form's own, not the person's
        elif path not in self.errors and (found := faults(component, value, scope)):
            self.errors[path] = found
        if component.type == "dynamiclist":
            for index, row in enumerate(value):
                inner = scope.within(row, index=index)
                self.visit(component.children, row, inner, f"{path}.{index}.")
