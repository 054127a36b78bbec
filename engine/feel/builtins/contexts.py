"""Context functions (DMN 1.5, 10.3.4.10)."""

from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.values.scope import Scope
from engine.feel.values.values import kind, lift

Context = dict[str, Any]


@builtin("get value(m: context, key: string)")
def get_value(scope: Scope, context: Context, key: str) -> Any:
    if key not in context:
        raise Undefined("unknown-property", kind="context", name=key)
    return lift(context[key])


@builtin("get value(context: context, keys: list)")
def get_deep_value(scope: Scope, context: Context, keys: list[Any]) -> Any:
    value: Any = context
    for key in _keys(scope, keys):
        if value.__class__ is not dict:
            raise Undefined("unknown-property", kind=kind(value), name=key)
        value = get_value(scope, value, key)
    return value


def _keys(scope: Scope, keys: list[Any]) -> list[str]:
    scope.run.spend(len(keys))
    if not keys or any(key.__class__ is not str for key in keys):
        raise Undefined("type", expected="list<string>", given="list")
    return keys


@builtin("get entries(m: context) -> list")
def get_entries(scope: Scope, context: Context) -> list[Context]:
    scope.run.spend(len(context))
    return [{"key": key, "value": lift(value)} for key, value in context.items()]


@builtin("context(entries: list) -> context")
def context_of(scope: Scope, entries: list[Any]) -> Context:
    scope.run.spend(len(entries))
    built: Context = {}
    for entry in map(lift, entries):
        if entry.__class__ is not dict or not {"key", "value"} <= entry.keys():
            raise Undefined("type", expected="context<key: string, value: Any>", given=kind(entry))
        key = entry["key"]
        if key.__class__ is not str:
            raise Undefined("type", expected="string", given=kind(key))
        if key in built:
            raise Undefined("duplicate-key", name=key)
        built[key] = lift(entry["value"])
    return built


@builtin("context put(context: context, key: string, value: Any) -> context")
def context_put(scope: Scope, context: Context, key: str, value: Any) -> Context:
    scope.run.spend(len(context))
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: Any) -> context")
def context_put_deep(scope: Scope, context: Context, keys: list[Any], value: Any) -> Context:
    first, *rest = _keys(scope, keys)
    if not rest:
        return context_put(scope, context, first, value)
    below = lift(context.get(first))
    if below is not None and below.__class__ is not dict:
        raise Undefined("type", expected="context", given=kind(below))
    inner = context_put_deep(scope, below if below is not None else {}, rest, value)
    return context_put(scope, context, first, inner)


@builtin("context merge(contexts: list) -> context")
def context_merge(scope: Scope, contexts: list[Any]) -> Context:
    merged: Context = {}
    for each in map(lift, contexts):
        if each.__class__ is not dict:
            raise Undefined("type", expected="context", given=kind(each))
        scope.run.spend(len(each))
        merged.update(each)
    return merged
