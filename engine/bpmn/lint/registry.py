"""Where rules meet their checks: each family file declares both, side by side."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.bpmn.lint.tree import Element, Tree, id_of, line_of
from engine.bpmn.model import Model
from engine.bpmn.rule import Rule
from engine.ground.findings import Finding, Severity
from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Known:
    """What a file may refer to outside of itself; None means unknown, so all is allowed."""

    forms: Collection[str] | None = None
    decisions: Collection[str] | None = None
    processes: Collection[str] | None = None
    functions: Collection[str] | None = None  # that the host gives to expressions
    variables: Mapping[str, str | None] | None = None  # with their types where those are known
    called: Collection[str] = ()  # processes that another one of the same files calls
    tasks: Collection[str] = ()  # the user tasks of all of these files
    runs: bool = False  # whether a process of any of the files can run


@dataclass(frozen=True, slots=True)
class Subject:
    """One file under examination: as a tree (what is written) and as a model (what it means)."""

    file: str
    tree: Tree
    model: Model
    known: Known = field(default_factory=Known)
    memory: dict[str, object] = field(default_factory=dict)  # what several rules compute once


class Hit(NamedTuple):
    """One place where a rule is broken."""

    element: str
    facts: Mapping[str, object]
    row: int | None = None
    column: int | None = None


def at(place: Element | str, /, *, column: int | None = None, **facts: object) -> Hit:
    """A hit on an element; one without an id is reported on the nearest named element around it."""
    if isinstance(place, str):
        return Hit(place, facts, None, column)
    named: Element | None = place
    while named is not None and not id_of(named):
        named = named.getparent()
    return Hit(id_of(named) if named is not None else "", facts, line_of(place), column)


Check = Callable[[Subject], Iterator[Hit]]


@dataclass(slots=True)
class Family:
    """The rules of one topic, in the order in which they are told and documented."""

    group: str
    name: str
    title: Text
    checks: list[tuple[Rule, Check]] = field(default_factory=list)

    def rule(
        self,
        name: str,
        says: Text,
        why: Text,
        fix: Text,
        *,
        severity: Severity = "error",
    ) -> Callable[[Check], Check]:
        """Declare a rule; the decorated function yields a hit for each place that breaks it."""
        declared = Rule(name, self.group, self.name, severity, says, why, fix)

        def register(check: Check) -> Check:
            self.checks.append((declared, check))
            return check

        return register

    def examine(self, subject: Subject) -> Iterator[Finding]:
        for rule, check in self.checks:
            for hit in check(subject):
                row = hit.row if hit.row is not None else _row(subject, hit.element)
                yield rule.finding(
                    subject.file, hit.element, row=row, column=hit.column, facts=hit.facts
                )


def _row(subject: Subject, element_id: str) -> int | None:
    element = subject.tree.by_id.get(element_id)
    return line_of(element) if element is not None else None
