"""Range functions (DMN 1.5, 10.3.4.7): how points and intervals lie to each other."""

from collections.abc import Callable
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Undefined
from engine.feel.values.scope import Scope
from engine.feel.values.values import UNBOUNDED, Range, both, kind, order

Truth = bool | None  # None: a limit is null, or of another kind than what it is compared with


class _End:
    """An end of a range or a point, ordered; a side without a limit lies beyond everything."""

    def __init__(self, value: Any, beyond: int = 0) -> None:
        self.value = value
        self.beyond = beyond if value is UNBOUNDED else 0

    def to(self, other: "_End") -> int | None:
        if self.beyond or other.beyond:
            return (self.beyond > other.beyond) - (self.beyond < other.beyond)
        return order(self.value, other.value)


class _Span:
    def __init__(self, value: Any) -> None:
        self.is_point = value.__class__ is not Range
        if self.is_point:
            self.low = self.high = _End(value)
            self.low_in = self.high_in = True
            return
        self.low, self.high = _End(value.low, -1), _End(value.high, 1)
        self.low_in, self.high_in = value.low_included, value.high_included


Relation = Callable[[_Span, _Span], Truth]


def _less(one: _End, other: _End, *, or_equal: bool = False) -> Truth:
    sign = one.to(other)
    return None if sign is None else sign < 0 or (or_equal and sign == 0)


def _same(one: _End, other: _End) -> Truth:
    sign = one.to(other)
    return None if sign is None else sign == 0


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _before(a: _Span, b: _Span) -> Truth:
    return _less(a.high, b.low, or_equal=not (a.high_in and b.low_in))


def _meets(a: _Span, b: _Span) -> Truth:
    return both(a.high_in and b.low_in, _same(a.high, b.low))


def _overlaps(a: _Span, b: _Span) -> Truth:
    return both(_not(_before(a, b)), _not(_before(b, a)))


def _overlaps_before(a: _Span, b: _Span) -> Truth:
    starts = _less(a.low, b.low, or_equal=a.low_in and not b.low_in)
    return both(both(starts, _not(_before(a, b))), _ends_within(a, b))


def _starts_within(a: _Span, b: _Span) -> Truth:
    return _less(b.low, a.low, or_equal=not a.low_in or b.low_in)


def _ends_within(a: _Span, b: _Span) -> Truth:
    return _less(a.high, b.high, or_equal=not a.high_in or b.high_in)


def _finishes(a: _Span, b: _Span) -> Truth:
    if a.is_point:
        return both(b.high_in, _same(b.high, a.low))
    return both(both(a.high_in == b.high_in, _same(a.high, b.high)), _starts_within(a, b))


def _starts(a: _Span, b: _Span) -> Truth:
    if a.is_point:
        return both(b.low_in, _same(b.low, a.low))
    return both(both(a.low_in == b.low_in, _same(a.low, b.low)), _ends_within(a, b))


def _includes(a: _Span, b: _Span) -> Truth:
    return both(_starts_within(b, a), _ends_within(b, a))


def _coincides(a: _Span, b: _Span) -> Truth:
    same = a.low_in == b.low_in and a.high_in == b.high_in
    return both(same, both(_same(a.low, b.low), _same(a.high, b.high)))


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
        answer = relation(a, b)
        if answer is None:
            raise Undefined("not-comparable", left=kind(left), right=kind(right))
        return answer

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
