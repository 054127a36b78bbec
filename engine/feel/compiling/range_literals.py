"""Ranges written as text, with ends that are literals, as `range(from)` reads them."""

from engine.feel.compiling.compiler import Compiler
from engine.feel.errors import FeelSyntaxError
from engine.feel.grammar import syntax as s
from engine.feel.grammar.parser import parse
from engine.feel.values.scope import Root
from engine.feel.values.values import Range

_CONVERSIONS = frozenset(("date", "time", "date and time", "duration"))


def constant_range(text: str) -> Range | None:
    """The range, or None when the text is no range or has an end that is not constant."""
    try:
        tree = parse(text, _CONVERSIONS)
    except FeelSyntaxError:
        return None
    if isinstance(tree, s.UnaryComparison):
        ends: tuple[s.Node, ...] = (tree.endpoint,)
    elif isinstance(tree, s.RangeLiteral):
        ends = (tree.low, tree.high)
    else:
        return None
    if not all(_is_constant(end) for end in ends):
        return None
    return _checked(Compiler(text).code(tree)(Root({})), text)


def _checked(value: object, text: str) -> Range | None:
    if not isinstance(value, Range):
        return None
    empty = value.low is None and value.high is None
    return None if empty or (value.low is None and text.lstrip()[:1] == "[") else value


def _is_constant(node: s.Node) -> bool:
    if isinstance(node, s.Literal | s.AtLiteral):
        return True
    if isinstance(node, s.Negate):
        return _is_constant(node.operand)
    return (
        isinstance(node, s.Call)
        and isinstance(node.function, s.Name)
        and node.function.name in _CONVERSIONS
        and all(_is_constant(argument) for argument in node.arguments)
    )
