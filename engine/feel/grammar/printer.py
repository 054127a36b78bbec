"""Writes a tree as an expression again, with no more brackets than it needs."""

from collections.abc import Callable
from typing import Any

from engine.feel.expression import KNOWN
from engine.feel.grammar import syntax as s
from engine.feel.grammar.lexer import escape
from engine.feel.grammar.stream import KEYWORDS, words
from engine.feel.values.numbers import plain
from engine.feel.values.text_form import key_text

# How tightly each construct binds; an operand that binds less stands in brackets.
_LOOSE, _OR, _AND, _COMPARE, _ADD, _MULTIPLY, _POWER, _UNARY, _POSTFIX, _ATOM = range(10)
_ARITHMETIC = {"+": _ADD, "-": _ADD, "*": _MULTIPLY, "/": _MULTIPLY, "**": _POWER}


def to_text(node: s.Node) -> str:
    """The expression, or the unary tests, that parse to this tree."""
    return _written(node, _OR if isinstance(node, s.UnaryComparison) else _LOOSE)


def _test(node: s.Node) -> str:
    return _written(node, _LOOSE)


def _written(node: s.Node, needed: int) -> str:
    text, binding = _RULES[type(node)](node)
    return f"({text})" if binding < needed else text


Written = tuple[str, int]


def _literal(node: s.Literal) -> Written:
    value = node.value
    if value is None:
        return "null", _ATOM
    if isinstance(value, bool):
        return str(value).lower(), _ATOM
    if isinstance(value, str):
        return escape(value), _ATOM
    return plain(value), (_UNARY if value.is_signed() else _ATOM)


def name_text(name: str) -> str:
    """A name as it can be read without being known: in back-ticks if it holds a sign or keyword."""
    spelled = words(name)
    is_plain = " ".join(spelled) == name and all(word not in KEYWORDS for word in spelled)
    if is_plain and all(word[0].isalpha() or word[0] in "_?" for word in spelled) and spelled:
        return name
    return name if name in KNOWN else f"`{name}`"


def _join(operator: str, operands: tuple[s.Node, ...], level: int) -> Written:
    return f" {operator} ".join(_written(each, level + 1) for each in operands), level


def _arithmetic(node: s.Arithmetic) -> Written:
    level = _ARITHMETIC[node.rest[0][0]]
    parts = [_written(node.first, level + 1)]
    parts += (f"{operator} {_written(operand, level + 1)}" for operator, operand in node.rest)
    return " ".join(parts), level


def _negate(node: s.Negate) -> Written:
    operand = _written(node.operand, _POSTFIX)
    # A sign directly before a number is part of the number.
    return (f"-({operand})" if operand[0] in "0123456789." else f"-{operand}"), _UNARY


def _comparison(node: s.Comparison) -> Written:
    # `a = b = c` reads from the left, so only the right operand may need brackets.
    left = _written(node.left, _COMPARE)
    return f"{left} {node.operator} {_written(node.right, _ADD)}", _COMPARE


def _between(node: s.Between) -> Written:
    low, high = _written(node.low, _ADD), _written(node.high, _ADD)
    return f"{_written(node.value, _COMPARE)} between {low} and {high}", _COMPARE


def _in(node: s.In) -> Written:
    value = _written(node.value, _COMPARE)
    if len(node.tests) > 1:
        return f"{value} in ({', '.join(map(_test, node.tests))})", _COMPARE
    (test,) = node.tests
    text = _test(test) if isinstance(test, s.UnaryComparison) else _written(test, _ADD)
    return f"{value} in {text}", _COMPARE


def _call(node: s.Call) -> Written:
    arguments = [to_text(argument) for argument in node.arguments]
    if node.names is not None:
        pairs = zip(node.names, arguments, strict=True)
        arguments = [f"{name}: {argument}" for name, argument in pairs]
    return f"{_written(node.function, _POSTFIX)}({', '.join(arguments)})", _POSTFIX


def _source(source: s.Source) -> str:
    end = f"..{to_text(source.end)}" if source.end is not None else ""
    return f"{name_text(source.name)} in {to_text(source.values)}{end}"


def _sources(sources: tuple[s.Source, ...]) -> str:
    return ", ".join(map(_source, sources))


def _quantified(node: s.Quantified) -> Written:
    word = "every" if node.every else "some"
    return f"{word} {_sources(node.sources)} satisfies {to_text(node.condition)}", _LOOSE


def _if(node: s.If) -> Written:
    condition, then = to_text(node.condition), to_text(node.then)
    return f"if {condition} then {then} else {to_text(node.otherwise)}", _LOOSE


def _range(node: s.RangeLiteral) -> Written:
    opening, closing = "[" if node.low_included else "(", "]" if node.high_included else ")"
    return f"{opening}{to_text(node.low)}..{to_text(node.high)}{closing}", _ATOM


def _context(node: s.ContextLiteral) -> Written:
    entries = (f"{key_text(key)}: {to_text(value)}" for key, value in node.entries)
    return "{" + ", ".join(entries) + "}", _ATOM


def _function(node: s.FunctionLiteral) -> Written:
    parameters = (
        name if type_ is None else f"{name}: {type_text(type_)}" for name, type_ in node.parameters
    )
    external = "external " if node.external else ""
    return f"function({', '.join(parameters)}) {external}{to_text(node.body)}", _LOOSE


def type_text(node: s.TypeName) -> str:
    if node.result is not None:
        return f"function<{', '.join(map(type_text, node.parameters))}> -> {type_text(node.result)}"
    if node.members:
        inner = ", ".join(f"{name}: {type_text(member)}" for name, member in node.members)
        return f"context<{inner}>"
    if node.parameters:
        return f"{node.name}<{', '.join(map(type_text, node.parameters))}>"
    return node.name


def _tests(node: s.Tests) -> Written:
    inner = ", ".join(map(_test, node.tests)) or "-"
    return (f"not({inner})" if node.negated else inner), _LOOSE


_RULES: dict[type, Callable[[Any], Written]] = {
    s.Literal: _literal,
    s.AtLiteral: lambda node: (f"@{escape(node.text)}", _ATOM),
    s.Name: lambda node: (name_text(node.name), _ATOM),
    s.Path: lambda node: (f"{_written(node.base, _POSTFIX)}.{name_text(node.name)}", _POSTFIX),
    s.Filter: lambda node: (
        f"{_written(node.base, _POSTFIX)}[{to_text(node.condition)}]",
        _POSTFIX,
    ),
    s.Call: _call,
    s.Negate: _negate,
    s.Arithmetic: _arithmetic,
    s.And: lambda node: _join("and", node.operands, _AND),
    s.Or: lambda node: _join("or", node.operands, _OR),
    s.Comparison: _comparison,
    s.Between: _between,
    s.In: _in,
    s.InstanceOf: lambda node: (
        f"{_written(node.value, _POSTFIX)} instance of {type_text(node.type)}",
        _UNARY,
    ),
    s.If: _if,
    s.For: lambda node: (f"for {_sources(node.sources)} return {to_text(node.body)}", _LOOSE),
    s.Quantified: _quantified,
    s.ListLiteral: lambda node: ("[" + ", ".join(map(to_text, node.items)) + "]", _ATOM),
    s.ContextLiteral: _context,
    s.RangeLiteral: _range,
    s.UnaryComparison: lambda node: (f"{node.operator} {_written(node.endpoint, _ADD)}", _LOOSE),
    s.FunctionLiteral: _function,
    s.Tests: _tests,
}
