"""The types of the language, what conforms to them and what converts (DMN 1.5, 10.3.2.9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel.grammar import syntax
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import Date, DateTime, Time
from engine.feel.values.values import KINDS, PLAIN, UNBOUNDED, Function, kind, lift


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `kinds` is None when any value belongs to it."""

    name: str
    kinds: frozenset[str] | None = None
    item: "Type | None" = None  # of a list or a range
    members: Mapping[str, "Type"] | None = None  # of a context
    parameters: tuple["Type", ...] | None = None  # of a function
    result: "Type | None" = None
    allows: Callable[[Scope, Any], bool] | None = None  # the constraint of an item definition
    allowed_text: str = ""  # that constraint as it is written
    zoned: bool | None = None  # whether a point in time has a zone, where that is known

    def __str__(self) -> str:
        return self.name


def simple(name: str) -> Type:
    return Type(name, frozenset((name,)))


ANY = Type("Any")
NULL = simple("null")
NUMBER = simple("number")
STRING = simple("string")
BOOLEAN = simple("boolean")
DATE = simple("date")
TIME = simple("time")
DATE_TIME = simple("date and time")
DAYS_TIME = simple("days and time duration")
YEARS_MONTHS = simple("years and months duration")
DURATION = Type("duration", frozenset(("days and time duration", "years and months duration")))
LIST = simple("list")
CONTEXT = simple("context")
RANGE = simple("range")
FUNCTION = simple("function")

NAMED = {
    "Any": ANY,
    "any": ANY,
    "Null": NULL,
    "null": NULL,
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "dateTime": DATE_TIME,
    "days and time duration": DAYS_TIME,
    "day time duration": DAYS_TIME,
    "dayTimeDuration": DAYS_TIME,
    "years and months duration": YEARS_MONTHS,
    "year month duration": YEARS_MONTHS,
    "yearMonthDuration": YEARS_MONTHS,
    "duration": DURATION,
    "list": LIST,
    "context": CONTEXT,
    "range": RANGE,
    "function": FUNCTION,
    # Camunda Modeler's names
    "integer": NUMBER,
    "long": NUMBER,
    "double": NUMBER,
}


def classes_of(type: Type) -> frozenset[type[Any]]:
    """The Python classes whose every instance belongs to a simple type as it is.

    Null is left out of all but Any: a built-in function gives null for it.
    """
    if type.kinds is None:
        return PLAIN
    return frozenset(class_ for class_, name in KINDS.items() if name in type.kinds)


def list_of(item: Type) -> Type:
    return Type(f"list<{item}>", frozenset(("list",)), item=item)


def range_of(item: Type) -> Type:
    return Type(f"range<{item}>", frozenset(("range",)), item=item)


def context_of(members: Mapping[str, Type], name: str = "") -> Type:
    inner = ", ".join(f"{key}: {value}" for key, value in members.items())
    return Type(name or f"context<{inner}>", frozenset(("context",)), members=dict(members))


def function_of(parameters: tuple[Type, ...], result: Type) -> Type:
    inner = ", ".join(map(str, parameters))
    name = f"function<{inner}> -> {result}"
    return Type(name, frozenset(("function",)), parameters=parameters, result=result)


def resolve(node: syntax.TypeName, named: Mapping[str, Type]) -> Type | None:
    """The type a written type stands for; None when its name, or one within it, is unknown."""
    if node.members:
        members = {key: resolve(value, named) for key, value in node.members}
        known = {key: value for key, value in members.items() if value is not None}
        return context_of(known) if len(known) == len(members) else None
    inner = [resolve(parameter, named) for parameter in node.parameters]
    if any(each is None for each in inner):
        return None
    if node.result is not None:
        result = resolve(node.result, named)
        return function_of(tuple(filter(None, inner)), result) if result else None
    if inner and inner[0] is not None:
        return list_of(inner[0]) if node.name == "list" else range_of(inner[0])
    return named.get(node.name) or NAMED.get(node.name)


def conforms(scope: Scope, value: Any, type: Type) -> bool:
    """Whether a value belongs to a type; null belongs to every type.

    A context has all the members of its type (DMN 1.5, 10.3.2.9.2), and may have more.
    """
    if value is None:
        return True
    if type.kinds is not None and kind(value) not in type.kinds:
        return False
    if type.allows is not None and not type.allows(scope, value):
        return False
    return _parts_conform(scope, value, type)


def _parts_conform(scope: Scope, value: Any, type: Type) -> bool:
    if type.members is not None:
        scope.run.spend(len(type.members))
        return all(
            key in value and conforms(scope, lift(value[key]), member)
            for key, member in type.members.items()
        )
    if type.item is not None and value.__class__ is list:
        scope.run.spend(len(value))
        return all(conforms(scope, lift(item), type.item) for item in value)
    if type.item is not None:
        ends = (end for end in (value.low, value.high) if end is not UNBOUNDED)
        return all(conforms(scope, end, type.item) for end in ends)
    if type.parameters is not None:
        return _function_conforms(value, type)
    return True


def _function_conforms(value: Function, type: Type) -> bool:
    wanted = type.parameters or ()
    for overload in value.overloads:
        own = overload.parameters
        if len(own) != len(wanted):
            continue
        fits = all(subtype(want, have.type) for want, have in zip(wanted, own, strict=True))
        if fits and (overload.result is None or subtype(overload.result, type.result or ANY)):
            return True
    return False


def is_instance(scope: Scope, value: Any, type: Type) -> bool:
    """`instance of`: as conformance, but null by itself is of the type Null only."""
    if value is None:
        return type.kinds is not None and "null" in type.kinds
    return conforms(scope, value, type)


def subtype(narrow: Type, wide: Type) -> bool:
    """Whether every value of one type belongs to the other."""
    if wide.kinds is None:
        return True
    if narrow.kinds is None or not narrow.kinds <= wide.kinds:
        return False
    if wide.item is not None:
        return narrow.item is not None and subtype(narrow.item, wide.item)
    if wide.members is not None:
        own = narrow.members or {}
        return all(key in own and subtype(own[key], t) for key, t in wide.members.items())
    return True


def converted(scope: Scope, value: Any, type: Type) -> tuple[bool, Any]:
    """Whether a value fits a type after the implicit conversions, and what it is then.

    The conversions are of DMN 1.5, 10.3.2.9.4: a list of one gives its item, a value gives a list
    of one, and a date gives its midnight in UTC.
    """
    if conforms(scope, value, type):
        return True, value
    wants_list = type.kinds is not None and "list" in type.kinds
    if value.__class__ is list and len(value) == 1 and not wants_list:
        item = lift(value[0])
        return (True, item) if conforms(scope, item, type) else (False, None)
    if value.__class__ is Date and type.kinds is not None and "date and time" in type.kinds:
        moment = DateTime(value, Time(0, 0, 0, 0, 0))
        return (True, moment) if conforms(scope, moment, type) else (False, None)
    if wants_list and conforms(scope, [value], type):
        return True, [value]
    return False, None
