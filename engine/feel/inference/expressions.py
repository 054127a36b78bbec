"""Infers the type of each node of an expression, and reports what can never be right on the way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.feel import hints
from engine.feel.builtins import BUILTINS
from engine.feel.compiling.arithmetic import result_kind
from engine.feel.date_slips import slip_in_date
from engine.feel.errors import Problem, place
from engine.feel.grammar import syntax as s
from engine.feel.grammar.lexer import escape
from engine.feel.hints import did_you_mean
from engine.feel.inference import literals
from engine.feel.messages import message
from engine.feel.values.numbers import parse_number, plain
from engine.feel.values.properties import property_names
from engine.feel.values.temporal_text import parse_temporal
from engine.feel.values.types import (
    ANY,
    BOOLEAN,
    DATE,
    FUNCTION,
    LIST,
    NULL,
    NUMBER,
    Type,
    list_of,
    simple,
)
from engine.feel.values.values import kind
from engine.ground.text import Text

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


def joined(types: Iterable[Type]) -> Type:
    distinct: list[Type] = []
    for type_ in types:
        if type_.kinds == NULL.kinds:
            continue
        if all(type_.name != known.name for known in distinct):
            distinct.append(type_)
    return distinct[0] if len(distinct) == 1 else ANY


class Checker:
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
        text = message(code, **facts)
        if code == "unknown-name":
            known = (name for scope in self.scopes if scope is not None for name in scope)
            text = did_you_mean(text, str(facts["name"]), known)
        elif code == "unknown-function":
            text = did_you_mean(text, str(facts["name"]), (*BUILTINS, *self.functions))
        self._add(Problem(code, text, line, column))

    def found(self, at: int, code: str, text: Text) -> None:
        self._add(Problem(code, text, *place(self.source, at)))

    def _add(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

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
            self.comparison(node.at, node.operator, of, self.type_of(node.endpoint), node.endpoint)
            return
        wanted = self.type_of(node)
        is_condition = wanted.kinds == BOOLEAN.kinds and in_table
        if is_condition or _mentions_question(node):
            return
        if wanted.kinds is not None and wanted.kinds & {"list", "range"}:
            wanted = wanted.item or ANY
        self.comparison(node.at, "=", of, wanted, node)

    def comparison(
        self, at: int, operator: str, left: Type, right: Type, *operands: s.Node
    ) -> None:
        """Whether two types can be compared; the operands are looked at for common slips."""
        for operand in operands:
            if slip := _slip_in_text(operand):
                self.found(operand.at, *slip)
                return
        if "null" in (left.kinds or ()) or "null" in (right.kinds or ()):
            if operator not in ("=", "!="):
                self.report(at, "never", left=left.name, right=right.name)
            return
        unordered = operator not in ("=", "!=") and any(
            type_.kinds is not None and not type_.kinds & _ORDERED for type_ in (left, right)
        )
        if unordered or _is_never(left, right):
            text = message("never", left=left.name, right=right.name)
            written = next(filter(None, (_meant(left, right, each) for each in operands)), "")
            self.found(at, "never", hints.write(text, written))
        elif None not in (left.zoned, right.zoned) and left.zoned != right.zoned:
            self.report(at, "zones")

    def condition(self, node: s.Node) -> None:
        found = self.type_of(node)
        if found.kinds is not None and not found.kinds & {"boolean", "null"}:
            self.report(start_of(node), "type", expected="boolean", given=found.name)


def _slip_in_text(node: s.Node) -> tuple[str, Text] | None:
    is_text = isinstance(node, s.Literal) and node.value.__class__ is str
    return slip_in_date(node.value) if is_text else None  # type: ignore[attr-defined]


def _meant(left: Type, right: Type, operand: s.Node) -> str:
    """What to write where a text stands that says a value of the other side's type."""
    if not isinstance(operand, s.Literal) or operand.value.__class__ is not str:
        return ""
    kinds = (left.kinds or frozenset()) | (right.kinds or frozenset())
    if "number" in kinds:
        return str(plain(number)) if (number := parse_number(operand.value)) is not None else ""
    if "boolean" in kinds:
        return operand.value if operand.value in ("true", "false") else ""
    readers = literals.READERS.items()
    return next(
        (
            f"{name}({escape(operand.value)})"
            for name, read in readers
            if _reads(kinds, read(operand.value))
        ),
        "",
    )


def _reads(kinds: frozenset[str], value: Any) -> bool:
    return value is not None and kind(value) in kinds


def start_of(node: s.Node) -> int:
    return min([node.at, *(start_of(child) for child in s.children(node))])


def _mentions_question(node: s.Node) -> bool:
    from engine.feel.grammar.free_names import mentions

    return mentions(node, "?")


_RULES: dict[type, Callable[[Checker, Any], Type]] = {}


