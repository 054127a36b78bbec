"""Why a decision came out as it did: its tables as they are written, with what was asked of them
and the rules that matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dmn.evaluation import Path, _Requirements, find
from engine.dmn.model import Decision, Model, Table
from engine.feel.expression import run_bounded
from engine.feel.values.jsonable import to_json
from engine.feel.values.scope import EMPTY, Environment, Root, Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """A column of conditions with the value it had."""

    label: str
    expression: str
    value: Any  # JSON-able


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as written, and whether it was the one."""

    id: str
    number: int  # from 1, as the table is drawn
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str
    is_matched: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One decision table on the way to a decision."""

    id: str
    name: str
    policy: str  # the letter that DMN prints in the corner
    asked: tuple[Asked, ...]
    outputs: tuple[str, ...]
    rows: tuple[RuleRow, ...]

    def outputs_of(self, row: RuleRow) -> list[tuple[str, str]]:
        """What a rule says, under the names of the columns."""
        return list(zip(self.outputs, row.outputs, strict=False))


def explain(
    models: Sequence[Model],
    decision_id: str,
    context: Mapping[str, Any],
    matched: Sequence[Mapping[str, Any]],
    environment: Environment | None = None,
) -> list[Explained]:
    """The tables behind a decision that was made, in the order in which they were evaluated.

    `matched` are the rules as the record holds them; `context` is what the decision was asked with.

    Raises:
        DecisionNotFound: no model of the set has this decision.
    """
    model, element = find(models, decision_id)
    if not isinstance(element, Decision):
        return []
    root = Root(context, environment or EMPTY, [])
    asking = _Asking(models, root)
    run_bounded(root, lambda _scope: asking.decided(model, element, ()), "")
    rules = {str(each["decision"]): set(each["rules"]) for each in matched}
    return [
        _explained(decision, decision.table, values, rules.get(decision.id, set()))
        for decision, values in asking.seen
        if decision.table is not None
    ]


class _Asking(_Requirements):
    """Evaluates as usual, and keeps the values that each table's conditions were asked with."""

    def __init__(self, models: Sequence[Model], root: Scope) -> None:
        super().__init__(models, root)
        self.seen: list[tuple[Decision, list[Any]]] = []

    def _decide(self, model: Model, decision: Decision, path: Path) -> Any:
        value = super()._decide(model, decision, path)
        if decision.table is not None:
            scope = self.scope_of(model, decision, path)
            asked = [column.logic(scope) for column in decision.table.inputs]
            self.seen.append((decision, asked))
        return value


def _explained(
    decision: Decision, table: Table, values: Sequence[Any], matched: set[str]
) -> Explained:
    return Explained(
        id=decision.id,
        name=decision.name,
        policy=table.policy,
        asked=tuple(
            Asked(column.label or column.text, column.text, to_json(value))
            for column, value in zip(table.inputs, values, strict=True)
        ),
        outputs=tuple(column.label or column.name or decision.name for column in table.outputs),
        rows=tuple(
            RuleRow(
                rule.id,
                number,
                tuple(test.source for test in rule.tests),
                tuple(rule.texts),
                rule.note,
                rule.id in matched,
            )
            for number, rule in enumerate(table.rules, 1)
        ),
    )
