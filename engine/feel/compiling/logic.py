"""Compiles truth: comparisons, and, or, if, in, between, instance of (three-valued)."""

import operator as op
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.compiling.compiler import Code, Compiler, compiles
from engine.feel.errors import FeelSyntaxError
from engine.feel.grammar import syntax as s
from engine.feel.messages import message
from engine.feel.values.numbers import whole
from engine.feel.values.scope import Scope
from engine.feel.values.types import is_instance, resolve
from engine.feel.values.values import UNBOUNDED, Range, both, equal, kind, order

Truth = bool | None
Test = Callable[[Scope, Any], Truth]

PYTHON: dict[str, Callable[[Any, Any], bool]] = {
    "=": op.eq,
    "!=": op.ne,
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
}
_SIGNS: dict[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}
# Classes whose own comparison is the language's, when both sides are of the same one.
DIRECT = frozenset((Decimal, str, int))


@compiles(s.Comparison)
def _comparison(c: Compiler, node: s.Comparison) -> Code:
    left, operator, at, source = c.code(node.left), node.operator, node.at, c.source
    compare = PYTHON[operator]
    if isinstance(node.right, s.Literal) and node.right.value is not None:
        return _with_literal(c, node, left, node.right.value)
    right = c.code(node.right)

    def comparison(scope: Scope) -> Truth:
        a, b = left(scope), right(scope)
        if a.__class__ is b.__class__ and a.__class__ in DIRECT:
            return compare(a, b)
        return compared(scope, operator, a, b, source, at)

    return comparison


def _with_literal(c: Compiler, node: s.Comparison, left: Code, literal: Any) -> Code:
    """The commonest comparison, `amount > 5`, without a call for what never changes."""
    operator, at, source = node.operator, node.at, c.source
    compare, class_ = PYTHON[operator], literal.__class__
    number = whole(literal)
    if class_ is bool and operator not in ("=", "!="):
        class_ = None
    if c.top and isinstance(node.left, s.Name):
        return _name_with_literal(c, node, left, literal, number)
    if number is not None:
        return _with_whole(c, node, left, literal, number)

    def comparison(scope: Scope) -> Truth:
        value = left(scope)
        if value.__class__ is class_:
            return compare(value, literal)
        return compared(scope, operator, value, literal, source, at)

    return comparison


def _with_whole(c: Compiler, node: s.Comparison, left: Code, literal: Any, number: int) -> Code:
    """`p.level > 5`: process variables are JSON, so their whole numbers are of the class `int`."""
    operator, at, source, compare = node.operator, node.at, c.source, PYTHON[node.operator]
    if isinstance(node.left, s.Name):
        name = node.left.name

        def of_name(scope: Scope) -> Truth:
            try:
                value = scope.values[name]
            except KeyError:
                return comparison(scope)
            return compare(value, number) if value.__class__ is int else comparison(scope)

    def comparison(scope: Scope) -> Truth:
        value = left(scope)
        if value.__class__ is int:
            return compare(value, number)
        if value.__class__ is Decimal:
            return compare(value, literal)
        return compared(scope, operator, value, literal, source, at)

    return of_name if isinstance(node.left, s.Name) else comparison


def _name_with_literal(
    c: Compiler, node: s.Comparison, left: Code, literal: Any, number: int | None
) -> Code:
    """`amount > 5` on a name of the context, in one closure."""
    assert isinstance(node.left, s.Name)
    name, operator, at, source = node.left.name, node.operator, node.at, c.source
    compare, class_ = PYTHON[operator], literal.__class__
    if class_ is bool and operator not in ("=", "!="):
        class_ = None

    def otherwise(scope: Scope, value: Any) -> Truth:
        if value.__class__ is class_:
            return compare(value, literal)
        if number is not None and value.__class__ is int:
            return compare(value, number)
        return compared(scope, operator, left(scope), literal, source, at)

    if number is not None and operator in _SIGNS:
        return _ordered(name, operator, number, otherwise)

    def equals(scope: Scope) -> Truth:
        try:
            value = scope.values[name]
        except KeyError:
            value = None
        return value == literal if value.__class__ is class_ else otherwise(scope, value)

    def comparison(scope: Scope) -> Truth:
        return otherwise(scope, scope.values.get(name))

    return equals if operator == "=" else comparison


def _ordered(
    name: str, operator: str, number: int, otherwise: Callable[[Scope, Any], Truth]
) -> Code:
    """A name against a whole number: one closure for each sign, as even a call costs too much.

    A name that is there is found faster by its key than by `get`; one that is not is rare.
    """

    def less(scope: Scope) -> Truth:
        try:
            value = scope.values[name]
        except KeyError:
            value = None
        return value < number if value.__class__ is int else otherwise(scope, value)

    def at_most(scope: Scope) -> Truth:
        try:
            value = scope.values[name]
        except KeyError:
            value = None
        return value <= number if value.__class__ is int else otherwise(scope, value)

    def more(scope: Scope) -> Truth:
        try:
            value = scope.values[name]
        except KeyError:
            value = None
        return value > number if value.__class__ is int else otherwise(scope, value)

    def at_least(scope: Scope) -> Truth:
        try:
            value = scope.values[name]
        except KeyError:
            value = None
        return value >= number if value.__class__ is int else otherwise(scope, value)

    return {"<": less, "<=": at_most, ">": more, ">=": at_least}[operator]


