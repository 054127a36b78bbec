"""Static checks: unknown names and functions, wrong arguments, comparisons that can never hold.

The type of each node is inferred as far as it can be; where it cannot, nothing is said. What is
reported is certain to give null or to never hold, so a process owner can be stopped by it.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from engine.feel.errors import FeelSyntaxError, Problem
from engine.feel.expression import UnaryTests, compile_expression, compile_unary_tests
from engine.feel.grammar import syntax as s
from engine.feel.grammar.parser import parse_type_text
from engine.feel.inference import calls
from engine.feel.inference.expressions import Checker, Functions, may_convert
from engine.feel.values.types import ANY, Type, resolve

_RULES = calls  # importing it registers what it infers

Known = Mapping[str, Type | str | None] | Iterable[str] | None


def check(
    text: str, known: Known = None, functions: Functions = (), *, unary: bool = False
) -> list[Problem]:
    """What is wrong with an expression, or with unary tests, before it is ever evaluated.

    `known` are the names that the context will give, with their types where they are known
    (`{"amount": "number"}`); None means any name may be given. `functions` are the host's, as
    callables where their arguments shall be checked too.
    """
    names = _typed(known or ())
    try:
        if unary:
            tests = compile_unary_tests(text, names)
            return check_tests(tests, ANY, names, functions, known is None)
        expression = compile_expression(text, names)
    except FeelSyntaxError as error:
        return [Problem("syntax", error.problem, error.line, error.column)]
    found = check_tree(text, expression.tree, names, functions, open_names=known is None)
    return found.problems


def _typed(known: Mapping[str, Type | str | None] | Iterable[str]) -> dict[str, Type]:
    if not isinstance(known, Mapping):
        return dict.fromkeys(known, ANY)
    return {name: type_named(type_) for name, type_ in known.items()}


def type_named(written: Type | str | None) -> Type:
    """The type that is written as after `instance of`; Any where none is."""
    if isinstance(written, Type):
        return written
    return (resolve(parse_type_text(written), {}) or ANY) if written else ANY


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and the type of the whole as far as it is certain."""

    problems: list[Problem]
    type: Type


def check_tree(
    source: str,
    tree: s.Node,
    names: Mapping[str, Type],
    functions: Functions = (),
    *,
    open_names: bool = False,
    types: Mapping[str, Type] | None = None,
) -> Checked:
    checker = Checker(source, names, functions, open_names, types or {})
    try:
        type_ = checker.type_of(tree)
    except RecursionError:  # a caller deep in its own stack: what was found so far still holds
        type_ = ANY
    return Checked(checker.problems, type_)


def check_tests(
    tests: UnaryTests,
    of: Type,
    names: Mapping[str, Type],
    functions: Functions = (),
    open_names: bool = False,
) -> list[Problem]:
    """What is wrong with the tests of a value of some type."""
    checker = Checker(tests.source, {**names, "?": of}, functions, open_names, {})
    with suppress(RecursionError):
        for test in tests.tree.tests:
            checker.test(test, of, in_table=True)
    return checker.problems


__all__ = [
    "Checked",
    "Functions",
    "Known",
    "check",
    "check_tests",
    "check_tree",
    "may_convert",
    "type_named",
]
