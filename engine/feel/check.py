"""Static checks: unknown names and functions, wrong arguments, comparisons that can never hold.

The type of each node is inferred as far as it can be; where it cannot, nothing is said. What is
reported is certain to give null or to never hold, so a process owner can be stopped by it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel import syntax as s
from engine.feel.arithmetic import result_kind
from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelSyntaxError, Problem, place
from engine.feel.expression import UnaryTests, compile, compile_unary_tests
from engine.feel.host import host_function
from engine.feel.invoke import arity
from engine.feel.messages import message
from engine.feel.parser import parse_type_text
from engine.feel.properties import property_names
from engine.feel.temporaltext import parse_temporal
from engine.feel.types import (
    ANY,
    BOOLEAN,
    FUNCTION,
    LIST,
    NULL,
    NUMBER,
    Type,
    context_of,
    list_of,
    range_of,
    resolve,
    simple,
)
from engine.feel.values import Function, Overload, kind

Known = Mapping[str, Type | str | None] | Iterable[str] | None
Functions = Mapping[str, Any] | Iterable[str]
_ORDERED = frozenset(
    (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def check(
    text: str, known: Known = None, functions: Functions = (), *, unary: bool = False
) -> list[Problem]:
    """What is wrong with an expression, or with unary tests, before it is ever evaluated.

    `known` are the names that the context will give, with their types where they are known
    (`{"amount": "number"}`); None means any name may be given. `functions` are the host's, as
    callables where their arguments shall be checked too.
    """
    names = _typed(known or ())
    try:
        if unary:
            tests = compile_unary_tests(text, names)
            return check_tests(tests, ANY, names, functions, known is None)
        expression = compile(text, names)
    except FeelSyntaxError as error:
        return [Problem("syntax", error.problem, error.line, error.column)]
    found = check_tree(text, expression.tree, names, functions, open_names=known is None)
    return found.problems


def _typed(known: Mapping[str, Type | str | None] | Iterable[str]) -> dict[str, Type]:
    if not isinstance(known, Mapping):
        return dict.fromkeys(known, ANY)
    return {name: _type(type_) for name, type_ in known.items()}


def _type(written: Type | str | None) -> Type:
    if isinstance(written, Type):
        return written
    return (resolve(parse_type_text(written), {}) or ANY) if written else ANY


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and the type of the whole as far as it is certain."""

    problems: list[Problem]
    type: Type


def check_tree(
    source: str,
    tree: s.Node,
    names: Mapping[str, Type],
    functions: Functions = (),
    *,
    open_names: bool = False,
    types: Mapping[str, Type] | None = None,
) -> Checked:
    checker = _Checker(source, names, functions, open_names, types or {})
    type_ = checker.type_of(tree)
    return Checked(checker.problems, type_)


def check_tests(
    tests: UnaryTests,
    of: Type,
    names: Mapping[str, Type],
    functions: Functions = (),
    open_names: bool = False,
) -> list[Problem]:
    """What is wrong with the tests of a value of some type."""
    checker = _Checker(tests.source, {**names, "?": of}, functions, open_names, {})
    for test in tests.tree.tests:
        checker.test(test, of, in_table=True)
    return checker.problems


def may_convert(have: Type, wanted: Type) -> bool:
    """Whether a value of one type may fit another, perhaps after an implicit conversion."""
    if have.kinds is None or wanted.kinds is None or "null" in have.kinds:
        return True
    if have.kinds & wanted.kinds:
        both_items = have.item is not None and wanted.item is not None
        return not both_items or may_convert(have.item or ANY, wanted.item or ANY)
    if "list" in have.kinds:
        return may_convert(have.item or ANY, wanted)
    if "list" in wanted.kinds:
        return may_convert(have, wanted.item or ANY)
    return have.kinds == {"date"} and "date and time" in wanted.kinds


def _is_never(left: Type, right: Type) -> bool:
    if left.kinds is None or right.kinds is None:
        return False
    return not (left.kinds & right.kinds)


def _joined(types: Iterable[Type]) -> Type:
    distinct: list[Type] = []
    for type_ in types:
        if type_.kinds == NULL.kinds:
            continue
        if all(type_.name != known.name for known in distinct):
            distinct.append(type_)
    return distinct[0] if len(distinct) == 1 else ANY


