"""Where names have their values during one evaluation, and what that evaluation may use up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.feel.errors import BudgetExceeded, Diagnostic
from engine.feel.messages import message
from engine.feel.values.missing import MISSING
from engine.ground.clock import BANGKOK
from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one evaluation may use; going beyond it gives null and a diagnostic."""

    steps: int = 100_000  # iterations, calls and elements handled
    text: int = 4_000_000  # characters produced
    calls: int = 40  # functions within functions
    pattern_seconds: float = 0.5  # all regular expressions together


DEFAULT_BUDGET = Budget()


@dataclass(frozen=True, slots=True)
class Environment:
    """What an expression may reach beside its context.

    `functions` are the host's, by their FEEL names; they are called with plain Python values.
    An expression never catches what a host function raises: that is the host's own affair.
    """

    now: datetime | None = None
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    budget: Budget = DEFAULT_BUDGET
    zone: Any = BANGKOK


EMPTY = Environment()


class Scope:
    """Names and values, inner before outer."""

    __slots__ = ()

    values: Mapping[str, Any]
    parent: "Scope | None"
    run: "Run"
    environment: Environment

    def inner(self, values: Mapping[str, Any]) -> "Inner":
        return Inner(values, self, self.run)

    def beside(self, values: Mapping[str, Any]) -> "Inner":
        """A scope of these values and those here side by side, not one above the other.

        What is compiled for the outermost scope looks for names in one place only: that is what
        makes it fast, and why the logic of decisions gets its scopes this way.
        """
        return Inner({**self.values, **values}, None, self.run)

    def find(self, name: str) -> Any:
        scope: Scope | None = self
        while scope is not None:
            value = scope.values.get(name, MISSING)
            if value is not MISSING:
                return value
            scope = scope.parent
        return MISSING


class Inner(Scope):
    """A scope within another; without a parent it sees nothing but its own values."""

    __slots__ = ("parent", "run", "values")

    def __init__(self, values: Mapping[str, Any], parent: Scope | None, run: "Run") -> None:
        self.values = values
        self.parent = parent
        self.run = run

    @property
    def environment(self) -> Environment:  # type: ignore[override]
        return self.run.environment


class Root(Scope):
    """The outermost scope of one evaluation.

    Most conditions are two or three comparisons and use up nothing that would have to be counted,
    so the run that counts is made when it is first asked for.
    """

    __slots__ = ("_run", "environment", "notes", "values")

    parent = None

    def __init__(
        self,
        values: Mapping[str, Any],
        environment: Environment = EMPTY,
        notes: list[Diagnostic] | None = None,
    ) -> None:
        self.values = values
        self.environment = environment
        self.notes = notes

    @property
    def run(self) -> "Run":  # type: ignore[override]
        try:
            return self._run
        except AttributeError:
            self._run: Run = Run(self.environment, self.notes)
            return self._run


class Run:
    """What one evaluation has used up, and why things in it are null."""

    __slots__ = ("deadline", "depth", "environment", "matched", "notes", "refused", "steps", "text")

    def __init__(self, environment: Environment, notes: list[Diagnostic] | None) -> None:
        self.environment = environment
        self.notes = notes
        budget = environment.budget
        self.steps = budget.steps
        self.text = budget.text
        self.deadline = budget.pattern_seconds
        self.depth = 0
        self.matched: list[dict[str, Any]] = []  # rules of decision tables, in order
        self.refused: list[Text] = []  # values that are not of the type a model declares for them

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise BudgetExceeded("steps")

    def spend_text(self, characters: int) -> None:
        self.text -= characters
        if self.text < 0:
            raise BudgetExceeded("text")

    def refuse(self, code: str, **facts: object) -> None:
        """Say that a value from outside cannot be used, whether or not anyone wants notes."""
        self.refused.append(message(code, **facts))
        self.note("", 0, code, **facts)

    def note(self, source: str, offset: int, code: str, **facts: object) -> None:
        """Say why something is null, as far as anyone wants to know it."""
        if self.notes is not None and len(self.notes) < 100:
            self.notes.append(Diagnostic(code, message(code, **facts), source, offset))
