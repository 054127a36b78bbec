"""A decision model as read from its file: what is decided, from what, and how."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.feel.expression import UnaryTests
from engine.feel.grammar.syntax import Node
from engine.feel.values.scope import Scope
from engine.feel.values.types import ANY, Type
from engine.ground.findings import Finding

Logic = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """What another element is referred to by: `#id`, or `namespace#id` of an imported model."""

    namespace: str  # "" for the model itself
    id: str


@dataclass(frozen=True, slots=True)
class Variables:
    """What processes give to the decisions that they ask for."""

    names: Mapping[str, Type]
    decisions: frozenset[str]  # that are asked for, by id


@dataclass(slots=True)
class InputData:
    id: str
    name: str
    type: Type = ANY


@dataclass(slots=True)
class Input:
    """A column of conditions."""

    id: str
    label: str
    text: str
    logic: Logic
    type: Type  # that is declared
    allowed: UnaryTests | None
    known: Type  # that is declared, or else inferred


@dataclass(slots=True)
class Output:
    """A column of results; `values` are the allowed ones, the most important first."""

    id: str
    name: str
    type: Type
    allowed: UnaryTests | None
    values: list[Any]
    default: Logic | None
    label: str = ""


@dataclass(slots=True)
class Rule:
    id: str
    tests: list[UnaryTests]
    outputs: list[Logic]
    trees: list[Node | None]  # of the outputs, for static checks
    texts: list[str] = field(default_factory=list)  # of the outputs, as written
    note: str = ""  # what the author says about the rule


@dataclass(slots=True)
class Table:
    id: str
    policy: str
    aggregation: str
    inputs: list[Input]
    outputs: list[Output]
    rules: list[Rule]


@dataclass(slots=True)
class Decision:
    id: str
    name: str
    variable: str
    type: Type
    logic: Logic | None = None
    requires: list[Reference] = field(default_factory=list)  # input data and decisions
    knowledge: list[Reference] = field(default_factory=list)
    table: Table | None = None

    @property
    def inputs(self) -> list[str]:
        """The expressions of the table's conditions."""
        return [column.text for column in self.table.inputs] if self.table else []

    @property
    def outputs(self) -> list[str]:
        """The names of the results."""
        return [column.name or self.variable for column in self.table.outputs] if self.table else []


@dataclass(slots=True)
class KnowledgeModel:
    """A business knowledge model: a function that decisions share."""

    id: str
    name: str
    type: Type
    logic: Logic | None = None  # gives the function
    knowledge: list[Reference] = field(default_factory=list)


@dataclass(slots=True)
class DecisionService:
    id: str
    name: str
    type: Type
    outputs: list[Reference] = field(default_factory=list)
    encapsulated: list[Reference] = field(default_factory=list)
    input_decisions: list[Reference] = field(default_factory=list)
    input_data: list[Reference] = field(default_factory=list)


Element = InputData | Decision | KnowledgeModel | DecisionService


@dataclass(slots=True)
class Model:
    """One `.dmn` file."""

    file: str
    name: str
    namespace: str
    elements: dict[str, Element] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)  # namespace -> name
    types: dict[str, Type] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def declares_inputs(self) -> bool:
        return any(isinstance(element, InputData) for element in self.elements.values())

    @property
    def decisions(self) -> dict[str, Decision]:
        return {id: e for id, e in self.elements.items() if isinstance(e, Decision)}

    @property
    def tables(self) -> Mapping[str, Table]:
        return {id: d.table for id, d in self.decisions.items() if d.table is not None}