def infers(
    node: type,
) -> Callable[[Callable[[Checker, Any], Type]], Callable[[Checker, Any], Type]]:
    def register(rule: Callable[[Checker, Any], Type]) -> Callable[[Checker, Any], Type]:
        _RULES[node] = rule
        return rule

    return register


@infers(s.Literal)
def _literal(c: Checker, node: s.Literal) -> Type:
    return simple(kind(node.value))


@infers(s.AtLiteral)
def _at_literal(c: Checker, node: s.AtLiteral) -> Type:
    if slip := slip_in_date(node.text):
        c.found(node.at, *slip)
    return literal_type(parse_temporal(node.text))


def literal_type(value: Any) -> Type:
    """The type of a value that is known, with whether it has a zone."""
    return replace(simple(kind(value)), zoned=literals.zoned(value))


@infers(s.Name)
def _name(c: Checker, node: s.Name) -> Type:
    found = c.find(node.name)
    given = any(scope is not None and node.name in scope for scope in c.scopes)
    if not given and node.name.startswith("not "):
        rest = node.name.removeprefix("not ")
        c.report(node.at, "negation", name=node.name, written=f"not({rest})")
        return BOOLEAN
    if found is not None:
        if not given and hints.as_seen(node.name) != node.name:
            c.report(node.at, "hidden-characters", name=node.name)
        return found
    if node.name in BUILTINS or node.name in c.functions:
        return FUNCTION
    c.report(node.at, "unknown-name", name=node.name)
    return ANY


@infers(s.Path)
def _path(c: Checker, node: s.Path) -> Type:
    return _member(c, node, c.type_of(node.base))


def _member(c: Checker, node: s.Path, base: Type) -> Type:
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


@infers(s.Filter)
def _filter(c: Checker, node: s.Filter) -> Type:
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


# -- operators ------------------------------------------------------------------------------------


@infers(s.Arithmetic)
def _arithmetic(c: Checker, node: s.Arithmetic) -> Type:
    left = c.type_of(node.first)
    for operator, operand in node.rest:
        right = c.type_of(operand)
        left = _operation(c, node.at, operator, left, right)
    return left


def _operation(c: Checker, at: int, operator: str, left: Type, right: Type) -> Type:
    if left.kinds is None or right.kinds is None:
        return ANY
    results = {
        result
        for ours in left.kinds
        for theirs in right.kinds
        if (result := result_kind(operator, ours, theirs))
    }
    if operator == "-" and _is_odd(left, right):
        c.report(at, "zones")
        return ANY
    if not results:
        c.report(at, "operands", operator=operator, left=left.name, right=right.name)
        return ANY
    return simple(results.pop()) if len(results) == 1 else ANY


def _is_odd(left: Type, right: Type) -> bool:
    """Whether of two points in time one has a zone and the other none; a date is in UTC."""
    ours, theirs = (True if t.kinds == DATE.kinds else t.zoned for t in (left, right))
    both_dates = left.kinds == right.kinds == DATE.kinds
    return not both_dates and None not in (ours, theirs) and ours != theirs


@infers(s.Negate)
def _negate(c: Checker, node: s.Negate) -> Type:
    found = c.type_of(node.operand)
    durations = {"days and time duration", "years and months duration"}
    if found.kinds is not None and not found.kinds & {"number", *durations}:
        c.report(node.at, "operand", operator="-", given=found.name)
        return ANY
    return found


@infers(s.Comparison)
def _comparison(c: Checker, node: s.Comparison) -> Type:
    left, right = c.type_of(node.left), c.type_of(node.right)
    c.comparison(node.at, node.operator, left, right, node.left, node.right)
    return BOOLEAN


@infers(s.And)
@infers(s.Or)
def _logical(c: Checker, node: s.And | s.Or) -> Type:
    for operand in node.operands:
        c.condition(operand)
    return BOOLEAN


@infers(s.Between)
def _between(c: Checker, node: s.Between) -> Type:
    value = c.type_of(node.value)
    for bound in (node.low, node.high):
        c.comparison(node.at, ">=", value, c.type_of(bound), bound)
    return BOOLEAN


@infers(s.In)
def _in(c: Checker, node: s.In) -> Type:
    value = c.type_of(node.value)
    c.scopes.append({"?": value})
    for test in node.tests:
        c.test(test, ANY if value.kinds is not None and "list" in value.kinds else value)
    c.scopes.pop()
    return BOOLEAN


@infers(s.InstanceOf)
def _instance_of(c: Checker, node: s.InstanceOf) -> Type:
    c.type_of(node.value)
    return BOOLEAN


@infers(s.If)
def _if(c: Checker, node: s.If) -> Type:
    c.condition(node.condition)
    return joined([c.type_of(node.then), c.type_of(node.otherwise)])
