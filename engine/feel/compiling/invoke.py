"""Calls a function with positional or named arguments, converting them to what it takes."""

from collections.abc import Sequence
from typing import Any

from engine.feel.errors import BudgetExceeded, Undefined
from engine.feel.values.scope import Scope
from engine.feel.values.types import converted
from engine.feel.values.values import Function, Overload, kind


def invoke(
    scope: Scope, function: Function, arguments: list[Any], names: Sequence[str] | None = None
) -> Any:
    """The function's value.

    Raises:
        Undefined: the arguments do not fit, or the function has no value for them.
        BudgetExceeded: too many calls within calls, or the evaluation has used up its steps.
    """
    run = scope.run
    run.spend(1)
    failure = None
    for overload in function.overloads:
        try:
            bound = bind(scope, function.name, overload, arguments, names)
        except Undefined as error:
            # The overload that got furthest explains best: a wrong type says more than an arity.
            if failure is None or failure.code == "arity":
                failure = error
            continue
        return _call(scope, overload, bound)
    raise failure or Undefined("unknown-function", name=function.name)


def _call(scope: Scope, overload: Overload, bound: list[Any]) -> Any:
    run = scope.run
    run.depth += 1
    if run.depth > run.environment.budget.calls:
        raise BudgetExceeded("calls")
    try:
        return overload.call(scope, bound)
    finally:
        run.depth -= 1


def bind(
    scope: Scope, name: str, overload: Overload, arguments: list[Any], names: Sequence[str] | None
) -> list[Any]:
    """One value for each parameter given, in the function's own order."""
    parameters = overload.parameters
    if names is not None:
        arguments = _by_name(name, overload, arguments, names)
    elif overload.variadic:
        arguments = _gathered(arguments, len(parameters))
    required = sum(not parameter.optional for parameter in parameters)
    if not required <= len(arguments) <= len(parameters):
        raise Undefined("arity", name=name, expected=arity(overload), given=len(arguments))
    bound = []
    for parameter, value in zip(parameters, arguments, strict=False):
        fits, value_then = converted(scope, value, parameter.type)
        if not fits or (value_then is None and not parameter.nullable):
            raise Undefined(
                "argument",
                parameter=parameter.name,
                name=name,
                expected=parameter.type.name,
                given=kind(value),
            )
        bound.append(value_then)
    return bound


def arity(overload: Overload) -> str:
    """How many arguments are taken, for a person: `2`, `1-3` or `1 or more`."""
    most = len(overload.parameters)
    least = sum(not parameter.optional for parameter in overload.parameters)
    if overload.variadic:
        return f"{least}+"
    return str(most) if least == most else f"{least}-{most}"


def _gathered(arguments: list[Any], parameters: int) -> list[Any]:
    fixed, rest = arguments[: parameters - 1], arguments[parameters - 1 :]
    # The only argument is the list itself; null is no list of one null, but no list at all.
    if parameters == 1 and len(rest) == 1 and (rest[0] is None or rest[0].__class__ is list):
        return rest
    return [*fixed, rest] if rest else fixed


def _by_name(
    name: str, overload: Overload, arguments: list[Any], names: Sequence[str]
) -> list[Any]:
    given = dict(zip(names, arguments, strict=True))
    unknown = given.keys() - {parameter.name for parameter in overload.parameters}
    missing = [p.name for p in overload.parameters if not p.optional and p.name not in given]
    if unknown or missing or len(given) != len(names):
        expected = ", ".join(parameter.name for parameter in overload.parameters)
        raise Undefined("arity", name=name, expected=expected, given=", ".join(names))
    ordered = []
    for parameter in overload.parameters:
        if parameter.name not in given:
            break  # an optional parameter after this one would need a value for this one
        ordered.append(given[parameter.name])
    return ordered
