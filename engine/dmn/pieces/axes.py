"""An input of a decision table, cut into pieces within which every test answers alike.

A number line (or one of dates, times, durations) is cut at the values that tests name: into those
points and the stretches between them. An enumeration is cut into its values and everything else.
Deciding finds the piece of a value and with it the rules that may match; checking finds pieces that
no rule covers, or that several do.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from engine.dmn.model import Input
from engine.feel.compiling.range_literals import constant_value
from engine.feel.expression import UnaryTests
from engine.feel.grammar import syntax as s
from engine.feel.grammar.lexer import escape
from engine.feel.values.numbers import plain
from engine.feel.values.scope import Root
from engine.feel.values.temporal import DAY, Date, Time, from_local
from engine.feel.values.text_form import text_of
from engine.feel.values.types import BOOLEAN, STRING
from engine.feel.values.values import kind, order_key
from engine.ground.text import Text

# What a test may be made of, so that it can only change its answer at the values it names.
_SIMPLE = (
    s.Negate,
    s.Name,
    s.UnaryComparison,
    s.Comparison,
    s.RangeLiteral,
    s.And,
    s.Or,
    s.In,
    s.Between,
    s.ListLiteral,
)
_OTHER = "\x00other"  # stands for every text that no test names
_MISSING = object()
MAX_SAMPLES = 2_000  # of one test of an unusual kind; the usual ones need none

Runs = list[tuple[int, int]]  # of pieces, first and last


@dataclass(frozen=True, slots=True)
class Axis:
    """One input: for each piece the words for it and a value within, where one is known."""

    name: str
    words: list[Text]
    samples: list[Any]
    everything: int  # the pieces that the input may have at all, as bits
    keys: Sequence[Any]  # of a line, its points in order
    group: Any  # what values belong on the line; None for an enumeration
    pieces: dict[Any, int]  # of an enumeration

    def piece_of(self, value: Any) -> int | None:
        """The piece in which a value lies, None for one of another kind."""
        if self.group is None:
            if value.__class__ is bool or value.__class__ is str:
                return self.pieces.get(value, self.pieces.get(_OTHER))
            return None
        key = order_key(value)
        if key is None or key[0] != self.group:
            return None
        at = bisect_left(self.keys, key[1])
        return 2 * at + (at < len(self.keys) and self.keys[at] == key[1])

    def runs(self, test: UnaryTests) -> Runs | None:
        """The pieces whose values pass a test, None where that cannot be told."""
        if not test.tree.tests:
            return [(0, len(self.words) - 1)]
        runs: Runs = []
        for node in test.tree.tests:
            found = self._runs_of(node)
            if found is None:
                return self._sampled(test)
            runs += found
        return _outside(runs, len(self.words)) if test.tree.negated else runs

    def _runs_of(self, node: s.Node) -> Runs | None:
        """The pieces of one test of the usual kinds, without trying any value."""
        last = len(self.words) - 1
        if isinstance(node, s.RangeLiteral) and self.group is not None:
            low, high = (self._constant(end) for end in (node.low, node.high))
            if low is None or high is None:
                return None
            return _run(low + (not node.low_included), high - (not node.high_included))
        operator = node.operator if isinstance(node, s.UnaryComparison) else "="
        piece = self._constant(node.endpoint if isinstance(node, s.UnaryComparison) else node)
        if piece is None or (self.group is None and operator != "="):
            return None
        return {
            "=": [(piece, piece)],
            "!=": [*_run(0, piece - 1), *_run(piece + 1, last)],
            "<": _run(0, piece - 1),
            "<=": _run(0, piece),
            ">": _run(piece + 1, last),
            ">=": _run(piece, last),
        }[operator]

    def _constant(self, node: s.Node) -> int | None:
        value = constant_value(node, _MISSING)
        return None if value is _MISSING else self.piece_of(value)

    def _sampled(self, test: UnaryTests) -> Runs | None:
        unknown = any(sample is _MISSING for sample in self.samples)
        ordered = self.group is None and _asks_for_order(test.tree)
        if unknown or ordered or len(self.samples) > MAX_SAMPLES or not is_simple(test.tree):
            return None
        root = Root({})
        passing = [n for n, x in enumerate(self.samples) if test.passes(root, x) is True]
        return [(n, n) for n in passing]

    def told(self, bits: int) -> Text:
        """Some pieces in words, neighbours on the line as one."""
        if self.group is not None:
            return Text(*[f"{self.name} {self._stretches(bits)}"] * 2)
        chosen = [word for n, word in enumerate(self.words) if bits >> n & 1]
        return Text(
            f"{self.name} = {' หรือ '.join(word.th for word in chosen)}",
            f"{self.name} = {' or '.join(word.en for word in chosen)}",
        )

    def _stretches(self, bits: int) -> str:
        """Chosen pieces of a line, those side by side written as one range."""
        runs: list[list[str]] = []
        beside = False
        for n, word in enumerate(self.words):
            if not self.everything >> n & 1:
                continue
            chosen = bool(bits >> n & 1)
            if chosen and beside:
                runs[-1].append(word.en)
            elif chosen:
                runs.append([word.en])
            beside = chosen
        return ", ".join(map(_merged, runs))


def axis_of(column: Input, tests: Sequence[UnaryTests]) -> Axis | None:
    """The axis of an input, None when the kind of its values is not known or has no order."""
    name = column.text or column.label
    limits = [column.allowed] if column.allowed is not None else []
    if not limits and all(not test.tree.tests for test in tests):
        return Axis(name, [Text("", "")], [_MISSING], 1, (), "any", {})
    values = [v for each in (*tests, *limits) for v in _constants(each.tree) if v is not None]
    kinds = column.known.kinds or frozenset(map(kind, values))
    if kinds == BOOLEAN.kinds:
        axis = _enumeration(name, [True, False], [])
    elif kinds == STRING.kinds:
        axis = _enumeration(name, [v for v in values if v.__class__ is str], [_OTHER])
    else:
        found = _line(name, values, kinds)
        if found is None:
            return None
        axis = found
    return _within(axis, column.allowed) if column.allowed is not None else axis


def is_simple(tree: s.Node) -> bool:
    """Whether a test can only change its answer at the values it names."""
    waiting: list[s.Node] = list(s.children(tree))
    while waiting:
        node = waiting.pop()
        if constant_value(node, _MISSING) is not _MISSING:
            continue
        is_foreign = isinstance(node, s.Name) and node.name != "?"
        if is_foreign or not isinstance(node, _SIMPLE) or isinstance(node, s.Negate):
            return False
        waiting.extend(s.children(node))
    return True


def _asks_for_order(tree: s.Node) -> bool:
    """Whether a test asks what lies before or after: texts that nothing names then differ."""
    if isinstance(tree, s.RangeLiteral | s.Between):
        return True
    compares = isinstance(tree, s.UnaryComparison | s.Comparison)
    if compares and tree.operator not in ("=", "!="):  # type: ignore[attr-defined]
        return True
    return any(_asks_for_order(each) for each in s.children(tree))


def _constants(tree: s.Node) -> Iterable[Any]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        value = constant_value(node, _MISSING)
        if value is _MISSING:
            waiting.extend(s.children(node))
        else:
            yield value


def _enumeration(name: str, values: list[Any], other: list[str]) -> Axis:
    distinct = list(dict.fromkeys(values))
    words = [Text(*[escape(v) if isinstance(v, str) else text_of(v)] * 2) for v in distinct]
    samples = [*distinct, *other]
    words += [Text("ค่าอื่น", "anything else")] * len(other)
    pieces = {value: n for n, value in enumerate(samples)}
    return Axis(name, words, samples, (1 << len(samples)) - 1, (), None, pieces)


def _line(name: str, values: list[Any], kinds: frozenset[str]) -> Axis | None:
    """An ordered input; None where its values have no order, or not all the same one."""
    ordered = [(key, v) for v in values if (key := order_key(v)) and _kind_of(key) in kinds]
    groups = {key[0] for key, _ in ordered}
    if len(kinds) != 1 or len(groups) > 1:
        return None
    if not groups:
        group = next(iter(kinds)) if kinds == {"number"} else None
        if group is None:
            return None
        return Axis(name, [Text("", "")], [Decimal(0)], 1, (), group, {})
    points = [v for _, v in sorted({key[1]: v for key, v in ordered}.items())]
    keys = sorted({key[1] for key, _ in ordered})
    written = [_written(point) for point in points]
    words, samples = [f"< {written[0]}", written[0]], [_before(points[0]), points[0]]
    everything = (1 << (2 * len(points) + 1)) - 1
    for n, ((low, high), (a, b)) in enumerate(
        zip(pairwise(points), pairwise(written), strict=True), 1
    ):
        words += [f"({a}..{b})", b]
        samples += [_between(low, high), high]
        if isinstance(low, Date) and high.days == low.days + 1:
            everything &= ~(1 << 2 * n)  # no day lies between two that follow each other
    words.append(f"> {written[-1]}")
    samples.append(_after(points[-1]))
    texts = [Text(word, word) for word in words]
    return Axis(name, texts, samples, everything, keys, next(iter(groups)), {})


def _kind_of(key: tuple[Any, Any]) -> str:
    return key[0] if isinstance(key[0], str) else str(key[0][0])


def _written(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal | int) else str(value)


def _moved(value: Any, steps: int) -> Any:
    if isinstance(value, Decimal):
        return value + steps
    if isinstance(value, Date):
        moment = from_local((value.days + steps) * DAY, Time(0, 0, 0))
        return moment.date if moment is not None else _MISSING
    return _MISSING


def _before(value: Any) -> Any:
    return _moved(value, -1)


def _after(value: Any) -> Any:
    return _moved(value, 1)


def _between(low: Any, high: Any) -> Any:
    if isinstance(low, Decimal):
        return (low + high) / 2
    if isinstance(low, Date):
        return _moved(low, max((high.days - low.days) // 2, 0))
    return _MISSING


def _within(axis: Axis, allowed: UnaryTests) -> Axis:
    """Only the pieces that the input may have at all; all of them where that cannot be told."""
    runs = axis.runs(allowed)
    if runs is None:
        return axis
    everything = axis.everything & bits_of(runs)
    return Axis(axis.name, axis.words, axis.samples, everything, axis.keys, axis.group, axis.pieces)


def bits_of(runs: Runs) -> int:
    bits = 0
    for first, last in runs:
        bits |= ((1 << last - first + 1) - 1) << first
    return bits


def _run(first: int, last: int) -> Runs:
    return [(first, last)] if first <= last else []


def _outside(runs: Runs, pieces: int) -> Runs:
    """The pieces that are in none of the runs."""
    left, at = [], 0
    for first, last in sorted(runs):
        left += _run(at, first - 1)
        at = max(at, last + 1)
    return left + _run(at, pieces - 1)


# -- the rules of each piece ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """An axis with the rules that pass in each of its pieces, as the bits of an integer."""

    axis: Axis
    rules: list[int]  # by piece
    boxes: list[int]  # by rule: the pieces in which it passes
    every: int  # the rules that pass in some piece
    unjudged: int  # rules whose test depends on more: they have a bit in every piece


def column_of(column: Input, tests: Sequence[UnaryTests]) -> Column | None:
    """A column of a table, cut; None when its input cannot be cut."""
    axis = axis_of(column, tests)
    if axis is None:
        return None
    seen: dict[str, Runs | None] = {}
    boxes: list[int] = []
    covered: dict[str, int] = {}
    begins = [0] * (len(axis.words) + 1)
    unjudged = everywhere = 0
    for number, test in enumerate(tests):
        bit = 1 << number
        if not test.tree.tests:
            everywhere |= bit
            boxes.append(axis.everything)
            continue
        if test.source not in seen:
            found = seen[test.source] = axis.runs(test)
            covered[test.source] = axis.everything & bits_of(found or [])
        boxes.append(covered[test.source])
        runs = seen[test.source]
        if runs is None:
            unjudged |= bit
        else:
            for first, last in _joined(runs):
                begins[first] ^= bit
                begins[last + 1] ^= bit
    standing = unjudged | everywhere
    rules = []
    for change in begins[:-1]:
        standing ^= change
        rules.append(standing)
    return Column(axis, rules, boxes, reduce(or_, rules, 0), unjudged)


def _joined(runs: Runs) -> Runs:
    """The same pieces, each in one run only."""
    joined: Runs = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


# -- words ----------------------------------------------------------------------------------------


def _merged(words: list[str]) -> str:
    first, last = words[0], words[-1]
    if len(words) == 1:
        return first if first[:1] in ("<", ">", "(") else f"= {first}"
    if first[0] == "<":
        return f"< {_high(last)}" if last[0] == "(" else f"<= {last}"
    low = first[1:].partition("..")[0] if first[0] == "(" else first
    if last[0] == ">":
        return f"{'>' if first[0] == '(' else '>='} {low}"
    opening = "(" if first[0] == "(" else "["
    closing = ")" if last[0] == "(" else "]"
    return f"{opening}{low}..{_high(last)}{closing}"


def _high(word: str) -> str:
    return word[1:-1].partition("..")[2] if word[0] == "(" else word
