"""An input of a decision table, cut into pieces within which every test answers alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.dmn.model import Input
from engine.feel.expression import UnaryTests
from engine.feel.grammar import syntax as s
from engine.feel.grammar.lexer import escape
from engine.feel.values.numbers import plain
from engine.feel.values.scope import Root
from engine.ground.text import Text

# What a test may be made of, so that it can only change its answer at the values it names.
_SIMPLE = (
    s.Literal,
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


@dataclass(frozen=True, slots=True)
class Axis:
    """One input: a sample and the words for each of its pieces."""

    name: str
    samples: list[Any]
    words: list[Text]

    @property
    def everything(self) -> int:
        return (1 << len(self.samples)) - 1

    def covered(self, test: UnaryTests) -> int:
        """The pieces whose values pass a test, as bits."""
        root = Root({})
        return sum(
            1 << n for n, sample in enumerate(self.samples) if test.passes(root, sample) is True
        )

    def told(self, bits: int) -> Text:
        """Some pieces in words, neighbours on the number line as one."""
        if self.samples and isinstance(self.samples[0], Decimal):
            return Text(*[f"{self.name} {_stretches(self, bits)}"] * 2)
        chosen = [word for n, word in enumerate(self.words) if bits >> n & 1]
        return Text(
            f"{self.name} = {' หรือ '.join(word.th for word in chosen)}",
            f"{self.name} = {' or '.join(word.en for word in chosen)}",
        )


def axis_of(column: Input, tests: list[UnaryTests]) -> Axis | None:
    """The axis of an input, None when a test depends on anything but its own value."""
    limits = [column.allowed] if column.allowed is not None else []
    trees = [each.tree for each in (*tests, *limits)]
    if not all(_is_simple(tree) for tree in trees):
        return None
    values = [value for tree in trees for value in _literals(tree)]
    kinds = column.type.kinds or _kinds(values)
    name = column.text or column.label
    if kinds == {"number"}:
        axis = _number_line(name, [value for value in values if isinstance(value, Decimal)])
    elif kinds == {"boolean"}:
        words = [Text("true", "true"), Text("false", "false")]
        axis = Axis(name, [True, False], words)
    elif kinds == {"string"}:
        axis = _enumeration(name, [value for value in values if isinstance(value, str)])
    else:
        return None
    return _within(axis, column.allowed) if column.allowed is not None else axis


def _kinds(values: Iterable[Any]) -> set[str]:
    names = {bool: "boolean", Decimal: "number", str: "string"}
    return {names[value.__class__] for value in values if value is not None}


def _is_simple(tree: s.Node) -> bool:
    waiting: list[s.Node] = list(s.children(tree))
    while waiting:
        node = waiting.pop()
        is_foreign = isinstance(node, s.Name) and node.name != "?"
        if is_foreign or not isinstance(node, _SIMPLE):
            return False
        if isinstance(node, s.Negate) and not isinstance(node.operand, s.Literal):
            return False
        waiting.extend(s.children(node))
    return True


def _literals(tree: s.Node) -> Iterable[Any]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, s.Literal):
            yield node.value
        elif isinstance(node, s.Negate) and isinstance(node.operand, s.Literal):
            yield -node.operand.value
        else:
            waiting.extend(s.children(node))


def _enumeration(name: str, values: list[str]) -> Axis:
    distinct = list(dict.fromkeys(values))
    words = [Text(escape(value), escape(value)) for value in distinct]
    return Axis(name, [*distinct, _OTHER], [*words, Text("ค่าอื่น", "anything else")])


def _number_line(name: str, values: list[Decimal]) -> Axis:
    points = sorted(set(values))
    if not points:
        return Axis(name, [Decimal(0)], [Text("", "")])
    samples = [points[0] - 1, points[0]]
    words = [f"< {plain(points[0])}", plain(points[0])]
    for low, high in pairwise(points):
        samples += [(low + high) / 2, high]
        words += [f"({plain(low)}..{plain(high)})", plain(high)]
    samples.append(points[-1] + 1)
    words.append(f"> {plain(points[-1])}")
    return Axis(name, samples, [Text(word, word) for word in words])


def _within(axis: Axis, allowed: UnaryTests) -> Axis:
    """Only the pieces that the input may have at all."""
    bits = axis.covered(allowed)
    kept = [n for n in range(len(axis.samples)) if bits >> n & 1]
    return Axis(axis.name, [axis.samples[n] for n in kept], [axis.words[n] for n in kept])


def _stretches(axis: Axis, bits: int) -> str:
    """Chosen pieces of a number line, those side by side written as one range."""
    runs: list[list[str]] = []
    last = -2
    for n, word in enumerate(axis.words):
        if not bits >> n & 1:
            continue
        if n == last + 1:
            runs[-1].append(word.en)
        else:
            runs.append([word.en])
        last = n
    return ", ".join(map(_merged, runs))


def _merged(words: list[str]) -> str:
    first, last = words[0], words[-1]
    if len(words) == 1:
        return first if first[0] in "<>(" else f"= {first}"
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
