"""Cases of a decision table that no rule covers, or that several do.

Each input is cut where its tests name a value: a number line into points and the stretches between
them, an enumeration into its values. Within a piece every test answers alike, so one sample tells
for all of it, and a rule is a box of pieces. Holes are what remains when all boxes are taken away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.dmn.axes import Axis, axis_of
from engine.dmn.findings import remark
from engine.dmn.model import Decision, Model, Rule, Table
from engine.feel.values.scope import Root
from engine.feel.values.values import equal
from engine.ground.findings import Finding
from engine.ground.text import Text

MAX_RULES = 500
MAX_BOXES = 5_000  # of what is left over; more is given up, not guessed
MAX_REPORTS = 5  # of one kind for one table

# The pieces of each input that a rule covers, as the bits of an integer.
Box = tuple[int, ...]


def check(model: Model) -> list[Finding]:
    """The findings of a model with warnings for holes and overlaps of its tables."""
    findings = list(model.findings)
    for decision in model.decisions.values():
        if decision.table is not None:
            findings += _checked(model, decision, decision.table)
    return findings


@dataclass(frozen=True, slots=True)
class _Boxes:
    """A table as boxes over its axes."""

    axes: list[Axis]
    rules: list[tuple[Rule, Box]]

    @property
    def all(self) -> Box:
        return tuple(axis.everything for axis in self.axes)

    def told(self, box: Box) -> Text:
        """A box in words: the inputs that it says anything about."""
        parts = [
            a.told(bits) for a, bits in zip(self.axes, box, strict=True) if bits != a.everything
        ]
        return Text(
            " และ ".join(part.th for part in parts) or "ใด ๆ",
            " and ".join(part.en for part in parts) or "any",
        )


def _checked(model: Model, decision: Decision, table: Table) -> Iterator[Finding]:
    boxes = _boxes(table)
    if boxes is None:
        return
    if table.policy in ("U", "A"):
        yield from _overlaps(model, table, boxes)
    if table.policy == "F":
        yield from _unreachable(model, boxes)
    has_default = any(column.default is not None for column in table.outputs)
    if table.policy in ("U", "A", "P", "F") and not has_default:
        place = table.id or decision.id
        covered = [box for _, box in boxes.rules]
        for hole in _merged(_left([boxes.all], covered) or [])[:MAX_REPORTS]:
            yield _warning(model, place, "dmn-gap", case=boxes.told(hole))


def _boxes(table: Table) -> _Boxes | None:
    """The table as boxes; None if a test depends on more than its own input."""
    if not table.inputs or not 0 < len(table.rules) <= MAX_RULES:
        return None
    axes: list[Axis] = []
    for number, column in enumerate(table.inputs):
        tests = [rule.tests[number] for rule in table.rules if number < len(rule.tests)]
        axis = axis_of(column, tests)
        if axis is None or len(tests) < len(table.rules):
            return None
        axes.append(axis)
    rules = [
        (rule, tuple(axis.covered(test) for axis, test in zip(axes, rule.tests, strict=True)))
        for rule in table.rules
    ]
    return _Boxes(axes, rules)


def _overlaps(model: Model, table: Table, boxes: _Boxes) -> Iterator[Finding]:
    reported = 0
    for number, (rule, box) in enumerate(boxes.rules):
        for other, earlier in boxes.rules[:number]:
            common = tuple(a & b for a, b in zip(box, earlier, strict=True))
            if not all(common) or (table.policy == "A" and _agree(rule, other)):
                continue
            reported += 1
            if reported > MAX_REPORTS:
                return
            rules, case = f"{other.id}, {rule.id}", boxes.told(common)
            yield _warning(model, rule.id, "dmn-overlap", rules=rules, case=case)


def _agree(rule: Rule, other: Rule) -> bool:
    """Whether two rules give the same, which the policy ANY allows."""
    root = Root({})
    pairs = zip(rule.outputs, other.outputs, strict=False)
    return rule.trees == other.trees or all(equal(root, a(root), b(root)) is True for a, b in pairs)


def _unreachable(model: Model, boxes: _Boxes) -> Iterator[Finding]:
    for number, (rule, box) in enumerate(boxes.rules):
        earlier = [each for each in boxes.rules[:number] if _meets(each[1], box)]
        if _left([box], [each for _, each in earlier]) == []:
            rules = ", ".join(each.id for each, _ in earlier)
            yield _warning(model, rule.id, "dmn-unreachable", rules=rules)


def _meets(one: Box, other: Box) -> bool:
    return all(a & b for a, b in zip(one, other, strict=True))


def _left(boxes: list[Box], taken: list[Box]) -> list[Box] | None:
    """What remains of boxes when others are taken away; None when it falls into too many parts."""
    for each in taken:
        boxes = [part for box in boxes for part in _without(box, each)]
        if len(boxes) > MAX_BOXES:
            return None
    return boxes


def _merged(boxes: list[Box]) -> list[Box]:
    """The same in fewer boxes: those that differ in one input only are one."""
    for axis in range(len(boxes[0]) if boxes else 0):
        together: dict[Box, int] = {}
        for box in boxes:
            rest = (*box[:axis], *box[axis + 1 :])
            together[rest] = together.get(rest, 0) | box[axis]
        boxes = [(*rest[:axis], bits, *rest[axis:]) for rest, bits in together.items()]
    return boxes


def _without(box: Box, taken: Box) -> Iterator[Box]:
    if not _meets(box, taken):
        yield box
        return
    for axis, (bits, gone) in enumerate(zip(box, taken, strict=True)):
        if bits & ~gone:
            common = tuple(a & b for a, b in zip(box[:axis], taken[:axis], strict=True))
            yield (*common, bits & ~gone, *box[axis + 1 :])


def _warning(model: Model, element: str, rule: str, **facts: Any) -> Finding:
    both: list[dict[str, Any]] = [
        {
            name: fact.of(language) if isinstance(fact, Text) else fact
            for name, fact in facts.items()
        }
        for language in ("th", "en")
    ]
    thai, english = (remark(model.file, element, rule, **each).text for each in both)
    text = Text(thai.th, english.en)
    return remark(model.file, element, rule, severity="warning", text=text)
