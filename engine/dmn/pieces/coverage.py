"""Cases of a decision table that no rule covers, or that several do.

Each input is cut where its tests name a value (`axes`), and each piece knows the rules that pass in
it. A hole is a piece of every input such that no rule passes in all of them; it is looked for input
by input, with the rules that are still possible. Whoever is given no warning is told when a table
could not be analysed, and why.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import Any

from engine.dmn.findings import TEXTS, remark
from engine.dmn.model import Decision, Model, Rule, Table
from engine.dmn.pieces.axes import Column, column_of
from engine.feel.values.scope import Root
from engine.feel.values.values import equal
from engine.ground.findings import Finding, Severity
from engine.ground.text import Text

MAX_STEPS = 3_000_000  # of looking at pieces, for each kind of fault; more is told as not analysed
MAX_HOLES = 20_000  # that are put together before the first few are told
MAX_REPORTS = 5  # of one kind for one table

# The pieces of each input, as the bits of an integer.
Box = tuple[int, ...]


class _TooMuch(Exception):
    """The table falls into more parts than can be looked at."""


def check(model: Model) -> list[Finding]:
    """The findings of a model with warnings for holes and overlaps of its tables."""
    findings = list(model.findings)
    for decision in model.decisions.values():
        if decision.table is not None:
            findings += _checked(model, decision, decision.table)
    return findings


@dataclass(slots=True)
class _Cut:
    """A table with each of its inputs cut."""

    columns: list[Column]
    rules: list[Rule]
    steps: int = MAX_STEPS
    wide: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        # From each column on: the rules that pass in all pieces of it and of those after it.
        self.wide = [(1 << len(self.rules)) - 1]
        for column in reversed(self.columns):
            self.wide.insert(0, self.wide[0] & reduce(and_, column.rules))

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise _TooMuch

    @property
    def all(self) -> Box:
        return tuple(column.axis.everything for column in self.columns)

    def box_of(self, number: int) -> Box:
        """The pieces that a rule covers."""
        return tuple(column.boxes[number] for column in self.columns)

    def meeting(self, box: Box) -> int:
        """The rules that pass somewhere in a box."""
        return reduce(
            and_, (self._passing(c, bits) for c, bits in zip(self.columns, box, strict=True))
        )

    def _passing(self, column: Column, bits: int) -> int:
        if bits == column.axis.everything:
            return column.every
        self.spend(bits.bit_count())
        return reduce(or_, (column.rules[n] for n in _pieces(bits)), 0)

    def holes(self, box: Box, rules: int, at: int = 0) -> Iterator[Box]:
        """The parts of a box in which none of some rules pass."""
        if rules & self.wide[at]:
            return
        if not rules or at == len(self.columns):
            yield box
            return
        for pieces, left in self._parts(self.columns[at], box[at], rules):
            yield from self.holes((*box[:at], pieces, *box[at + 1 :]), left, at + 1)

    def _parts(self, column: Column, bits: int, rules: int) -> list[tuple[int, int]]:
        """The pieces of an input, those together in which the same rules are still possible."""
        self.spend(bits.bit_count())
        together: dict[int, int] = {}
        for n in _pieces(bits):
            left = column.rules[n] & rules
            together[left] = together.get(left, 0) | 1 << n
        return [(pieces, left) for left, pieces in together.items()]

    def told(self, box: Box) -> Text:
        """A box in words: the inputs that it says anything about."""
        axes = (column.axis for column in self.columns)
        parts = [a.told(bits) for a, bits in zip(axes, box, strict=True) if bits != a.everything]
        return Text(
            " และ ".join(part.th for part in parts) or "ใด ๆ",
            " and ".join(part.en for part in parts) or "any",
        )


def _pieces(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _checked(model: Model, decision: Decision, table: Table) -> Iterator[Finding]:
    place = table.id or decision.id
    if not table.inputs or not table.rules or table.policy not in _LOOKS:
        return
    cut = _cut(table)
    if isinstance(cut, Text):
        yield _told(model, place, "dmn-not-analysed", "info", reason=cut)
        return
    is_whole = True
    for look in _LOOKS[table.policy]:
        cut.steps = MAX_STEPS
        try:
            yield from look(model, place, table, cut)
        except _TooMuch:
            is_whole = False
    if not is_whole:
        yield _told(model, place, "dmn-not-analysed", "info", reason=_TOO_MUCH)


_TOO_MUCH = Text("แบ่งเป็นกรณีย่อยมากเกินไป", "it falls into too many cases")


def _gaps(model: Model, place: str, table: Table, cut: _Cut) -> Iterator[Finding]:
    if all(column.default is None for column in table.outputs):
        holes = list(islice(cut.holes(cut.all, (1 << len(cut.rules)) - 1), MAX_HOLES))
        for hole in _merged(holes)[:MAX_REPORTS]:
            yield _warning(model, place, "dmn-gap", case=cut.told(hole))


def _cut(table: Table) -> _Cut | Text:
    """The table cut, or why it cannot be."""
    columns: list[Column] = []
    for number, column in enumerate(table.inputs):
        name = column.label or column.text
        tests = [rule.tests[number] for rule in table.rules if number < len(rule.tests)]
        if len(tests) < len(table.rules):
            return Text("มีกฎที่ไม่ครบช่อง", "a rule lacks cells")
        cut = column_of(column, tests)
        if cut is None:
            return Text(f"ค่าของ “{name}” ไม่มีลำดับหรือไม่รู้ชนิด", f"“{name}” has no known, ordered type")
        if cut.unjudged:
            rule = table.rules[next(_pieces(cut.unjudged))]
            return Text(
                f"เงื่อนไขของ “{name}” ในกฎ {rule.id} ขึ้นกับค่าอื่นหรือซับซ้อนเกินไป",
                f"the test of “{name}” in rule {rule.id} depends on more than its value",
            )
        columns.append(cut)
    return _Cut(columns, table.rules)


def _overlaps(model: Model, place: str, table: Table, cut: _Cut) -> Iterator[Finding]:
    reported = 0
    for number, rule in enumerate(cut.rules):
        box = cut.box_of(number)
        for other in _pieces(cut.meeting(box) & ((1 << number) - 1)) if all(box) else ():
            cut.spend(1)
            first = cut.rules[other]
            if table.policy == "A" and _agree(rule, first):
                continue
            reported += 1
            if reported > MAX_REPORTS:
                return
            common = tuple(a & b for a, b in zip(box, cut.box_of(other), strict=True))
            rules, case = f"{first.id}, {rule.id}", cut.told(common)
            yield _warning(model, rule.id, "dmn-overlap", rules=rules, case=case)


def _agree(rule: Rule, other: Rule) -> bool:
    """Whether two rules give the same, which the policy ANY allows."""
    root = Root({})
    pairs = zip(rule.outputs, other.outputs, strict=False)
    return rule.trees == other.trees or all(equal(root, a(root), b(root)) is True for a, b in pairs)


def _unreachable(model: Model, place: str, table: Table, cut: _Cut) -> Iterator[Finding]:
    for number, rule in enumerate(cut.rules):
        box = cut.box_of(number)
        earlier = cut.meeting(box) & ((1 << number) - 1)
        if next(cut.holes(box, earlier), None) is None:
            rules = ", ".join(cut.rules[n].id for n in islice(_pieces(earlier), 10))
            yield _warning(model, rule.id, "dmn-unreachable", rules=rules)


# What is looked for under each hit policy; under the others rules may match together, or none.
_LOOKS = {
    "U": (_overlaps, _gaps),
    "A": (_overlaps, _gaps),
    "F": (_unreachable, _gaps),
    "P": (_gaps,),
}


def _merged(boxes: list[Box]) -> list[Box]:
    """The same in fewer boxes: those that differ in one input only are one."""
    for axis in range(len(boxes[0]) if boxes else 0):
        together: dict[Box, int] = {}
        for box in boxes:
            rest = (*box[:axis], *box[axis + 1 :])
            together[rest] = together.get(rest, 0) | box[axis]
        boxes = [(*rest[:axis], bits, *rest[axis:]) for rest, bits in together.items()]
    return boxes


def _warning(model: Model, element: str, rule: str, **facts: Any) -> Finding:
    return _told(model, element, rule, "warning", **facts)


def _told(model: Model, element: str, rule: str, severity: Severity, **facts: Any) -> Finding:
    text = TEXTS[rule].format(**facts)
    return remark(model.file, element, rule, severity=severity, text=text)
