"""Reads FEEL (DMN 1.5, chapter 10.3): precedence climbing over the tokens, no backtracking."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from engine.feel.grammar import syntax as s
from engine.feel.grammar.lexer import unescape
from engine.feel.grammar.stream import MAX_DEPTH, KnownNames, Stream
from engine.feel.grammar.type_names import parse_type
from engine.feel.values.numbers import CONTEXT

_COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_BINARY = {
    "or": 1,
    "and": 2,
    "in": 3,
    "between": 3,
    **dict.fromkeys(_COMPARISONS, 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "**": 6,
}
_ADDITIVE = 4


def parse(source: str, known: Iterable[str] = ()) -> s.Node:
    """The tree of an expression.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    stream = Stream(source, known)
    if stream.is_op(*_COMPARISONS):
        raise stream.error("นิพจน์", "an expression")
    return _closed(stream, expression(stream))


def parse_tests(source: str, known: Iterable[str] = ()) -> s.Tests:
    """The tree of the unary tests in a decision table's cell or a list of allowed values.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    stream = Stream(source, known)
    if stream.is_op("-") and stream.ahead().kind == "end":
        stream.advance()
        return s.Tests(())
    if stream.is_word("not") and stream.ahead().text == "(" and _closes_at_end(stream):
        start = stream.advance().start
        stream.advance()
        found = _tests(stream)
        stream.expect_op(")")
        return _closed(stream, s.Tests(found, negated=True, at=start))
    return _closed(stream, s.Tests(_tests(stream)))


def parse_type_text(text: str) -> s.TypeName:
    """The tree of a type such as `list<number>`.

    Raises:
        FeelSyntaxError: with line, column and what was expected.
    """
    stream = Stream(text)
    found = parse_type(stream)
    if stream.token.kind != "end":
        raise stream.error("จบชนิดข้อมูล", "the end of the type")
    return found


Kind = TypeVar("Kind", bound=s.Node)


def _closed(stream: Stream, node: Kind) -> Kind:
    if stream.token.kind != "end":
        raise stream.error("เครื่องหมายหรือจบนิพจน์", "an operator or the end")
    if _height(node) > MAX_DEPTH * 4:
        raise stream.too_deep()
    return node


def _height(node: s.Node) -> int:
    height, level = 0, [node]
    while level:
        height += 1
        level = [child for parent in level for child in s.children(parent)]
    return height


def _closes_at_end(stream: Stream) -> bool:
    """Whether the bracket after `not` is closed by the last token of all."""
    stream.position += 1
    closing, _ = stream.enclosed()
    stream.position -= 1
    return closing >= len(stream.tokens) - 2


def _tests(stream: Stream) -> tuple[s.Node, ...]:
    tests = [expression(stream)]
    while stream.accept_op(","):
        tests.append(expression(stream))
    return tuple(tests)


# -- expressions ------------------------------------------------------------------------------


def expression(stream: Stream) -> s.Node:
    stream.enter()
    token = stream.token
    compound = _COMPOUND.get(token.text) if token.kind == "name" else None
    if compound and not stream.known_name():
        node = compound(stream)
    elif token.kind == "op" and token.text in _COMPARISONS:
        node = _unary_comparison(stream)
    else:
        node = binary(stream, 1)
    stream.leave()
    return node


def _unary_comparison(stream: Stream) -> s.Node:
    token = stream.advance()
    return s.UnaryComparison(token.text, binary(stream, _ADDITIVE), at=token.start)


def binary(stream: Stream, lowest: int) -> s.Node:
    left = operand(stream)
    chain = 0
    while True:
        level = _level(stream)
        if level < lowest or level == 0:
            return left
        chain += 1
        if level == 3 and chain > MAX_DEPTH:
            raise stream.too_deep()
        token = stream.advance()
        left = _joined(stream, left, token.text, level, token.start)


def _joined(stream: Stream, left: s.Node, operator: str, level: int, at: int) -> s.Node:
    if operator == "in":
        return s.In(left, _in_tests(stream), at=at)
    if operator == "between":
        low = binary(stream, _ADDITIVE)
        stream.expect_word("and")
        return s.Between(left, low, binary(stream, _ADDITIVE), at=at)
    right = binary(stream, level + 1)
    if level == 3:
        return s.Comparison(operator, left, right, at=at)
    rest = [(operator, right)]
    while _level(stream) == level:  # a chain is read at once: it may be as long as the expression
        rest.append((stream.advance().text, binary(stream, level + 1)))
    if level < 3:
        return _logical(left, operator, [right for _, right in rest], at)
    if isinstance(left, s.Arithmetic) and _BINARY[left.rest[0][0]] == level:
        return s.Arithmetic(left.first, (*left.rest, *rest), at=left.at)
    return s.Arithmetic(left, tuple(rest), at=at)


def _level(stream: Stream) -> int:
    token = stream.token
    return _BINARY.get(token.text, 0) if token.kind in ("op", "name") else 0


def _logical(left: s.Node, operator: str, right: list[s.Node], at: int) -> s.Node:
    kind = s.And if operator == "and" else s.Or
    if isinstance(left, kind):
        return kind((*left.operands, *right), at=left.at)
    return kind((left, *right), at=at)


def _in_tests(stream: Stream) -> tuple[s.Node, ...]:
    if stream.is_op(*_COMPARISONS):
        return (_unary_comparison(stream),)
    if stream.is_op("(") and stream.enclosed()[1]:
        stream.advance()
        tests = _tests(stream)
        stream.expect_op(")")
        return tests
    return (binary(stream, _ADDITIVE),)


def operand(stream: Stream) -> s.Node:
    if not stream.is_op("-"):
        return _instance(stream, postfix(stream))
    token = stream.advance()
    if stream.token.kind == "number":
        text = stream.token.text
        literal = s.Literal(CONTEXT.create_decimal("-" + text), at=token.start)
        stream.advance()
        return _instance(stream, postfix(stream, literal))
    stream.enter()
    node = s.Negate(operand(stream), at=token.start)
    stream.leave()
    return node


def _instance(stream: Stream, node: s.Node) -> s.Node:
    while stream.is_word("instance") and stream.ahead().text == "of":
        at = stream.advance().start
        stream.advance()
        node = s.InstanceOf(node, parse_type(stream), at=at)
    return node


def postfix(stream: Stream, base: s.Node | None = None) -> s.Node:
    """A value with its paths, filters and calls: `a.b[c](d)`."""
    node = primary(stream) if base is None else base
    for _ in range(MAX_DEPTH):
        token = stream.token
        if token.kind != "op":
            return node
        if token.text == ".":
            stream.advance()
            node = s.Path(node, stream.name(), at=token.start)
        elif token.text == "[" and not (stream.ranges and stream.ends_range(stream.position)):
            stream.advance()
            condition = expression(stream)
            stream.expect_op("]")
            node = s.Filter(node, condition, at=token.start)
        elif token.text == "(":
            node = _call(stream, node)
        else:
            return node
    raise stream.too_deep()


def _call(stream: Stream, function: s.Node) -> s.Node:
    stream.expect_op("(")
    at = function.at
    if stream.accept_op(")"):
        return s.Call(function, (), at=at)
    named = stream.is_named_argument()
    names: list[str] = []
    arguments: list[s.Node] = []
    while True:
        if named:
            names.append(stream.name_until(":"))
            stream.expect_op(":")
        arguments.append(expression(stream))
        if not stream.accept_op(","):
            break
    if not stream.is_op(")"):
        raise stream.error("“,” หรือ “)”", "“,” or “)”")
    stream.advance()
    return s.Call(function, tuple(arguments), tuple(names) if named else None, at=at)


# -- what an expression begins with ---------------------------------------------------------------


def primary(stream: Stream) -> s.Node:
    token = stream.token
    if token.kind == "number":
        stream.advance()
        return s.Literal(CONTEXT.create_decimal(token.text), at=token.start)
    if token.kind == "string":
        stream.advance()
        return s.Literal(unescape(token.text), at=token.start)
    if token.kind == "quoted":
        return s.Name(stream.name(), at=token.start)
    if token.kind == "name":
        return _word(stream)
    opened = _OPENING.get(token.text) if token.kind == "op" else None
    if opened is None:
        raise stream.error("นิพจน์", "an expression")
    return opened(stream)


_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = frozenset(("then", "else", "return", "satisfies", "and", "or", "in", "between"))


def _word(stream: Stream) -> s.Node:
    token = stream.token
    if not stream.known_name():
        if token.text in _CONSTANTS:
            stream.advance()
            return s.Literal(_CONSTANTS[token.text], at=token.start)
        if token.text == "function" and stream.ahead().text == "(":
            return _function(stream)
        if token.text in _COMPOUND:  # `1 + if a then b else c`
            return expression(stream)
        if token.text in _RESERVED:
            raise stream.error("นิพจน์", "an expression")
    return s.Name(stream.name(), at=token.start)


def _bracket(stream: Stream) -> s.Node:
    start = stream.advance().start
    low = expression(stream)
    if stream.accept_op(".."):
        return _range(stream, low, False, start)
    if not stream.is_op(")"):
        raise stream.error("“)”", "“)”")
    stream.advance()
    return low


def _square(stream: Stream) -> s.Node:
    start = stream.advance().start
    if stream.is_op("]") and stream.is_empty_list():
        stream.advance()
        return s.ListLiteral((), at=start)
    items = [expression(stream)]
    if stream.accept_op(".."):
        return _range(stream, items[0], True, start)
    while stream.accept_op(","):
        items.append(expression(stream))
    if not stream.is_op("]"):
        raise stream.error("“,” หรือ “]”", "“,” or “]”")
    stream.advance()
    return s.ListLiteral(tuple(items), at=start)


def _open_range(stream: Stream) -> s.Node:
    start = stream.advance().start
    low = expression(stream)
    stream.expect_op("..")
    return _range(stream, low, False, start)


def _range(stream: Stream, low: s.Node, low_included: bool, at: int) -> s.Node:
    stream.ranges += 1
    high = expression(stream)
    stream.ranges -= 1
    if not stream.is_op("]", ")", "["):
        raise stream.error("“]” หรือ “)”", "“]” or “)”")
    return s.RangeLiteral(low, high, low_included, stream.advance().text == "]", at=at)


def _curly(stream: Stream) -> s.Node:
    start = stream.advance().start
    entries: list[tuple[str, s.Node]] = []
    scope = KnownNames()
    stream.scopes.append(scope)
    while not stream.is_op("}"):
        key = _key(stream)
        stream.expect_op(":")
        entries.append((key, expression(stream)))
        scope.add(key)
        if not stream.accept_op(","):
            break
    stream.scopes.pop()
    if not stream.is_op("}"):
        raise stream.error("“,” หรือ “}”", "“,” or “}”")
    stream.advance()
    return s.ContextLiteral(tuple(entries), at=start)


def _key(stream: Stream) -> str:
    if stream.token.kind == "string":
        return unescape(stream.advance().text)
    return stream.name_until(":")


def _at_literal(stream: Stream) -> s.Node:
    start = stream.advance().start
    if stream.token.kind != "string":
        raise stream.error("ข้อความวันเวลาในเครื่องหมายคำพูด", "a quoted date, time or duration")
    return s.AtLiteral(unescape(stream.advance().text), at=start)


_OPENING: dict[str, Callable[[Stream], s.Node]] = {
    "(": _bracket,
    "[": _square,
    "]": _open_range,
    "{": _curly,
    "@": _at_literal,
}


# -- if, for, some, every, function ---------------------------------------------------------------


def _if(stream: Stream) -> s.Node:
    start = stream.advance().start
    condition = expression(stream)
    stream.expect_word("then")
    then = expression(stream)
    stream.expect_word("else")
    return s.If(condition, then, expression(stream), at=start)


def _for(stream: Stream) -> s.Node:
    start = stream.advance().start
    scope = KnownNames()
    stream.scopes.append(scope)
    sources = _sources(stream, scope)
    stream.expect_word("return")
    body = expression(stream)
    stream.scopes.pop()
    return s.For(sources, body, at=start)


def _quantified(stream: Stream) -> s.Node:
    token = stream.advance()
    scope = KnownNames()
    stream.scopes.append(scope)
    sources = _sources(stream, scope)
    stream.expect_word("satisfies")
    condition = expression(stream)
    stream.scopes.pop()
    return s.Quantified(token.text == "every", sources, condition, at=token.start)


def _sources(stream: Stream, scope: KnownNames) -> tuple[s.Source, ...]:
    found: list[s.Source] = []
    while True:
        start = stream.token.start
        name = stream.name()
        stream.expect_word("in")
        values = expression(stream)
        end = expression(stream) if stream.accept_op("..") else None
        found.append(s.Source(name, values, end, at=start))
        scope.add(name)
        if not stream.accept_op(","):
            return tuple(found)


def _function(stream: Stream) -> s.Node:
    start = stream.advance().start
    stream.expect_op("(")
    scope = KnownNames()
    parameters: list[tuple[str, s.TypeName | None]] = []
    while not stream.is_op(")"):
        name = stream.name_until(",", ":")
        parameters.append((name, parse_type(stream) if stream.accept_op(":") else None))
        scope.add(name)
        if not stream.accept_op(","):
            break
    stream.expect_op(")")
    external = stream.accept_word("external")
    stream.scopes.append(scope)
    body = expression(stream)
    stream.scopes.pop()
    return s.FunctionLiteral(tuple(parameters), body, external, at=start)


_COMPOUND: dict[str, Callable[[Stream], s.Node]] = {
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
