"""A value as the language writes it, as `string(from)` gives it and as a range is stored."""

from decimal import Decimal
from typing import Any

from engine.feel.grammar.lexer import escape, is_name
from engine.feel.values.numbers import plain
from engine.feel.values.scope import Scope
from engine.feel.values.values import UNBOUNDED, Function, Range, lift


def text_of(value: Any, scope: Scope | None = None, *, inside: bool = False) -> str:
    """A value as the language writes it; a text is quoted within lists and contexts only."""
    class_ = value.__class__
    if class_ is str:
        return escape(value) if inside else str(value)
    if value is None:
        return "null"
    if class_ is bool:
        return "true" if value else "false"
    if class_ is int or class_ is Decimal:
        return plain(value)
    if class_ is Range:
        return range_text(value)
    if class_ is list or class_ is dict:
        return _text_of_many(value, scope)
    text = str(value) if class_ is not Function else "function"
    return f'@"{text}"' if inside and class_ is not Function else text


def _text_of_many(value: Any, scope: Scope | None) -> str:
    if scope is not None:
        scope.run.spend(1 + len(value))
    if value.__class__ is list:
        return "[" + ", ".join(text_of(lift(v), scope, inside=True) for v in value) + "]"
    entries = (
        f"{key_text(str(key))}: {text_of(lift(v), scope, inside=True)}" for key, v in value.items()
    )
    return "{" + ", ".join(entries) + "}"


def key_text(key: str) -> str:
    return key if is_name(key) else escape(key)


def range_text(span: Range) -> str:
    """A range as the language writes it."""
    low, high = (text_of(end, inside=True) for end in (span.low, span.high))
    if span.excludes:
        return f"(!= {low})"
    if span.low is UNBOUNDED:
        return f"({'<=' if span.high_included else '<'} {high})"
    if span.high is UNBOUNDED:
        return f"({'>=' if span.low_included else '>'} {low})"
    return f"{'[' if span.low_included else '('}{low}..{high}{']' if span.high_included else ')'}"
