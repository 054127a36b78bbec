"""Which parts of a form count for the answers so far: what is hidden, fixed, worked out."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from forms.model.component import MULTIPLE_CHOICES, Component, level, walk
from forms.model.order import is_computed
from forms.model.slots import Scope

# A condition may depend on a field that another condition hides, so hiding is repeated until it
# rests. Conditions that chase each other in a circle stop here; then the last picture counts.
SPARE_PASSES: Final = 12


@dataclass(frozen=True, slots=True)
class Situation:
    """The answers that count, with every hidden one empty, and the places that are hidden."""

    answers: Mapping[str, Any]
    hidden: frozenset[str]
    scope: Scope
    surroundings: Scope  # without any answer of this form

    def hides(self, prefix: str, component: Component) -> bool:
        return prefix + component.id in self.hidden


def settle(
    components: tuple[Component, ...], typed: Mapping[str, Any], surroundings: Scope
) -> Situation:
    """Find the hidden parts: an answer there counts as not given, also for conditions."""
    hidden: frozenset[str] = frozenset()
    # A chain of conditions hides one field after the other, each in a pass of its own.
    for _ in range(SPARE_PASSES + sum(c.hide.expression is not None for c in walk(components))):
        answers = _resting(components, typed, surroundings, hidden)
        scope = surroundings.with_answers(answers)
        found = frozenset(_hidden_places(components, answers, scope, ""))
        if found == hidden:
            return Situation(answers, hidden, scope, surroundings)
        hidden = found
    answers = _resting(components, typed, surroundings, hidden)
    return Situation(answers, hidden, surroundings.with_answers(answers), surroundings)


def _resting(
    components: tuple[Component, ...],
    typed: Mapping[str, Any],
    surroundings: Scope,
    hidden: frozenset[str],
) -> dict[str, Any]:
    """The answers once every computed field has seen those it needs, wherever they stand."""
    answers: dict[str, Any] = {}
    for _ in range(SPARE_PASSES + sum(map(is_computed, walk(components)))):
        before = answers
        answers = _counting(components, typed, surroundings, "", hidden, before)
        if answers == before:
            break
    return answers


def nothing(component: Component) -> Any:
    """What an unanswered field holds."""
    if component.type == "checkbox":
        return False
    if component.type in MULTIPLE_CHOICES or component.type in ("filepicker", "dynamiclist"):
        return []
    return {} if component.type == "group" else None


def default_of(component: Component, scope: Scope, surroundings: Scope) -> Any:
    """The field's default; its own name means what the case holds under it, as in `=amount`."""
    own = surroundings.values.get(component.key)
    return component.default.value(scope.with_answers({component.key: own}))


def _counting(
    components: tuple[Component, ...],
    typed: Mapping[str, Any],
    outer: Scope,
    prefix: str,
    hidden: frozenset[str],
    earlier: Mapping[str, Any],
) -> dict[str, Any]:
    """The answers of one level; `earlier` are those of the pass before, with what was computed."""
    answers: dict[str, Any] = {}
    before = outer.with_answers(_known(components, typed, earlier))
    for component in components:
        gone = prefix + component.id in hidden
        if component.type == "group" and not component.key:
            inner = {} if gone else typed
            places = _all_places(component, prefix) | hidden if gone else hidden
            within = _counting(component.children, inner, outer, prefix, places, earlier)
            answers.update(within)
        elif component.key and component.type != "expression":
            given = typed.get(component.key)
            last = earlier.get(component.key)
            answers[component.key] = (
                nothing(component)
                if gone
                else _answer(component, (given, last), before, outer, prefix, hidden)
            )
    for component in components:
        if component.type == "expression" and component.key:
            scope = before.with_answers({**earlier, **answers})
            gone = prefix + component.id in hidden
            answers[component.key] = None if gone else component.formula.value(scope)
    return answers


def _known(
    components: tuple[Component, ...], typed: Mapping[str, Any], earlier: Mapping[str, Any]
) -> dict[str, Any]:
    """What was typed, and what the form itself computed in the pass before, also further down."""
    ours = (c.key for c in level(components) if c.key and (c.children or is_computed(c)))
    return {**typed, **{key: earlier[key] for key in ours if key in earlier}}


def _answer(
    component: Component,
    given_and_last: tuple[Any, Any],
    scope: Scope,
    outer: Scope,
    prefix: str,
    hidden: frozenset[str],
) -> Any:
    given, last = given_and_last
    if component.type == "dynamiclist":
        rows = given if isinstance(given, list) else []
        place = f"{prefix}{component.key}."
        return [
            _inner(component, (row, last_row), scope, f"{place}{index}.", hidden, index)
            for index, (row, last_row) in enumerate(zip_longest(rows, (last or [])[: len(rows)]))
        ]
    if component.type == "group":
        inner = given if isinstance(given, dict) else {}
        return _inner(component, (inner, last), scope, f"{prefix}{component.key}.", hidden)
    if component.disabled or component.readonly.is_true(scope):
        given = default_of(component, scope, outer)
    return nothing(component) if given is None else given


def _inner(
    component: Component,
    given_and_last: tuple[Mapping[str, Any], Mapping[str, Any] | None],
    scope: Scope,
    prefix: str,
    hidden: frozenset[str],
    index: int | None = None,
) -> dict[str, Any]:
    given, last = given_and_last
    earlier = last or {}
    within = scope.within(_known(component.children, given, earlier), index=index)
    return _counting(component.children, given, within, prefix, hidden, earlier)


def _all_places(component: Component, prefix: str) -> frozenset[str]:
    """Every place in a group that keeps its answers beside it."""
    places = {prefix + component.id}
    for child in component.children:
        places.add(prefix + child.id)
        if child.type == "group" and not child.key:
            places |= _all_places(child, prefix)
    return frozenset(places)


def _hidden_places(
    components: tuple[Component, ...], answers: Mapping[str, Any], scope: Scope, prefix: str
) -> set[str]:
    hidden: set[str] = set()
    for component in components:
        if component.hide.is_set and component.hide.is_true(scope):
            hidden |= {prefix + component.id}
            if component.type == "group" and not component.key:
                hidden |= _all_places(component, prefix)
        elif component.type == "dynamiclist":
            for index, row in enumerate(answers.get(component.key) or []):
                inner = scope.within(row, index=index)
                place = f"{prefix}{component.key}.{index}."
                hidden |= _hidden_places(component.children, row, inner, place)
        elif component.type == "group":
            within = answers.get(component.key) or {} if component.key else answers
            inner = scope.within(within) if component.key else scope
            place = f"{prefix}{component.key}." if component.key else prefix
            hidden |= _hidden_places(component.children, within, inner, place)
    return hidden