class _Checker:
    def __init__(
        self,
        source: str,
        names: Mapping[str, Type],
        functions: Functions,
        open_names: bool,
        types: Mapping[str, Type],
    ) -> None:
        self.source = source
        self.types = types
        self.problems: list[Problem] = []
        self.functions = functions
        # An item of a filter whose entries are not known may have any name: then None is a scope.
        self.scopes: list[Mapping[str, Type] | None] = [None] if open_names else []
        self.scopes.append(names)

    def report(self, at: int, code: str, **facts: object) -> None:
        line, column = place(self.source, at)
        found = Problem(code, message(code, **facts), line, column)
        if found not in self.problems:
            self.problems.append(found)

    def type_of(self, node: s.Node) -> Type:
        rule = _RULES.get(type(node))
        return rule(self, node) if rule else ANY

    def within(self, names: Mapping[str, Type] | None, node: s.Node) -> Type:
        self.scopes.append(names)
        found = self.type_of(node)
        self.scopes.pop()
        return found

    def find(self, name: str) -> Type | None:
        for scope in reversed(self.scopes):
            if scope is None:
                return ANY
            if name in scope:
                return scope[name]
        return None

    # -- tests --------------------------------------------------------------------------------

    def test(self, node: s.Node, of: Type, *, in_table: bool = False) -> None:
        """One test of a value: does it ever hold for the value's type?"""
        if isinstance(node, s.UnaryComparison):
            self.comparison(node.at, node.operator, of, self.type_of(node.endpoint))
            return
        wanted = self.type_of(node)
        is_condition = wanted.kinds == BOOLEAN.kinds and in_table
        if is_condition or _mentions_question(node):
            return
        if wanted.kinds is not None and wanted.kinds & {"list", "range"}:
            wanted = wanted.item or ANY
        self.comparison(node.at, "=", of, wanted)

    def comparison(self, at: int, operator: str, left: Type, right: Type) -> None:
        if "null" in (left.kinds or ()) or "null" in (right.kinds or ()):
            if operator not in ("=", "!="):
                self.report(at, "never", left=left.name, right=right.name)
            return
        unordered = operator not in ("=", "!=") and any(
            type_.kinds is not None and not type_.kinds & _ORDERED for type_ in (left, right)
        )
        if unordered or _is_never(left, right):
            self.report(at, "never", left=left.name, right=right.name)

    def condition(self, node: s.Node) -> None:
        found = self.type_of(node)
        if found.kinds is not None and not found.kinds & {"boolean", "null"}:
            self.report(_start(node), "type", expected="boolean", given=found.name)


def _start(node: s.Node) -> int:
    return min([node.at, *(_start(child) for child in s.children(node))])


def _mentions_question(node: s.Node) -> bool:
    from engine.feel.names import mentions

    return mentions(node, "?")


_RULES: dict[type, Callable[[_Checker, Any], Type]] = {}


def _infers(
    node: type,
) -> Callable[[Callable[[_Checker, Any], Type]], Callable[[_Checker, Any], Type]]:
    def register(rule: Callable[[_Checker, Any], Type]) -> Callable[[_Checker, Any], Type]:
        _RULES[node] = rule
        return rule

    return register


@_infers(s.Literal)
def _literal(c: _Checker, node: s.Literal) -> Type:
    return simple(kind(node.value))


@_infers(s.AtLiteral)
def _at_literal(c: _Checker, node: s.AtLiteral) -> Type:
    return simple(kind(parse_temporal(node.text)))


@_infers(s.Name)
def _name(c: _Checker, node: s.Name) -> Type:
    found = c.find(node.name)
    if found is not None:
        return found
    if node.name in BUILTINS or node.name in c.functions:
        return FUNCTION
    c.report(node.at, "unknown-name", name=node.name)
    return ANY


@_infers(s.Path)
def _path(c: _Checker, node: s.Path) -> Type:
    return _member(c, node, c.type_of(node.base))


def _member(c: _Checker, node: s.Path, base: Type) -> Type:
    if base.kinds == LIST.kinds:
        return list_of(_member(c, node, base.item)) if base.item is not None else ANY
    if base.members is not None:
        if node.name in base.members:
            return base.members[node.name]
        c.report(node.at, "unknown-property", kind=base.name, name=node.name)
    elif base.kinds is not None and len(base.kinds) == 1:
        (only,) = base.kinds
        if only not in ("context", "null") and node.name not in property_names(only):
            c.report(node.at, "unknown-property", kind=base.name, name=node.name)
    return ANY


