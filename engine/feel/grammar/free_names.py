"""Which names an expression uses, for what depends on what and for static checks."""

from collections.abc import Iterator

from engine.feel.grammar import syntax as s

_IMPLICIT = frozenset(("?", "item", "partial"))


def mentions(node: s.Node, name: str) -> bool:
    """Whether the name stands anywhere in the tree."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, s.Name) and here.name == name:
            return True
        waiting.extend(s.children(here))
    return False


def free_names(tree: s.Node) -> tuple[frozenset[str], frozenset[str]]:
    """The names that the context must give, and the functions that are called by name.

    A name within a filter counts although an item of the list may turn out to have it.
    """
    variables: set[str] = set()
    functions: set[str] = set()
    for name, is_called in _uses(tree, _IMPLICIT):
        (functions if is_called else variables).add(name)
    return frozenset(variables), frozenset(functions)


def _uses(node: s.Node, bound: frozenset[str]) -> Iterator[tuple[str, bool]]:
    if isinstance(node, s.Name):
        if node.name not in bound:
            yield node.name, False
    elif isinstance(node, s.Call) and isinstance(node.function, s.Name):
        if node.function.name not in bound:
            yield node.function.name, True
        for argument in node.arguments:
            yield from _uses(argument, bound)
    elif isinstance(node, s.For | s.Quantified):
        yield from _loop_uses(node, bound)
    elif isinstance(node, s.ContextLiteral):
        for key, value in node.entries:
            bound |= {key}
            yield from _uses(value, bound)
    elif isinstance(node, s.FunctionLiteral):
        yield from _uses(node.body, bound | {name for name, _ in node.parameters})
    else:
        for child in s.children(node):
            yield from _uses(child, bound)


def _loop_uses(node: s.For | s.Quantified, bound: frozenset[str]) -> Iterator[tuple[str, bool]]:
    for source in node.sources:
        yield from _uses(source.values, bound)
        if source.end is not None:
            yield from _uses(source.end, bound)
        bound |= {source.name}
    yield from _uses(node.body if isinstance(node, s.For) else node.condition, bound)
