"""Range functions (DMN 1.5, 10.3.4.7): how points and intervals lie to each other."""

from collections.abc import Callable
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.scope import Scope
from engine.feel.values import Range, kind, order


class _End:
    """An end of a range or a point, ordered; an open side lies beyond everything."""

    def __init__(self, value: Any, beyond: int = 0) -> None:
        self.value = value
        self.beyond = beyond if value is None else 0

    def to(self, other: "_End") -> int:
        if self.beyond or other.beyond:
            return (self.beyond > other.beyond) - (self.beyond < other.beyond)
        sign = order(self.value, other.value)
        if sign is None:
            raise Undefined("not-comparable", left=kind(self.value), right=kind(other.value))
        return sign


class _Span:
    def __init__(self, value: Any) -> None:
        self.is_point = value.__class__ is not Range
        if self.is_point:
            self.low = self.high = _End(value)
            self.low_in = self.high_in = True
            return
        self.low, self.high = _End(value.low, -1), _End(value.high, 1)
        self.low_in, self.high_in = value.low_included, value.high_included


Relation = Callable[[_Span, _Span], bool]


def _before(a: _Span, b: _Span) -> bool:
    sign = a.high.to(b.low)
    return sign < 0 or (sign == 0 and not (a.high_in and b.low_in))


def _meets(a: _Span, b: _Span) -> bool:
    return a.high_in and b.low_in and a.high.to(b.low) == 0


def _overlaps(a: _Span, b: _Span) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: _Span, b: _Span) -> bool:
    starts, ends = a.low.to(b.low), a.high.to(b.high)
    return (
        (starts < 0 or (starts == 0 and a.low_in and not b.low_in))
        and not _before(a, b)
        and (ends < 0 or (ends == 0 and (not a.high_in or b.high_in)))
    )


def _finishes(a: _Span, b: _Span) -> bool:
    if a.is_point:
        return b.high_in and b.high.to(a.low) == 0
    starts = a.low.to(b.low)
    return (
        a.high_in == b.high_in
        and a.high.to(b.high) == 0
        and (starts > 0 or (starts == 0 and (not a.low_in or b.low_in)))
    )


def _starts(a: _Span, b: _Span) -> bool:
    if a.is_point:
        return b.low_in and b.low.to(a.low) == 0
    ends = a.high.to(b.high)
    return (
        a.low_in == b.low_in
        and a.low.to(b.low) == 0
        and (ends < 0 or (ends == 0 and (not a.high_in or b.high_in)))
    )


def _includes(a: _Span, b: _Span) -> bool:
    starts, ends = a.low.to(b.low), a.high.to(b.high)
    return (starts < 0 or (starts == 0 and (a.low_in or not b.low_in))) and (
        ends > 0 or (ends == 0 and (a.high_in or not b.high_in))
    )


def _coincides(a: _Span, b: _Span) -> bool:
    same = a.low_in == b.low_in and a.high_in == b.high_in
    return same and a.low.to(b.low) == 0 and a.high.to(b.high) == 0


# The parameters of each form: `pp` relates two points, `pr` a point to a range, and so on.
_FORMS = {
    "rr": "range1: range, range2: range",
    "pr": "point: Any, range: range",
    "rp": "range: range, point: Any",
    "pp": "point1: Any, point2: Any",
}


def _declare(name: str, relation: Relation, forms: str) -> None:
    def related(scope: Scope, left: Any, right: Any) -> bool:
        a, b = _Span(left), _Span(right)
        form = ("p" if a.is_point else "r") + ("p" if b.is_point else "r")
        if left is None or right is None or form not in forms.split():
            raise Undefined("not-comparable", left=kind(left), right=kind(right))
        return relation(a, b)

    builtin(*(f"{name}({_FORMS[form]}) -> boolean" for form in forms.split()))(related)


def _mirrored(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


for _name, _relation, _forms in (
    ("before", _before, "rr pr rp pp"),
    ("after", _mirrored(_before), "rr pr rp pp"),
    ("meets", _meets, "rr"),
    ("met by", _mirrored(_meets), "rr"),
    ("overlaps", _overlaps, "rr"),
    ("overlaps before", _overlaps_before, "rr"),
    ("overlaps after", _mirrored(_overlaps_before), "rr"),
    ("finishes", _finishes, "rr pr"),
    ("finished by", _mirrored(_finishes), "rr rp"),
    ("includes", _includes, "rr rp"),
    ("during", _mirrored(_includes), "rr pr"),
    ("starts", _starts, "rr pr"),
    ("started by", _mirrored(_starts), "rr rp"),
    ("coincides", _coincides, "rr pp"),
):
    _declare(_name, _relation, _forms)


@builtin("range(from: string) -> range")
def range_from(scope: Scope, text: str) -> Range:
    """A range written as text, with ends that are literals."""
    from engine.feel.constants import constant_range

    found = constant_range(text)
    if found is None:
        raise Undefined("invalid", kind="range", text=text)
    return found
