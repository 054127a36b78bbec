"""What the computed fields of a form need of each other, and where they run in a circle."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from forms.model.carried import Names, carried, places
from forms.model.component import Component, level


def is_computed(component: Component) -> bool:
    """Whether its value is the form's own: an expression, or a default that nobody may change."""
    if component.type == "expression":
        return component.formula.is_set
    fixed = component.disabled or component.readonly.literal or component.readonly.expression
    return component.is_leaf and bool(fixed) and component.default.is_set


def circle(components: tuple[Component, ...]) -> list[Component]:
    """Computed fields that need each other, the first again as the last; empty without any."""
    needs = list(_needs(components, None))
    try:
        TopologicalSorter(
            {one.id: [other.id for other in others] for one, others in needs}
        ).prepare()
    except CycleError as error:
        known = {one.id: one for one, _ in needs}
        return [known[id] for id in error.args[1]]
    return []


def _needs(
    components: tuple[Component, ...], around: Names | None
) -> Iterator[tuple[Component, list[Component]]]:
    names = places(components, around)
    for component in level(components):
        if component.children and component.key:
            yield from _needs(component.children, names)
        elif is_computed(component):
            yield component, list(_sources(component, names))


def _sources(component: Component, names: Names) -> Iterator[Component]:
    slot, seen = component.formula, names
    if component.type != "expression":  # its own name is the case's in a default
        slot = component.default
        seen = {name: place for name, place in names.items() if name != component.key}
    if slot.expression is not None:
        yield from (c for c in carried(slot.expression.tree, seen) if is_computed(c))
