"""Infers the types of calls, lists, contexts, loops and functions."""

from collections.abc import Mapping
from dataclasses import replace

from engine.feel.builtins import BUILTINS
from engine.feel.compiling.invoke import arity
from engine.feel.grammar import syntax as s
from engine.feel.host import host_function
from engine.feel.inference import literals
from engine.feel.inference.expressions import (
    Checker,
    infers,
    joined,
    literal_type,
    may_convert,
    start_of,
)
from engine.feel.values.types import (
    ANY,
    BOOLEAN,
    DATE_TIME,
    FUNCTION,
    LIST,
    NULL,
    Type,
    context_of,
    list_of,
    range_of,
    resolve,
)
from engine.feel.values.values import Function, Overload, order

# -- calls ----------------------------------------------------------------------------------------


@infers(s.Call)
def _call(c: Checker, node: s.Call) -> Type:
    arguments = [c.type_of(argument) for argument in node.arguments]
    if not isinstance(node.function, s.Name):
        c.type_of(node.function)
        return ANY
    name = node.function.name
    function = _function_named(c, name, node.at)
    if function is None:
        return ANY
    if function is BUILTINS.get(name):
        slip = literals.slip_in_call(name, node.arguments) if node.names is None else None
        if slip is not None:
            c.found(*slip)
            return ANY
        if (known := _known_type(name, node)) is not None:
            return known
    return _called(c, node, name, function, arguments)


def _known_type(name: str, node: s.Call) -> Type | None:
    """The type of a point in time whose zone is known: of `now()`, or of a literal."""
    if name == "now" and not node.arguments:
        return replace(DATE_TIME, zoned=True)
    first = node.arguments[0] if len(node.arguments) == 1 else None
    is_text = isinstance(first, s.Literal) and first.value.__class__ is str
    if name in ("time", "date and time") and is_text:
        return literal_type(literals.READERS[name](first.value))  # type: ignore[union-attr]
    return None


def _function_named(c: Checker, name: str, at: int) -> Function | None:
    """The function to check a call against; None when it is a value or its body is not known."""
    if any(scope is not None and name in scope for scope in c.scopes):
        return None
    if name in c.functions:
        given = c.functions[name] if isinstance(c.functions, Mapping) else None
        return (
            host_function(name, given) if callable(given) or isinstance(given, Function) else None
        )
    if name in BUILTINS:
        return BUILTINS[name]
    if None not in c.scopes[1:]:  # an item of unknown entries may have a function
        c.report(at, "unknown-function", name=name)
    return None


def _called(c: Checker, node: s.Call, name: str, function: Function, arguments: list[Type]) -> Type:
    fitting = [o for o in function.overloads if _takes(o, len(arguments), node.names)]
    if not fitting:
        expected = " / ".join(dict.fromkeys(arity(o) for o in function.overloads))
        if node.names is not None:
            expected = ", ".join(p.name for o in function.overloads[:1] for p in o.parameters)
        given = ", ".join(node.names) if node.names is not None else len(arguments)
        c.report(node.at, "arity", name=name, expected=expected, given=given)
        return ANY
    wrong = [_wrong_argument(overload, node, arguments) for overload in fitting]
    if all(fault is not None for fault in wrong):
        position, parameter, expected_type, given_type = wrong[0] or (0, "", ANY, ANY)
        c.report(
            start_of(node.arguments[position]),
            "argument",
            name=name,
            parameter=parameter,
            expected=expected_type.name,
            given=given_type.name,
        )
        return ANY
    results = [o.result or ANY for o, fault in zip(fitting, wrong, strict=True) if fault is None]
    return joined(results)


def _takes(overload: Overload, given: int, names: tuple[str, ...] | None) -> bool:
    own = overload.parameters
    required = [parameter.name for parameter in own if not parameter.optional]
    if names is not None:
        return set(required) <= set(names) <= {parameter.name for parameter in own}
    return len(required) <= given and (overload.variadic or given <= len(own))


def _wrong_argument(
    overload: Overload, node: s.Call, arguments: list[Type]
) -> tuple[int, str, Type, Type] | None:
    if overload.variadic:
        return None
    for position, given in enumerate(arguments):
        parameter = overload.parameters[position]
        if node.names is not None:
            parameter = next(p for p in overload.parameters if p.name == node.names[position])
        is_null = given.kinds == NULL.kinds and not parameter.nullable
        if is_null or not may_convert(given, parameter.type):
            return position, parameter.name, parameter.type, given
    return None


# -- lists, contexts, loops, functions -------------------------------------------------------------


@infers(s.ListLiteral)
def _list(c: Checker, node: s.ListLiteral) -> Type:
    item = joined([c.type_of(item) for item in node.items])
    return list_of(item) if node.items and item is not ANY else LIST


@infers(s.ContextLiteral)
def _context(c: Checker, node: s.ContextLiteral) -> Type:
    members: dict[str, Type] = {}
    for key, value in node.entries:
        # A function may call itself by the entry's name, so the name is there while it is read.
        own = {**members, key: ANY} if isinstance(value, s.FunctionLiteral) else dict(members)
        members[key] = c.within(own, value)
    return context_of(members, "context")


@infers(s.RangeLiteral)
def _range(c: Checker, node: s.RangeLiteral) -> Type:
    low, high = c.type_of(node.low), c.type_of(node.high)
    ends = [end.value for end in (node.low, node.high) if isinstance(end, s.Literal)]
    if len(ends) == 2 and (order(*ends) or 0) > 0:
        c.report(node.at, "range-order")
    if not {"null"} & ((low.kinds or set()) | (high.kinds or set())):
        c.comparison(node.at, "<=", low, high, node.low, node.high)
    return range_of(joined([low, high]))


@infers(s.UnaryComparison)
def _unary(c: Checker, node: s.UnaryComparison) -> Type:
    return range_of(c.type_of(node.endpoint))


@infers(s.For)
def _for(c: Checker, node: s.For) -> Type:
    before = len(c.scopes)
    _sources(c, node.sources)
    c.scopes.append({"partial": LIST})
    body = c.type_of(node.body)
    del c.scopes[before:]
    return list_of(body) if body is not ANY else LIST


@infers(s.Quantified)
def _quantified(c: Checker, node: s.Quantified) -> Type:
    before = len(c.scopes)
    _sources(c, node.sources)
    c.condition(node.condition)
    del c.scopes[before:]
    return BOOLEAN


def _sources(c: Checker, sources: tuple[s.Source, ...]) -> None:
    for source in sources:
        values = c.type_of(source.values)
        if source.end is not None:
            c.type_of(source.end)
            item = values
        elif values.kinds is not None and values.kinds & {"list", "range"}:
            item = values.item or ANY
        else:
            item = values
        c.scopes.append({source.name: item})


@infers(s.FunctionLiteral)
def _function(c: Checker, node: s.FunctionLiteral) -> Type:
    parameters = {
        name: (resolve(type_, c.types) if type_ is not None else None) or ANY
        for name, type_ in node.parameters
    }
    if not node.external:
        c.within(parameters, node.body)
    return FUNCTION
