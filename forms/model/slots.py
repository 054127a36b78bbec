"""A place in a form that holds either a fixed value or a FEEL expression, and what it may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from engine import feel
from engine.ground.clock import SystemClock


def bangkok_environment() -> feel.Environment:
    """The environment of a form that nobody gave one: today is today in Bangkok."""
    return feel.Environment(now=SystemClock().now())


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression sees: the case's variables, the answers and, in a row, its own."""

    values: Mapping[str, Any]
    environment: feel.Environment

    def within(self, answers: Mapping[str, Any], *, index: int | None = None) -> Self:
        """The scope inside a group or a row: its own answers first, `parent` for what is around."""
        inner = {**self.values, **answers, "this": dict(answers), "parent": dict(self.values)}
        if index is not None:
            inner["i"] = index + 1  # form-js and FEEL both count from 1
        return type(self)(inner, self.environment)

    def with_answers(self, answers: Mapping[str, Any]) -> Self:
        return type(self)({**self.values, **answers}, self.environment)


@dataclass(frozen=True, slots=True)
class Slot:
    """A value given in the form, or the expression that works it out."""

    literal: Any = None
    expression: feel.Expression | None = None
    names: frozenset[str] = field(default=frozenset())

    def value(self, scope: Scope) -> Any:
        """The JSON value; a failing expression gives null, as FEEL has it."""
        if self.expression is None:
            return self.literal
        return feel.to_json(self.expression.evaluate(scope.values, scope.environment))

    def is_true(self, scope: Scope) -> bool:
        return self.value(scope) is True

    @property
    def is_set(self) -> bool:
        return self.expression is not None or self.literal is not None


UNSET = Slot()
