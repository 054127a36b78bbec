"""Compiles what handles many values: lists, contexts, filters, loops, functions and calls."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from engine.feel.compiling.compiler import Code, Compiler, compiles
from engine.feel.errors import BudgetExceeded, Undefined
from engine.feel.grammar import syntax as s
from engine.feel.grammar.free_names import mentions
from engine.feel.values.numbers import is_number, truncated, whole
from engine.feel.values.scope import Inner, Scope
from engine.feel.values.temporal import DAY, Date, Time, from_local
from engine.feel.values.values import PLAIN, Range, kind, lift


@compiles(s.ListLiteral)
def _list(c: Compiler, node: s.ListLiteral) -> Code:
    items = [c.code(item) for item in node.items]

    def build(scope: Scope) -> list[Any]:
        scope.run.spend(len(items))
        return [item(scope) for item in items]

    return build


@compiles(s.ContextLiteral)
def _context(c: Compiler, node: s.ContextLiteral) -> Code:
    entries = [(key, c.inner(value)) for key, value in node.entries]
    source, at = c.source, node.at
    keys = [key for key, _ in entries]
    doubled = next((key for key in keys if keys.count(key) > 1), None) if len(keys) < 500 else None

    def build(scope: Scope) -> Any:
        if doubled is not None:
            scope.run.note(source, at, "duplicate-key", name=doubled)
            return None
        scope.run.spend(len(entries))
        built: dict[str, Any] = {}
        inner = scope.inner(built)  # each entry sees those before it, and a function sees itself
        for key, value in entries:
            built[key] = value(inner)
        return built

    return build


_NOTHING: dict[str, Any] = {}  # the entries of what is no context


# -- filters --------------------------------------------------------------------------------------


@compiles(s.Filter)
def _filter(c: Compiler, node: s.Filter) -> Code:
    base, source, at = c.code(node.base), c.source, node.at
    if _is_index(node.condition):
        index = c.code(node.condition)

        def pick(scope: Scope) -> Any:
            return _item(scope, _items(base(scope)), index(scope), source, at)

        return c.guarded(at, pick)
    condition, named = c.inner(node.condition), mentions(node.condition, "item")
    shared = not named and not _makes_function(node.condition)

    def select(scope: Scope) -> Any:
        items = _items(base(scope))
        inner = Inner({}, scope, scope.run) if shared else None
        return _selected(scope, items, condition, source, at, inner)

    return c.guarded(at, select)


def _is_index(condition: s.Node) -> bool:
    if isinstance(condition, s.Literal):
        return isinstance(condition.value, Decimal)
    return isinstance(condition, s.Negate)


def _items(value: Any) -> list[Any]:
    """A list as it is; any other value is a list of one."""
    if value is None:
        raise Undefined("not-a-list", given="null")
    return value if value.__class__ is list else [value]


def item_scope(scope: Scope, item: Any) -> Scope:
    """Where a filter's condition is evaluated: the entries of the item, and `item` itself."""
    if item.__class__ is dict:
        return scope.inner(item if "item" in item else {"item": item, **item})
    return scope.inner({"item": item})


def _selected(
    scope: Scope, items: list[Any], condition: Code, source: str, at: int, inner: Inner | None
) -> Any:
    """The items for which the condition holds; `inner` is the scope of all of them, in turn, where
    the condition neither names `item` nor keeps the scope in a function."""
    selected: list[Any] = []
    run = scope.run
    if not items:
        answer = condition(scope.inner({"item": None}))
        return None if is_number(answer) else selected
    run.spend(len(items))
    for position, raw in enumerate(items):
        item = raw if raw.__class__ in PLAIN else lift(raw)
        if inner is None:
            answer = condition(item_scope(scope, item))
        else:
            inner.values = item if item.__class__ is dict else _NOTHING
            answer = condition(inner)
        if answer is True:
            selected.append(item)
        elif position == 0 and is_number(answer):
            return _item(scope, items, answer, source, at)
        elif answer is not False and answer is not None:
            run.note(source, at, "not-boolean", given=kind(answer))
    return selected


def _item(scope: Scope, items: list[Any], index: Any, source: str, at: int) -> Any:
    position = truncated(index)
    if position is None:
        scope.run.note(source, at, "type", expected="number", given=kind(index))
        return None
    if position == 0 or abs(position) > len(items):
        scope.run.note(source, at, "index", index=position, size=len(items))
        return None
    return lift(items[position - 1 if position > 0 else position])


