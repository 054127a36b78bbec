"""Models that are read together, so that one may import the others' types and elements."""

from collections.abc import Iterable, Mapping

from engine.dmn.findings import DmnRejected, remark
from engine.dmn.model import Model, Variables
from engine.dmn.reading import parse
from engine.dmn.source import Element, children, read
from engine.feel.values.types import Type
from engine.ground.findings import Finding, has_errors


def load(
    files: Mapping[str, bytes],
    *,
    functions: Iterable[str] = (),
    variables: Variables | None = None,
    strict: bool = True,
) -> list[Model]:
    """Read models that may import each other, in the order of `files`.

    With `strict` off their faults are findings of the models.

    Raises:
        DmnRejected: a file cannot be read, or (if strict) anything in them is wrong.
    """
    roots = {name: read(name, content) for name, content in files.items()}
    by_namespace = {root.get("namespace", ""): name for name, root in roots.items()}
    done: dict[str, Model] = {}
    for name in _imported_first(roots, by_namespace):
        types = _imported_types(roots[name], by_namespace, done)
        done[name] = parse(
            name,
            files[name],
            functions=functions,
            imported=types,
            variables=variables,
            strict=False,
        )
        done[name].findings += _missing(name, roots[name], by_namespace)
    findings: list[Finding] = [f for model in done.values() for f in model.findings]
    if strict and has_errors(findings):
        raise DmnRejected(findings)
    return [done[name] for name in files]


def _imported_first(roots: Mapping[str, Element], by_namespace: Mapping[str, str]) -> list[str]:
    order: list[str] = []
    waiting: list[str] = list(reversed(list(roots)))
    opened: set[str] = set()
    while waiting:
        name = waiting[-1]
        needed = [
            by_namespace[each.get("namespace", "")]
            for each in children(roots[name], "import")
            if each.get("namespace", "") in by_namespace
        ]
        unread = [each for each in needed if each not in opened and each not in order]
        if unread and name not in opened:
            opened.add(name)
            waiting += unread
            continue
        waiting.pop()
        if name not in order:
            order.append(name)
    return order


def _imported_types(
    root: Element, by_namespace: Mapping[str, str], done: Mapping[str, Model]
) -> dict[str, Type]:
    types: dict[str, Type] = {}
    for each in children(root, "import"):
        model = done.get(by_namespace.get(each.get("namespace", ""), ""))
        prefix = each.get("name", "")
        for name, type_ in (model.types if model is not None else {}).items():
            types[f"{prefix}.{name}" if prefix else name] = type_
    return types


def _missing(name: str, root: Element, by_namespace: Mapping[str, str]) -> list[Finding]:
    return [
        remark(name, each.get("name", ""), "dmn-import", reference=each.get("namespace", ""))
        for each in children(root, "import")
        if "DMN" in each.get("importType", "").upper()
        and each.get("namespace", "") not in by_namespace
    ]
