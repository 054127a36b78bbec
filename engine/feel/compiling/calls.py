"""Compiles functions and their calls."""

from collections.abc import Callable
from operator import contains
from typing import Any

from engine.feel.compiling.compiler import Code, Compiler, compiles, function_named
from engine.feel.compiling.invoke import invoke
from engine.feel.errors import FeelSyntaxError, Undefined
from engine.feel.grammar import syntax as s
from engine.feel.messages import message
from engine.feel.values.missing import MISSING
from engine.feel.values.scope import Scope
from engine.feel.values.types import ANY, Type, classes_of, resolve
from engine.feel.values.values import Function, Overload, Parameter, kind, lift


@compiles(s.FunctionLiteral)
def _function(c: Compiler, node: s.FunctionLiteral) -> Code:
    parameters = tuple(
        Parameter(name, _parameter_type(c, type_), nullable=True) for name, type_ in node.parameters
    )
    names = [parameter.name for parameter in parameters]
    body = c.inner(node.body)
    if node.external:
        body = c.guarded(node.at, _external)

    def define(scope: Scope) -> Function:
        scope.run.spend(5)

        def call(_: Scope, arguments: list[Any]) -> Any:
            return body(scope.inner(dict(zip(names, arguments, strict=True))))

        return Function("function", (Overload(parameters, call),))

    return define


def _external(scope: Scope) -> Any:
    raise Undefined("external")


def _parameter_type(c: Compiler, node: s.TypeName | None) -> Type:
    if node is None:
        return ANY
    found = resolve(node, c.types)
    if found is None:
        problem = message("unknown-type", name=node.name)
        raise FeelSyntaxError(c.source, node.at, problem, "a type")
    return found


@compiles(s.Call)
def _call(c: Compiler, node: s.Call) -> Code:
    arguments = [c.code(argument) for argument in node.arguments]
    if isinstance(node.function, s.Name) and node.function.name == "not" and len(arguments) == 1:
        return _not(c, node, arguments[0])
    names, function = node.names, _callee(c, node.function)
    direct = _direct_call(node, arguments)

    def call(scope: Scope, given: list[Any] | None = None) -> Any:
        called = function(scope)
        if given is None:
            given = [argument(scope) for argument in arguments]
        if called.__class__ is not Function:
            raise Undefined("not-a-function", kind=kind(called))
        return invoke(scope, called, given, names)

    return c.guarded(node.at, direct(call) if direct else call)


def _not(c: Compiler, node: s.Call, argument: Code) -> Code:
    """`not(x)`, the one function that stands in every other condition."""
    source, at = c.source, node.at
    (operand,) = node.arguments
    name = operand.name if c.top and isinstance(operand, s.Name) else None

    def of_name(scope: Scope) -> bool | None:
        value = scope.values.get(name)  # type: ignore[arg-type]
        return not value if value.__class__ is bool else negation(scope)

    def negation(scope: Scope) -> bool | None:
        value = argument(scope)
        if value is True:
            return False
        if value is False:
            return True
        if value is not None:
            scope.run.note(source, at, "not-boolean", given=kind(value))
        return None

    return of_name if name is not None else negation


def _direct_call(
    node: s.Call, arguments: list[Code]
) -> Callable[[Callable[[Scope, list[Any]], Any]], Code] | None:
    """A short way to a built-in function, for arguments that are of its types as they stand.

    Any other case - a function of the host or of the context by the same name, an argument to be
    converted or refused - goes the long way.
    """
    if node.names is not None or not isinstance(node.function, s.Name):
        return None
    name = node.function.name
    ways = _ways(name, len(arguments))
    if not ways:
        return None

    def shortened(otherwise: Callable[[Scope, list[Any]], Any]) -> Code:
        def call(scope: Scope) -> Any:
            given = [argument(scope) for argument in arguments]
            if scope.find(name) is MISSING and name not in scope.environment.functions:
                classes = [value.__class__ for value in given]
                for accepted, run in ways:
                    if all(map(contains, accepted, classes)):
                        return run(scope, given)
            return otherwise(scope, given)

        return call

    return shortened


Way = tuple[list[frozenset[type]], Callable[[Scope, list[Any]], Any]]


def _ways(name: str, given: int) -> list[Way]:
    """The overloads of a built-in that take so many arguments, with the classes they take."""
    from engine.feel.builtins import BUILTINS

    found: list[Way] = []
    if given == 1 and name in BUILTINS and _takes_one_list(BUILTINS[name]):
        gathered = BUILTINS[name].overloads[0].call
        return [([frozenset((list,))], gathered)]  # `count(items)`: the only argument is the list
    for overload in BUILTINS[name].overloads if name in BUILTINS else ():
        required = sum(not parameter.optional for parameter in overload.parameters)
        if not overload.variadic and required <= given <= len(overload.parameters):
            accepted = [classes_of(p.type) for p in overload.parameters[:given]]
            found.append((accepted, overload.call))
    return found


def _takes_one_list(function: Function) -> bool:
    only = function.overloads[0]
    return len(function.overloads) == 1 and only.variadic and len(only.parameters) == 1


def _callee(c: Compiler, node: s.Node) -> Code:
    if not isinstance(node, s.Name):
        return c.code(node)
    name = node.name

    def find(scope: Scope) -> Any:
        value = scope.find(name)
        if value.__class__ is Function:
            return value
        known = function_named(scope, name)
        if known is MISSING and value is MISSING:
            raise Undefined("unknown-function", name=name)
        return lift(value) if known is MISSING else known

    return find