# -- loops ----------------------------------------------------------------------------------------

Stream = Callable[[Scope], Iterator[Any]]


def _stream(c: Compiler, source: s.Source) -> Stream:
    """The values a loop runs over, one at a time: a long range takes no memory."""
    values, text, at = c.inner(source.values), c.source, source.at
    end = c.inner(source.end) if source.end is not None else None

    def stream(scope: Scope) -> Iterator[Any]:
        first = values(scope)
        if end is not None:
            return _count(first, end(scope))
        if first.__class__ is Range:
            return _within(first)
        if first is None:
            raise Undefined("not-a-list", given="null")
        return iter(_items(first))

    del text, at
    return stream


def _count(first: Any, last: Any) -> Iterator[Any]:
    if first.__class__ is Date and last.__class__ is Date:
        return _dates(first, last)
    start, stop = whole(first), whole(last)
    if start is None or stop is None:
        raise Undefined("range")
    step = 1 if stop >= start else -1
    return (Decimal(number) for number in range(start, stop + step, step))


def _dates(first: Date, last: Date) -> Iterator[Any]:
    start, stop = first.days, last.days
    step = 1 if stop >= start else -1
    moments = (from_local(day * DAY, Time(0, 0, 0)) for day in range(start, stop + step, step))
    return (moment.date for moment in moments if moment)


def _within(span: Range) -> Iterator[Any]:
    numbers = _count(span.low, span.high)
    if not span.low_included:
        next(numbers, None)
    if span.high_included:
        return numbers
    return (number for number in numbers if number != span.high)


def _rounds(
    streams: list[tuple[str, Stream]], scope: Scope, fixed: dict[str, Any]
) -> Iterator[Scope]:
    """The scope of every round of a loop over one or more sources, the last running fastest."""
    (name, stream), rest = streams[0], streams[1:]
    run = scope.run
    for raw in stream(scope.inner(fixed)):
        run.spend(1)
        bound = {**fixed, name: lift(raw)}
        if rest:
            yield from _rounds(rest, scope, bound)
        else:
            yield scope.inner(bound)


def _over_one(
    source: tuple[str, Stream], body: s.Node
) -> Callable[[Scope], Iterator[Scope]] | None:
    """The rounds over one source in a single scope, whose value changes from round to round.

    None where a function is made in a round, which would see the value of a later one.
    """
    if _makes_function(body):
        return None
    name, stream = source

    def rounds(scope: Scope) -> Iterator[Scope]:
        values: dict[str, Any] = {}
        inner, run = Inner(values, scope, scope.run), scope.run
        for raw in stream(Inner({}, scope, run)):
            run.steps -= 1
            if run.steps < 0:
                raise BudgetExceeded("steps")
            values[name] = raw if raw.__class__ in PLAIN else lift(raw)
            yield inner

    return rounds


def _makes_function(node: s.Node) -> bool:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, s.FunctionLiteral):
            return True
        waiting.extend(s.children(here))
    return False


@compiles(s.For)
def _for(c: Compiler, node: s.For) -> Code:
    streams = [(source.name, _stream(c, source)) for source in node.sources]
    body, uses_partial = c.inner(node.body), mentions(node.body, "partial")
    rounds = _over_one(streams[0], node.body) if len(streams) == 1 else None

    def collect(scope: Scope) -> Any:
        results: list[Any] = []
        for inner in rounds(scope) if rounds is not None else _rounds(streams, scope, {}):
            if uses_partial:
                scope.run.spend(len(results))
                inner = inner.inner({"partial": list(results)})
            results.append(body(inner))
        return results

    return c.guarded(node.at, collect)


@compiles(s.Quantified)
def _quantified(c: Compiler, node: s.Quantified) -> Code:
    streams = [(source.name, _stream(c, source)) for source in node.sources]
    condition, stop = c.inner(node.condition), not node.every
    source, at = c.source, node.at

    rounds = _over_one(streams[0], node.condition) if len(streams) == 1 else None

    def quantify(scope: Scope) -> bool | None:
        result: bool | None = not stop
        for inner in rounds(scope) if rounds is not None else _rounds(streams, scope, {}):
            answer = condition(inner)
            if answer is stop:
                return bool(stop)
            if answer.__class__ is not bool:
                scope.run.note(source, at, "not-boolean", given=kind(answer))
                result = None
        return result

    return c.guarded(node.at, quantify)
