"""The host's functions as functions of the language, and values crossing that border."""

import inspect
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from engine.feel.errors import Undefined
from engine.feel.values.jsonable import from_json
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import Date, DateTime, DaysTime, Time, YearsMonths
from engine.feel.values.types import ANY
from engine.feel.values.values import Function, Overload, Parameter


def host_function(name: str, given: Callable[..., Any] | Function) -> Function:
    return given if isinstance(given, Function) else _wrapped(name, given)


def _wrapped(name: str, given: Callable[..., Any]) -> Function:
    def call(scope: Scope, arguments: list[Any]) -> Any:
        plain = arguments[0] if variadic and len(arguments) == 1 else arguments
        return from_json(given(*(to_python(argument) for argument in plain)))

    parameters, variadic = parameters_of(given)
    return Function(name, (Overload(parameters, call, variadic),))


def parameters_of(given: Callable[..., Any]) -> tuple[tuple[Parameter, ...], bool]:
    """What a Python function takes; `_` in a parameter's name reads as a space."""
    found: list[Parameter] = []
    for parameter in inspect.signature(given).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            return (Parameter("values", ANY, optional=True, nullable=True),), True
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            has_default = parameter.default is not parameter.empty
            name = parameter.name.replace("_", " ")
            found.append(Parameter(name, ANY, optional=has_default, nullable=True))
    return tuple(found), False


def to_python(value: Any) -> Any:
    """A value of the language as Python's own; what Python cannot hold becomes its FEEL text."""
    convert = _PYTHON.get(value.__class__)
    try:
        return convert(value) if convert else value
    except (ValueError, OverflowError):
        return str(value)


def _moment(value: DateTime) -> datetime:
    day, clock = value.date, value.time
    offset = value.offset
    place = None if offset is None else UTC if offset == 0 else timezone(timedelta(seconds=offset))
    return datetime(
        day.year, day.month, day.day, clock.hour, clock.minute, clock.second,
        clock.nano // 1000, tzinfo=place,
    )  # fmt: skip


def _function(value: Function) -> Any:
    raise Undefined("argument", parameter="value", name="host", expected="data", given="function")


_PYTHON: dict[type, Callable[[Any], Any]] = {
    Date: lambda v: date(v.year, v.month, v.day),
    DateTime: _moment,
    Time: lambda v: time(v.hour, v.minute, v.second, v.nano // 1000),
    DaysTime: lambda v: timedelta(microseconds=v.nanos // 1000),
    YearsMonths: str,
    list: lambda v: [to_python(item) for item in v],
    dict: lambda v: {key: to_python(item) for key, item in v.items()},
    Function: _function,
}
