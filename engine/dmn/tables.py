"""Decision tables: reading them, and deciding by their hit policy (DMN 1.5, 8.2)."""

from collections.abc import Callable
from functools import cache, cmp_to_key
from itertools import islice
from typing import Any

from engine.dmn.boxed import Boxed, nothing
from engine.dmn.declared import declared
from engine.dmn.model import Input, Logic, Output, Rule, Table
from engine.dmn.pieces.index import Index, index_of
from engine.dmn.source import Element, child, children, content
from engine.feel.builtins.lists import maximum, minimum, total
from engine.feel.errors import Undefined
from engine.feel.expression import UnaryTests, compile_unary_tests
from engine.feel.values.scope import Root, Scope
from engine.feel.values.types import ANY, Type, converted
from engine.feel.values.values import equal, kind
from engine.ground.text import Text

POLICIES = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATIONS = ("", "SUM", "MIN", "MAX", "COUNT")
_ANY_VALUE = compile_unary_tests("-")


# -- reading --------------------------------------------------------------------------------------


def read_table(boxed: Boxed, element: Element, wanted: Type) -> Table:
    """The table with all its cells compiled; faults become findings of the model."""
    policy = POLICIES.get(element.get("hitPolicy", "UNIQUE"))
    if policy is None:
        boxed.report(element, "dmn-hit-policy", policy=element.get("hitPolicy"))
    aggregation = element.get("aggregation", "")
    if aggregation not in AGGREGATIONS:
        boxed.report(element, "dmn-aggregation", aggregation=aggregation)
    inputs = [_input(boxed, each) for each in children(element, "input")]
    columns = children(element, "output")
    aggregated = bool(aggregation) or policy in ("C", "R", "O")
    outputs = [_output(boxed, each, wanted, len(columns), aggregated) for each in columns]
    names = [output.name for output in outputs]
    if len(outputs) > 1 and (not all(names) or len(set(names)) < len(names)):
        boxed.report(element, "dmn-output-name")
    if policy in ("P", "O") and not any(output.values for output in outputs):
        boxed.report(element, "dmn-priority")
    rules = [_rule(boxed, each, inputs, outputs) for each in children(element, "rule")]
    return Table(element.get("id", ""), policy or "U", aggregation, inputs, outputs, rules)


def _input(boxed: Boxed, element: Element) -> Input:
    holder = child(element, "inputExpression")
    type_ = boxed.types.reference(holder)
    expression = boxed.literal(holder)
    text = expression.source if expression is not None else ""
    logic = declared(expression.code, type_, text) if expression is not None else nothing
    allowed = boxed.tests(child(element, "inputValues"))
    known = type_ if type_ is not ANY else boxed.inferred(expression)
    label = element.get("label", "")
    return Input(element.get("id", ""), label, text, logic, type_, allowed, known)


def _output(boxed: Boxed, element: Element, wanted: Type, columns: int, listed: bool) -> Output:
    name = element.get("name", "")
    type_ = boxed.types.reference(element)
    if type_ is ANY:
        type_ = _member_type(wanted, name, columns, listed)
    allowed = boxed.tests(child(element, "outputValues"))
    if allowed is None and type_.allowed_text:
        allowed = compile_unary_tests(type_.allowed_text)
    default = boxed.literal(child(element, "defaultOutputEntry"), type_)
    return Output(
        element.get("id", ""),
        name,
        type_,
        allowed,
        _values(allowed),
        default.code if default is not None else None,
        element.get("label", ""),
    )


def _member_type(wanted: Type, name: str, columns: int, listed: bool) -> Type:
    """The type of a column that the table's own type gives: of a row, or of the row's member."""
    row = (wanted.item or ANY) if listed and wanted.item is not None else wanted
    if columns > 1:
        return (row.members or {}).get(name, ANY)
    return ANY if listed and wanted.item is None else row


def _values(allowed: UnaryTests | None) -> list[Any]:
    """The allowed values in the order they are written, which is their priority."""
    if allowed is None:
        return []
    from engine.feel.compiling.compiler import Compiler

    compiler = Compiler(allowed.source)
    nothing_given = Root({})
    return [compiler.code(test)(nothing_given) for test in allowed.tree.tests]


def _description(element: Element) -> str:
    said = child(element, "description")
    return content(said) if said is not None else ""


def _rule(boxed: Boxed, element: Element, inputs: list[Input], outputs: list[Output]) -> Rule:
    tests = children(element, "inputEntry")
    results = children(element, "outputEntry")
    if len(tests) != len(inputs) or len(results) != len(outputs):
        given, expected = len(tests) + len(results), len(inputs) + len(outputs)
        boxed.report(element, "dmn-rule-size", given=given, expected=expected)
    expressions = [
        boxed.literal(entry, output.type) for entry, output in zip(results, outputs, strict=False)
    ]
    return Rule(
        element.get("id", ""),
        [
            boxed.tests(entry, column.known) or _ANY_VALUE
            for entry, column in zip(tests, inputs, strict=False)
        ],
        [e.code if e is not None else nothing for e in expressions],
        [e.tree if e is not None else None for e in expressions],
        [e.source if e is not None else "" for e in expressions],
        _description(element),
    )


# -- deciding -------------------------------------------------------------------------------------


