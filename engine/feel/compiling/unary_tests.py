"""Compiles unary tests: the cells of decision tables, and what stands after `in`."""

import operator as op
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import BUILTINS
from engine.feel.compiling.compiler import Code, Compiler, compiles
from engine.feel.compiling.logic import DIRECT, PYTHON, Test, Truth, compared
from engine.feel.grammar import syntax as s
from engine.feel.grammar.free_names import mentions
from engine.feel.values.numbers import whole
from engine.feel.values.scope import Scope
from engine.feel.values.types import BOOLEAN
from engine.feel.values.values import Range, equal, in_range, lift


@compiles(s.In)
def _in(c: Compiler, node: s.In) -> Code:
    value, test = c.code(node.value), compile_tests(c, node.tests)
    literals = _literals(node.tests) if len(node.tests) > 1 else None
    if literals is None or not isinstance(node.value, s.Name):
        return lambda scope: test(scope, value(scope))
    name, (values, classes) = node.value.name, literals

    def among(scope: Scope) -> Truth:
        try:
            given = scope.values[name]
        except KeyError:
            return test(scope, value(scope))
        return given in values if given.__class__ in classes else test(scope, value(scope))

    return among


def compile_tests(c: Compiler, nodes: tuple[s.Node, ...], *, in_table: bool = False) -> Test:
    """Several tests, of which one has to hold."""
    tests = [compile_test(c, node, in_table=in_table) for node in nodes]
    if len(tests) == 1:
        return tests[0]
    literals = _literals(nodes)
    if literals is None:
        return lambda scope, value: any_of(tests, scope, value)
    values, classes = literals

    def among(scope: Scope, value: Any) -> Truth:
        if value.__class__ in classes:
            return value in values
        return any_of(tests, scope, value)

    return among


def _literals(nodes: tuple[s.Node, ...]) -> tuple[frozenset[Any], frozenset[type]] | None:
    """The values of tests that are all strings or all numbers, and the classes they test."""
    values = [node.value for node in nodes if isinstance(node, s.Literal)]
    for classes in (frozenset((str,)), frozenset((Decimal, int))):
        if len(values) == len(nodes) and all(value.__class__ in classes for value in values):
            return frozenset(values), classes
    return None


def any_of(tests: list[Test], scope: Scope, value: Any) -> Truth:
    result: Truth = False
    for test in tests:
        passed = test(scope, value)
        if passed is True:
            return True
        if passed is None:
            result = None
    return result


def compile_test(c: Compiler, node: s.Node, *, in_table: bool = False) -> Test:
    """One unary test: a function of the scope and the value that `?` stands for."""
    if isinstance(node, s.UnaryComparison):
        return _comparison_test(c, node)
    if isinstance(node, s.RangeLiteral) and _has_number_ends(node):
        return _range_test(c, node)
    if not mentions(node, "?"):
        # `true` in a cell asks whether the input is true; only a condition stands by itself.
        return _plain_test(
            c.code(node),
            in_table=in_table and not isinstance(node, s.Literal),
            decides=_decides(node),
        )
    code, source, at = c.inner(node), c.source, node.at

    def question(scope: Scope, value: Any) -> Truth:
        answer = code(scope.inner({"?": value}))
        if answer is None or answer.__class__ is bool:
            return answer
        return contains(scope, value, answer, source, at)

    return question


def _decides(node: s.Node) -> bool:
    """Whether it is a condition or a range: its null is an unknown answer, not the value null."""
    if isinstance(node, s.Call) and isinstance(node.function, s.Name):
        known = BUILTINS.get(node.function.name)
        return known is not None and all(each.result is BOOLEAN for each in known.overloads)
    return isinstance(node, _CONDITIONS)


_CONDITIONS = (
    s.RangeLiteral,
    s.Comparison,
    s.And,
    s.Or,
    s.In,
    s.Between,
    s.InstanceOf,
    s.Quantified,
)


def _has_number_ends(node: s.RangeLiteral) -> bool:
    ends = [end.value for end in (node.low, node.high) if isinstance(end, s.Literal)]
    numbers = [end for end in ends if isinstance(end, Decimal)]
    return len(numbers) == 2 and numbers[0] <= numbers[1]


def _range_test(c: Compiler, node: s.RangeLiteral) -> Test:
    """`[1..5)`, the commonest cell of a table, without building the range each time."""
    assert isinstance(node.low, s.Literal)
    assert isinstance(node.high, s.Literal)
    low, high = (_plainest(end.value) for end in (node.low, node.high))
    above = op.ge if node.low_included else op.gt
    below = op.le if node.high_included else op.lt
    otherwise = _plain_test(c.code(node), decides=True)

    def test(scope: Scope, value: Any) -> Truth:
        if value.__class__ is int or value.__class__ is Decimal:
            return bool(above(value, low) and below(value, high))
        return otherwise(scope, value)

    return test


def _plainest(number: Decimal) -> Decimal | int:
    """A whole number as an `int`, which Python compares faster."""
    found = whole(number)
    return number if found is None else found


def _plain_test(code: Code, *, in_table: bool = False, decides: bool = False) -> Test:
    def test(scope: Scope, value: Any) -> Truth:
        wanted = code(scope)
        if wanted is None and decides:
            return None
        class_ = value.__class__
        if class_ is wanted.__class__ and class_ in DIRECT:
            return bool(value == wanted)
        # A cell such as `amount > limit` does not use `?` but is a condition of its own.
        if in_table and wanted.__class__ is bool and class_ is not bool:
            return bool(wanted)
        return contains(scope, value, wanted)

    return test


def _comparison_test(c: Compiler, node: s.UnaryComparison) -> Test:
    asks = mentions(node.endpoint, "?")
    endpoint = c.inner(node.endpoint) if asks else c.code(node.endpoint)
    operator, compare, source, at = node.operator, PYTHON[node.operator], c.source, node.at

    def test(scope: Scope, value: Any) -> Truth:
        bound = endpoint(scope.inner({"?": value}) if asks else scope)
        if value.__class__ is bound.__class__ and value.__class__ in DIRECT:
            return compare(value, bound)
        return compared(scope, operator, value, bound, source, at)

    return test


def contains(scope: Scope, value: Any, wanted: Any, source: str = "", at: int = 0) -> Truth:
    """`value in wanted`: within a range, among a list's items or within its ranges, or equal."""
    if wanted.__class__ is Range:
        return (
            in_range(value, wanted) if value.__class__ is not Range else equal(scope, value, wanted)
        )
    if wanted.__class__ is list:
        return _in_list(scope, value, wanted)
    return equal(scope, value, wanted)


def _in_list(scope: Scope, value: Any, wanted: list[Any]) -> Truth:
    scope.run.spend(len(wanted))
    if value.__class__ is list and equal(scope, value, wanted) is True:
        return True
    result: Truth = False
    for item in wanted:
        each = lift(item)
        if each.__class__ is Range and value.__class__ is not Range:
            passed = in_range(value, each)
            result = None if passed is None else result
        else:  # as `list contains`: an item of another kind is just another item
            passed = equal(scope, value, each)
        if passed is True:
            return True
    return result
