"""Expressions and unary tests, ready to be evaluated; and the slots of a diagram that hold them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any, Literal, TypeVar

from engine.feel.compiling import calls, lists, logic, range_literals, unary_tests
from engine.feel.compiling.compiler import Code, Compiler
from engine.feel.errors import BudgetExceeded, Diagnostic, FeelSyntaxError
from engine.feel.grammar import juel, syntax
from engine.feel.grammar.free_names import free_names
from engine.feel.grammar.parser import parse, parse_tests
from engine.feel.messages import message
from engine.feel.values.numbers import reason
from engine.feel.values.scope import EMPTY, Environment, Root, Run, Scope
from engine.feel.values.types import Type
from engine.feel.values.values import lift

# Names of the language that hold a keyword; every other name of several words needs no telling.
KNOWN = ("date and time", "years and months duration", "get or else")
# What ends an evaluation as null. A decimal exception can only come from a number that is none,
# such as a NaN that the host has brought.
STOPS = (BudgetExceeded, RecursionError, DecimalException)
_SCALARS = frozenset((bool, int, str, type(None), Decimal))
_new = object.__new__
_MAX_DEPTH = 100  # of lists and contexts within each other, in a result

# Importing these registers the constructs they compile, and the built-in that compiles a text.
_CONSTRUCTS = (logic, unary_tests, lists, calls, range_literals)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression; it holds no state and may be shared between threads."""

    source: str
    tree: syntax.Node
    code: Code
    names: frozenset[str]  # what the context must give
    functions: frozenset[str]  # what is called by name: built-in, of the host, or from the context

    def evaluate(
        self,
        context: Mapping[str, Any],
        environment: Environment | None = None,
        diagnostics: list[Diagnostic] | None = None,
    ) -> Any:
        """The value, or null. Why something is null is added to `diagnostics` if it is given.

        Never raises, whatever the expression and the context hold; only what a function of the
        host raises passes through.
        """
        scope = _new(Root)  # without a call of `__init__`, which is a fifth of a short condition
        scope.values, scope.notes = context, diagnostics
        scope.environment = environment or EMPTY
        try:
            value = self.code(scope)
            if value is True or value is False:  # most expressions are conditions
                return value
            if value.__class__ not in _SCALARS:
                _settle(scope.run, value)
            return value
        except STOPS as error:
            return _stopped(scope, self.source, error)


def run_bounded(scope: Scope, code: Callable[[Scope], Any], source: str) -> Any:
    """The value of some code, null when it exceeds the budget of the run."""
    try:
        value = code(scope)
        if value.__class__ not in _SCALARS:
            _settle(scope.run, value)
        return value
    except STOPS as error:
        return _stopped(scope, source, error)


def _stopped(scope: Scope, source: str, error: Exception) -> None:
    if isinstance(error, DecimalException):
        scope.run.note(source, 0, "arithmetic", reason=reason(error))
        return
    what = error.what if isinstance(error, BudgetExceeded) else "nesting"
    scope.run.note(source, 0, "budget", what=what)


def _settle(run: Run, value: Any) -> None:
    """Count a result as whoever writes it out will meet it.

    Lists can share their items: thirty lines may describe a list that is larger than the memory.
    """
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            raise BudgetExceeded("nesting")
        below: list[Any] = []
        for each in level:
            if isinstance(each, list | dict):
                run.spend(len(each))
                below.extend(each.values() if isinstance(each, dict) else each)
            elif isinstance(each, str):
                run.spend_text(len(each))
        level = below


@dataclass(frozen=True, slots=True, eq=False)
class UnaryTests:
    """The tests of one cell of a decision table, or of a list of allowed values."""

    source: str
    tree: syntax.Tests
    passes: logic.Test
    names: frozenset[str]
    functions: frozenset[str]

    def matches(
        self,
        value: Any,
        context: Mapping[str, Any] | None = None,
        environment: Environment | None = None,
        diagnostics: list[Diagnostic] | None = None,
    ) -> bool:
        """Whether the value passes; never raises."""
        root = Root(context or {}, environment or EMPTY, diagnostics)
        return run_bounded(root, lambda scope: self.passes(scope, lift(value)), self.source) is True


def compile_expression(
    source: str, known: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> Expression:
    """Compile an expression.

    `known` are the names that may be used; only those that hold a sign or a keyword need to be
    told, such as `a-b` or `time of birth and death`. `types` are the named types of a DMN model.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """

    def build() -> Expression:
        tree = parse(source, (*KNOWN, *known))
        return Expression(source, tree, Compiler(source, types).code(tree), *free_names(tree))

    return _compiled(source, build)


def compile_unary_tests(
    source: str, known: Iterable[str] = (), types: Mapping[str, Type] | None = None
) -> UnaryTests:
    """Compile the unary tests of a decision table's cell.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """

    def build() -> UnaryTests:
        tree = parse_tests(source, (*KNOWN, *known))
        return UnaryTests(source, tree, _test(Compiler(source, types), tree), *free_names(tree))

    return _compiled(source, build)


Compiled = TypeVar("Compiled")


def _compiled(source: str, build: Callable[[], Compiled]) -> Compiled:
    """What is built, a caller deep in its own stack notwithstanding."""
    try:
        return build()
    except RecursionError:
        problem = message("budget", what="nesting")
        raise FeelSyntaxError(source, 0, problem, "less nesting") from None


def _test(compiler: Compiler, tree: syntax.Tests) -> logic.Test:
    if not tree.tests:
        return lambda scope, value: True
    test = unary_tests.compile_tests(compiler, tree.tests, in_table=True)
    if not tree.negated:
        return test

    def negated(scope: Scope, value: Any) -> bool | None:
        answer = test(scope, value)
        return None if answer is None else not answer

    return negated


# -- slots ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """What an attribute of a diagram holds: text as it stands, or an expression."""

    kind: Literal["literal", "expression"]
    text: str  # the literal, or the expression without its mark
    as_written: str | None = None  # JUEL, where `text` is what it says in FEEL

    @property
    def is_expression(self) -> bool:
        return self.kind == "expression"


def parse_slot(text: str | None) -> Slot:
    """Tell `=expression` (Camunda 8) and `${expression}` (Camunda 7) from a literal.

    JUEL is given in FEEL; `a ${b} c` becomes a text that is put together. The expression is not
    compiled here, so that its errors are reported with a place.
    """
    stripped = (text or "").strip()
    if stripped.startswith("="):
        return Slot("expression", stripped[1:].strip())
    if juel.is_one(stripped):
        written = stripped[2:-1].strip()
        feel = juel.to_feel(written)
        return Slot("expression", feel, None if feel == written else written)
    joined = juel.text_to_feel(stripped)
    if joined is not None:
        return Slot("expression", joined)
    return Slot("literal", text or "")
