"""Runs cases of the DMN Technology Compatibility Kit: `python -m engine.dmn.tck [folder]`.

A folder holds models (`*.dmn`) and, beside them, cases (`*.xml`) with inputs and expected results.
A table tells per model what passed; each failure comes with its reason.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.dmn.evaluation import Result, evaluate, evaluate_service
from engine.dmn.findings import DecisionNotFound, DmnRejected
from engine.dmn.model import Decision, DecisionService, Model
from engine.dmn.modelset import load
from engine.dmn.source import Element, child, children, content, local
from engine.feel.values.jsonable import to_json
from engine.feel.values.numbers import parse_number
from engine.feel.values.scope import Environment
from engine.feel.values.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from engine.feel.values.values import kind

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# The kit writes results of long computations with about 13 digits.
_TOLERANCE = Decimal("1E-8")


@dataclass(slots=True)
class Outcome:
    """What became of one model's cases."""

    model: str
    passed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # case and reason


def run(folder: Path) -> list[Outcome]:
    """Run all cases below a folder, model by model."""
    outcomes: dict[str, Outcome] = {}
    for file in sorted(folder.rglob("*.xml")):
        outcome = outcomes.setdefault(file.parent.name, Outcome(file.parent.name))
        try:
            root = _read(file)
        except etree.XMLSyntaxError as error:
            outcome.failures.append((file.name, f"cannot be read: {error.msg}"))
            continue
        if local(root) == "testCases":
            named = child(root, "modelName")
            _run_file(root, file, content(named) if named is not None else "", outcome)
    return [each for each in outcomes.values() if each.passed or each.failures]


def _read(file: Path) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    return etree.fromstring(file.read_bytes(), parser)


def _run_file(root: Element, file: Path, model_name: str, outcome: Outcome) -> None:
    models: list[Model] = []
    failure = ""
    try:
        models = load(_models_of(file, model_name), strict=False)
    except FileNotFoundError:
        failure = f"there is no file {model_name} beside it"
    except DmnRejected as rejected:
        failure = str(rejected)
    for case in children(root, "testCase"):
        inputs = {node.get("name", ""): _value(node) for node in children(case, "inputNode")}
        reasons = [failure] if failure else _reasons(models, case, inputs)
        if reasons:
            outcome.failures.append((f"{file.stem} case {case.get('id', '')}", "; ".join(reasons)))
        else:
            outcome.passed += 1


def _reasons(models: list[Model], case: Element, inputs: dict[str, Any]) -> list[str]:
    """Why a case fails: one reason for each result that is not the expected one."""
    checked = (
        (node.get("name", ""), _check(models, case, node, inputs))
        for node in children(case, "resultNode")
    )
    return [f"{name}: {reason}" for name, reason in checked if reason]


def _models_of(file: Path, model_name: str) -> dict[str, bytes]:
    """The model of the cases first, then those of its folder that it imports, or they in turn.

    Raises:
        FileNotFoundError: the folder has no such model.
    """
    first = file.parent / model_name
    if not first.is_file():
        raise FileNotFoundError(first)
    by_namespace = {
        namespace: path
        for path in file.parent.glob("*.dmn")
        if path != first
        for namespace in [_namespace(path)]
        if namespace
    }
    found: dict[str, bytes] = {}
    waiting = [first]
    while waiting:
        path = waiting.pop(0)
        if path.name in found:
            continue
        found[path.name] = path.read_bytes()
        waiting += [by_namespace[n] for n in _imported(path) if n in by_namespace]
    return found


def _namespace(path: Path) -> str:
    try:
        return _read(path).get("namespace", "")
    except etree.XMLSyntaxError:
        return ""  # if it is the one that is imported, the import is told as missing


def _imported(path: Path) -> list[str]:
    try:
        return [each.get("namespace", "") for each in children(_read(path), "import")]
    except etree.XMLSyntaxError:
        return []  # `load` tells what is wrong with it


def _check(models: list[Model], case: Element, expected: Element, inputs: dict[str, Any]) -> str:
    """Why the result is not the expected one; "" when it is."""
    name = expected.get("name", "")
    wanted = _value(child(expected, "expected"))
    try:
        result = _result(models, case, name, inputs)
    except DecisionNotFound as error:
        return str(error)
    if same(result.value, wanted):
        return ""
    why = "; ".join(str(diagnostic) for diagnostic in result.diagnostics[:3])
    return f"expected {_shown(wanted)}, got {_shown(result.value)}" + (f" ({why})" if why else "")