def table_logic(table: Table, owner: str) -> Logic:
    """The table as a closure; it tells the run which rules matched."""
    decide = _POLICIES[table.policy]
    # Made when the table is first asked: a deployment checks many that are never asked here.
    index = cache(lambda: index_of(table))

    def logic(scope: Scope) -> Any:
        hits = _hits(table, index(), scope)
        if hits is None:
            return None
        try:
            rules, value = decide(table, scope, hits)
        except Undefined as why:
            scope.run.note("", 0, why.code, **why.facts)
            return None
        scope.run.matched.append({"decision": owner, "rules": [rule.id for rule in rules]})
        return value

    return logic


def _hits(table: Table, index: Index | None, scope: Scope) -> list[Rule] | None:
    """The rules all of whose tests pass; None when an input has a value that is not allowed."""
    values = []
    for column in table.inputs:
        value = column.logic(scope)
        limits = column.allowed if value is not None else None
        if limits is not None and limits.passes(scope, value) is not True:
            scope.run.note("", 0, "assertion")
            return None
        values.append(value)
    scope.run.spend(len(table.rules))
    first_only = table.policy == "F"
    if index is not None:
        found = index.matching(scope, values)
        return [table.rules[n] for n in (islice(found, 1) if first_only else found)]
    hits: list[Rule] = []
    for rule in table.rules:
        for test, value in zip(rule.tests, values, strict=False):
            if test.passes(scope, value) is not True:
                break
        else:
            hits.append(rule)
            if first_only:
                break
    return hits


def _row(table: Table, scope: Scope, rule: Rule) -> Any:
    """The result of one rule: a value, or a context where the table has several outputs."""
    values = [
        _checked(scope, column, logic(scope))
        for column, logic in zip(table.outputs, rule.outputs, strict=False)
    ]
    return _shaped(table, values)


def _checked(scope: Scope, column: Output, value: Any) -> Any:
    if column.type is ANY:
        return value
    fits, then = converted(scope, value, column.type)
    if not fits:
        scope.run.note("", 0, "type", expected=column.type.name, given=kind(value))
    return then


def _shaped(table: Table, values: list[Any]) -> Any:
    if len(table.outputs) == 1:
        return values[0]
    return {column.name: value for column, value in zip(table.outputs, values, strict=False)}


def _default(table: Table, scope: Scope, without: Any = None) -> Any:
    """What holds when no rule matches: the default outputs, if the table has any."""
    if all(column.default is None for column in table.outputs):
        return without
    return _shaped(table, [c.default(scope) if c.default else None for c in table.outputs])


Decided = tuple[list[Rule], Any]


def _unique(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    if len(hits) > 1:
        ids = ", ".join(rule.id for rule in hits)
        raise Undefined(
            "no-value", name="UNIQUE", reason=Text(f"กฎ {ids} ใช้ได้พร้อมกัน", f"rules {ids} all match")
        )
    return hits, (_row(table, scope, hits[0]) if hits else _default(table, scope))


def _any(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    rows = [_row(table, scope, rule) for rule in hits]
    if any(equal(scope, rows[0], row) is not True for row in rows[1:]):
        ids = ", ".join(rule.id for rule in hits)
        raise Undefined(
            "no-value", name="ANY", reason=Text(f"กฎ {ids} ให้ผลต่างกัน", f"rules {ids} differ")
        )
    return hits, (rows[0] if rows else _default(table, scope))


def _first(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    return hits[:1], (_row(table, scope, hits[0]) if hits else _default(table, scope))


def _priority(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    ordered = _by_priority(table, scope, hits)
    if not ordered:
        return [], _default(table, scope)
    return [ordered[0][0]], ordered[0][1]


def _output_order(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    ordered = _by_priority(table, scope, hits)
    if not ordered:
        return [], _default(table, scope, [])
    return [rule for rule, _ in ordered], [row for _, row in ordered]


def _by_priority(table: Table, scope: Scope, hits: list[Rule]) -> list[tuple[Rule, Any]]:
    rows = [(rule, _row(table, scope, rule)) for rule in hits]

    def rank(column: Output, value: Any) -> int:
        places = (n for n, known in enumerate(column.values) if equal(scope, known, value) is True)
        return next(places, len(column.values))

    def compare(left: tuple[Rule, Any], right: tuple[Rule, Any]) -> int:
        for column in table.outputs:
            pair = [r[column.name] if len(table.outputs) > 1 else r for r in (left[1], right[1])]
            difference = rank(column, pair[0]) - rank(column, pair[1])
            if difference:
                return difference
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def _rule_order(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    if not hits:
        return [], _default(table, scope, [])
    return hits, [_row(table, scope, rule) for rule in hits]


_AGGREGATES: dict[str, Callable[[Scope, list[Any]], Any]] = {
    "SUM": total,
    "MIN": minimum,
    "MAX": maximum,
    "COUNT": lambda scope, rows: len(rows),
}


def _collect(table: Table, scope: Scope, hits: list[Rule]) -> Decided:
    aggregate = _AGGREGATES.get(table.aggregation)
    if aggregate is None:
        return _rule_order(table, scope, hits)
    if not hits:
        return [], _default(table, scope, 0 if table.aggregation == "COUNT" else None)
    rows = [_row(table, scope, rule) for rule in hits]
    if len(table.outputs) == 1 or table.aggregation == "COUNT":
        return hits, aggregate(scope, rows)
    names = [column.name for column in table.outputs]
    return hits, {name: aggregate(scope, [row[name] for row in rows]) for name in names}


_POLICIES: dict[str, Callable[[Table, Scope, list[Rule]], Decided]] = {
    "U": _unique,
    "A": _any,
    "F": _first,
    "P": _priority,
    "R": _rule_order,
    "O": _output_order,
    "C": _collect,
}
