"""List functions (DMN 1.5, 10.3.4.4) and `sort` (10.3.4.9)."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel.builtins.numeric import computed
from engine.feel.builtins.registry import builtin
from engine.feel.compiling.arithmetic import arithmetic
from engine.feel.compiling.invoke import invoke
from engine.feel.errors import Undefined
from engine.feel.values.numbers import CONTEXT, exact, is_number, truncated
from engine.feel.values.scope import Scope
from engine.feel.values.values import Function, equal, kind, lift, order

Items = list[Any]


def lifted(scope: Scope, items: Items) -> Items:
    scope.run.spend(len(items))
    return [lift(item) for item in items]


def _numbers(scope: Scope, items: Items) -> list[Decimal]:
    values = lifted(scope, items)
    odd = next((value for value in values if not is_number(value)), None)
    if odd is not None or None in values:
        raise Undefined("type", expected="number", given=kind(odd))
    return [exact(value) for value in values]


def _none_of(name: str) -> Undefined:
    return Undefined("no-value", name=name, reason="the list is empty")


class Seen:
    """A set of FEEL values: equal numbers are one whatever their scale, and null is a value."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._keys: set[Any] = set()
        self._others: list[Any] = []

    def add(self, value: Any) -> bool:
        """Whether the value is new."""
        if value is None or value.__class__ in (str, int, Decimal, bool):
            key = (kind(value), value)
            fresh = key not in self._keys
            self._keys.add(key)
            return fresh
        self._scope.run.spend(len(self._others))
        if any(equal(self._scope, value, other) is True for other in self._others):
            return False
        self._others.append(value)
        return True


# -- about a list ---------------------------------------------------------------------------------


@builtin("list contains(list: list, element: Any) -> boolean")
def list_contains(scope: Scope, items: Items, element: Any) -> bool:
    return any(equal(scope, item, element) is True for item in lifted(scope, items))


@builtin("count(*list: list) -> number")
def count(scope: Scope, items: Items) -> Decimal:
    return Decimal(len(items))


@builtin("is empty(list: list) -> boolean")
def is_empty(scope: Scope, items: Items) -> bool:
    return not items


@builtin("min(*list: list)")
def minimum(scope: Scope, items: Items) -> Any:
    return _extreme(scope, items, -1)


@builtin("max(*list: list)")
def maximum(scope: Scope, items: Items) -> Any:
    return _extreme(scope, items, 1)


def _extreme(scope: Scope, items: Items, sign: int) -> Any:
    values = lifted(scope, items)
    if not values:
        raise _none_of("min" if sign < 0 else "max")
    best = values[0]
    for value in values:
        compared = order(value, best)
        if compared is None:
            raise Undefined("not-comparable", left=kind(value), right=kind(best))
        best = value if compared == sign else best
    return best


@builtin("all(*list: list) -> boolean")
def all_true(scope: Scope, items: Items) -> bool | None:
    return _decided(lifted(scope, items), stop=False)


@builtin("any(*list: list) -> boolean")
def any_true(scope: Scope, items: Items) -> bool | None:
    return _decided(lifted(scope, items), stop=True)


def _decided(values: Items, *, stop: bool) -> bool | None:
    if any(value is stop for value in values):
        return stop
    return (not stop) if all(value.__class__ is bool for value in values) else None


@builtin("index of(list: list, match: Any) -> list")
def index_of(scope: Scope, items: Items, match: Any) -> Items:
    values = lifted(scope, items)
    return [exact(n) for n, value in enumerate(values, 1) if equal(scope, value, match) is True]


# -- sums -----------------------------------------------------------------------------------------


@builtin("sum(*list: list)")
def total(scope: Scope, items: Items) -> Any:
    values = lifted(scope, items)
    if not values:
        raise _none_of("sum")
    result = exact(values[0]) if is_number(values[0]) else values[0]
    if not is_number(result) and kind(result) not in _SUMMABLE:
        raise Undefined("type", expected="number", given=kind(result))
    for value in values[1:]:
        result = arithmetic(scope, "+", result, value)
    return result


_SUMMABLE = ("days and time duration", "years and months duration")


@builtin("product(*list: list) -> number")
def product(scope: Scope, items: Items) -> Decimal:
    numbers = _numbers(scope, items)
    if not numbers:
        raise _none_of("product")
    result = Decimal(1)
    for number in numbers:
        result = computed(CONTEXT.multiply, result, number)
    return result


@builtin("mean(*list: list)")
def mean(scope: Scope, items: Items) -> Any:
    return arithmetic(scope, "/", total(scope, items), exact(len(items)))


@builtin("median(*list: list) -> number")
def median(scope: Scope, items: Items) -> Decimal:
    numbers = sorted(_numbers(scope, items))
    if not numbers:
        raise _none_of("median")
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return computed(CONTEXT.divide, numbers[middle - 1] + numbers[middle], 2)


@builtin("stddev(*list: list) -> number")
def standard_deviation(scope: Scope, items: Items) -> Decimal:
    """Of a sample: the sum of squares is divided by one less than the count."""
    numbers = _numbers(scope, items)
    if len(numbers) < 2:
        raise Undefined("no-value", name="stddev", reason="fewer than two numbers")
    average = computed(CONTEXT.divide, sum(numbers), len(numbers))
    squares = Decimal(0)
    for number in numbers:
        distance = computed(CONTEXT.subtract, number, average)
        squares = computed(CONTEXT.fma, distance, distance, squares)
    return computed(CONTEXT.sqrt, computed(CONTEXT.divide, squares, len(numbers) - 1))


