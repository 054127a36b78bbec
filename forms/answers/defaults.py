"""What a field holds before anybody has filled it: its default, given when it is first shown."""

from collections.abc import Callable, Mapping
from typing import Any

from forms.answers.situation import Situation, default_of
from forms.model.component import Component, walk
from forms.model.slots import Scope

SettleFor = Callable[[Mapping[str, Any]], Situation]


def with_defaults(
    components: tuple[Component, ...], given: Mapping[str, Any], settle_for: SettleFor
) -> tuple[dict[str, Any], Situation]:
    """The answers with the default of every visible field that was not shown yet."""
    answers = dict(given)
    # A default may show a field that has a default of its own, one after the other.
    for _ in range(1 + sum(component.default.is_set for component in walk(components))):
        situation = settle_for(answers)
        filled = _fill(components, answers, situation, situation.scope, "")
        if filled == answers:
            break
        answers = filled
    return answers, settle_for(answers)


def _fill(
    components: tuple[Component, ...],
    answers: Mapping[str, Any],
    situation: Situation,
    scope: Scope,
    prefix: str,
) -> dict[str, Any]:
    filled = dict(answers)
    for component in components:
        key = component.key
        if situation.hides(prefix, component):
            continue
        if component.type == "group" and not key:
            filled = _fill(component.children, filled, situation, scope, prefix)
        elif component.type == "group":
            inner, inside = as_mapping(answers.get(key)), _within(scope, key)
            filled[key] = _fill(component.children, inner, situation, inside, f"{prefix}{key}.")
        elif component.type == "dynamiclist":
            filled[key] = _rows(component, answers.get(key), situation, scope, prefix)
        elif component.is_leaf and key not in answers and component.default.is_set:
            value = default_of(component, scope, situation.surroundings)
            filled |= {} if value is None else {key: value}
    return filled


def _rows(
    component: Component, given: Any, situation: Situation, scope: Scope, prefix: str
) -> list[dict[str, Any]]:
    rows = given
    if not isinstance(given, list):
        least = component.limits.minimum.value(scope)
        rows = [{}] * max(component.rows_at_first, least if isinstance(least, int) else 0)
    return [
        _fill(
            component.children,
            as_mapping(row),
            situation,
            scope.within(as_mapping(row), index=index),
            f"{prefix}{component.key}.{index}.",
        )
        for index, row in enumerate(rows)
    ]


def _within(scope: Scope, key: str) -> Scope:
    return scope.within(as_mapping(scope.values.get(key)))


def as_mapping(value: Any) -> Mapping[str, Any]:
    """An answer that should be a group or a row; anything else counts as an empty one."""
    return value if isinstance(value, dict) else {}
