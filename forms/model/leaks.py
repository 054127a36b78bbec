"""What would carry an answer to where more people read it than its own home allows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from forms.model.carried import Names, carried, carried_by_options, places
from forms.model.component import Component, Home, level

# How many may read a home: variables are read by everybody, the vault by who has a reason.
_GUARD: Final = {"variable": 0, "file": 0, "submission": 1, "personal": 2}


@dataclass(frozen=True, slots=True)
class Leak:
    """A component, by what of it something leaks, and from which fields."""

    component: Component
    via: str
    sources: tuple[str, ...]
    home: Home  # that would be safe


def leaks(components: tuple[Component, ...], around: Names | None = None) -> Iterator[Leak]:
    """Every component whose expression, default or options bring more than its home may hold."""
    names = places(components, around)
    for component in level(components):
        if not component.children:
            yield from _of(component, names)
        elif component.key:
            yield from leaks(component.children, names)


def _of(component: Component, names: Names) -> Iterator[Leak]:
    outside = {name: place for name, place in names.items() if name != component.key}
    for via, slot, reach, seen in (
        ("expression", component.formula, carried, names),
        ("default", component.default, carried, outside),  # its own name is the case's there
        ("valuesExpression", component.choices.source, carried_by_options, outside),
    ):
        reached = reach(slot.expression.tree, seen) if slot.expression else ()
        closer = {c.key: c for c in reached if _GUARD[c.home] > _GUARD[component.home]}
        if closer and component.home != "file":
            home = max((c.home for c in closer.values()), key=_GUARD.__getitem__)
            yield Leak(component, via, tuple(sorted(closer)), home)


def kept_in(home: Home, components: tuple[Component, ...]) -> tuple[Component, ...]:
    """The components with everything that leaks from a home kept in that home instead."""
    while moved := {leak.component.id for leak in leaks(components) if leak.home == home}:
        components = _moved(components, moved, home)
    return components


def _moved(components: tuple[Component, ...], ids: set[str], home: Home) -> tuple[Component, ...]:
    return tuple(
        replace(
            component,
            home=home if component.id in ids else component.home,
            children=_moved(component.children, ids, home),
        )
        for component in components
    )