@builtin("mode(*list: list) -> list")
def mode(scope: Scope, items: Items) -> Items:
    """The most frequent numbers, in ascending order."""
    frequency: dict[Decimal, int] = {}
    for number in _numbers(scope, items):
        frequency[number] = frequency.get(number, 0) + 1
    most = max(frequency.values(), default=0)
    return sorted(number for number, times in frequency.items() if times == most)


# -- lists from lists -----------------------------------------------------------------------------


@builtin("sublist(list: list, start position: number, length?: number) -> list")
def sublist(scope: Scope, items: Items, start: Any, length: Any = None) -> Items:
    begin = _position(start, items)
    if length is None:
        return lifted(scope, items[begin:])
    size = truncated(length)
    if size is None or size < 0 or begin + size > len(items):
        raise Undefined("index", index=length, size=len(items))
    return lifted(scope, items[begin : begin + size])


def _position(index: Any, items: Items) -> int:
    position = truncated(index)
    if position is None or position == 0 or abs(position) > len(items):
        raise Undefined("index", index=index, size=len(items))
    return position - 1 if position > 0 else len(items) + position


@builtin("append(list: list, *item: list) -> list")
def append(scope: Scope, items: Items, added: Items) -> Items:
    return lifted(scope, items) + added


@builtin("concatenate(*list: list) -> list")
def concatenate(scope: Scope, lists: Items) -> Items:
    joined: Items = []
    for each in lists:
        if each is None:
            raise Undefined("type", expected="list", given="null")
        joined += lifted(scope, each if each.__class__ is list else [each])
    return joined


@builtin("union(*list: list) -> list")
def union(scope: Scope, lists: Items) -> Items:
    return distinct_values(scope, concatenate(scope, lists))


@builtin("distinct values(list: list) -> list")
def distinct_values(scope: Scope, items: Items) -> Items:
    seen = Seen(scope)
    return [value for value in lifted(scope, items) if seen.add(value)]


@builtin("duplicate values(list: list) -> list")
def duplicate_values(scope: Scope, items: Items) -> Items:
    seen, given = Seen(scope), Seen(scope)
    return [v for v in lifted(scope, items) if not seen.add(v) and given.add(v)]


@builtin("insert before(list: list, position: number, newItem: Any) -> list")
def insert_before(scope: Scope, items: Items, position: Any, item: Any) -> Items:
    at = _position(position, items)
    values = lifted(scope, items)
    return [*values[:at], item, *values[at:]]


@builtin("remove(list: list, position: number) -> list")
def remove(scope: Scope, items: Items, position: Any) -> Items:
    at = _position(position, items)
    values = lifted(scope, items)
    return values[:at] + values[at + 1 :]


@builtin("reverse(list: list) -> list")
def reverse(scope: Scope, items: Items) -> Items:
    return lifted(scope, items)[::-1]


@builtin("flatten(list: list) -> list")
def flatten(scope: Scope, items: Items) -> Items:
    flat: Items = []
    _flatten(scope, items, flat)
    return flat


def _flatten(scope: Scope, items: Items, flat: Items) -> None:
    for item in lifted(scope, items):
        if item.__class__ is list:
            _flatten(scope, item, flat)
        else:
            flat.append(item)


@builtin("list replace(list: list, position: number, newItem: Any) -> list")
def replace_at(scope: Scope, items: Items, position: Any, item: Any) -> Items:
    at = _position(position, items)
    values = lifted(scope, items)
    return [*values[:at], item, *values[at + 1 :]]


@builtin("list replace(list: list, match: function, newItem: Any) -> list")
def replace_where(scope: Scope, items: Items, match: Function, new: Any) -> Items:
    replaced: Items = []
    for item in lifted(scope, items):
        answer = invoke(scope, match, [item, new])
        if answer.__class__ is not bool:
            raise Undefined("not-boolean", given=kind(answer))
        replaced.append(new if answer else item)
    return replaced


@builtin("partition(list: list, size: number) -> list")
def partition(scope: Scope, items: Items, size: Any) -> Items:
    step = truncated(size)
    if step is None or step < 1:
        raise Undefined("index", index=size, size=len(items))
    values = lifted(scope, items)
    return [values[at : at + step] for at in range(0, len(values), step)]


# -- order ----------------------------------------------------------------------------------------


@builtin("sort(list: list, precedes?: function) -> list")
def sort(scope: Scope, items: Items, precedes: Function | None = None) -> Items:
    compare = _natural if precedes is None else _by(scope, precedes)
    return sorted(lifted(scope, items), key=cmp_to_key(compare))


def _natural(left: Any, right: Any) -> int:
    sign = order(left, right)
    if sign is None:
        raise Undefined("not-comparable", left=kind(left), right=kind(right))
    return sign


def _by(scope: Scope, precedes: Function) -> Callable[[Any, Any], int]:
    def compare(left: Any, right: Any) -> int:
        if _truth(invoke(scope, precedes, [left, right])):
            return -1
        return 1 if _truth(invoke(scope, precedes, [right, left])) else 0

    return compare


def _truth(answer: Any) -> bool:
    if answer.__class__ is not bool:
        raise Undefined("not-boolean", given=kind(answer))
    return bool(answer)


__all__ = ["Iterable", "Seen", "distinct_values"]
