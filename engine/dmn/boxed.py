"""Boxed expressions: contexts, invocations, lists, relations, functions, loops (DMN 1.5, 7.3).

Each becomes a closure over the scope, as the expressions within it do.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.dmn.findings import remark
from engine.dmn.itemtypes import ItemTypes
from engine.dmn.model import Logic, Model
from engine.dmn.source import Element, child, children, local, row_of, text_of
from engine.feel.errors import FeelSyntaxError, Problem
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.inference.check import Checked, check_tests, check_tree, may_convert
from engine.feel.values.scope import Scope
from engine.feel.values.types import ANY, Type, converted
from engine.feel.values.values import Function, Overload, Parameter, kind

EXPRESSIONS = (
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "for",
    "every",
    "some",
    "filter",
)
Names = Mapping[str, Type | None]
# How each kind of boxed expression is read, by its XML name; `boxed_kinds` fills it.
RULES: dict[str, "Callable[[Boxed, Element, Type], Logic]"] = {}


def nothing(scope: Scope) -> None:
    return None


class Boxed:
    """Compiles the logic of one element; every fault becomes a finding of the model."""

    def __init__(
        self,
        model: Model,
        types: ItemTypes,
        functions: frozenset[str],
        known: Names,
        owner: str,
        given: Mapping[str, Type] | None = None,
    ) -> None:
        self.model = model
        self.types = types
        self.functions = functions
        self.known: dict[str, Type | None] = dict(known)
        self.owner = owner
        self.components = types.component_names()
        # Camunda Modeler's tables read process variables that no input data declares. Unless the
        # variables of those who call are known, any name may be one.
        self.given = given if not model.declares_inputs and given is not None else {}
        self.open = not model.declares_inputs and given is None

    # -- reports ------------------------------------------------------------------------------

    def report(self, element: Element, rule: str, **facts: Any) -> None:
        found = remark(self.model.file, self.place(element), rule, row=row_of(element), **facts)
        self.model.findings.append(found)

    def place(self, element: Element) -> str:
        """The rule's id for what stands in a rule, else the nearest id around the element."""
        here: Element | None = element
        nearest = ""
        while here is not None and local(here) != "definitions":
            nearest = nearest or here.get("id", "")
            if local(here) == "rule" and here.get("id"):
                return str(here.get("id"))
            here = here.getparent()
        return nearest or self.owner

    # -- literal expressions and tests ----------------------------------------------------------

    def names(self) -> list[str]:
        return [*self.known, *self.components, *self.given]

    def literal(self, element: Element | None, wanted: Type = ANY) -> Expression | None:
        """The expression in an element's `text`; None when there is none or it is faulty."""
        text = text_of(element)
        if element is None or not text or not self._is_feel(element):
            return None
        try:
            expression = compile_expression(text, self.names(), self.types.known)
        except FeelSyntaxError as error:
            self.report(element, "dmn-feel", column=error.column, text=error.text)
            return None
        self._check(element, expression, wanted)
        return expression

    def tests(self, element: Element | None, of: Type = ANY) -> UnaryTests | None:
        text = text_of(element)
        if element is None or not text or not self._is_feel(element):
            return None
        try:
            tests = compile_unary_tests(text, self.names(), self.types.known)
        except FeelSyntaxError as error:
            self.report(element, "dmn-feel", column=error.column, text=error.text)
            return None
        found = check_tests(
            tests, of, self._typed_names(), self.functions | self._own_functions(), self.open
        )
        self._add(element, found)
        return tests

    def inferred(self, expression: Expression | None) -> Type:
        """The type of an expression as far as it is certain."""
        return self._judged(expression).type if expression is not None else ANY

    def _judged(self, expression: Expression) -> Checked:
        return check_tree(
            expression.source,
            expression.tree,
            self._typed_names(),
            self.functions | self._own_functions(),
            open_names=self.open,
            types=self.types.known,
        )

    def _check(self, element: Element, expression: Expression, wanted: Type) -> None:
        found = self._judged(expression)
        self._add(element, found.problems)
        if not found.problems and not may_convert(found.type, wanted):
            self.report(
                element, "dmn-output-type", column=1, expected=wanted.name, given=found.type.name
            )

    def _add(self, element: Element, problems: list[Problem]) -> None:
        for problem in problems:
            rule = "dmn-" + problem.code
            # As of a diagram: a name that no form, table or step gives is a warning.
            severity = "warning" if self.given and problem.code == "unknown-name" else "error"
            self.report(element, rule, column=problem.column, text=problem.text, severity=severity)

    def _typed_names(self) -> dict[str, Type]:
        return {**self.given, **{name: type_ or ANY for name, type_ in self.known.items()}}

    def _own_functions(self) -> frozenset[str]:
        return frozenset(name for name, type_ in self.known.items() if type_ is None)

    def _is_feel(self, element: Element) -> bool:
        language = element.get("expressionLanguage") or ""
        if not language or "feel" in language.lower():
            return True
        self.report(element, "dmn-language", language=language)
        return False

    # -- boxed expressions ----------------------------------------------------------------------

    def expression(self, element: Element | None, wanted: Type = ANY) -> Logic:
        """The logic of any boxed expression; what is missing or faulty is null."""
        if element is None:
            return nothing
        own = self.types.reference(element)
        rule = RULES.get(local(element))
        if rule is None:
            return nothing
        logic = rule(self, element, own if own is not ANY else wanted)
        return logic if own is ANY else conforming(logic, own)

    def held(self, element: Element | None, wanted: Type = ANY) -> Logic:
        """The logic of the expression directly within an element."""
        return self.expression(child(element, *EXPRESSIONS), wanted)

    def within(self, names: Names) -> "Boxed":
        """The same with more names known: of entries, parameters or iterators."""
        inner = Boxed(self.model, self.types, self.functions, {**self.known, **names}, self.owner)
        inner.open, inner.given = self.open, self.given
        return inner

    def _implicit_parameters(self, element: Element) -> tuple[Parameter, ...]:
        """A function that is a table may leave its parameters to the table's inputs."""
        table = child(element, "decisionTable")
        inputs = [child(each, "inputExpression") for each in children(table, "input")]
        return tuple(
            Parameter(text_of(each), self.types.reference(each), nullable=True)
            for each in inputs
            if text_of(each).isidentifier()
        )

    def function(self, element: Element | None, name: str, declared: Type = ANY) -> Logic:
        """A function with formal parameters: of a business knowledge model or in a box.

        Its result conforms to the declared type: of a function, or (in older models) of the result.
        """
        if element is None:
            return nothing
        if element.get("kind", "FEEL") != "FEEL":
            self.report(element, "dmn-external", severity="warning", kind=element.get("kind"))
            return nothing
        parameters = tuple(
            Parameter(p.get("name", ""), self.types.reference(p), nullable=True)
            for p in children(element, "formalParameter")
        ) or self._implicit_parameters(element)
        result = (declared.result or ANY) if declared.parameters is not None else declared
        within = self.within({p.name: p.type for p in parameters})
        body = conforming(within.held(element, result), result)
        names = [parameter.name for parameter in parameters]

        def define(scope: Scope) -> Function:
            def call(_: Scope, arguments: list[Any]) -> Any:
                return body(scope.beside(dict(zip(names, arguments, strict=True))))

            return Function(name, (Overload(parameters, call),))

        return define


def conforming(logic: Logic, type_: Type) -> Logic:
    """The logic's value if it conforms to the type after implicit conversion, else null."""
    if type_ is ANY:
        return logic

    def checked(scope: Scope) -> Any:
        value = logic(scope)
        fits, then = converted(scope, value, type_)
        if not fits:
            scope.run.note("", 0, "type", expected=type_.name, given=kind(value))
        return then

    return checked
