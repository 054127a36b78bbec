"""Turns a tree into Python closures once, so that evaluating it walks no tree.

A closure takes the scope and gives the value. Nothing here builds or runs Python source: an
expression can do what these closures do, and nothing else.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any, TypeVar

from engine.feel.builtins import BUILTINS
from engine.feel.compiling.arithmetic import NUMERIC, arithmetic, negated
from engine.feel.date_slips import slip_in_date
from engine.feel.errors import FeelSyntaxError, Undefined
from engine.feel.grammar import syntax as s
from engine.feel.host import host_function
from engine.feel.messages import message
from engine.feel.values.missing import MISSING
from engine.feel.values.numbers import reason
from engine.feel.values.properties import property_of
from engine.feel.values.scope import Scope
from engine.feel.values.temporal_text import parse_temporal
from engine.feel.values.types import Type
from engine.feel.values.values import PLAIN, kind, lift

Code = Callable[[Scope], Any]
Node = TypeVar("Node", bound=s.Node)
_RULES: dict[type, Callable[["Compiler", Any], Code]] = {}


def compiles(
    node: type[Node],
) -> Callable[[Callable[["Compiler", Node], Code]], Callable[["Compiler", Node], Code]]:
    """Registers how one construct is compiled."""

    def register(rule: Callable[["Compiler", Node], Code]) -> Callable[["Compiler", Node], Code]:
        _RULES[node] = rule
        return rule

    return register


class Compiler:
    """Compiles one expression. `top` tells that names can only stand in the outermost scope."""

    def __init__(self, source: str, types: Mapping[str, Type] | None = None) -> None:
        self.source = source
        self.types = types or {}
        self.top = True

    def code(self, node: s.Node) -> Code:
        return _RULES[type(node)](self, node)

    def inner(self, node: s.Node) -> Code:
        """The code of a node that is evaluated in a scope within the present one."""
        before, self.top = self.top, False
        try:
            return self.code(node)
        finally:
            self.top = before

    def guarded(self, at: int, compute: Callable[[Scope], Any]) -> Code:
        """Code for which an operation without value is null, with a diagnostic at this place."""
        source = self.source

        def guarded(scope: Scope) -> Any:
            try:
                return compute(scope)
            except Undefined as why:
                scope.run.note(source, at, why.code, **why.facts)
                return None

        return guarded


# -- literals and names ---------------------------------------------------------------------------


@compiles(s.Literal)
def _literal(c: Compiler, node: s.Literal) -> Code:
    value = node.value
    return lambda scope: value


@compiles(s.AtLiteral)
def _at_literal(c: Compiler, node: s.AtLiteral) -> Code:
    value = parse_temporal(node.text)
    if value is None:
        slip = slip_in_date(node.text)
        invalid = message("invalid", text=node.text, kind="date, time, duration")
        problem = slip[1] if slip is not None else invalid
        raise FeelSyntaxError(c.source, node.at, problem, "a date, time or duration")
    return lambda scope: value


@compiles(s.Name)
def _name(c: Compiler, node: s.Name) -> Code:
    name, at, source = node.name, node.at, c.source
    if not c.top:

        def found(scope: Scope) -> Any:
            value = scope.values.get(name, MISSING)  # most names stand in the nearest scope
            if value is MISSING:
                value = scope.find(name)
            return value if value.__class__ in PLAIN else _lifted(scope, value, name, source, at)

        return found

    def of_context(scope: Scope) -> Any:
        value = scope.values.get(name, MISSING)
        return value if value.__class__ in PLAIN else _lifted(scope, value, name, source, at)

    return of_context


def _lifted(scope: Scope, value: Any, name: str, source: str, at: int) -> Any:
    if value is MISSING:
        value = function_named(scope, name)
        if value is not MISSING:
            return value
        scope.run.note(source, at, "unknown-name", name=name)
        return None
    value = lift(value)
    if value is MISSING:
        scope.run.note(source, at, "foreign", name=name)
        return None
    return value


def function_named(scope: Scope, name: str) -> Any:
    """A function of the host or of the language as a value."""
    given = scope.run.environment.functions.get(name)
    if given is not None:
        return host_function(name, given)
    return BUILTINS.get(name, MISSING)


@compiles(s.Path)
def _path(c: Compiler, node: s.Path) -> Code:
    base, name, at, source = c.code(node.base), node.name, node.at, c.source
    if isinstance(node.base, s.Name):
        holder = node.base.name

        def of_name(scope: Scope) -> Any:
            try:
                value = scope.values[holder]
            except KeyError:
                return path(scope)
            found = value.get(name, MISSING) if value.__class__ is dict else MISSING
            return found if found.__class__ in PLAIN else path(scope)

    def path(scope: Scope) -> Any:
        value = base(scope)
        if value.__class__ is dict:
            found = value.get(name, MISSING)
            if found.__class__ in PLAIN:
                return found
        return member(scope, value, name, source, at)

    return of_name if isinstance(node.base, s.Name) else path


def member(scope: Scope, value: Any, name: str, source: str, at: int) -> Any:
    """The entry of a context, the property of a value, or those of each item of a list."""
    if value.__class__ is list:
        scope.run.spend(len(value))
        return [member(scope, lift(item), name, source, at) for item in value]
    if value.__class__ is dict:
        found = lift(value[name]) if name in value else MISSING
    else:
        found = property_of(value, name)
    if found is MISSING:
        scope.run.note(source, at, "unknown-property", kind=kind(value), name=name)
        return None
    return found


# -- arithmetic -----------------------------------------------------------------------------------

_NUMBERS = frozenset((Decimal, int))


@compiles(s.Arithmetic)
def _arithmetic(c: Compiler, node: s.Arithmetic) -> Code:
    value = c.code(node.first)
    for operator, right in node.rest[:_UNROLLED]:
        value = _operation(c, node.at, value, operator, right)
    if len(node.rest) <= _UNROLLED:
        return value
    rest = [(operator, c.code(right)) for operator, right in node.rest[_UNROLLED:]]

    def chain(scope: Scope) -> Any:
        result = value(scope)
        for operator, right in rest:
            result = arithmetic(scope, operator, result, right(scope))
        return result

    return c.guarded(node.at, chain)


_UNROLLED = 4  # operators of a chain that are closures within closures


def _operation(c: Compiler, at: int, left: Code, operator: str, node: s.Node) -> Code:
    right, source = c.code(node), c.source
    exact = NUMERIC[operator]  # takes `int` too, and rounds to 34 digits

    def operation(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        try:
            if a.__class__ in _NUMBERS and b.__class__ in _NUMBERS:
                return exact(a, b)
            return arithmetic(scope, operator, a, b)
        except DecimalException as error:
            scope.run.note(source, at, "arithmetic", reason=reason(error))
        except Undefined as why:
            scope.run.note(source, at, why.code, **why.facts)
        return None

    return operation


@compiles(s.Negate)
def _negate(c: Compiler, node: s.Negate) -> Code:
    operand = c.code(node.operand)
    return c.guarded(node.at, lambda scope: negated(operand(scope)))
