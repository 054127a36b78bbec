"""What each kind of boxed expression means: contexts, invocations, lists, relations, functions."""

from typing import Any

from engine.dmn import iterations
from engine.dmn.boxed import EXPRESSIONS, RULES, Boxed, conforming, nothing
from engine.dmn.model import Decision, Logic, Table
from engine.dmn.source import Element, child, children, local
from engine.dmn.tables import read_table, table_logic
from engine.feel.compiling.invoke import invoke
from engine.feel.errors import Undefined
from engine.feel.values.scope import Scope
from engine.feel.values.types import ANY, Type
from engine.feel.values.values import Function, kind


def decision_logic(
    boxed: Boxed, node: Element, decision: Decision
) -> tuple[Logic | None, Table | None]:
    """The logic of a decision, and its table when it is one."""
    element = child(node, *EXPRESSIONS)
    if element is None:
        return None, None
    if local(element) != "decisionTable":
        return boxed.expression(element, decision.type), None
    table = read_table(boxed, element, decision.type)
    return table_logic(table, decision.id), table


def _literal(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    expression = boxed.literal(element, wanted)
    return expression.code if expression is not None else nothing


def _table(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    return table_logic(read_table(boxed, element, wanted), boxed.owner)


def _context(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    entries: list[tuple[str, Logic]] = []
    result: Logic | None = None
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        if variable is None:
            result = boxed.held(entry, wanted)
            continue
        name, type_ = variable.get("name", ""), boxed.types.reference(variable)
        entries.append((name, conforming(boxed.held(entry, type_), type_)))
        is_function = child(entry, "functionDefinition") is not None
        boxed = boxed.within({name: None if is_function else type_})

    def build(scope: Scope) -> Any:
        values: dict[str, Any] = {}
        inner = scope.beside({})
        for name, logic in entries:
            values[name] = logic(inner)
            inner = inner.beside({name: values[name]})
        return result(inner) if result is not None else values

    return build


def _invocation(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    called = boxed.held(element)
    bindings = [
        (_parameter_name(binding), boxed.held(binding)) for binding in children(element, "binding")
    ]

    def call(scope: Scope) -> Any:
        function = called(scope)
        if function.__class__ is not Function:
            scope.run.note("", 0, "not-a-function", kind=kind(function))
            return None
        names = [name for name, _ in bindings]
        try:
            return invoke(scope, function, [logic(scope) for _, logic in bindings], names)
        except Undefined as why:
            scope.run.note("", 0, why.code, **why.facts)
            return None

    return call


def _parameter_name(binding: Element) -> str:
    parameter = child(binding, "parameter")
    return parameter.get("name", "") if parameter is not None else ""


def _list(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    of = wanted.item or ANY
    items = [boxed.expression(each, of) for each in children(element, *EXPRESSIONS)]
    return lambda scope: [item(scope) for item in items]


def _relation(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    names = [column.get("name", "") for column in children(element, "column")]
    rows = [
        [boxed.expression(cell) for cell in children(row, *EXPRESSIONS)]
        for row in children(element, "row")
    ]
    return lambda scope: [
        {name: cell(scope) for name, cell in zip(names, row, strict=False)} for row in rows
    ]


def _function(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    return boxed.function(element, "function")


def _conditional(boxed: Boxed, element: Element, wanted: Type) -> Logic:
    condition = boxed.held(child(element, "if"))
    then = boxed.held(child(element, "then"), wanted)
    otherwise = boxed.held(child(element, "else"), wanted)

    def choose(scope: Scope) -> Any:
        asked = condition(scope)
        if asked is True:
            return then(scope)
        if asked is False or asked is None:
            return otherwise(scope)
        scope.run.note("", 0, "not-boolean", given=kind(asked))
        return None

    return choose


RULES |= {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "list": _list,
    "relation": _relation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "for": iterations.collected,
    "every": iterations.quantified,
    "some": iterations.quantified,
    "filter": iterations.filtered,
}
