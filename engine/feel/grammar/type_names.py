"""Reads the name of a type, as after `instance of` and in the parameters of a function."""

from engine.feel.grammar import syntax as s
from engine.feel.grammar.stream import Stream

_LONG = (
    "days and time duration",
    "years and months duration",
    "day time duration",
    "year month duration",
    "date and time",
)


def parse_type(stream: Stream) -> s.TypeName:
    stream.enter()
    at = stream.token.start
    name = _name(stream)
    if name == "function" and stream.is_op("<"):
        node = _function(stream, at)
    elif name == "context" and stream.accept_op("<"):
        node = s.TypeName(name, members=_members(stream), at=at)
    elif name in ("list", "range") and stream.accept_op("<"):
        inner = parse_type(stream)
        stream.expect_op(">")
        node = s.TypeName(name, (inner,), at=at)
    else:
        node = s.TypeName(name, at=at)
    stream.leave()
    return node


def _name(stream: Stream) -> str:
    for name in _LONG:
        parts = name.split()
        here = stream.tokens[stream.position : stream.position + len(parts)]
        if [token.text for token in here] == parts:
            stream.position += len(parts)
            return name
    if stream.token.kind not in ("name", "quoted"):
        raise stream.error("ชนิดข้อมูล", "a type")
    parts = [stream.name()]
    while stream.accept_op("."):
        parts.append(stream.name())
    return ".".join(parts)


def _members(stream: Stream) -> tuple[tuple[str, s.TypeName], ...]:
    members: list[tuple[str, s.TypeName]] = []
    while not stream.is_op(">"):
        name = stream.name_until(":")
        stream.expect_op(":")
        members.append((name, parse_type(stream)))
        if not stream.accept_op(","):
            break
    stream.expect_op(">")
    return tuple(members)


def _function(stream: Stream, at: int) -> s.TypeName:
    stream.expect_op("<")
    parameters: list[s.TypeName] = []
    while not stream.is_op(">"):
        parameters.append(parse_type(stream))
        if not stream.accept_op(","):
            break
    stream.expect_op(">")
    stream.expect_op("->")
    return s.TypeName("function", tuple(parameters), result=parse_type(stream), at=at)
