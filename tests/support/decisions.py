"""Decision models for tests, written in a few words instead of in XML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*parts: str, namespace: str = "test", version: str = NAMESPACE) -> bytes:
    return (
        f'<definitions xmlns="{version}" id="model" name="model" namespace="{namespace}">'
        f"{''.join(parts)}</definitions>"
    ).encode()


def literal(text: str, type_: str = "") -> str:
    reference = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{reference}><text>{escape(text)}</text></literalExpression>"


def decision(id: str, logic: str, *, requires: Sequence[str] = (), type_: str = "") -> str:
    """A decision; what it requires is `#id`, with `data:` or `bkm:` before for other kinds."""
    reference = f' typeRef="{type_}"' if type_ else ""
    needs = "".join(map(_requirement, requires))
    variable = f'<variable name="{id}"{reference}/>'
    return f'<decision id="{id}" name="{id}">{variable}{needs}{logic}</decision>'


def _requirement(reference: str) -> str:
    kind, _, href = reference.rpartition(":#")
    if kind == "data":
        return f'<informationRequirement><requiredInput href="#{href}"/></informationRequirement>'
    if kind == "bkm":
        return f'<knowledgeRequirement><requiredKnowledge href="#{href}"/></knowledgeRequirement>'
    href = reference if "#" in reference else f"#{reference}"
    return f'<informationRequirement><requiredDecision href="{href}"/></informationRequirement>'


def data(name: str, type_: str = "") -> str:
    reference = f' typeRef="{type_}"' if type_ else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{reference}/></inputData>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
) -> str:
    """A table: a column is `expression: type = allowed values`, a rule its cells from the left."""
    attributes = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(_input(n, column) for n, column in enumerate(inputs, 1))
    results = "".join(_output(n, column) for n, column in enumerate(outputs, 1))
    rows = "".join(_rule(n, rule, len(inputs)) for n, rule in enumerate(rules, 1))
    return (
        f'<decisionTable id="table" hitPolicy="{policy}"{attributes}>{columns}{results}{rows}'
        "</decisionTable>"
    )


def _column(column: str) -> tuple[str, str, str]:
    head, _, allowed = column.partition(" = ")
    name, _, type_ = head.partition(": ")
    return name, f' typeRef="{type_}"' if type_ else "", escape(allowed)


def _input(number: int, column: str) -> str:
    name, type_, allowed = _column(column)
    values = f"<inputValues><text>{allowed}</text></inputValues>" if allowed else ""
    expression = f"<inputExpression{type_}><text>{escape(name)}</text></inputExpression>"
    return f'<input id="input{number}">{expression}{values}</input>'


def _output(number: int, column: str) -> str:
    column, _, default = column.partition(" else ")
    name, type_, allowed = _column(column)
    values = f"<outputValues><text>{allowed}</text></outputValues>" if allowed else ""
    other = (
        f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>"
        if default
        else ""
    )
    return f'<output id="output{number}" name="{name}"{type_}>{values}{other}</output>'


def _rule(number: int, cells: Sequence[str], inputs: int) -> str:
    tests = "".join(_entry("inputEntry", cell) for cell in cells[:inputs])
    results = "".join(_entry("outputEntry", cell) for cell in cells[inputs:])
    return f'<rule id="rule{number}">{tests}{results}</rule>'


def _entry(tag: str, cell: str) -> str:
    return f"<{tag}><text>{escape(cell)}</text></{tag}>"
