"""Ranges written as text, with ends that are literals, as `range(from)` reads them."""

from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.compiling.compiler import Compiler
from engine.feel.errors import FeelSyntaxError, Undefined
from engine.feel.grammar import syntax as s
from engine.feel.grammar.parser import parse
from engine.feel.values.scope import Root, Scope
from engine.feel.values.values import Range

_CONVERSIONS = frozenset(("date", "time", "date and time", "duration"))


def constant_range(text: str) -> Range | None:
    """The range, or None when the text is no range or has an end that is not constant."""
    try:
        tree = parse(_one_sided(text), _CONVERSIONS)
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


def _one_sided(text: str) -> str:
    """`(..5]` and `[5..)` as comparisons; the side that is left open has a round bracket."""
    stripped = text.strip()
    inside, opening, closing = stripped[1:-1].strip(), stripped[:1], stripped[-1:]
    if inside.startswith("..") and opening in ("(", "]"):
        return f"({'<=' if closing == ']' else '<'} {inside[2:]})"
    if inside.endswith("..") and closing in (")", "["):
        return f"({'>=' if opening == '[' else '>'} {inside[:-2]})"
    return text


def _checked(value: object, text: str) -> Range | None:
    if not isinstance(value, Range):
        return None
    empty = value.low is None and value.high is None
    return None if empty or (value.low is None and text.lstrip()[:1] == "[") else value


def constant_value(node: s.Node, otherwise: Any) -> Any:
    """The value of a literal, or of a conversion of literals such as `date("2026-03-02")`."""
    if isinstance(node, s.Literal):
        return node.value
    return Compiler("").code(node)(Root({})) if _is_constant(node) else otherwise


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


@builtin("range(from: string) -> range")
def range_from(scope: Scope, text: str) -> Range:
    """A range written as text, with ends that are literals."""
    found = constant_range(text)
    if found is None:
        raise Undefined("invalid", kind="range", text=text)
    return found
