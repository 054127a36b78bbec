"""From the XML of a model to its decisions, with every expression compiled."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.dmn.boxed import Boxed
from engine.dmn.boxed_kinds import decision_logic
from engine.dmn.findings import DmnRejected, remark
from engine.dmn.itemtypes import ItemTypes
from engine.dmn.model import (
    Decision,
    DecisionService,
    InputData,
    KnowledgeModel,
    Model,
    Reference,
    Variables,
)
from engine.dmn.source import Element, child, children, local, read, row_of
from engine.feel.values.types import Type
from engine.ground.findings import has_errors
from engine.ground.text import Text


def parse(
    name: str,
    content: bytes,
    *,
    functions: Iterable[str] = (),
    imported: Mapping[str, Type] | None = None,
    variables: Variables | None = None,
    strict: bool = True,
) -> Model:
    """Read a decision model.

    `functions` are the host's by name, `imported` the types of imported models by qualified name,
    `variables` what the processes give that ask for its decisions.
    With `strict` off a faulty expression is null and a finding of the model instead of a refusal.

    Raises:
        DmnRejected: with a finding for each fault, naming element or rule and column.
    """
    root = read(name, content)
    try:
        model = _Reader(name, root, functions, imported or {}, variables).model
    except RecursionError:
        raise DmnRejected([remark(name, "", "dmn-nesting")]) from None
    if strict and has_errors(model.findings):
        raise DmnRejected(model.findings)
    return model


class _Reader:
    """Reads one file; the elements first, then the logic, which needs their names."""

    def __init__(
        self,
        file: str,
        root: Element,
        functions: Iterable[str],
        imported: Mapping[str, Type],
        variables: Variables | None,
    ) -> None:
        self.root = root
        self.model = Model(file, root.get("name", ""), root.get("namespace", ""))
        self.functions = frozenset(functions)
        self.types = ItemTypes(root, imported, self._report)
        self.model.types = self.types.known
        for each in children(root, "import"):
            self.model.imports[each.get("namespace", "")] = each.get("name", "")
        self.nodes: dict[str, Element] = {}
        self._read_elements()
        self._check_references()
        self.given = variables.names if variables is not None else {}
        self.asked = self._reached_from(variables.decisions) if variables is not None else set()
        for id, node in self.nodes.items():
            self._read_logic(id, node)

    def _report(self, element: Element, rule: str, said: str | Text) -> None:
        text = said if isinstance(said, Text) else None
        found = remark(
            self.model.file, _id(element), rule, row=row_of(element), text=text, name=said
        )
        self.model.findings.append(found)

    # -- elements -----------------------------------------------------------------------------

    def _read_elements(self) -> None:
        names: set[str] = set()
        for node in children(
            self.root, "inputData", "decision", "businessKnowledgeModel", "decisionService"
        ):
            id = _id(node)
            name = node.get("name", id)
            if id in self.nodes or name in names:
                self._report(node, "dmn-duplicate", id if id in self.nodes else name)
            names.add(name)
            self.nodes[id] = node
            self.model.elements[id] = self._element(node, id, name)

    def _element(
        self, node: Element, id: str, name: str
    ) -> InputData | Decision | KnowledgeModel | DecisionService:
        variable = child(node, "variable")
        type_ = self.types.reference(variable)
        tag = local(node)
        if tag == "inputData":
            return InputData(id, _variable_name(variable, name), type_)
        if tag == "decision":
            return Decision(
                id,
                name,
                _variable_name(variable, name),
                type_,
                requires=_references(node, "requiredInput", "requiredDecision"),
                knowledge=_references(node, "requiredKnowledge"),
            )
        if tag == "businessKnowledgeModel":
            knowledge = _references(node, "requiredKnowledge")
            return KnowledgeModel(id, _variable_name(variable, name), type_, knowledge=knowledge)
        return DecisionService(
            id,
            _variable_name(variable, name),
            type_,
            _references(node, "outputDecision"),
            _references(node, "encapsulatedDecision"),
            _references(node, "inputDecision"),
            _references(node, "inputData"),
        )

    # -- references ---------------------------------------------------------------------------

    def _check_references(self) -> None:
        for id, element in self.model.elements.items():
            for reference in _all_references(element):
                own = reference.namespace in ("", self.model.namespace)
                if own and reference.id not in self.model.elements:
                    self._fault(id, "dmn-missing", reference=reference.id)
                elif not own and reference.namespace not in self.model.imports:
                    self._fault(id, "dmn-import", reference=reference.namespace)
        circle = find_circle(self.model)
        if circle:
            self._fault(circle[0], "dmn-circular", path=" → ".join(circle))

    def _fault(self, id: str, rule: str, **facts: Any) -> None:
        row = row_of(self.nodes[id])
        self.model.findings.append(remark(self.model.file, id, rule, row=row, **facts))

    # -- logic --------------------------------------------------------------------------------

    def _read_logic(self, id: str, node: Element) -> None:
        element = self.model.elements[id]
        # A function sees its parameters and what it requires, never a variable of the case.
        is_function = isinstance(element, KnowledgeModel)
        given = {} if is_function else self.given if id in self.asked else None
        boxed = Boxed(self.model, self.types, self.functions, self._known(id), id, given)
        if isinstance(element, Decision):
            element.logic, element.table = decision_logic(boxed, node, element)
        elif isinstance(element, KnowledgeModel):
            logic = child(node, "encapsulatedLogic")
            element.logic = boxed.function(logic, element.name, element.type)

    def _reached_from(self, decisions: Iterable[str]) -> set[str]:
        """The decisions that are asked for, and those they require."""
        reached: set[str] = set()
        waiting = [id for id in decisions if id in self.model.elements]
        while waiting:
            id = waiting.pop()
            if id not in reached:
                reached.add(id)
                waiting += _next_of(self.model, id)
        return reached

    def _known(self, id: str) -> dict[str, Type | None]:
        """The names that the logic of an element may use, with their types where they have one."""
        element = self.model.elements[id]
        known: dict[str, Type | None] = {}
        if isinstance(element, KnowledgeModel):
            known[element.name] = None  # a function may call itself
        for reference in _all_references(element):
            if reference.namespace in ("", self.model.namespace):
                target = self.model.elements.get(reference.id)
                if isinstance(target, Decision):
                    known |= {target.variable: target.type, target.name: target.type}
                elif target is not None:
                    is_function = isinstance(target, KnowledgeModel | DecisionService)
                    known[target.name] = None if is_function else target.type
        return known | {name: None for name in self.model.imports.values() if name}


def find_circle(model: Model) -> list[str]:
    """Elements of the model that require each other in a circle, if there are any."""
    state: dict[str, int] = {}
    for start in model.elements:
        circle = _circle_from(model, start, state)
        if circle:
            return circle
    return []


def _circle_from(model: Model, start: str, state: dict[str, int]) -> list[str]:
    """Depth-first without recursion: a chain of requirements may be as long as the file."""
    path: list[tuple[str, list[str]]] = [(start, _next_of(model, start))]
    state.setdefault(start, 1)
    while path:
        id, waiting = path[-1]
        if not waiting:
            state[id] = 2
            path.pop()
            continue
        target = waiting.pop()
        if state.get(target) == 1 and any(step == target for step, _ in path):
            steps = [step for step, _ in path]
            return [*steps[steps.index(target) :], target]
        if target not in state:
            state[target] = 1
            path.append((target, _next_of(model, target)))
    return []


def _next_of(model: Model, id: str) -> list[str]:
    element = model.elements[id]
    if isinstance(element, DecisionService):
        return []  # a service is called with its inputs; whoever calls it is checked on its own
    return [
        reference.id
        for reference in _all_references(element)
        if reference.namespace in ("", model.namespace)
        and reference.id in model.elements
        # a function that calls itself is bounded when it is called
        and not (reference.id == id and isinstance(element, KnowledgeModel))
    ]


def _all_references(
    element: InputData | Decision | KnowledgeModel | DecisionService,
) -> list[Reference]:
    if isinstance(element, Decision):
        return element.requires + element.knowledge
    if isinstance(element, KnowledgeModel):
        return element.knowledge
    if isinstance(element, DecisionService):
        return element.outputs + element.encapsulated + element.input_decisions + element.input_data
    return []


def _references(node: Element, *names: str) -> list[Reference]:
    found: list[Reference] = []
    for each in node.iter():
        if local(each) in names and each.get("href"):
            namespace, _, id = each.get("href", "").rpartition("#")
            found.append(Reference(namespace, id))
    return found


def _variable_name(variable: Element | None, name: str) -> str:
    return (variable.get("name") if variable is not None else None) or name


def _id(element: Element) -> str:
    """The element's id; a part without one is named by the nearest that has one."""
    here: Element | None = element
    while here is not None:
        found = here.get("id")
        if found:
            return str(found)
        if local(here) in ("decision", "inputData", "businessKnowledgeModel", "decisionService"):
            return str(here.get("name", ""))
        here = here.getparent()
    return ""