@_infers(s.Filter)
def _filter(c: _Checker, node: s.Filter) -> Type:
    base = c.type_of(node.base)
    is_list = base.kinds == LIST.kinds
    item = (base.item or ANY) if is_list else base
    before = len(c.scopes)
    if item.members is not None:
        c.scopes.append(item.members)
    elif item.kinds is None or "context" in item.kinds:
        c.scopes.append(None)
    condition = c.within({"item": item}, node.condition)
    del c.scopes[before:]
    if condition.kinds == NUMBER.kinds:
        return item
    if condition.kinds == BOOLEAN.kinds:
        return base if is_list else (list_of(item) if item is not ANY else LIST)
    return ANY


# -- calls ----------------------------------------------------------------------------------------


@_infers(s.Call)
def _call(c: _Checker, node: s.Call) -> Type:
    arguments = [c.type_of(argument) for argument in node.arguments]
    if not isinstance(node.function, s.Name):
        c.type_of(node.function)
        return ANY
    name = node.function.name
    function = _function_named(c, name, node.at)
    if function is None:
        return ANY
    return _called(c, node, name, function, arguments)


def _function_named(c: _Checker, name: str, at: int) -> Function | None:
    """The function to check a call against; None when it is a value or its body is not known."""
    if any(scope is not None and name in scope for scope in c.scopes):
        return None
    if name in c.functions:
        given = c.functions[name] if isinstance(c.functions, Mapping) else None
        return (
            host_function(name, given) if callable(given) or isinstance(given, Function) else None
        )
    if name in BUILTINS:
        return BUILTINS[name]
    if None not in c.scopes[1:]:  # an item of unknown entries may have a function
        c.report(at, "unknown-function", name=name)
    return None


def _called(
    c: _Checker, node: s.Call, name: str, function: Function, arguments: list[Type]
) -> Type:
    fitting = [o for o in function.overloads if _takes(o, len(arguments), node.names)]
    if not fitting:
        expected = " / ".join(dict.fromkeys(arity(o) for o in function.overloads))
        if node.names is not None:
            expected = ", ".join(p.name for o in function.overloads[:1] for p in o.parameters)
        given = ", ".join(node.names) if node.names is not None else len(arguments)
        c.report(node.at, "arity", name=name, expected=expected, given=given)
        return ANY
    wrong = [_wrong_argument(overload, node, arguments) for overload in fitting]
    if all(fault is not None for fault in wrong):
        position, parameter, expected_type, given_type = wrong[0] or (0, "", ANY, ANY)
        c.report(
            _start(node.arguments[position]),
            "argument",
            name=name,
            parameter=parameter,
            expected=expected_type.name,
            given=given_type.name,
        )
        return ANY
    results = [o.result or ANY for o, fault in zip(fitting, wrong, strict=True) if fault is None]
    return _joined(results)


def _takes(overload: Overload, given: int, names: tuple[str, ...] | None) -> bool:
    own = overload.parameters
    required = [parameter.name for parameter in own if not parameter.optional]
    if names is not None:
        return set(required) <= set(names) <= {parameter.name for parameter in own}
    return len(required) <= given and (overload.variadic or given <= len(own))


def _wrong_argument(
    overload: Overload, node: s.Call, arguments: list[Type]
) -> tuple[int, str, Type, Type] | None:
    if overload.variadic:
        return None
    for position, given in enumerate(arguments):
        parameter = overload.parameters[position]
        if node.names is not None:
            parameter = next(p for p in overload.parameters if p.name == node.names[position])
        is_null = given.kinds == NULL.kinds and not parameter.nullable
        if is_null or not may_convert(given, parameter.type):
            return position, parameter.name, parameter.type, given
    return None


# -- operators ------------------------------------------------------------------------------------


@_infers(s.Arithmetic)
def _arithmetic(c: _Checker, node: s.Arithmetic) -> Type:
    left = c.type_of(node.first)
    for operator, operand in node.rest:
        right = c.type_of(operand)
        left = _operation(c, node.at, operator, left, right)
    return left


def _operation(c: _Checker, at: int, operator: str, left: Type, right: Type) -> Type:
    if left.kinds is None or right.kinds is None:
        return ANY
    results = {
        result
        for ours in left.kinds
        for theirs in right.kinds
        if (result := result_kind(operator, ours, theirs))
    }
    if not results:
        c.report(at, "operands", operator=operator, left=left.name, right=right.name)
        return ANY
    return simple(results.pop()) if len(results) == 1 else ANY


