"""Evaluates a decision with everything it requires, and tells which rules matched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.dmn.boxed import conforming
from engine.dmn.declared import taken
from engine.dmn.findings import DecisionNotFound
from engine.dmn.model import (
    Decision,
    DecisionService,
    Element,
    InputData,
    KnowledgeModel,
    Model,
    Reference,
)
from engine.feel.compiling.invoke import invoke
from engine.feel.errors import Diagnostic, Undefined
from engine.feel.expression import run_bounded
from engine.feel.values.scope import EMPTY, Environment, Inner, Root, Scope
from engine.feel.values.types import Type, converted
from engine.feel.values.values import Function, Overload, Parameter, lift
from engine.ground.text import Text


@dataclass(frozen=True, slots=True)
class Result:
    """What was decided: the FEEL value, the rules that matched in the order of evaluation, why
    anything on the way is null, and which values from outside were not of their declared type."""

    value: Any
    rules: list[dict[str, Any]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    refused: list[Text] = field(default_factory=list)


def evaluate(
    models: Sequence[Model],
    decision_id: str,
    context: Mapping[str, Any],
    environment: Environment | None = None,
) -> Result:
    """Evaluate a decision, or a decision service, of a deployed set of models.

    `context` gives the input data by name. An error gives null, as the standard says, and a
    diagnostic.

    Raises:
        DecisionNotFound: no model of the set has this decision.
    """
    model, element = find(models, decision_id)
    return _evaluated(models, model, element, context, environment)


def find(models: Sequence[Model], decision_id: str) -> tuple[Model, Decision | DecisionService]:
    """The decision by id, or by its name if no id is the same.

    Raises:
        DecisionNotFound: no model of the set has it.
    """
    for attribute in ("id", "name"):
        for model in models:
            for element in model.elements.values():
                decides = isinstance(element, Decision | DecisionService)
                if decides and getattr(element, attribute) == decision_id:
                    assert isinstance(element, Decision | DecisionService)
                    return model, element
    raise DecisionNotFound(decision=decision_id)


def evaluate_service(
    models: Sequence[Model],
    name: str,
    inputs: Mapping[str, Any],
    environment: Environment | None = None,
) -> Result:
    """Call a decision service or a business knowledge model with its inputs by name.

    Raises:
        DecisionNotFound: no model of the set has it.
    """
    for model in models:
        for element in model.elements.values():
            if name not in (element.name, element.id):
                continue
            if isinstance(element, DecisionService):
                return _evaluated(models, model, element, inputs, environment)
            if isinstance(element, KnowledgeModel):
                return _called(models, model, element, inputs, environment)
    raise DecisionNotFound(decision=name)


def _called(
    models: Sequence[Model],
    model: Model,
    element: KnowledgeModel,
    inputs: Mapping[str, Any],
    environment: Environment | None,
) -> Result:
    result = Result(None)
    root = Root({}, environment or EMPTY, result.diagnostics)
    root.run.matched = result.rules
    requirements = _Requirements(models, root)

    def logic(scope: Scope) -> Any:
        function = requirements.knowledge(model, element, ())
        try:
            return invoke(scope, function, list(inputs.values()), list(inputs))
        except Undefined as why:
            root.run.note("", 0, why.code, **why.facts)
            return None

    value = run_bounded(root, logic, "")
    return Result(value, result.rules, result.diagnostics, root.run.refused)


def _evaluated(
    models: Sequence[Model],
    model: Model,
    element: Decision | DecisionService,
    context: Mapping[str, Any],
    environment: Environment | None,
) -> Result:
    result = Result(None)
    root = Root(context, environment or EMPTY, result.diagnostics)
    root.run.matched = result.rules
    requirements = _Requirements(models, root)

    def logic(scope: Scope) -> Any:
        if isinstance(element, Decision):
            return requirements.decided(model, element, ())
        inputs = requirements.service_inputs(model, element)
        values = [requirements.given(name, type_, ()) for name, type_ in inputs]
        return requirements.served(model, element, values, ())

    value = run_bounded(root, logic, "")
    return Result(value, result.rules, result.diagnostics, root.run.refused)


Path = tuple[str, ...]  # names of the imports that lead to a model


class _Requirements:
    """Gives each element of the models its value; a decision is evaluated once."""

    def __init__(
        self, models: Sequence[Model], root: Scope, given: Mapping[str, Any] | None = None
    ) -> None:
        self.models = models
        self.root = root
        self.run = root.run
        self.values: dict[tuple[Path, str], Any] = {}
        self.fixed = given or {}

    # -- decisions ----------------------------------------------------------------------------

    def decided(self, model: Model, decision: Decision, path: Path) -> Any:
        key = (path, decision.id)
        if key not in self.values:
            self.run.spend(1)
            self.values[key] = None  # of a circle that a faulty model was forced to hold
            self.values[key] = self._decide(model, decision, path)
        return self.values[key]

    def _decide(self, model: Model, decision: Decision, path: Path) -> Any:
        if decision.logic is None:
            self.run.note("", 0, "no-value", name=decision.name, reason="it has no logic")
            return None
        return conforming(decision.logic, decision.type)(self.scope_of(model, decision, path))

    def scope_of(self, model: Model, decision: Decision, path: Path) -> Scope:
        """What a decision sees: what it requires (DMN 1.5, 7.3.4), and the variables of whoever
        asks where the model declares no input data, as Camunda Modeler's do not."""
        values = self.required(model, [*decision.requires, *decision.knowledge], path)
        around = {} if model.declares_inputs else self.root.values
        return Inner({**around, **values}, None, self.run)

    def required(self, model: Model, references: Sequence[Reference], path: Path) -> dict[str, Any]:
        """The values of the elements referred to, by the names they have in the model."""
        values: dict[str, Any] = {}
        for reference in references:
            target_model, prefix = self._model(model, reference.namespace)
            element = target_model.elements.get(reference.id) if target_model else None
            if target_model is None or element is None:
                self.run.note("", 0, "unknown-name", name=reference.id)
                continue
            target_path = (*path, prefix) if prefix else path
            value = self.value(target_model, element, target_path)
            here = values.setdefault(prefix, {}) if prefix else values
            for name in _names(element):
                here.setdefault(name, value)
        return values

    def _model(self, model: Model, namespace: str) -> tuple[Model | None, str]:
        if namespace in ("", model.namespace):
            return model, ""
        found = next((each for each in self.models if each.namespace == namespace), None)
        return found, model.imports.get(namespace, "")

    def value(self, model: Model, element: Element, path: Path) -> Any:
        if isinstance(element, Decision):
            if element.name in self.fixed and not path:
                return self.fixed[element.name]
            return self.decided(model, element, path)
        if isinstance(element, InputData):
            return self.given(element.name, element.type, path)
        if isinstance(element, KnowledgeModel):
            return self.knowledge(model, element, path)
        return self.service(model, element, path)

    # -- input data ---------------------------------------------------------------------------

    def given(self, name: str, type_: Type, path: Path) -> Any:
        """The value the caller gave for an input data, null if it is not of its type."""
        return taken(self.root, self._lookup(name, path), type_, name)

    def _lookup(self, name: str, path: Path) -> Any:
        if name in self.fixed:
            return self.fixed[name]
        here: Any = self.root.values
        for step in path:
            here = here.get(step) if isinstance(here, Mapping) else None
        if isinstance(here, Mapping) and name in here:
            return lift(here[name])
        return lift(self.root.values.get(name))

    # -- functions ----------------------------------------------------------------------------

    def knowledge(self, model: Model, element: KnowledgeModel, path: Path) -> Any:
        key = (path, element.id)
        if key not in self.values:
            self.values[key] = None
            scope = Inner({}, None, self.run)
            function = element.logic(scope) if element.logic is not None else None
            self.values[key] = function
            # Filled in afterwards: a function may call itself, or another that calls it.
            scope.values = {
                **self.required(model, element.knowledge, path),
                **dict.fromkeys(_names(element), function),
            }
        return self.values[key]

    def service(self, model: Model, element: DecisionService, path: Path) -> Function:
        inputs = self.service_inputs(model, element)
        parameters = tuple(Parameter(name, type_, nullable=True) for name, type_ in inputs)

        def call(_: Scope, arguments: list[Any]) -> Any:
            return self.served(model, element, arguments, path)

        return Function(element.name, (Overload(parameters, call),))

    def service_inputs(self, model: Model, service: DecisionService) -> list[tuple[str, Type]]:
        inputs: list[tuple[str, Type]] = []
        for reference in (*service.input_data, *service.input_decisions):
            target_model, _ = self._model(model, reference.namespace)
            element = target_model.elements.get(reference.id) if target_model else None
            if isinstance(element, Decision):
                inputs.append((element.variable, element.type))
            elif isinstance(element, InputData):
                inputs.append((element.name, element.type))
        return inputs

    def served(
        self, model: Model, service: DecisionService, arguments: list[Any], path: Path
    ) -> Any:
        """The outputs of a service whose inputs are given: one value, or a context of several."""
        names = [name for name, _ in self.service_inputs(model, service)]
        given = dict(zip(names, arguments, strict=True))
        inner = _Requirements(self.models, self.root, given)
        outputs = inner.required(model, service.outputs, path)
        values = {name: outputs[name] for name in self._output_names(model, service)}
        value = next(iter(values.values())) if len(values) == 1 else values
        fits, then = converted(self.root, value, service.type)
        return then if fits else None

    def _output_names(self, model: Model, service: DecisionService) -> list[str]:
        targets = (model.elements.get(reference.id) for reference in service.outputs)
        return [target.variable for target in targets if isinstance(target, Decision)]


def _names(element: Element) -> list[str]:
    """What an element is called in expressions: its variable's name, its own, and a decision's id
    (which Camunda 8 goes by)."""
    if isinstance(element, Decision):
        return [element.variable, element.name, element.id]
    return [element.name]
