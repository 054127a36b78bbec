"""Which fields of a form an expression can carry along: by name, through groups, rows and loops."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine.feel.grammar import syntax as s
from forms.model.component import Component, level

# They tell how many there are, and nothing of what stands in them.
_COUNTING: Final = frozenset({"count", "is defined"})
# What a choice shows beside the value it keeps.
_SHOWN_ONLY: Final = frozenset({"label", "label_en", "hint", "hint_en"})


@dataclass(frozen=True, slots=True)
class Place:
    """What stands under a name: one field, or the names of a group or a row."""

    leaf: Component | None = None
    names: Mapping[str, "Place"] = field(default_factory=dict)

    def fields(self) -> Iterator[Component]:
        """Every field that is reached by whoever takes the whole of it."""
        waiting, seen = [self], set()
        while waiting:
            here = waiting.pop()
            if id(here) in seen:
                continue
            seen.add(id(here))
            if here.leaf is not None:
                yield here.leaf
            waiting.extend(here.names.values())


NOTHING: Final = Place()
Names = Mapping[str, Place]


def places(components: tuple[Component, ...], around: Names | None = None) -> Names:
    """The names that an expression on this level sees: its own first, then those around it."""
    own = {component.key: _place(component) for component in level(components) if component.key}
    if around is None:
        return own
    return {**around, **own, "this": Place(names=own), "parent": Place(names=around)}


def _place(component: Component) -> Place:
    if not component.children:
        return Place(leaf=component)
    inner = {child.key: _place(child) for child in level(component.children) if child.key}
    return Place(names=inner)


def carried(tree: s.Node, names: Names) -> Iterator[Component]:
    """The fields whose content the value of an expression may hold."""
    found, reached = _walk(tree, names)
    yield from found
    yield from reached.fields()


def carried_by_options(tree: s.Node, names: Names) -> Iterator[Component]:
    """The fields that may become the value of a choice; what is only shown is no answer."""
    if isinstance(tree, s.ListLiteral):
        for item in tree.items:
            yield from carried_by_options(item, names)
    elif isinstance(tree, s.For):
        inner = dict(names)
        for source in tree.sources:
            yield from _bind(source, inner)
        yield from carried_by_options(tree.body, inner)
    elif isinstance(tree, s.ContextLiteral):
        kept = tuple(entry for entry in tree.entries if entry[0] not in _SHOWN_ONLY)
        yield from carried(s.ContextLiteral(kept), names)
    else:
        yield from carried(tree, names)


_Walked = tuple[list[Component], Place]  # what is mentioned for good, and what the node stands for


def _walk(node: s.Node, names: Names) -> _Walked:
    if isinstance(node, s.Name):
        return [], names.get(node.name, NOTHING)
    if isinstance(node, s.Path):
        return _path(node, names)
    if isinstance(node, s.Filter):
        return _filter(node, names)
    if isinstance(node, s.Call):
        return _call(node, names)
    if isinstance(node, s.For | s.Quantified):
        return _loop(node, names), NOTHING
    if isinstance(node, s.ContextLiteral):
        return _context(node, names), NOTHING
    if isinstance(node, s.FunctionLiteral):
        inner = {**names, **dict.fromkeys((name for name, _ in node.parameters), NOTHING)}
        return list(carried(node.body, inner)), NOTHING
    return _all(s.children(node), names), NOTHING


def _all(nodes: Iterable[s.Node], names: Names) -> list[Component]:
    return [component for node in nodes for component in carried(node, names)]


def _path(node: s.Path, names: Names) -> _Walked:
    found, base = _walk(node.base, names)
    return found, base.names.get(node.name, NOTHING) if base.leaf is None else base


def _filter(node: s.Filter, names: Names) -> _Walked:
    found, base = _walk(node.base, names)
    inner = {**names, **base.names, "item": base}
    return found + list(carried(node.condition, inner)), base


def _call(node: s.Call, names: Names) -> _Walked:
    called = node.function.name if isinstance(node.function, s.Name) else ""
    if called in _COUNTING and called not in names and len(node.arguments) == 1:
        found, reached = _walk(node.arguments[0], names)
        return (found, NOTHING) if reached.leaf is None else ([*found, reached.leaf], NOTHING)
    return _all((node.function, *node.arguments), names), NOTHING


def _loop(node: s.For | s.Quantified, names: Names) -> list[Component]:
    inner = {**names, "partial": NOTHING}
    found = [component for source in node.sources for component in _bind(source, inner)]
    return found + list(carried(node.body if isinstance(node, s.For) else node.condition, inner))


def _bind(source: s.Source, names: dict[str, Place]) -> list[Component]:
    """Give the loop's name to `names`; what its source mentions by itself."""
    found, reached = _walk(source.values, names)
    if source.end is not None:
        found += carried(source.end, names)
    names[source.name] = reached
    return found


def _context(node: s.ContextLiteral, names: Names) -> list[Component]:
    inner, found = dict(names), []
    for key, value in node.entries:
        mentioned, reached = _walk(value, inner)
        found += [*mentioned, *reached.fields()]
        inner[key] = reached
    return found