def compared(scope: Scope, operator: str, a: Any, b: Any, source: str, at: int) -> Truth:
    """Equality or order of any two values; null, with a diagnostic, where there is none."""
    if operator in ("=", "!="):
        same = equal(scope, a, b)
        if same is not None:
            return same if operator == "=" else not same
    else:
        sign = order(a, b)
        if sign is not None:
            return _SIGNS[operator](sign)
    scope.run.note(source, at, "not-comparable", left=kind(a), right=kind(b))
    return None


# -- and, or, if ----------------------------------------------------------------------------------


@compiles(s.And)
def _and(c: Compiler, node: s.And) -> Code:
    return _logical(c, node.operands, node.at, stop=False)


@compiles(s.Or)
def _or(c: Compiler, node: s.Or) -> Code:
    return _logical(c, node.operands, node.at, stop=True)


def _logical(c: Compiler, operands: tuple[s.Node, ...], at: int, *, stop: bool) -> Code:
    """Kleene's logic: the stopping value wins over null, and null over the other."""
    codes, source = tuple(c.code(operand) for operand in operands), c.source
    full: bool = not stop
    first, second = codes[:2]

    def of_two(scope: Scope) -> Any:
        a = first(scope)
        if a is stop:
            return stop
        b = second(scope)
        if b is stop:
            return stop
        if a is full and b is full:
            return full
        odd(scope, a, b)
        return None

    def of_many(scope: Scope) -> Any:
        result: Truth = full
        for code in codes:
            value = code(scope)
            if value is stop:
                return stop
            if value is not full:
                odd(scope, value)
                result = None
        return result

    def odd(scope: Scope, *values: Any) -> None:
        for value in values:
            if value is not None and value.__class__ is not bool:
                scope.run.note(source, at, "not-boolean", given=kind(value))

    return of_two if len(codes) == 2 else of_many


@compiles(s.If)
def _if(c: Compiler, node: s.If) -> Code:
    condition, then, otherwise = c.code(node.condition), c.code(node.then), c.code(node.otherwise)
    source, at = c.source, node.at

    def choose(scope: Scope) -> Any:
        value = condition(scope)
        if value is True:
            return then(scope)
        if value is not False and value is not None:
            scope.run.note(source, at, "not-boolean", given=kind(value))
        return otherwise(scope)

    return choose


# -- between, in, instance of ---------------------------------------------------------------------


@compiles(s.Between)
def _between(c: Compiler, node: s.Between) -> Code:
    value, low, high = c.code(node.value), c.code(node.low), c.code(node.high)
    source, at = c.source, node.at
    ends = _whole_ends(node.low, node.high)
    if ends is not None:
        least, most = ends

        def between_numbers(scope: Scope) -> Truth:
            v = value(scope)
            if v.__class__ is int or v.__class__ is Decimal:
                return bool(least <= v <= most)
            return between(scope)

    def between(scope: Scope) -> Truth:
        v = value(scope)
        above = compared(scope, ">=", v, low(scope), source, at)
        below = compared(scope, "<=", v, high(scope), source, at)
        return both(above, below)

    return between if ends is None else between_numbers


def _whole_ends(low: s.Node, high: s.Node) -> tuple[int, int] | None:
    """The ends of a range of whole numbers as Python compares them fastest."""
    ends = [whole(end.value) if isinstance(end, s.Literal) else None for end in (low, high)]
    return (ends[0], ends[1]) if ends[0] is not None and ends[1] is not None else None


@compiles(s.InstanceOf)
def _instance_of(c: Compiler, node: s.InstanceOf) -> Code:
    value, type_ = c.code(node.value), resolve(node.type, c.types)
    if type_ is None:
        problem = message("unknown-type", name=node.type.name)
        raise FeelSyntaxError(c.source, node.type.at, problem, "a type")
    wanted = type_
    return lambda scope: is_instance(scope, value(scope), wanted)


# -- ranges as values -----------------------------------------------------------------------------


@compiles(s.RangeLiteral)
def _range(c: Compiler, node: s.RangeLiteral) -> Code:
    low, high, source, at = c.code(node.low), c.code(node.high), c.source, node.at
    low_included, high_included = node.low_included, node.high_included

    def span(scope: Scope) -> Any:
        a, b = low(scope), high(scope)
        if a is None or b is None:
            return Range(a, b, low_included, high_included)
        sign = order(a, b)
        if sign is None:
            scope.run.note(source, at, "not-comparable", left=kind(a), right=kind(b))
        elif sign > 0:  # DMN 1.5, 10.3.2.7: the start is not after the end
            scope.run.note(source, at, "range-order")
        else:
            return Range(a, b, low_included, high_included)
        return None

    return span


@compiles(s.UnaryComparison)
def _unary_range(c: Compiler, node: s.UnaryComparison) -> Code:
    endpoint, operator = c.code(node.endpoint), node.operator

    def span(scope: Scope) -> Range:
        bound = endpoint(scope)
        if operator in ("=", "!="):
            return Range(bound, bound, True, True, operator == "!=")
        if operator in ("<", "<="):
            return Range(UNBOUNDED, bound, False, operator == "<=")
        return Range(bound, UNBOUNDED, operator == ">=", False)

    return span
