"""Finds the rules of a large table that may match, without trying each of them.

Each column that can be cut (`axes`) knows, for the piece in which a value lies, the rules that pass
there; the rules of all columns together are those that match. Only what could not be told before
is tried one by one: a column whose value is of another kind, a test that depends on more than it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.dmn.model import Table
from engine.dmn.pieces.axes import Column, column_of
from engine.feel.values.scope import Scope

LEAST_RULES = 16  # a smaller table is as quick rule by rule
MOST_RULES = 10_000  # of a larger one the index would take too much memory


class Index:
    """The rules of a table by what its inputs are."""

    def __init__(self, table: Table) -> None:
        self.rules = table.rules
        self.all = (1 << len(table.rules)) - 1
        self.columns: list[Column | None] = [
            column_of(column, [rule.tests[number] for rule in table.rules])
            for number, column in enumerate(table.inputs)
        ]

    def matching(self, scope: Scope, values: Sequence[Any]) -> Iterator[int]:
        """The numbers of the rules that match, in the order of the table."""
        candidates = self.all
        untried: list[tuple[int, int]] = []  # columns, and the rules to be tried there
        for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            piece = column.axis.piece_of(value) if column is not None else None
            if column is None or piece is None:
                untried.append((number, self.all))
                continue
            candidates &= column.rules[piece]
            if not candidates:
                return
            if column.unjudged:
                untried.append((number, column.unjudged))
        while candidates:
            lowest = candidates & -candidates
            candidates ^= lowest
            rule = lowest.bit_length() - 1
            tests = self.rules[rule].tests
            if all(
                not lowest & which or tests[number].passes(scope, values[number]) is True
                for number, which in untried
            ):
                yield rule


def index_of(table: Table) -> Index | None:
    """The index of a table for which one is worth its while."""
    whole = all(len(rule.tests) == len(table.inputs) for rule in table.rules)
    if not whole or not LEAST_RULES <= len(table.rules) <= MOST_RULES:
        return None
    return Index(table)
