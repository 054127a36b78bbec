"""How a built-in function is declared: its FEEL signature as text above a Python function.

`name(parameter: type, other?: type|type, *rest: list) -> type`: `?` marks what may be left out, `*`
a list that may also be given as single values. Only a parameter of type `Any` takes null; null for
any other gives null, as the standard says of every built-in.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from engine.feel.values.types import ANY, NAMED, Type
from engine.feel.values.values import Function, Overload, Parameter

Body = TypeVar("Body", bound=Callable[..., Any])
BUILTINS: dict[str, Function] = {}

_SIGNATURE = re.compile(r"(?P<name>[^(]+)\((?P<parameters>.*)\)(?: -> (?P<result>.+))?")


def builtin(*signatures: str) -> Callable[[Body], Body]:
    """Registers a function under one or more signatures; the first that fits a call is used."""

    def register(body: Body) -> Body:
        for signature in signatures:
            _add(signature, body)
        return body

    return register


def _add(signature: str, body: Callable[..., Any]) -> None:
    found = _SIGNATURE.fullmatch(signature)
    assert found is not None, signature
    name = found["name"]
    written = [part for part in found["parameters"].split(", ") if part]
    parameters = tuple(_parameter(part) for part in written)
    overload = Overload(
        parameters,
        lambda scope, arguments: body(scope, *arguments),
        variadic=any(part.startswith("*") for part in written),
        result=_type(found["result"] or "Any"),
    )
    known = BUILTINS.get(name)
    overloads = (*known.overloads, overload) if known else (overload,)
    BUILTINS[name] = Function(name, overloads)


def _parameter(written: str) -> Parameter:
    name, _, type_name = written.partition(": ")
    type_ = _type(type_name)
    return Parameter(name.strip("*?"), type_, name.endswith("?"), nullable=type_ is ANY)


def _type(written: str) -> Type:
    types = [NAMED[name] for name in written.split("|")]
    if len(types) == 1:
        return types[0]
    kinds = frozenset().union(*(type_.kinds or () for type_ in types))
    return Type(" or ".join(type_.name for type_ in types), kinds)
