"""A number that was measured, beside the goal it has to reach."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """At least, or at most, so much."""

    sign: str
    bound: float

    def __str__(self) -> str:
        return f"{self.sign} {self.bound:g}"

    def is_met(self, figure: float) -> bool:
        return figure >= self.bound if self.sign == "≥" else figure <= self.bound


def at_least(bound: float) -> Goal:
    return Goal("≥", bound)


def at_most(bound: float) -> Goal:
    return Goal("≤", bound)


@dataclass(frozen=True, slots=True)
class Row:
    """`key` is what `--only` chooses by. `spread` is the middle half of what the rounds gave."""

    key: str
    name: str
    figure: float
    unit: str
    goal: Goal | None = None
    spread: tuple[float, float] | None = None

    @property
    def met(self) -> bool | None:
        return None if self.goal is None else self.goal.is_met(self.figure)

    def cost_against(self, before: float) -> float | None:
        """How many times as dear it is as it was: above 1 is worse, whatever is measured."""
        is_rate = self.unit.endswith(("/s", "its rate")) or (self.goal and self.goal.sign == "≥")
        over, under = (before, self.figure) if is_rate else (self.figure, before)
        return over / under if under else None

    def to_json(self) -> dict[str, Any]:
        goal = None if self.goal is None else str(self.goal)
        return {**asdict(self), "goal": goal, "met": self.met}


def of_rounds(
    key: str, name: str, figures: Sequence[float], unit: str, goal: Goal | None = None
) -> Row:
    """The median of what the rounds gave, and their spread."""
    spread = None
    if len(figures) > 1:
        low, _, high = statistics.quantiles(figures, n=4, method="inclusive")
        spread = (low, high)
    return Row(key, name, statistics.median(figures), unit, goal, spread)


def interleaved(rounds: int, work: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Seconds (or whatever `work` returns), measured in turns: what else the machine does then
    slows all of them alike, and a ratio within a round holds on a busy machine too."""
    measured: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, measure in work.items():
            measured[name].append(measure())
    return measured


def ratios(over: Sequence[float], under: Sequence[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(over, under, strict=True)]
