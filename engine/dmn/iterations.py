"""Boxed loops: for, every, some and filter (DMN 1.5, 7.3)."""

from collections.abc import Callable
from typing import Any

from engine.dmn.boxed import Boxed
from engine.dmn.model import Logic
from engine.dmn.source import Element, child, local
from engine.feel.compiling.lists import item_scope
from engine.feel.errors import Undefined
from engine.feel.values.numbers import whole
from engine.feel.values.scope import Scope
from engine.feel.values.temporal import Date
from engine.feel.values.types import ANY, Type
from engine.feel.values.values import Range, kind, lift


def _values(scope: Scope, value: Any) -> list[Any]:
    if value.__class__ is Range:
        return _counted(value)
    if value.__class__ is list:
        return [lift(item) for item in value]
    if value is None:
        raise Undefined("not-a-list", given="null")
    return [value]


def _counted(span: Range) -> list[Any]:
    if span.low.__class__ is Date:
        raise Undefined("range")
    low, high = whole(span.low), whole(span.high)
    if low is None or high is None or abs(high - low) > 1_000_000:
        raise Undefined("range")
    step = 1 if high >= low else -1
    numbers = list(range(low, high + step, step))
    return numbers[not span.low_included : len(numbers) - (not span.high_included)]


def _rounds(
    boxed: Boxed, element: Element, body: str
) -> tuple[Callable[[Scope], list[Any]], Logic, str]:
    name = element.get("iteratorVariable", "item")
    source = boxed.held(child(element, "in"))
    within = boxed.within({name: ANY, "partial": ANY})
    within.open = True
    logic = within.held(child(element, body))
    return lambda scope: _values(scope, source(scope)), logic, name


def collected(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    values, body, name = _rounds(boxed, element, "return")

    def collect(scope: Scope) -> list[Any]:
        results: list[Any] = []
        for value in values(scope):
            scope.run.spend(1 + len(results) // 8)
            results.append(body(scope.beside({name: value, "partial": list(results)})))
        return results

    return _noted(collect)


def quantified(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    values, condition, name = _rounds(boxed, element, "satisfies")
    stop = local(element) == "some"

    def quantify(scope: Scope) -> bool | None:
        result: bool | None = not stop
        for value in values(scope):
            scope.run.spend(1)
            answer = condition(scope.beside({name: value}))
            if answer is stop:
                return bool(stop)
            if answer.__class__ is not bool:
                scope.run.note("", 0, "not-boolean", given=kind(answer))
                result = None
        return result

    return _noted(quantify)


def filtered(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    source = boxed.held(child(element, "in"))
    within = boxed.within({"item": ANY})
    within.open = True
    match = within.held(child(element, "match"))

    def select(scope: Scope) -> list[Any]:
        chosen: list[Any] = []
        for value in _values(scope, source(scope)):
            scope.run.spend(1)
            inner = dict(item_scope(scope, value).values)
            answer = match(scope.beside(inner))
            if answer is not None and answer.__class__ is not bool:
                raise Undefined("not-boolean", given=kind(answer))
            if answer:
                chosen.append(value)
        return chosen

    return _noted(select)


def _noted(compute: Logic) -> Logic:
    def extra_events(scope: Scope) -> Any:
        try:
            return compute(scope)
        except Undefined as why:
            scope.run.note("", 0, why.code, **why.facts)
            return None

    return extra_events