@_infers(s.Negate)
def _negate(c: _Checker, node: s.Negate) -> Type:
    found = c.type_of(node.operand)
    durations = {"days and time duration", "years and months duration"}
    if found.kinds is not None and not found.kinds & {"number", *durations}:
        c.report(node.at, "operand", operator="-", given=found.name)
        return ANY
    return found


@_infers(s.Comparison)
def _comparison(c: _Checker, node: s.Comparison) -> Type:
    c.comparison(node.at, node.operator, c.type_of(node.left), c.type_of(node.right))
    return BOOLEAN


@_infers(s.And)
@_infers(s.Or)
def _logical(c: _Checker, node: s.And | s.Or) -> Type:
    for operand in node.operands:
        c.condition(operand)
    return BOOLEAN


@_infers(s.Between)
def _between(c: _Checker, node: s.Between) -> Type:
    value = c.type_of(node.value)
    for bound in (node.low, node.high):
        c.comparison(node.at, ">=", value, c.type_of(bound))
    return BOOLEAN


@_infers(s.In)
def _in(c: _Checker, node: s.In) -> Type:
    value = c.type_of(node.value)
    c.scopes.append({"?": value})
    for test in node.tests:
        c.test(test, ANY if value.kinds is not None and "list" in value.kinds else value)
    c.scopes.pop()
    return BOOLEAN


@_infers(s.InstanceOf)
def _instance_of(c: _Checker, node: s.InstanceOf) -> Type:
    c.type_of(node.value)
    return BOOLEAN


@_infers(s.If)
def _if(c: _Checker, node: s.If) -> Type:
    c.condition(node.condition)
    return _joined([c.type_of(node.then), c.type_of(node.otherwise)])


# -- lists, contexts, loops, functions -------------------------------------------------------------


@_infers(s.ListLiteral)
def _list(c: _Checker, node: s.ListLiteral) -> Type:
    item = _joined([c.type_of(item) for item in node.items])
    return list_of(item) if node.items and item is not ANY else LIST


@_infers(s.ContextLiteral)
def _context(c: _Checker, node: s.ContextLiteral) -> Type:
    members: dict[str, Type] = {}
    for key, value in node.entries:
        # A function may call itself by the entry's name, so the name is there while it is read.
        own = {**members, key: ANY} if isinstance(value, s.FunctionLiteral) else dict(members)
        members[key] = c.within(own, value)
    return context_of(members, "context")


@_infers(s.RangeLiteral)
def _range(c: _Checker, node: s.RangeLiteral) -> Type:
    low, high = c.type_of(node.low), c.type_of(node.high)
    if not {"null"} & ((low.kinds or set()) | (high.kinds or set())):
        c.comparison(node.at, "<=", low, high)
    return range_of(_joined([low, high]))


@_infers(s.UnaryComparison)
def _unary(c: _Checker, node: s.UnaryComparison) -> Type:
    return range_of(c.type_of(node.endpoint))


@_infers(s.For)
def _for(c: _Checker, node: s.For) -> Type:
    before = len(c.scopes)
    _sources(c, node.sources)
    c.scopes.append({"partial": LIST})
    body = c.type_of(node.body)
    del c.scopes[before:]
    return list_of(body) if body is not ANY else LIST


@_infers(s.Quantified)
def _quantified(c: _Checker, node: s.Quantified) -> Type:
    before = len(c.scopes)
    _sources(c, node.sources)
    c.condition(node.condition)
    del c.scopes[before:]
    return BOOLEAN


def _sources(c: _Checker, sources: tuple[s.Source, ...]) -> None:
    for source in sources:
        values = c.type_of(source.values)
        if source.end is not None:
            c.type_of(source.end)
            item = values
        elif values.kinds is not None and values.kinds & {"list", "range"}:
            item = values.item or ANY
        else:
            item = values
        c.scopes.append({source.name: item})


@_infers(s.FunctionLiteral)
def _function(c: _Checker, node: s.FunctionLiteral) -> Type:
    parameters = {
        name: (resolve(type_, c.types) if type_ is not None else None) or ANY
        for name, type_ in node.parameters
    }
    if not node.external:
        c.within(parameters, node.body)
    return FUNCTION