def _result(models: list[Model], case: Element, name: str, inputs: dict[str, Any]) -> Result:
    environment = Environment(now=datetime.now(UTC))
    invocable = case.get("invocableName")
    if case.get("type") not in ("decisionService", "bkm") or not invocable:
        return evaluate(models, _decision_id(models, name), inputs, environment)
    result = evaluate_service(models, invocable, inputs, environment)
    services = (
        element
        for element in models[0].elements.values()
        if isinstance(element, DecisionService) and invocable in (element.name, element.id)
    )
    service = next(services, None)
    # A service of several outputs gives them all; a case names the one that it is about.
    if service is not None and len(service.outputs) > 1 and name != invocable:
        of_one = result.value.get(name) if isinstance(result.value, dict) else None
        return Result(of_one, result.rules, result.diagnostics)
    return result


def _decision_id(models: list[Model], name: str) -> str:
    for element in models[0].elements.values() if models else ():
        if isinstance(element, Decision) and element.name == name:
            return element.id
    return name


# -- values ---------------------------------------------------------------------------------------

_READERS = {
    "date": parse_date,
    "time": parse_time,
    "dateTime": parse_date_time,
    "duration": parse_duration,
    "dayTimeDuration": parse_duration,
    "yearMonthDuration": parse_duration,
    "decimal": parse_number,
    "double": parse_number,
    "integer": parse_number,
    "float": parse_number,
    "int": parse_number,
    "long": parse_number,
}


def _value(node: Element | None) -> Any:
    """A value of a case: a simple one, a list, or components of a context."""
    if node is None:
        return None
    listed = child(node, "list")
    if listed is not None:
        if listed.get(_XSI + "nil") == "true":
            return None
        return [_value(item) for item in children(listed, "item")]
    components = children(node, "component")
    if components:
        return {part.get("name", ""): _value(part) for part in components}
    simple = child(node, "value")
    if simple is None or simple.get(_XSI + "nil") == "true" or node.get(_XSI + "nil") == "true":
        return None
    return _simple(simple)


def _simple(node: Element) -> Any:
    text = "".join(map(str, node.itertext()))
    kind_ = (node.get(_XSI + "type") or "string").rpartition(":")[2]
    if kind_ == "boolean":
        return text.strip() in ("true", "1")
    reader = _READERS.get(kind_)
    return reader(text.strip()) if reader is not None else text


def same(given: Any, wanted: Any) -> bool:
    """Whether a result is the expected one; numbers to eight digits after the point."""
    if kind(given) != kind(wanted):
        return False
    if isinstance(given, list):
        return len(given) == len(wanted) and all(map(same, given, wanted))
    if isinstance(given, dict):
        return given.keys() == wanted.keys() and all(same(given[k], wanted[k]) for k in given)
    if kind(given) == "number":
        difference = abs(Decimal(given) - Decimal(wanted))
        return difference <= _TOLERANCE * max(Decimal(1), abs(Decimal(wanted)))
    return bool(given == wanted)


def _shown(value: Any) -> str:
    text = str(to_json(value)) if kind(value) not in ("function",) else "a function"
    return text if len(text) < 200 else text[:200] + "…"


# -- report ---------------------------------------------------------------------------------------


def report(outcomes: list[Outcome]) -> Iterator[str]:
    width = max((len(outcome.model) for outcome in outcomes), default=5)
    yield f"{'model':<{width}}  passed  failed"
    for outcome in outcomes:
        yield f"{outcome.model:<{width}}  {outcome.passed:>6}  {len(outcome.failures):>6}"
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(len(outcome.failures) for outcome in outcomes)
    yield f"{f'{len(outcomes)} models':<{width}}  {passed:>6}  {failed:>6}"
    for outcome in outcomes:
        for case, reason in outcome.failures:
            yield f"FAILED {outcome.model}: {case}: {reason}"


def default_folder() -> Path:
    """The kit's level 2: where SAMNUAN_SUITES says, else beside the product."""
    named = os.environ.get("SAMNUAN_SUITES")
    suites = Path(named) if named else Path(__file__).parents[3] / "shared" / "suites"
    return suites / "dmn-tck" / "compliance-level-2"


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else default_folder()
    if not folder.is_dir():
        sys.stderr.write(f"error: no folder {folder}\n")
        return 2
    outcomes = run(folder)
    sys.stdout.write("\n".join(report(outcomes)) + "\n")
    if not outcomes:
        sys.stderr.write(f"error: no TCK cases in {folder}\n")
        return 1
    return 1 if any(outcome.failures for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
