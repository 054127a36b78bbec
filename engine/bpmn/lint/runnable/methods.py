"""Methods of Java objects that an expression calls, and what says the same in FEEL."""

from collections.abc import Iterator

from engine import feel
from engine.feel.grammar import syntax as s
from engine.feel.grammar.parser import parse
from engine.feel.grammar.printer import to_text
from engine.ground.text import Text

# `{0}` is the object, `{1}` and `{2}` are the arguments.
_WAYS = {
    "getVariable": "{name}",
    "getVariableLocal": "{name}",
    "hasVariable": "{name} != null",
    "size": "count({0})",
    "isEmpty": "count({0}) = 0",
    "length": "string length({0})",
    "equals": "{0} = {1}",
    "equalsIgnoreCase": "lower case({0}) = lower case({1})",
    "contains": "list contains({0}, {1}), or contains({0}, {1}) for a text",
    "get": "get value({0}, {1})",
    "getOrDefault": "get or else(get value({0}, {1}), {2})",
    "containsKey": "get value({0}, {1}) != null",
    "startsWith": "starts with({0}, {1})",
    "endsWith": "ends with({0}, {1})",
    "matches": "matches({0}, {1})",
    "replace": "replace({0}, {1}, {2})",
    "toUpperCase": "upper case({0})",
    "toLowerCase": "lower case({0})",
    "toString": "string({0})",
    "trim": "trim({0})",
    "intValue": "floor({0})",
    "doubleValue": "{0}",
}
_BY_A_STEP = Text(
    "ทำเป็นงานคำนวณ ตารางตัดสินใจ หรืองานของระบบ", "a script task, a decision table or a job does it"
)


def called(text: str) -> Iterator[tuple[str, str | Text]]:
    """The methods that an expression calls on a variable, each with the FEEL in its place."""
    try:
        waiting: list[s.Node] = [parse(text)] if text else []
    except feel.FeelSyntaxError:
        return  # said by its own rule
    while waiting:
        node = waiting.pop()
        waiting.extend(s.children(node))
        function = node.function if isinstance(node, s.Call) else None
        if isinstance(node, s.Call) and isinstance(function, s.Path) and _root(function):
            yield function.name, _way(node, function)


def _root(node: s.Node) -> str | None:
    """The variable at the beginning of a path; None for a context that stands there itself."""
    while isinstance(node, s.Path | s.Filter | s.Call):
        node = node.function if isinstance(node, s.Call) else node.base
    return node.name if isinstance(node, s.Name) else None


def _way(call: s.Call, method: s.Path) -> str | Text:
    way = _WAYS.get(method.name)
    if way is None:
        return _BY_A_STEP
    given = [to_text(argument) for argument in call.arguments]
    name = given[0].strip('"') if given else "x"
    return way.format(to_text(method.base), *given, "…", "…", name=name)
